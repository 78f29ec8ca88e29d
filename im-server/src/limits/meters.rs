//! What is counted by time: requests by address and user, posts by user and room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use im_proto::{ConversationId, UserId};
use tokio::time::Instant;

use super::Limits;
use super::bucket::Buckets;

/// After a post that was too much for a room its author's next ones there are, too, until so many milliseconds passed without
/// one: what was sent together stays in its order.
const PAUSE_MILLISECONDS: u64 = 1000;

/// Most authors who have to pause; beyond that nobody new has to.
const PAUSED_MAX: usize = 10_000;

/// Who pays for what is asked. The names of guests change as they like, their addresses do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Payer {
    /// A user, with all their sessions.
    User(UserId),
    /// Guests and strangers at an address.
    Site(IpAddr),
}

/// All the buckets of a server.
#[derive(Default)]
pub(crate) struct Meters {
    requests: Buckets<Payer>,
    posts: Buckets<Payer>,
    rooms: Buckets<ConversationId>,
    paused: Mutex<HashMap<(ConversationId, UserId), Instant>>,
}

impl Meters {
    /// Whether somebody may ask for something now.
    pub(crate) fn may_ask(&self, payer: Payer, limits: &Limits) -> bool {
        let rate = match payer {
            Payer::User(_) => limits.requests_of_user(),
            Payer::Site(_) => limits.requests_of_address(),
        };
        self.requests.take(payer, rate, Instant::now())
    }

    /// Whether somebody may say something now.
    pub(crate) fn may_post(&self, payer: Payer, limits: &Limits) -> bool {
        self.posts.take(payer, limits.posts_of_user(), Instant::now())
    }

    /// Whether something may be said in a room now.
    pub(crate) fn may_post_in(&self, room: ConversationId, author: UserId, limits: &Limits) -> bool {
        let (rate, now) = (limits.posts_of_room(), Instant::now());
        if !rate.is_limited() {
            return true;
        }
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        let must_pause = paused.get(&(room, author)).is_some_and(|until| *until > now);
        if !must_pause && self.rooms.take(room, rate, now) {
            return true;
        }
        if paused.len() >= PAUSED_MAX {
            paused.retain(|_, until| *until > now);
        }
        if must_pause || paused.len() < PAUSED_MAX {
            paused.insert((room, author), now + Duration::from_millis(PAUSE_MILLISECONDS));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: ConversationId = ConversationId(7);

    #[tokio::test(start_paused = true)]
    async fn who_is_too_fast_for_a_room_pauses_and_others_do_not() {
        let (meters, [ann, bob]) = (Meters::default(), [1, 2].map(UserId));
        let limits = Limits { posts_per_second_per_room: 10, posts_at_once_per_room: 3, ..Limits::default() };
        let may = |who| meters.may_post_in(ROOM, who, &limits);
        assert_eq!([(); 4].map(|()| may(ann)), [true, true, true, false]);
        tokio::time::advance(Duration::from_millis(500)).await;
        assert!(!may(ann), "what came right behind what was refused would overtake it");
        assert!(may(bob));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(!may(ann));
        tokio::time::advance(Duration::from_millis(1000)).await;
        assert!(may(ann));
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_are_too_fast_do_not_grow_it() {
        let meters = Meters::default();
        let limits = Limits { posts_per_second_per_room: 1, posts_at_once_per_room: 1, ..Limits::default() };
        assert!(meters.may_post_in(ROOM, UserId(0), &limits));
        let most = u64::try_from(PAUSED_MAX).unwrap();
        assert!((0..2 * most).all(|user| !meters.may_post_in(ROOM, UserId(user), &limits)));
        assert_eq!(meters.paused.lock().unwrap().len(), PAUSED_MAX);
    }
}
