//! Read marks of a person who reads on a terminal: what was written counts as read, a little later and for all
//! conversations together, because a mark costs a write.

use std::collections::BTreeMap;
use std::time::Duration;

use im_proto::{ConversationId, Seq};
use tokio::time::Instant;

use crate::service::{Account, Service};

/// How long marks wait for others, in seconds. After a crash so many seconds are shown again.
const MARK_SECONDS: u64 = 5;

/// Marks that were not moved yet.
#[derive(Default)]
pub(super) struct Marks {
    shown: BTreeMap<ConversationId, Seq>,
    due: Option<Instant>,
}

impl Marks {
    /// An event was handed to the terminal.
    pub(super) fn shown(&mut self, conversation: ConversationId, seq: Seq) {
        self.shown.insert(conversation, seq);
        self.due.get_or_insert_with(|| Instant::now() + Duration::from_secs(MARK_SECONDS));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Moves all marks, if the peer has taken all that was written. What cannot be moved now is tried again later.
    pub(super) fn settle(&mut self, service: &Service, me: &Account, all_taken: bool) {
        if all_taken {
            self.shown.retain(|conversation, seq| !service.mark_soon(me, *conversation, *seq));
        }
        self.due = (!self.shown.is_empty()).then(|| Instant::now() + Duration::from_secs(MARK_SECONDS));
    }
}
