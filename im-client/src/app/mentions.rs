//! How many unread messages mention one: the server counts them, because it has them all. What it says is told by replies and
//! by notices, which may overtake each other: what is of a newer log, or a newer mark, holds.

use im_proto::Seq;

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

impl Talk {
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
