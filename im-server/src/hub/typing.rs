//! Who is writing: told to those who listen where few do, once in some seconds for each writer and conversation, and kept by
//! nobody.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use im_proto::{Author, ConversationId, TYPING_SECONDS, UserId};
use tokio::time::Instant;

use super::Hub;

/// In conversations that more sessions than this follow, nobody is told who writes.
const TYPING_LISTENERS_MAX: usize = 64;

/// A client that says it again every [`TYPING_SECONDS`] may be early by so many milliseconds.
const EARLY_MILLIS: u64 = 500;

/// Most writers, each in one conversation, of whom it is known when they were told of. Beyond it nobody is told of more.
const WRITERS_MAX: usize = 4096;

/// When it was told that somebody writes somewhere: those of the last seconds.
#[derive(Default)]
pub(super) struct Writers(Mutex<BTreeMap<(UserId, ConversationId), Instant>>);

impl Writers {
    /// Whether it is to be told now.
    fn is_news(&self, writer: (UserId, ConversationId)) -> bool {
        let now = Instant::now();
        let pause = Duration::from_secs(TYPING_SECONDS) - Duration::from_millis(EARLY_MILLIS);
        let is_recent = |told: &Instant| now.duration_since(*told) < pause;
        let mut writers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.get(&writer).is_some_and(is_recent) {
            return false;
        }
        if writers.len() >= WRITERS_MAX {
            writers.retain(|_, told| is_recent(told));
        }
        let has_room = writers.len() < WRITERS_MAX;
        if has_room {
            writers.insert(writer, now);
        }
        has_room
    }
}

impl Hub {
    /// A user is writing in a conversation.
    pub(crate) fn typing(&self, user: UserId, who: &Author, conversation: ConversationId) {
        let Some(topic) = self.topic(conversation) else { return };
        let others = topic.few_others(TYPING_LISTENERS_MAX, user);
        if !others.is_empty() && self.writers.is_news((user, conversation)) {
            others.iter().for_each(|mailbox| mailbox.typing(conversation, who));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use tokio::time::advance;

    use super::*;
    use crate::hub::Mailbox;

    const HERE: ConversationId = ConversationId(7);

    fn who(user: u64) -> Author {
        Author { name: format!("user{user}").parse().unwrap(), guest: false }
    }

    fn listen(hub: &Hub, user: u64) -> Arc<Mailbox> {
        let mailbox = hub.connect();
        mailbox.wants_typing();
        hub.arrive(UserId(user), &who(user), None, &mailbox);
        hub.follow(UserId(user), HERE, &mailbox);
        mailbox
    }

    fn told(mailbox: &Mailbox) -> usize {
        mailbox.take().unwrap_or_default().typing.len()
    }

    #[tokio::test(start_paused = true)]
    async fn others_are_told_once_in_some_seconds() {
        let hub = Hub::default();
        let (ann, phone, bob) = (listen(&hub, 1), listen(&hub, 1), listen(&hub, 2));
        let mut heard = 0;
        for _ in 0..60 {
            hub.typing(UserId(1), &who(1), HERE);
            heard += told(&bob);
            advance(Duration::from_millis(100)).await;
        }
        assert_eq!(heard, 3, "at once, and after 2.5 and 5 s");
        assert_eq!((told(&ann), told(&phone)), (0, 0), "not oneself");
        hub.typing(UserId(2), &who(2), HERE);
        assert_eq!((told(&ann), told(&phone), told(&bob)), (1, 1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_want_it_is_not_woken_and_nobody_in_a_crowd() {
        let hub = Hub::default();
        let terminal = hub.connect();
        hub.arrive(UserId(2), &who(2), None, &terminal);
        hub.follow(UserId(2), HERE, &terminal);
        hub.typing(UserId(3), &who(3), HERE);
        assert!(terminal.something().now_or_never().is_none());
        let crowd: Vec<_> = (0..TYPING_LISTENERS_MAX as u64).map(|user| listen(&hub, 10 + user)).collect();
        hub.typing(UserId(4), &who(4), HERE);
        assert_eq!(crowd.iter().map(|mailbox| told(mailbox)).sum::<usize>(), 0, "65 follow");
        hub.unfollow(&hub.topic(HERE).unwrap(), terminal.session());
        hub.typing(UserId(5), &who(5), HERE);
        assert_eq!(crowd.iter().map(|mailbox| told(mailbox)).sum::<usize>(), crowd.len());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_of_writers_is_bounded() {
        let hub = Hub::default();
        let bob = listen(&hub, 2);
        for user in 0..2 * WRITERS_MAX as u64 {
            hub.typing(UserId(100 + user), &who(user), HERE);
        }
        assert!(told(&bob) <= 256, "and so is what waits for one session");
        assert_eq!(hub.writers.0.lock().unwrap().len(), WRITERS_MAX);
        advance(Duration::from_secs(TYPING_SECONDS)).await;
        hub.typing(UserId(1), &who(1), HERE);
        assert_eq!((told(&bob), hub.writers.0.lock().unwrap().len()), (1, 1));
    }
}
