//! What one has said and what has not come back in a log yet, in order. Each message keeps the id it was given, so that
//! sending it again after a broken connection, or after the end of this program, posts it once. What is to be written
//! down so that it outlives the program is gathered here, as data.

use im_proto::{Address, MessageId, Seq, Text, Timestamp};

/// Most messages that wait.
const UNSENT_MAX: usize = 1000;
/// Most bytes of text that wait.
const UNSENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Where to.
    pub to: Address,
    /// Its id.
    pub message: MessageId,
    /// The text.
    pub text: Text,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// When it was said.
    pub at: Timestamp,
    /// What became of it.
    pub state: UnsentState,
    /// It is on this device's disk until the server has it: it outlives the program.
    pub kept: bool,
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

/// What is to be written down, in this order, before anything else is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was said, and waits.
    Said {
        /// Where to.
        to: Address,
        /// Its id.
        message: MessageId,
        /// The text.
        text: Text,
        /// The message that it answers.
        reply_to: Option<Seq>,
        /// When it was said.
        at: Timestamp,
    },
    /// It was refused.
    Failed {
        /// Its id.
        message: MessageId,
        /// Why.
        why: String,
    },
    /// What was refused waits again.
    Again(MessageId),
    /// It need not be kept any longer: the server has it, or it was taken back.
    Gone(MessageId),
}

/// All of them, in the order they were said.
#[derive(Debug, Default)]
pub struct Outbox {
    unsent: Vec<Unsent>,
    changes: Vec<Change>,
}

impl Outbox {
    /// Whether there is room for messages; if not, why.
    pub(super) fn room_for(&self, texts: &[Text]) -> Result<(), String> {
        let bytes: usize = self.unsent.iter().map(|unsent| unsent.text.as_str().len()).sum();
        let more: usize = texts.iter().map(|text| text.as_str().len()).sum();
        if self.unsent.len() + texts.len() > UNSENT_MAX {
            return Err(format!("{UNSENT_MAX} messages are not sent yet: no more are taken now"));
        }
        if bytes + more > UNSENT_BYTES_MAX {
            const MIB: usize = UNSENT_BYTES_MAX / (1024 * 1024);
            return Err(format!("{MIB} MiB of text are not sent yet: no more is taken now"));
        }
        Ok(())
    }

    /// Takes a message that there is [room for](Self::room_for).
    pub(super) fn push(
        &mut self,
        to: Address,
        message: MessageId,
        text: Text,
        reply_to: Option<Seq>,
        at: Timestamp,
    ) {
        self.changes.push(Change::Said { to: to.clone(), message, text: text.clone(), reply_to, at });
        self.unsent.push(Unsent { to, message, text, reply_to, at, state: UnsentState::Queued, kept: true });
    }

    /// Takes what was written down by an earlier run, before anything is said in this one.
    pub(super) fn recall(&mut self, unsent: Vec<Unsent>) {
        self.unsent = unsent;
    }

    /// What is to be written down since this was asked last.
    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Those could not be written down.
    pub(super) fn not_kept(&mut self, messages: &[MessageId]) {
        for unsent in self.unsent.iter_mut().filter(|unsent| messages.contains(&unsent.message)) {
            unsent.kept = false;
        }
    }

    /// The message with an id.
    pub fn get(&self, message: MessageId) -> Option<&Unsent> {
        self.unsent.iter().find(|unsent| unsent.message == message)
    }

    /// So many wait for the server.
    pub fn waiting(&self) -> usize {
        self.unsent.iter().filter(|unsent| unsent.waits()).count()
    }

    /// So many of those would be lost with this program.
    pub fn at_risk(&self) -> usize {
        self.unsent.iter().filter(|unsent| unsent.waits() && !unsent.kept).count()
    }

    /// So many are on this device's disk, waiting or refused.
    pub(super) fn kept(&self) -> usize {
        let is_kept = |unsent: &&Unsent| unsent.kept && !matches!(unsent.state, UnsentState::Stored(_));
        self.unsent.iter().filter(is_kept).count()
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Unsent> {
        self.unsent.iter()
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
        self.unsent.iter().filter(move |unsent| unsent.to == *to)
    }

    /// The next one to send, which is on its way from now on.
    pub(super) fn send_next(&mut self) -> Option<Unsent> {
        let next = self.unsent.iter_mut().find(|unsent| unsent.state == UnsentState::Queued)?;
        next.state = UnsentState::Sent;
        Some(next.clone())
    }

    /// What was on its way waits again.
    pub(super) fn requeue(&mut self) {
        for unsent in &mut self.unsent {
            if unsent.state == UnsentState::Sent {
                unsent.state = UnsentState::Queued;
            }
        }
    }

    /// Something became of a message.
    pub(super) fn set(&mut self, message: MessageId, state: UnsentState) {
        let Some(unsent) = self.unsent.iter_mut().find(|unsent| unsent.message == message) else {
            return;
        };
        let was_failed = matches!(unsent.state, UnsentState::Failed(_));
        match &state {
            UnsentState::Failed(why) => self.changes.push(Change::Failed { message, why: why.clone() }),
            UnsentState::Stored(_) => self.changes.push(Change::Gone(message)),
            UnsentState::Queued if was_failed => self.changes.push(Change::Again(message)),
            UnsentState::Queued | UnsentState::Sent => {}
        }
        unsent.state = state;
    }

    /// A message has come back in its log.
    pub(super) fn came(&mut self, message: MessageId) -> bool {
        let place = self.unsent.iter().position(|unsent| unsent.message == message);
        place.is_some_and(|place| {
            self.remove(place);
            true
        })
    }

    /// Those are in the log up to `head` already and will not come live.
    pub(super) fn forget_stored(&mut self, to: &Address, head: Seq) {
        self.unsent.retain(|unsent| {
            !(unsent.to == *to && matches!(unsent.state, UnsentState::Stored(seq) if seq <= head))
        });
    }

    /// The last message of a conversation that was refused.
    pub(super) fn last_failed(&self, to: &Address) -> Option<MessageId> {
        let is_failed = |unsent: &&Unsent| matches!(unsent.state, UnsentState::Failed(_));
        self.of(to).rev().find(is_failed).map(|unsent| unsent.message)
    }

    /// Takes back the last message of a conversation that was refused.
    pub(super) fn take_failed(&mut self, to: &Address) -> Option<Unsent> {
        let message = self.last_failed(to)?;
        let place = self.unsent.iter().position(|unsent| unsent.message == message)?;
        Some(self.remove(place))
    }

    fn remove(&mut self, place: usize) -> Unsent {
        let unsent = self.unsent.remove(place);
        if !matches!(unsent.state, UnsentState::Stored(_)) {
            self.changes.push(Change::Gone(unsent.message));
        }
        unsent
    }

    /// Somebody else signs in: what was said is not theirs. What is on the disk stays there.
    pub(super) fn clear(&mut self) {
        self.unsent.clear();
    }
}

impl Unsent {
    fn waits(&self) -> bool {
        matches!(self.state, UnsentState::Queued | UnsentState::Sent)
    }
}
