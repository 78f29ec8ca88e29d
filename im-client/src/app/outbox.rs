//! What one has said and what has not come back in a log yet, in order. Each message keeps the id it was given, so that
//! sending it again after a broken connection posts it once.

use std::time::Duration;

use im_proto::{Address, MessageId, Seq, Text, Timestamp};

use crate::patience::redial_wait;

/// Most messages that wait.
const UNSENT_MAX: usize = 1000;
/// Most messages on their way at once.
const ON_THEIR_WAY_MAX: usize = 16;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Where to.
    pub to: Address,
    /// Its id.
    pub message: MessageId,
    /// The text.
    pub text: Text,
    /// When it was said.
    pub at: Timestamp,
    /// What became of it.
    pub state: UnsentState,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsentState {
    /// It waits.
    Queued,
    /// It is on its way, or was when the connection broke.
    Sent,
    /// It is on disk as this event, which has not come yet.
    Stored(Seq),
    /// It was refused, and why.
    Failed(String),
}

/// The server was too busy for a post: how long nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pause {
    /// So many times in a row.
    attempt: u32,
    until: Duration,
}

impl Pause {
    /// Too busy, at this moment.
    pub(super) fn refused(&mut self, now: Duration, dice: u64) {
        // What was on its way together is refused together: that counts once.
        if self.is_over(now) {
            self.attempt += 1;
            self.until = now + redial_wait(self.attempt, dice);
        }
    }

    /// A post was taken.
    pub(super) fn taken(&mut self, now: Duration) {
        if self.is_over(now) {
            *self = Self::default();
        }
    }

    /// Something may be sent.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        now >= self.until
    }

    /// When something may be sent, if not now.
    pub(super) fn deadline(&self, now: Duration) -> Option<Duration> {
        (!self.is_over(now)).then_some(self.until)
    }

    /// Most messages on their way at once: after a pause one shows whether the server has room for all the others.
    pub(super) fn on_their_way_max(&self) -> usize {
        if self.attempt > 0 { 1 } else { ON_THEIR_WAY_MAX }
    }
}

/// All of them, in the order they were said.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Unsent>);

impl Outbox {
    /// Takes a message, if there is room.
    pub(super) fn push(&mut self, unsent: Unsent) -> bool {
        let room = self.0.len() < UNSENT_MAX;
        if room {
            self.0.push(unsent);
        }
        room
    }

    /// The message with an id.
    pub fn get(&self, message: MessageId) -> Option<&Unsent> {
        self.0.iter().find(|unsent| unsent.message == message)
    }

    /// So many wait for the server.
    pub fn waiting(&self) -> usize {
        let waits = |unsent: &&Unsent| matches!(unsent.state, UnsentState::Queued | UnsentState::Sent);
        self.0.iter().filter(waits).count()
    }

    /// The first of a conversation.
    pub fn first(&self, to: &Address) -> Option<MessageId> {
        self.of(to).next().map(|unsent| unsent.message)
    }

    /// The last of a conversation.
    pub fn last(&self, to: &Address) -> Option<MessageId> {
        self.of(to).next_back().map(|unsent| unsent.message)
    }

    /// The one before another in a conversation.
    pub fn before(&self, message: MessageId, to: &Address) -> Option<MessageId> {
        let mut earlier = self.of(to).rev().skip_while(|unsent| unsent.message != message);
        earlier.nth(1).map(|unsent| unsent.message)
    }

    /// The one after another in a conversation.
    pub fn after(&self, message: MessageId, to: &Address) -> Option<MessageId> {
        let mut later = self.of(to).skip_while(|unsent| unsent.message != message);
        later.nth(1).map(|unsent| unsent.message)
    }

    /// Whether one of a conversation was refused.
    pub fn has_failed(&self, to: &Address) -> bool {
        self.of(to).any(|unsent| matches!(unsent.state, UnsentState::Failed(_)))
    }

    fn of(&self, to: &Address) -> impl DoubleEndedIterator<Item = &Unsent> {
        self.0.iter().filter(move |unsent| unsent.to == *to)
    }

    /// The next one to send, which is on its way from now on.
    pub(super) fn send_next(&mut self) -> Option<Unsent> {
        let next = self.0.iter_mut().find(|unsent| unsent.state == UnsentState::Queued)?;
        next.state = UnsentState::Sent;
        Some(next.clone())
    }

    /// What was on its way waits again.
    pub(super) fn requeue(&mut self) {
        for unsent in &mut self.0 {
            if unsent.state == UnsentState::Sent {
                unsent.state = UnsentState::Queued;
            }
        }
    }

    /// Something became of a message.
    pub(super) fn set(&mut self, message: MessageId, state: UnsentState) {
        if let Some(unsent) = self.0.iter_mut().find(|unsent| unsent.message == message) {
            unsent.state = state;
        }
    }

    /// A message has come back in its log.
    pub(super) fn came(&mut self, message: MessageId) -> bool {
        let before = self.0.len();
        self.0.retain(|unsent| unsent.message != message);
        self.0.len() < before
    }

    /// Those are in the log up to `head` already and will not come live.
    pub(super) fn forget_stored(&mut self, to: &Address, head: Seq) {
        self.0.retain(|unsent| {
            !(unsent.to == *to && matches!(unsent.state, UnsentState::Stored(seq) if seq <= head))
        });
    }

    /// Takes back the last message of a conversation that was refused.
    pub(super) fn take_failed(&mut self, to: &Address) -> Option<Text> {
        let at = self
            .0
            .iter()
            .rposition(|unsent| unsent.to == *to && matches!(unsent.state, UnsentState::Failed(_)))?;
        Some(self.0.remove(at).text)
    }

    /// Somebody else signs in: what was said is not theirs.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
