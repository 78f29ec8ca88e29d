//! Spellings: bytes to requests, and replies, events and notices to bytes. Pure: no socket, no clock, no randomness.

pub(crate) mod events;
pub(crate) mod json;
pub(crate) mod native;
mod output;
pub(crate) mod telnet;
pub(crate) mod text;

use im_proto::{Address, Ask, Kind, MessageId, Notice, Refusal, Reply, Seq};

use crate::entry::Entry;

pub(crate) use self::output::Output;

/// Makes the id of a post for a peer that cannot.
pub(crate) type FreshId = fn() -> MessageId;

/// What a peer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// An answer.
    Ask(Ask),
    /// Something that is no request, to be refused in its turn.
    Refused {
        /// What its reply is to be under.
        tag: u32,
        /// Why.
        refusal: Refusal,
    },
    /// Nothing: it was answered at once. What was typed after it may have to wait until that is written.
    Nothing,
    /// The session to end, after what is to be written.
    Close,
}

/// Where an event happened, as the session's user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) address: Address,
    pub(crate) kind: Kind,
    /// The head when the session began to follow: events up to here were kept for it.
    pub(crate) kept_until: Seq,
}

/// Whose doing an event is, seen from the session that is about to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Somebody else's.
    Other,
    /// This session's own.
    ThisSession,
    /// The same user's, from another session.
    OtherSession,
}

/// One way of speaking, with its state for one session.
pub(crate) trait Dialect: Send {
    /// Its word where sessions are counted.
    fn word(&self) -> &'static str;

    /// Takes bytes from the peer.
    fn feed(&mut self, bytes: &[u8]);

    /// The peer will send nothing more.
    fn ended(&mut self);

    /// The next thing that the peer wants. What can be answered without the service is answered here.
    fn next(&mut self, out: &mut Output) -> Option<Input>;

    /// Writes the answer to the oldest unanswered [`Input::Ask`].
    fn reply(&mut self, tag: u32, result: Result<Reply, Refusal>, out: &mut Output);

    /// The session follows its conversations from now on. All that happened before is at most at this position, the number
    /// of an event among all events of the server.
    fn follows(&mut self, _position: u64, _out: &mut Output) {}

    /// Writes an event.
    fn event(&mut self, entry: &Entry, place: &Place, whose: Whose, out: &mut Output);

    /// Writes a notice.
    fn notice(&mut self, notice: Notice, out: &mut Output);

    /// All that there was to write is written, and nothing is on its way: the moment for a prompt.
    fn quiet(&mut self, _out: &mut Output) {}

    /// Says that so many events of a conversation were left out. Only for dialects with a [`replay`](Self::replay).
    fn skipped(&mut self, _place: &Place, _events: u64, _out: &mut Output) {}

    /// In a conversation that is further behind than so many events the session goes on with what is new. Without a number
    /// it gets everything, however slow it is.
    fn lag(&self) -> Option<u64> {
        None
    }

    /// Says that so many events of a conversation were passed over. Only for dialects with a [`lag`](Self::lag).
    fn lagged(&mut self, _place: &Place, _events: u64, _out: &mut Output) {}

    /// At most so many missed events are shown, of each conversation, when the session begins. Without a number the
    /// peer says what it has and gets all that follows.
    fn replay(&self) -> Option<u64> {
        None
    }

    /// Whether what is written counts as read by the user: where the peer is a person, not a program with marks.
    fn shows(&self) -> bool {
        self.replay().is_some()
    }

    /// What the peer is, if it can keep the token that a sign-in gives.
    fn keeps_token(&self) -> Option<&'static str> {
        None
    }

    /// Whether the peer is told who is writing: programs that draw a screen are, terminals and streams are not.
    fn shows_typing(&self) -> bool {
        self.replay().is_none()
    }

    /// Whether the peer has begun to say who it is, and not ended: it has only some seconds for that.
    fn introducing(&self) -> bool {
        false
    }

    /// How many bytes of the peer it keeps that mean nothing yet.
    fn buffered(&self) -> usize {
        0
    }

    /// Whether the peer is a program, which sends at once what belongs together.
    fn is_program(&self) -> bool {
        false
    }

    /// Whether events may be written now.
    fn hears(&self) -> bool {
        true
    }
}
