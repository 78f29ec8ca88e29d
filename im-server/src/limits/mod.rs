//! How much anybody may have of the server: the limits that the configuration names, with their defaults, and what counts
//! against them. Sizes of frames, lines and texts are part of the protocol, and stand where they are used.

mod bucket;
mod meters;
mod places;

use std::num::NonZeroU64;
use std::time::Duration;

use serde::Deserialize;

use crate::peer::Peer;

pub(crate) use self::bucket::Rate;
pub(crate) use self::meters::{Meters, Payer};
pub(crate) use self::places::{NoPlace, Place, Places};

/// The table `[limits]` of the configuration; `default.toml` says what each is. 0 is no limit, where it may be 0.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "each is described in default.toml, by the same name")]
pub struct Limits {
    pub count_loopback: bool,
    pub connections_per_address_max: u32,
    pub requests_per_second_per_address: u32,
    pub requests_at_once_per_address: u32,
    pub requests_per_second_per_user: u32,
    pub requests_at_once_per_user: u32,
    pub posts_per_second_per_user: u32,
    pub posts_at_once_per_user: u32,
    pub posts_per_second_per_room: u32,
    pub posts_at_once_per_room: u32,
    pub silence_seconds_max: NonZeroU64,
    pub first_line_seconds_max: NonZeroU64,
    pub introduction_seconds_max: NonZeroU64,
    pub sign_in_seconds_max: NonZeroU64,
    pub frame_seconds_max: NonZeroU64,
    pub http_head_seconds_max: NonZeroU64,
    pub http_request_seconds_max: NonZeroU64,
    pub stall_seconds_max: NonZeroU64,
    pub waiting_bytes_max: u64,
    pub rooms_max: u64,
    pub rooms_of_guests_max: u64,
    pub rooms_per_user_max: u64,
    pub members_per_room_max: u64,
    pub invitations_per_user_max: u64,
    pub devices_per_user_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = |seconds| NonZeroU64::new(seconds).unwrap_or(NonZeroU64::MIN);
        Self {
            count_loopback: false,
            connections_per_address_max: 256,
            requests_per_second_per_address: 1000,
            requests_at_once_per_address: 2000,
            requests_per_second_per_user: 100,
            requests_at_once_per_user: 1000,
            posts_per_second_per_user: 20,
            posts_at_once_per_user: 200,
            posts_per_second_per_room: 100,
            posts_at_once_per_room: 1000,
            silence_seconds_max: seconds(600),
            first_line_seconds_max: seconds(10),
            introduction_seconds_max: seconds(10),
            sign_in_seconds_max: seconds(600),
            frame_seconds_max: seconds(60),
            http_head_seconds_max: seconds(30),
            http_request_seconds_max: seconds(30),
            stall_seconds_max: seconds(30),
            waiting_bytes_max: 256 * 1024 * 1024,
            rooms_max: 100_000,
            rooms_of_guests_max: 1000,
            rooms_per_user_max: 1000,
            members_per_room_max: 10_000,
            invitations_per_user_max: 500,
            devices_per_user_max: 100,
        }
    }
}

impl Limits {
    /// Without the rates, and without the counts by address and user: for load tests.
    #[must_use]
    pub fn lifted(self) -> Self {
        Self {
            connections_per_address_max: 0,
            requests_per_second_per_address: 0,
            requests_per_second_per_user: 0,
            posts_per_second_per_user: 0,
            posts_per_second_per_room: 0,
            rooms_per_user_max: 0,
            invitations_per_user_max: 0,
            devices_per_user_max: 0,
            ..self
        }
    }

    /// Whether a peer is held to rates and counted by its address.
    pub(crate) fn count(&self, peer: Peer) -> bool {
        self.count_loopback || !peer.address.is_loopback()
    }

    /// How long a deadline is.
    pub(crate) fn seconds(seconds: NonZeroU64) -> Duration {
        Duration::from_secs(seconds.get())
    }

    pub(crate) fn requests_of_address(&self) -> Rate {
        Rate::new(self.requests_per_second_per_address, self.requests_at_once_per_address)
    }

    pub(crate) fn requests_of_user(&self) -> Rate {
        Rate::new(self.requests_per_second_per_user, self.requests_at_once_per_user)
    }

    pub(crate) fn posts_of_user(&self) -> Rate {
        Rate::new(self.posts_per_second_per_user, self.posts_at_once_per_user)
    }

    pub(crate) fn posts_of_room(&self) -> Rate {
        Rate::new(self.posts_per_second_per_room, self.posts_at_once_per_room)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    #[test]
    fn loopback_is_counted_where_that_is_said() {
        let there = Peer::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), false);
        let limits = Limits::default();
        assert!(limits.count(there) && !limits.count(Peer::HERE));
        assert!(Limits { count_loopback: true, ..limits }.count(Peer::HERE));
    }
}
