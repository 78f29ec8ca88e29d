//! Searching in the open conversation: a line in the place of the composer. While one types the nearest message with the
//! words comes into sight; Enter stays there, Esc goes back to where one was.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{ConversationId, Seq};

use super::{NEAR, Progress, Search, Which};
use crate::app::keys::Deed;
use crate::app::sought::Goal;
use crate::app::{App, Key, Overlay, Scroll, scroll};

/// Where one was before one searched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    conversation: ConversationId,
    scroll: Scroll,
    /// What was in sight at the lower edge.
    seq: Seq,
    /// Somebody has moved among what was found: what comes later moves nothing.
    has_chosen: bool,
}

impl App {
    /// Shows the line. What was searched for here before is still there.
    pub(crate) fn open_find(&mut self) {
        let Some(talk) = self.talk() else {
            self.toasts.complain("no conversation is open", self.now);
            return;
        };
        let (id, address) = (talk.about.id, talk.about.address.clone());
        let seq = talk.in_sight().unwrap_or(talk.log.head());
        let origin = Origin { conversation: id, scroll: talk.scroll, seq, has_chosen: false };
        if self.finding.here.as_ref() != Some(&address) {
            let typed = std::mem::take(&mut self.finding.typed);
            let is_asking = self.finding.is_asking;
            self.finding = Search { here: Some(address), typed, is_asking, ..Search::default() };
        }
        self.finding.is_of_before = !self.finding.typed.is_empty();
        self.begin_search(Which::Here, self.now);
        self.origin = Some(origin);
        self.overlay = Some(Overlay::Find);
    }

    /// A key while the line is shown.
    pub(crate) fn find_key(&mut self, key: KeyEvent, deed: Option<Deed>) {
        const LINE: Which = Which::Here;
        match (key.modifiers, key.code) {
            _ if deed == Some(Deed::ScrollUp) => scroll::by(self, -self.page()),
            _ if deed == Some(Deed::ScrollDown) => scroll::by(self, self.page()),
            _ if deed == Some(Deed::Find) => self.next_found(1),
            (_, KeyCode::Up) => self.next_found(1),
            (_, KeyCode::Down) => self.next_found(-1),
            (_, KeyCode::Enter) => {
                self.origin = None;
                self.overlay = None;
            }
            (_, KeyCode::Backspace) => self.retype_search(LINE, |typed| {
                typed.pop();
            }),
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => self.retype_search(LINE, String::clear),
            (KeyModifiers::CONTROL, KeyCode::Char('w')) => self.shorten_search(LINE),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                self.type_into_search(LINE, c.encode_utf8(&mut [0; 4]));
            }
            _ => return,
        }
        if self.finding.progress == Progress::Nothing {
            self.stop_emphasising();
        }
    }

    /// Goes back to where one was before.
    pub(crate) fn leave_find(&mut self) {
        self.stop_emphasising();
        let Some(origin) = self.origin.take().filter(|origin| self.open == Some(origin.conversation)) else {
            return;
        };
        let is_here = |key| match key {
            Key::Event(seq) => self.talk().is_some_and(|talk| talk.log.get(seq).is_some()),
            Key::Unsent(id) => self.outbox.get(id).is_some(),
        };
        match origin.scroll {
            Scroll::At(anchor) if !is_here(anchor.key) => self.seek(Goal::Event(origin.seq)),
            scroll => {
                if let Some(talk) = self.talk_mut() {
                    talk.sought = None;
                    talk.spot = None;
                    talk.scroll = scroll;
                }
            }
        }
    }

    /// Goes on to an older message, or back to a newer one.
    fn next_found(&mut self, by: isize) {
        if self.finding.hits.is_empty() {
            return;
        }
        let to = self.finding.chosen.saturating_add_signed(by);
        self.finding.choose(to);
        if let Some(origin) = &mut self.origin {
            origin.has_chosen = true;
        }
        self.show_found();
    }

    /// The same while a message is highlighted: then the match is.
    pub(crate) fn select_found(&mut self, by: isize) {
        let here = self.talk().map(|talk| talk.about.address.clone());
        if here.is_none() || self.finding.here != here || self.finding.hit().is_none() {
            self.toasts.tell("nothing was searched for here", self.now);
            return;
        }
        self.next_found(by);
        let found = self.finding.hit().map(|hit| Key::Event(hit.seq));
        if let Some(talk) = self.talk_mut() {
            talk.selected = found;
        }
    }

    /// More was found: the nearest to where one was, from there up, comes into sight.
    pub(super) fn found_here(&mut self) {
        let Some(origin) = self.origin.filter(|origin| !origin.has_chosen) else {
            return;
        };
        let hits = &self.finding.hits;
        let nearest = hits.iter().position(|hit| hit.seq <= origin.seq);
        let is_looking = matches!(self.finding.progress, Progress::More | Progress::Looking);
        match nearest.or(hits.len().checked_sub(1)) {
            Some(place) => self.finding.chosen = place,
            None => return,
        }
        if nearest.is_none() && is_looking {
            // It is further up than what was found until now.
            self.finding.look_further();
        } else {
            let near_the_end = self.finding.chosen + NEAR >= self.finding.hits.len();
            if self.finding.progress == Progress::More && near_the_end {
                self.finding.look_further();
            }
            self.show_found();
        }
    }

    fn show_found(&mut self) {
        let here = self.talk().map(|talk| &talk.about.address);
        let Some(hit) = self.finding.hit().filter(|hit| Some(&hit.address) == here) else {
            return;
        };
        let seq = hit.seq;
        let emphasis = self.finding.emphasis.clone();
        self.seek(Goal::Event(seq));
        if let Some(talk) = self.talk_mut() {
            talk.emphasis = emphasis;
        }
    }
}
