//! How many unread messages mention one: the server counts them, because it has them all. What it says is told by replies and
//! by notices, which may overtake each other: what is of a newer log, or a newer mark, holds.

use im_proto::{Address, Seq};

use super::Talk;

/// At which head and which read mark there were so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AsOf {
    head: Seq,
    read: Seq,
}

impl AsOf {
    fn is_before(self, other: Self) -> bool {
        self.head < other.head || self.read < other.read
    }
}

/// What a conversation has waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing.
    Nothing,
    /// So many messages.
    Unread(u64),
    /// So many that are meant for oneself, and perhaps others.
    ForMe(u64),
}

impl Talk {
    /// So many unread messages are meant for oneself: between two people all are.
    pub fn for_me(&self) -> u64 {
        match self.about.address {
            Address::User(_) => self.unread(),
            Address::Room(_) => self.about.mentions,
        }
    }

    /// What it has waiting, as far as nobody looks at it.
    pub fn waiting(&self, in_sight: bool) -> Waiting {
        let unread = if in_sight { self.kept_posts() } else { self.unread() };
        match if in_sight { 0 } else { self.for_me() } {
            0 if unread == 0 => Waiting::Nothing,
            0 => Waiting::Unread(unread),
            mentions => Waiting::ForMe(mentions),
        }
    }

    /// The server says so, in a notice or with all else that it says about the conversation.
    pub(super) fn mentions_are(&mut self, head: Seq, read: Seq, mentions: u64) {
        let now = AsOf { head, read };
        if !now.is_before(self.mentioned) {
            self.mentioned = now;
            self.about.mentions = mentions;
        }
    }

    /// The connection is new: nothing that was told before can overtake what is told now.
    pub(super) fn mentions_anew(&mut self) {
        self.mentioned = AsOf::default();
    }

    /// All up to here is read.
    pub(super) fn mentions_read(&mut self, upto: Seq) {
        self.mentions_are(upto, upto, 0);
    }
}
