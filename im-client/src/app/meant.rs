//! Going to what is meant for oneself: in a room or group that was opened because of it, from one unread mention to the next.

use im_proto::{ConversationId, FOUND_MAX, Found, Request, Seq};

use super::asked::Purpose;
use super::{Action, App, Goal};

/// The unread mentions of a conversation.
#[derive(Debug)]
pub(super) struct Meant {
    of: ConversationId,
    /// What was read when it was opened.
    after: Seq,
    /// The server is to be asked for them.
    is_wanted: bool,
    /// Those that one has not been taken to, the newest first.
    left: Vec<Seq>,
}

impl App {
    /// The open conversation has just been opened by somebody who goes from one to the next.
    pub(super) fn want_mentions(&mut self) {
        let open = self.talk().filter(|talk| talk.about.mentions > 0);
        self.meant = open.map(|talk| Meant {
            of: talk.about.id,
            after: talk.read_up_to(),
            is_wanted: true,
            left: Vec::new(),
        });
    }

    /// Asks for them.
    pub(super) fn ask_for_mentions(&mut self) -> Option<Action> {
        let meant = self.meant.as_mut().filter(|meant| meant.is_wanted)?;
        meant.is_wanted = false;
        let purpose = Purpose::MentionsHere(meant.of);
        Some(self.ask(Request::Mentions { before: None, limit: FOUND_MAX }, purpose))
    }

    /// The newest of all mentions have come: those of the conversation are gone to, the oldest first.
    pub(super) fn mentions_came(&mut self, of: ConversationId, found: &[Found]) {
        let open = self.open;
        let Some(meant) = self.meant.as_mut().filter(|meant| meant.of == of && open == Some(of)) else {
            return;
        };
        let here = found.iter().map(|found| &found.event).filter(|event| event.conversation == of);
        let mut left: Vec<Seq> = here.map(|event| event.seq).filter(|seq| *seq > meant.after).collect();
        left.sort_unstable_by(|one, other| other.cmp(one));
        meant.left = left;
        // Who has begun to look around is not taken away.
        if self.talk().is_some_and(|talk| talk.in_sight().is_none() && talk.sought.is_none()) {
            self.next_mention_here();
        }
    }

    /// Goes to the next mention of the open conversation; tells whether there is one.
    pub(super) fn next_mention_here(&mut self) -> bool {
        let open = self.open;
        let meant = self.meant.as_mut().filter(|meant| open == Some(meant.of));
        let next = meant.and_then(|meant| meant.left.pop());
        if let Some(seq) = next {
            self.seek(Goal::Event(seq));
        }
        next.is_some()
    }
}
