//! The line of what is new, and what counts as read. The line stands after the newest event that the server knows as read;
//! that moves when somebody has had the end before their eyes for a moment, and not before.

use std::time::Duration;

use im_proto::Seq;
use ratatui::layout::Rect;

use super::geometry::Geometry;
use super::rows::{self, Row};
use super::{App, Goal, Key, Scroll, Talk, sight};

/// So long the end is in sight of somebody before it is read, in milliseconds.
const LOOK_MS_MIN: u64 = 1000;

/// Where the line of what is new stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// After this event.
    pub after: Seq,
    /// So many posts were unread.
    pub unread: u64,
}

impl Talk {
    /// Somebody was not looking, or comes back to the end: the line stands where they stopped reading. Where they have
    /// scrolled back it does not move under their eyes.
    pub(super) fn hold_marker(&mut self, looks_at_end: bool) {
        let now = Marker { after: self.read_up_to(), unread: self.unread() };
        if now.unread == 0 {
            return;
        }
        match &mut self.marker {
            Some(marker) if marker.after == now.after => marker.unread = now.unread,
            None if !looks_at_end => self.marker = Some(now),
            Some(marker) if !looks_at_end && self.scroll == Scroll::End => *marker = now,
            _ => {}
        }
    }
}

impl App {
    /// The newest event of the open conversation is in sight of somebody.
    pub(super) fn looks_at_end(&self) -> bool {
        let looks = self.focused && self.is_chatting() && self.overlay.is_none();
        looks
            && Geometry::of(self).messages.height > 0
            && self.talk().is_some_and(|talk| talk.scroll == Scroll::End && talk.log.is_up_to_head())
    }

    /// Notes since when the end is in sight, and where the line stands.
    pub(super) fn watch_end(&mut self) {
        let looks = self.looks_at_end();
        let open = self.open.filter(|_| looks);
        let since = self.end_seen.filter(|(seen, _)| Some(*seen) == open);
        self.end_seen = since.or(open.map(|open| (open, self.now)));
        if let Some(talk) = self.talk_mut() {
            talk.hold_marker(looks);
        }
    }

    /// When the end will have been in sight for long enough to be read.
    pub(super) fn read_at(&self) -> Option<Duration> {
        let (_, since) = self.end_seen.filter(|(seen, _)| self.open == Some(*seen))?;
        Some(since + Duration::from_millis(LOOK_MS_MIN))
    }

    /// Goes to the first unread message of the open conversation; from there, to the newest.
    pub(super) fn first_unread(&mut self) {
        let Some(talk) = self.talk() else {
            return;
        };
        let marked = talk.marker.map(|marker| marker.after);
        let Some(after) = marked.or((talk.unread() > 0).then(|| talk.read_up_to())) else {
            self.toasts.tell("nothing is unread here", self.now);
            return;
        };
        let first = after.next();
        let is_there = talk.log.get(first).is_some() && talk.scroll == self.look_of(first);
        if talk.sought == Some(Goal::Event(first)) || is_there {
            self.go_to_newest();
        } else {
            self.seek(Goal::Event(first));
        }
    }

    /// At the end, so many new posts begin above what is in sight.
    pub fn new_above(&self) -> Option<u64> {
        let talk = self.talk().filter(|talk| talk.scroll == Scroll::End)?;
        let marker = talk.marker?;
        let seen = sight::rows(self, talk, rows::shape(self)?);
        let first = seen.first()?;
        let is_above = matches!(first.key, Key::Event(seq) if seq > marker.after.next())
            && !seen.iter().any(|seen| matches!(seen.row, Row::New { .. }));
        is_above.then_some(marker.unread)
    }

    /// Whether the line of what is new is on a row of the screen.
    pub(super) fn is_marker_at(&self, y: u16, messages: Rect) -> bool {
        let (Some(talk), Some(shape)) = (self.talk(), rows::shape(self)) else {
            return false;
        };
        let from_below = usize::from(messages.bottom().saturating_sub(y + 1));
        let seen = sight::rows(self, talk, shape);
        seen.iter().rev().nth(from_below).is_some_and(|seen| matches!(seen.row, Row::New { .. }))
    }

    /// Comes back from wherever one has scrolled to.
    pub(super) fn go_to_newest(&mut self) {
        if let Some(talk) = self.talk_mut() {
            talk.scroll = Scroll::End;
            talk.sought = None;
            talk.spot = None;
            talk.hold_marker(false);
        }
    }
}
