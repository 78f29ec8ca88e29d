//! What was done to messages lately, and how it is undone where that is possible.

use im_proto::{ConversationId, Reaction, Seq, Text};

use super::super::unread::Kept;

/// Most that can be undone.
const UNDO_MAX: usize = 50;

/// What undoes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undo {
    /// A reaction was given, or taken back.
    React {
        /// To which message.
        seq: Seq,
        /// Which.
        reaction: Reaction,
        /// It stands after it is undone.
        on: bool,
    },
    /// A message said something else.
    Edit {
        /// Which.
        seq: Seq,
        /// What it said.
        before: Text,
    },
    /// Something was kept unread.
    Unread(Option<Kept>),
    /// A message was taken out: nothing undoes that.
    Deleted,
}

/// The newest of what was done, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Undoing(Vec<(ConversationId, Undo)>);

impl Undoing {
    /// Something was done.
    pub(crate) fn did(&mut self, conversation: ConversationId, undo: Undo) {
        if self.0.len() == UNDO_MAX {
            self.0.remove(0);
        }
        self.0.push((conversation, undo));
    }

    /// The last that was done in a conversation, which is not to be undone again.
    pub(crate) fn last(&mut self, conversation: ConversationId) -> Option<Undo> {
        let place = self.0.iter().rposition(|(of, _)| *of == conversation)?;
        Some(self.0.remove(place).1)
    }
}
