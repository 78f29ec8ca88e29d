//! The boxes of messages: of all conversations, each with where, who, when and the words, or one's name; Enter goes there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{TYPED_CHARS_MAX, Which};
use crate::app::sought::Goal;
use crate::app::{Action, App, Overlay};

/// Up and down by a page goes so far.
const PAGE: usize = 8;

impl App {
    /// Shows the box; with words they are searched for at once, without them it is as it was left.
    pub(crate) fn open_search(&mut self, words: Option<&str>) {
        if let Some(words) = words {
            // What was given is whole words: nobody is about to type more of the last.
            self.search.typed = words.chars().take(TYPED_CHARS_MAX).chain([' ']).collect();
            self.begin_search(Which::Everywhere, self.now);
        }
        self.search.is_of_before = words.is_none() && !self.search.typed.is_empty();
        self.overlay = Some(Overlay::Search(Which::Everywhere));
    }

    /// Shows the box of what mentions one, from the newest on.
    pub(crate) fn open_mentions(&mut self) {
        self.mentions.typed.clear();
        self.begin_search(Which::Mentions, self.now);
        self.overlay = Some(Overlay::Search(Which::Mentions));
    }

    /// A key while the box is open.
    pub(crate) fn search_key(&mut self, which: Which, key: KeyEvent) -> Vec<Action> {
        let search = self.search_mut(which);
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => return self.open_found(which),
            (_, KeyCode::Up) => search.choose(search.chosen.saturating_sub(1)),
            (_, KeyCode::Down) => search.choose(search.chosen + 1),
            (_, KeyCode::PageUp) => search.choose(search.chosen.saturating_sub(PAGE)),
            (_, KeyCode::PageDown) => search.choose(search.chosen + PAGE),
            (_, KeyCode::Home) => search.choose(0),
            (_, KeyCode::End) => search.choose(usize::MAX),
            (_, KeyCode::Backspace) => self.retype_search(which, |typed| {
                typed.pop();
            }),
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => self.retype_search(which, String::clear),
            (KeyModifiers::CONTROL, KeyCode::Char('w')) => self.shorten_search(which),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                self.type_into_search(which, c.encode_utf8(&mut [0; 4]));
            }
            _ => {}
        }
        Vec::new()
    }

    /// Goes on to an older message, or back to a newer one.
    pub(crate) fn choose_found(&mut self, which: Which, by: isize) {
        let search = self.search_mut(which);
        search.choose(search.chosen.saturating_add_signed(by));
    }

    /// Chooses one of those that were found.
    pub(crate) fn choose_hit(&mut self, which: Which, place: usize) {
        self.search_mut(which).choose(place);
    }

    /// Opens the conversation of what is chosen, at that message.
    fn open_found(&mut self, which: Which) -> Vec<Action> {
        let now = self.now;
        let search = self.search_mut(which);
        if search.due.is_some() {
            // What is here is not what is typed.
            search.due = Some(now);
            return Vec::new();
        }
        let Some(hit) = search.hit() else {
            return Vec::new();
        };
        let (address, goal) = (hit.address.clone(), Goal::Event(hit.seq));
        self.overlay = None;
        let actions = self.go_to(address.clone(), Some(goal));
        let emphasis = self.searched(which).emphasis.clone();
        if let Some(talk) = self.talk_mut().filter(|talk| talk.about.address == address) {
            talk.emphasis = emphasis;
        }
        actions
    }
}
