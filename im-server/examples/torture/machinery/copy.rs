//! One reader's own copy: what they got by following, over all their sessions. Of each log only its newest number is
//! kept, because whatever is no hole, no double and the same event for all readers is the log.

use std::collections::HashMap;

use im_proto::{Body, ConversationId, Event, Seq, UserName};

use super::violation::Violation;

/// Something that can be judged only when the logs are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// A copy begins here, because the reader came in here, or had read all before by posting.
    Begins { reader: UserName, conversation: u64, at: u64 },
    /// A reader has nothing between these two, because they were out for a while.
    WasOut { reader: UserName, conversation: u64, last: u64, next: u64 },
}

/// A reader's copy of all their conversations.
#[derive(Debug)]
pub(crate) struct Copy {
    me: UserName,
    held: HashMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    last: u64,
    /// What comes next may come after a while in which the reader was out.
    may_skip: bool,
}

impl Copy {
    pub(crate) fn new(me: UserName) -> Self {
        Self { me, held: HashMap::new() }
    }

    /// A new session begins, and names what it has.
    pub(crate) fn follow(&mut self) -> Vec<(ConversationId, Seq)> {
        // Who is not in a conversation now is sent nothing of it until they are in it again.
        self.held.values_mut().for_each(|held| held.may_skip = true);
        let mut have: Vec<_> =
            self.held.iter().map(|(id, held)| (ConversationId(*id), Seq(held.last))).collect();
        have.sort_unstable();
        have
    }

    /// The newest event that the reader has of a log.
    pub(crate) fn last(&self, conversation: u64) -> Option<u64> {
        self.held.get(&conversation).map(|held| held.last)
    }

    /// Takes the next event that was sent.
    pub(crate) fn take(&mut self, event: &Event) -> Result<Option<Claim>, Violation> {
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        let reader = self.me.clone();
        let mine = event.author.name == self.me && !event.author.guest;
        let comes_in = mine && matches!(event.body, Body::Joined { .. } | Body::Created);
        let goes_out = mine && matches!(event.body, Body::Left);
        let Some(held) = self.held.get_mut(&conversation) else {
            self.held.insert(conversation, Held { last: seq, may_skip: goes_out });
            let claim = Claim::Begins { reader, conversation, at: seq };
            return Ok((seq != 1 && !comes_in).then_some(claim));
        };
        let (last, may_skip) = (held.last, held.may_skip);
        if seq <= last {
            return Err(Violation::CopyTwice { reader, conversation, seq, last });
        }
        let skips = seq != last + 1;
        if skips && !(may_skip && comes_in) {
            return Err(Violation::CopyHole { reader, conversation, seq, last });
        }
        *held = Held { last: seq, may_skip: goes_out };
        Ok(skips.then_some(Claim::WasOut { reader, conversation, last, next: seq }))
    }

    /// Whether all of a log is here; nothing has to be of what was read without it.
    pub(crate) fn reaches(&self, conversation: u64, head: u64, read: u64) -> bool {
        self.last(conversation).map_or(read >= head, |last| last >= head)
    }

    /// Held against the head, when all has been sent.
    pub(crate) fn end(&self, conversation: u64, head: u64, read: u64) -> Result<(), Violation> {
        match self.last(conversation) {
            Some(last) if last == head => Ok(()),
            None if read >= head => Ok(()),
            last => {
                let (reader, last) = (self.me.clone(), last.unwrap_or_default());
                Err(Violation::CopyEnd { reader, conversation, last, head })
            }
        }
    }
}
