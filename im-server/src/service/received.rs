//! What devices say that they have. It is taken down at once and written a little later, what all say together in one
//! commit: a commit for each message and each reader would cost more than the messages. What a crash takes back of it is
//! said again by the next one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use im_proto::{CONVERSATIONS_MAX, ConversationId, Refusal, Reply, Seq, UserId};
use tokio::sync::Notify;

use crate::store::Received;

use super::{Account, Service};

/// After some were written, those that come wait so many milliseconds, and are written together.
const RECEIVED_MILLIS: u64 = 500;

/// Most marks that may wait, of all users. Beyond it: `busy`, as for a user with more than [`CONVERSATIONS_MAX`] of them.
const RECEIVED_MAX: usize = 64 * 1024;

/// Most marks in one commit: what others write does not wait longer for them.
const WRITE_MARKS_MAX: usize = 1024;

/// What was not written yet, of each conversation the newest.
#[derive(Default)]
pub(super) struct Unwritten {
    newest: Mutex<BTreeMap<(UserId, ConversationId), Seq>>,
    something: Notify,
}

impl Unwritten {
    fn newest(&self) -> MutexGuard<'_, BTreeMap<(UserId, ConversationId), Seq>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, user: UserId, upto: &[(ConversationId, Seq)]) -> Result<(), Refusal> {
        if upto.len() > CONVERSATIONS_MAX {
            return Err(Refusal::TooLong);
        }
        let mut newest = self.newest();
        let all = (user, ConversationId(0))..=(user, ConversationId(u64::MAX));
        let mine = newest.range(all).count();
        if newest.len() + upto.len() > RECEIVED_MAX || mine + upto.len() > 2 * CONVERSATIONS_MAX {
            return Err(Refusal::Busy);
        }
        for &(conversation, seq) in upto {
            let had = newest.entry((user, conversation)).or_insert(seq);
            *had = seq.max(*had);
        }
        if !newest.is_empty() {
            self.something.notify_one();
        }
        Ok(())
    }

    fn take(&self) -> Vec<Received> {
        let all = std::mem::take(&mut *self.newest());
        all.into_iter().map(|((user, conversation), upto)| (user, conversation, upto)).collect()
    }
}

impl Service {
    /// One's device has so much of some conversations.
    pub(super) fn received(&self, me: &Account, upto: &[(ConversationId, Seq)]) -> Result<Reply, Refusal> {
        self.unwritten.add(me.id, upto)?;
        Ok(Reply::Done)
    }

    /// Writes what was received, until it is dropped. Sleeps while there is nothing.
    pub(crate) async fn write_received(&self) {
        loop {
            self.unwritten.something.notified().await;
            for marks in self.unwritten.take().chunks(WRITE_MARKS_MAX) {
                let written = match self.store.received(marks.to_vec()) {
                    Ok(receipt) => receipt.await,
                    Err(error) => Err(error),
                };
                if let Err(error) = written {
                    tracing::warn!(%error, "what devices have received was not written; they say it again");
                }
            }
            tokio::time::sleep(Duration::from_millis(RECEIVED_MILLIS)).await;
        }
    }

    /// Hands over what still waits.
    pub(super) fn write_the_rest(&self) {
        let rest = self.unwritten.take();
        if !rest.is_empty()
            && let Err(error) = self.store.received(rest)
        {
            tracing::warn!(%error, "what devices have received was not written");
        }
    }
}
