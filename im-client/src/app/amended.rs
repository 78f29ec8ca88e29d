//! What later events make of the messages in a stretch of a log, whether they come live or with a page. Nothing but the
//! message itself is touched: how all others wrap, and where one looks, stays.

use im_proto::{Body, Event, Seq};

use super::standing::{self, Standing};
use super::wrap::Wrapped;
use super::{Log, Talk};

/// Most events about messages that are remembered while a page is under way.
const MEANWHILE_EVENTS_MAX: usize = 500;

impl Log {
    /// An event came live that may be about a message here.
    pub(super) fn amend_live(&mut self, event: &Event) {
        if standing::about(event).is_none() {
            return;
        }
        self.amend(event);
        if !self.loading {
            return;
        }
        if self.meanwhile.len() < MEANWHILE_EVENTS_MAX {
            self.meanwhile.push(event.clone());
        } else {
            self.outdated = true;
        }
    }

    /// What is known already may be about messages that a page has brought just now.
    pub(super) fn amend_by_what_is_here(&mut self) {
        let here = self.entries().map(|entry| &entry.event).filter(|event| standing::about(event).is_some());
        let mut here: Vec<Event> = here.cloned().collect();
        here.append(&mut self.meanwhile);
        self.amend_all(&here);
    }

    pub(super) fn amend_all<'e>(&mut self, events: impl IntoIterator<Item = &'e Event>) {
        for event in events {
            self.amend(event);
        }
    }

    fn amend(&mut self, by: &Event) {
        let Some(of) = standing::about(by) else {
            return;
        };
        self.change(of, |entry| {
            let had_text = entry.text().cloned();
            if entry.standing.amend(&mut entry.event, by) && entry.text() != had_text.as_ref() {
                entry.wrapped = Wrapped::default();
            }
        });
        if matches!(by.body, Body::Deleted { .. }) {
            self.forget_edits(of);
        }
    }

    /// What a message that was taken out said before is not kept either.
    fn forget_edits(&mut self, message: Seq) {
        let is_edit = |event: &Event| matches!(event.body, Body::Edited { of, .. } if of == message);
        let edits = self.entries().map(|entry| &entry.event).filter(|event| is_edit(event));
        let edits: Vec<Seq> = edits.map(|event| event.seq).collect();
        for seq in edits {
            self.change(seq, |entry| {
                entry.event.body = Body::Tombstone { of: Some(message) };
                entry.standing = Standing::default();
            });
        }
        self.meanwhile.retain(|event| !is_edit(event));
    }
}

impl Talk {
    /// Its copy is not to be trusted any more. Where one has scrolled back to is loaded anew, and is the same place then.
    pub(super) fn forget(&mut self) {
        self.log.forget_entries();
        self.log.meanwhile.clear();
        self.log.outdated = self.log.loading;
    }
}
