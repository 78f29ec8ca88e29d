//! Who has how much of a direct conversation, for the other one: told at once, and then only the newest of what comes within a
//! moment. In a flood there would be a word for each message otherwise.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use im_proto::{ConversationId, Receipts, UserId};
use tokio::sync::Notify;

use super::Hub;

/// After receipts were told, those that come wait so many milliseconds, and are told together.
const RECEIPTS_MILLIS: u64 = 500;

/// Receipts that were not told yet: of people who are here, the newest of each conversation of theirs.
#[derive(Default)]
pub(super) struct Untold {
    newest: Mutex<BTreeMap<(UserId, ConversationId), Receipts>>,
    something: Notify,
}

impl Untold {
    fn newest(&self) -> MutexGuard<'_, BTreeMap<(UserId, ConversationId), Receipts>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// The other one of a direct conversation of this user has so much of it.
    pub(super) fn received(&self, user: UserId, conversation: ConversationId, receipts: Receipts) {
        if !self.state().online.contains_key(&user) {
            return; // they see it when they come
        }
        self.untold.newest().insert((user, conversation), receipts);
        self.untold.something.notify_one();
    }

    /// Tells receipts, until it is dropped. Sleeps while there are none.
    pub(crate) async fn tell_receipts(&self) {
        loop {
            self.untold.something.notified().await;
            let newest = std::mem::take(&mut *self.untold.newest());
            for ((user, conversation), receipts) in newest {
                self.each_session(user, |mailbox, _| mailbox.receipts(conversation, receipts));
            }
            tokio::time::sleep(Duration::from_millis(RECEIPTS_MILLIS)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use im_proto::{Author, Seq};
    use tokio::time::sleep;

    use super::*;

    const ANN: UserId = UserId(1);
    const HERE: ConversationId = ConversationId(7);

    fn upto(seq: u64) -> Receipts {
        Receipts { received: Seq(seq), read: Seq::ZERO }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_told_at_once_and_then_by_its_newest() {
        let hub = Arc::new(Hub::default());
        let mailbox = hub.connect();
        hub.arrive(ANN, &Author { name: "ann".parse().unwrap(), guest: false }, None, &mailbox);
        let telling = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move { hub.tell_receipts().await }
        });
        let mut told = Vec::new();
        for seq in 1..=1000 {
            hub.received(ANN, HERE, upto(seq));
            sleep(Duration::from_millis(1)).await;
            told.extend(
                mailbox.take().unwrap_or_default().receipts.remove(&HERE).map(|receipts| receipts.received.0),
            );
        }
        sleep(Duration::from_millis(RECEIPTS_MILLIS)).await;
        told.extend(
            mailbox.take().unwrap_or_default().receipts.remove(&HERE).map(|receipts| receipts.received.0),
        );
        let (first, last) = (*told.first().unwrap(), *told.last().unwrap());
        assert_eq!((first, last), (1, 1000), "{told:?}");
        assert!(told.is_sorted() && told.len() <= 4, "{told:?}");
        telling.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_held_for_who_is_not_here() {
        let hub = Hub::default();
        (1..=100).for_each(|user| hub.received(UserId(user), HERE, upto(1)));
        assert!(hub.untold.newest().is_empty());
        assert!(hub.untold.something.notified().now_or_never().is_none());
    }
}
