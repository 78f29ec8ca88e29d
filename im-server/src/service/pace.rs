//! How fast anybody may go: requests and posts of a user with all their sessions, posts in a room.

use std::sync::Arc;

use im_proto::Refusal;

use crate::limits::{Limits, Meters, Payer};
use crate::peer::Peer;
use crate::policy::Policies;
use crate::store::{Most, Pace};

use super::{Account, Service};

/// What the transactions ask that write posts.
pub(super) struct Paces {
    /// Whether a room may have one more.
    rooms: Pace,
    /// The same, and whether the author may say one more, who is not known before.
    hooks: Pace,
}

impl Paces {
    pub(super) fn new(meters: &Arc<Meters>, policies: &Policies) -> Self {
        let (meters, policies) = (Arc::clone(meters), policies.clone());
        let rooms = {
            let (meters, policies) = (Arc::clone(&meters), policies.clone());
            Pace::new(move |room, author| {
                room.is_none_or(|room| meters.may_post_in(room, author, &policies.now().limits))
            })
        };
        let hooks = Pace::new(move |room, author| {
            let limits = &policies.now().limits;
            meters.may_post(Payer::User(author), limits)
                && room.is_none_or(|room| meters.may_post_in(room, author, limits))
        });
        Self { rooms, hooks }
    }
}

impl Service {
    /// Whether somebody may ask for something now: those who have an account whenever they do not ask too often with all of
    /// their sessions, others when their address does not.
    pub(crate) fn may_ask(&self, peer: Peer, who: Option<&Account>) -> Result<(), Refusal> {
        let limits = &self.policies.now().limits;
        let may = !limits.count(peer) || self.meters.may_ask(payer(peer, who), limits);
        if may { Ok(()) } else { Err(Refusal::TooOften) }
    }

    /// Whether somebody may say something now; and what is to be asked when it is written.
    pub(super) fn may_post(&self, peer: Peer, who: &Account) -> Result<Option<Pace>, Refusal> {
        let limits = &self.policies.now().limits;
        if !limits.count(peer) {
            return Ok(None);
        }
        let may = self.meters.may_post(payer(peer, Some(who)), limits);
        if may { Ok(Some(self.paces.rooms.clone())) } else { Err(Refusal::TooOften) }
    }

    /// What is to be asked when a post of a webhook is written.
    pub(super) fn pace_of_hooks(&self, peer: Peer) -> Option<Pace> {
        self.policies.now().limits.count(peer).then(|| self.paces.hooks.clone())
    }
}

/// How many there may be of what people make.
pub(super) fn most(limits: &Limits) -> Most {
    Most {
        rooms: limits.rooms_max,
        rooms_of_guests: limits.rooms_of_guests_max,
        rooms_per_user: limits.rooms_per_user_max,
        members: limits.members_per_room_max,
        invitations: limits.invitations_per_user_max,
    }
}

fn payer(peer: Peer, who: Option<&Account>) -> Payer {
    match who {
        Some(Account { id, guest: false, .. }) => Payer::User(*id),
        _ => Payer::Site(peer.site()),
    }
}
