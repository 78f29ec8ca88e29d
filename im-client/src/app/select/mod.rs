//! Select mode: one message is highlighted, and single keys do something with it. It is held to the message, never to a
//! row: what arrives moves nothing.

mod acts;
mod forward;
pub mod info;
pub mod links;
mod popup;
pub mod reactions;
mod several;
mod table;
mod undo;

use crossterm::event::KeyEvent;
use im_proto::Seq;
use im_proto::fold::Message;

use super::amended::is_post;
use super::keys::{Chord, Deed, Looked, Place};
use super::{Action, App, Key, Overlay, Scroll, Talk, Unsent, scroll};

pub(super) use forward::Carried;
pub use popup::{LinkUse, Popup, question};
pub use table::{Act, TABLE, menu};
pub(super) use undo::{Undo, Undoing};

/// What is selected.
pub(super) enum Selected<'a> {
    /// A message of the log.
    Said(Seq, &'a Message),
    /// One that is not in it yet.
    Unsent(&'a Unsent),
}

impl Talk {
    /// The highlighted message.
    pub fn selected(&self) -> Option<Key> {
        self.selected
    }

    /// Whether something can be done with an item.
    fn is_selectable(&self, key: Key) -> bool {
        match key {
            Key::Unsent(_) => true,
            Key::Event(seq) => {
                let is_said = self.log.get(seq).is_some_and(|entry| is_post(&entry.event.body));
                is_said && self.log.message(seq).is_some_and(|message| !message.is_tombstone())
            }
        }
    }
}

impl App {
    /// A message is highlighted, and keys are for it.
    pub fn is_selecting(&self) -> bool {
        self.talk().is_some_and(|talk| talk.selected.is_some())
    }

    pub(super) fn selected(&self) -> Option<Selected<'_>> {
        let talk = self.talk()?;
        match talk.selected? {
            Key::Event(seq) => talk.log.message(seq).map(|message| Selected::Said(seq, message)),
            Key::Unsent(id) => self.outbox.get(id).map(Selected::Unsent),
        }
    }

    /// Highlights the newest message in sight.
    pub(super) fn begin_selecting(&mut self) {
        let Some(talk) = self.talk() else {
            return;
        };
        // Who has gone to a message means that one.
        let spot = talk.spot.map(Key::Event).filter(|key| talk.is_selectable(*key));
        let from = spot.or(match talk.scroll {
            Scroll::At(anchor) => Some(anchor.key),
            Scroll::End => talk.last_key(&self.outbox),
        });
        match from.and_then(|from| self.selectable(from, true, Talk::key_before)) {
            Some(key) => self.select(key),
            None => self.toasts.tell("there is no message here", self.now),
        }
    }

    /// Highlights one message. What is in sight stays there from now on.
    pub(super) fn select(&mut self, key: Key) {
        if self.talk().is_some_and(|talk| talk.is_selectable(key)) {
            if let Some(talk) = self.talk_mut() {
                talk.selected = Some(key);
            }
            scroll::into_sight(self, key);
        }
    }

    /// Nothing is highlighted any more. Who has seen the end is there again.
    pub(super) fn leave_select(&mut self) {
        if let Some(talk) = self.talk_mut()
            && talk.selected.take().is_some()
        {
            talk.several_from = None;
            scroll::by(self, 0);
        }
    }

    /// Highlights the message before.
    pub(super) fn select_older(&mut self) {
        let Some(key) = self.talk().and_then(|talk| talk.selected) else {
            return;
        };
        match self.selectable(key, false, Talk::key_before) {
            Some(older) => self.select(older),
            // What is further up is loaded when its place comes into sight.
            None => scroll::by(self, -1),
        }
    }

    /// Highlights the message after; the one after the last is the composer.
    pub(super) fn select_newer(&mut self) {
        let Some(key) = self.talk().and_then(|talk| talk.selected) else {
            return;
        };
        match self.selectable(key, false, Talk::key_after) {
            Some(newer) => self.select(newer),
            None => scroll::by(self, 1),
        }
    }

    /// The first message with which something can be done, from one on or after it.
    fn selectable(
        &self,
        from: Key,
        from_included: bool,
        next: fn(&Talk, Key, &super::Outbox) -> Option<Key>,
    ) -> Option<Key> {
        let talk = self.talk()?;
        let keys = std::iter::successors(Some(from), |key| next(talk, *key, &self.outbox));
        keys.skip(usize::from(!from_included)).find(|key| talk.is_selectable(*key))
    }

    /// What is highlighted may have gone, or have come back in the log; what is asked about it goes with it.
    pub(super) fn hold_selection(&mut self) {
        if !self.is_selection_there() {
            self.leave_select();
            // Nor is anything asked about what is in another conversation now.
            if matches!(self.overlay, Some(Overlay::Selected(_))) {
                self.close_overlay();
            }
        }
    }

    fn is_selection_there(&self) -> bool {
        let selected = self.talk().and_then(|talk| Some((talk, talk.selected?)));
        selected.is_some_and(|(talk, key)| match key {
            // While a page is under way it may come back with it.
            Key::Event(seq) => {
                let comes = talk.log.loading || talk.sought.is_some();
                talk.is_selectable(key) || (talk.log.get(seq).is_none() && comes)
            }
            Key::Unsent(id) => self.outbox.get(id).is_some(),
        })
    }

    /// Does what a key in select mode, the menu or the palette says.
    pub(super) fn acted(&mut self, act: Act) -> Vec<Action> {
        match act {
            Act::Begin if self.is_selecting() => self.select_older(),
            Act::Begin => self.begin_selecting(),
            Act::Older => self.select_older(),
            Act::Newer => self.select_newer(),
            act => {
                // From the palette, it is about the newest in sight.
                if !self.is_selecting() {
                    self.begin_selecting();
                }
                return self.do_with_selected(act);
            }
        }
        Vec::new()
    }

    /// What a key does with the highlighted message.
    pub(super) fn act_of(&self, key: KeyEvent) -> Option<Act> {
        match self.config.keymap.look(Place::Select, &[Chord::from(key)]) {
            Looked::Deed(Deed::Select(act)) => Some(act),
            _ => None,
        }
    }

    /// The key of an act, as it is shown.
    pub fn key_of(&self, act: Act) -> String {
        self.config.keymap.short(Deed::Select(act)).unwrap_or_default()
    }
}
