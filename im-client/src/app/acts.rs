//! What deeds do: an arm each, a line each; the doing is in the file of what it is about.

use crossterm::event::KeyEvent;
use im_proto::MessageId;

use super::geometry::{Geometry, Manner};
use super::keys::{Chord, Deed, Looked, Place};
use super::{Action, App, Overlay, Scroll, Talk, scroll};

/// A key makes a pane so much wider or narrower, in columns.
const RESIZE_COLUMNS: i16 = 2;

impl App {
    /// Does a deed; by a key, or without one from the palette.
    pub(super) fn act(&mut self, deed: Deed, key: Option<KeyEvent>, message: MessageId) -> Vec<Action> {
        match deed {
            Deed::Send => return self.enter(message),
            Deed::Newline => self.composer_mut().insert_newline(),
            Deed::TakeBack => self.take_back(key),
            Deed::Jump => self.open_jump(""),
            Deed::Palette => self.open_jump(">"),
            Deed::NextUnread => self.open_unread(),
            Deed::LastUsed => self.open_last_used(),
            Deed::Previous => self.open_neighbour(-1),
            Deed::Next => self.open_neighbour(1),
            Deed::Nth(place) => self.open_nth(usize::from(place)),
            Deed::ScrollUp => scroll::by(self, -self.page()),
            Deed::ScrollDown => scroll::by(self, self.page()),
            Deed::Newest => self.newest(key),
            Deed::Help => self.overlay = Some(Overlay::Help(0)),
            Deed::List => self.toggle_list(),
            Deed::People => self.toggle_people(),
            Deed::Cancel if self.is_selecting() => self.leave_select(),
            Deed::Cancel if self.is_writing() => {
                self.stop_amending();
                self.wipe_composer();
            }
            Deed::Cancel => self.overlay = Some(Overlay::Quit),
            Deed::Quit => return self.quit(),
            Deed::Zen => self.is_zen = !self.is_zen,
            Deed::ListNarrower => self.widen_list(-RESIZE_COLUMNS),
            Deed::ListWider => self.widen_list(RESIZE_COLUMNS),
            Deed::Theme => self.next_look(),
            Deed::Mouse => return self.toggle_mouse(),
            Deed::Reconnect => return self.reconnect(),
            Deed::Debug => self.overlay = Some(Overlay::Debug(0)),
            Deed::Find => self.open_find(),
            Deed::Search => self.open_search(None),
            Deed::GoTo => self.open_goto(),
            Deed::FirstUnread => self.first_unread(),
            Deed::Mentions => self.open_mentions(),
            Deed::OlderMatch => self.select_found(1),
            Deed::NewerMatch => self.select_found(-1),
            Deed::Suspend => return vec![Action::Suspend],
            Deed::Editor => return vec![Action::Compose(self.composer().lines().join("\n"))],
            Deed::Escape => self.escape(),
            Deed::Select(act) => return self.acted(act),
            Deed::Complete => self.complete(),
            Deed::SearchSent => self.search_sent(),
            Deed::Undo => {
                self.composer_mut().undo();
            }
            Deed::Redo => {
                self.composer_mut().redo();
            }
        }
        Vec::new()
    }

    /// Where keys go.
    fn place(&self) -> Place {
        match self.overlay {
            Some(_) => Place::Overlay,
            None if self.is_selecting() => Place::Select,
            None => Place::Composer,
        }
    }

    /// What a key means, after those that were pressed before it and meant nothing yet.
    pub(super) fn deed_of(&mut self, key: KeyEvent) -> Looked {
        let mut pressed = std::mem::take(&mut self.pressed);
        let is_first = pressed.is_empty();
        let chord = Chord::from(key);
        pressed.push(chord);
        let keymap = &self.config.keymap;
        match keymap.look(self.place(), &pressed) {
            Looked::Begins => {
                self.pressed = pressed;
                Looked::Begins
            }
            Looked::Nothing if !is_first => {
                // What gives up what was begun does nothing else.
                let alone = keymap.look(self.place(), &[chord]);
                if !matches!(alone, Looked::Deed(Deed::Escape | Deed::Cancel)) {
                    let keys: Vec<String> = pressed.iter().map(ToString::to_string).collect();
                    self.toasts.complain(format!("{} does nothing", keys.join(" ")), self.now);
                }
                Looked::Begins
            }
            looked => looked,
        }
    }

    /// What is closest to the eye is closed; where there is nothing, a message is selected.
    fn escape(&mut self) {
        if self.is_selecting() {
            self.leave_select();
        } else if self.talk().is_some_and(|talk| talk.is_amending() || !talk.emphasis.is_empty()) {
            self.stop_amending();
            self.stop_emphasising();
        } else {
            self.begin_selecting();
        }
    }

    /// Up is for the composer, unless it is empty.
    fn take_back(&mut self, key: Option<KeyEvent>) {
        let is_taken = self.composer().is_empty() && (self.take_back_failed() || self.edit_newest());
        match key {
            Some(key) if !is_taken => self.type_key(key),
            None if !is_taken => self.toasts.complain("there is nothing to take back or to edit", self.now),
            _ => {}
        }
    }

    /// There is something to clear.
    fn is_writing(&self) -> bool {
        !self.composer().is_empty() || self.talk().is_some_and(Talk::is_amending)
    }

    /// End is for the composer, unless there is something to come back from.
    fn newest(&mut self, key: Option<KeyEvent>) {
        self.leave_select();
        match (self.talk_mut(), key) {
            (Some(talk), _) if talk.scroll != Scroll::End || talk.sought.is_some() => self.go_to_newest(),
            (_, Some(key)) => self.type_key(key),
            (_, None) => {}
        }
    }

    fn toggle_list(&mut self) {
        self.is_zen = false;
        if Geometry::of(self).frame.is_some() {
            self.list_wanted = !self.list_wanted;
        } else {
            self.overlay = Some(Overlay::List);
        }
    }

    fn toggle_people(&mut self) {
        self.is_zen = false;
        if Geometry::of(self).manner == Manner::Wide {
            self.people_wanted = !self.people_wanted;
        } else {
            self.overlay = Some(Overlay::People);
        }
    }
}
