//! Where browsers are. With the connections that they need for a page they open some that they may need, and would take a
//! greeting on one of those for a broken answer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A page is loaded within so many seconds, spare connections and all.
const LOADING_SECONDS: u64 = 3;

/// Most addresses that are remembered without looking whose time is over.
const ADDRESSES_MAX: usize = 1024;

/// When a connection that speaks HTTP came last, from each address.
#[derive(Default)]
pub(super) struct Browsers(Mutex<HashMap<IpAddr, Instant>>);

impl Browsers {
    /// A connection from there speaks HTTP.
    pub(super) fn seen(&self, from: IpAddr, now: Instant) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES_MAX {
            seen.retain(|_, at| is_loading(*at, now));
        }
        seen.insert(from, now);
    }

    /// Whether somebody there may be loading a page.
    pub(super) fn are_at(&self, from: IpAddr, now: Instant) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&from).is_some_and(|at| is_loading(*at, now))
    }
}

fn is_loading(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < Duration::from_secs(LOADING_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_where_one_was_seen_for_some_seconds() {
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([192, 0, 2, 1]));
        let (browsers, now) = (Browsers::default(), Instant::now());
        browsers.seen(here, now);
        let later = now + Duration::from_millis(2999);
        assert!(browsers.are_at(here, later) && !browsers.are_at(there, later));
        browsers.seen(here, later);
        assert!(browsers.are_at(here, now + Duration::from_secs(4)));
        assert!(!browsers.are_at(here, now + Duration::from_secs(6)));
    }

    #[test]
    fn many_addresses_do_not_grow_it() {
        let (browsers, now) = (Browsers::default(), Instant::now());
        let address = |i: usize| IpAddr::from(u32::try_from(i).unwrap().to_be_bytes());
        (0..ADDRESSES_MAX).for_each(|i| browsers.seen(address(i), now));
        browsers.seen(address(ADDRESSES_MAX), now + Duration::from_secs(3));
        assert_eq!(browsers.0.lock().unwrap().len(), 1);
    }
}
