//! What later events make of the messages in a stretch of a log, whether they come live or with a page. What it means is
//! said in `im-proto`, once; here are the copies of it. Nothing but the message itself is touched: how all others wrap, and
//! where one looks, stays.

use im_proto::fold::{EARLY_EVENTS_MAX, Message};
use im_proto::{Body, Event, Seq};

use super::rich::Wrapped;
use super::{Entry, Log, Talk};

/// The message that an event is about, if it amends one.
pub fn about(event: &Event) -> Option<Seq> {
    match event.body {
        Body::Edited { of, .. } | Body::Deleted { of } => Some(of),
        Body::Reacted { of, .. } | Body::Unreacted { of, .. } => Some(of),
        _ => None,
    }
}

/// Whether an event is told by itself: what amends a message is told where that stands.
pub fn is_told(body: &Body) -> bool {
    !matches!(
        body,
        Body::Edited { .. }
            | Body::Deleted { .. }
            | Body::Reacted { .. }
            | Body::Unreacted { .. }
            | Body::Tombstone { of: Some(_) }
    )
}

/// A message, or what was one: it counts as said.
pub(super) fn is_post(body: &Body) -> bool {
    matches!(body, Body::Posted { .. } | Body::Tombstone { of: None })
}

pub(super) fn is_tombstone(event: &Event) -> bool {
    matches!(event.body, Body::Tombstone { of: None })
}

impl Log {
    /// A message as it reads now.
    pub fn message(&self, seq: Seq) -> Option<&Message> {
        self.messages.get(seq)
    }

    /// An event came live that may be about a message here, or about one on a page that is under way.
    pub(super) fn amend_live(&mut self, event: &Event) {
        let Some(of) = about(event) else {
            return;
        };
        if self.messages.get(of).is_some() {
            self.amend(event);
        } else if self.loading {
            self.amend(event);
            self.early += 1;
            // Not all of them are remembered: the page would not read as it does now.
            self.outdated |= self.early > EARLY_EVENTS_MAX;
        }
    }

    /// Takes an event that has become an entry.
    pub(super) fn fold(&mut self, event: &Event) {
        if is_post(&event.body) {
            self.amend(event);
        } else {
            self.amend_here(event);
        }
    }

    /// Takes an event of before that may be about a message here.
    pub(super) fn amend_here(&mut self, event: &Event) {
        if self.messages.get(about(event).unwrap_or(event.seq)).is_some() {
            self.amend(event);
        }
    }

    /// What is known already may be about messages that a page has brought just now.
    pub(super) fn amend_by_what_is_here(&mut self) {
        let here = self.entries().map(|entry| &entry.event).filter(|event| about(event).is_some());
        let here: Vec<Event> = here.cloned().collect();
        here.iter().for_each(|event| self.amend_here(event));
    }

    /// Takes an event; if a message reads otherwise from now on, it is wrapped anew when it is seen.
    fn amend(&mut self, by: &Event) {
        if let Some(seq) = self.messages.take(by) {
            let edited = self.messages.get(seq).filter(|message| message.edited.is_some());
            let edited_bytes =
                edited.and_then(|message| message.text.as_ref()).map_or(0, |text| text.as_str().len());
            let is_gone = self.messages.get(seq).is_some_and(Message::is_tombstone);
            self.change(seq, |entry| {
                entry.wrapped = Wrapped::default();
                entry.edited_bytes = edited_bytes;
                if is_gone {
                    entry.event.body = Body::Tombstone { of: None };
                }
            });
        }
        if let Body::Deleted { of } = by.body {
            self.forget_edits(of);
        }
    }

    /// What a message that was taken out said before is not kept either.
    fn forget_edits(&mut self, message: Seq) {
        let is_edit = |event: &Event| matches!(event.body, Body::Edited { of, .. } if of == message);
        let edits = self.entries().map(|entry| &entry.event).filter(|event| is_edit(event));
        let edits: Vec<Seq> = edits.map(|event| event.seq).collect();
        for seq in edits {
            self.change(seq, |entry| entry.event.body = Body::Tombstone { of: Some(message) });
        }
    }

    /// Does something to an entry, which may take more or less text then.
    fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.get_mut(seq) {
            let before = entry.text_bytes();
            change(entry);
            let after = entry.text_bytes();
            self.text_bytes = self.text_bytes - before + after;
        }
    }
}

impl Talk {
    /// What happened to what is here will not be told. Where somebody looks at it, it stays until there is something better.
    pub(super) fn missed(&mut self, is_open: bool) {
        if is_open && self.log.last().is_some() {
            self.log.stale = true;
        } else {
            self.log.forget_entries();
        }
    }

    /// Its copy is not to be trusted any more. Where one has scrolled back to is loaded anew, and is the same place then.
    pub(super) fn forget(&mut self) {
        self.log.forget_entries();
        self.log.outdated = self.log.loading;
    }
}
