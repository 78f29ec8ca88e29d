//! Text of messages selected by dragging: what people said, and nothing of what stands beside it. Both ends are held to a
//! message, so that what scrolls or arrives meanwhile changes nothing.

use ratatui::buffer::CellWidth;
use ratatui::layout::Position;
use unicode_segmentation::UnicodeSegmentation;

use super::geometry::Geometry;
use super::rich::{Line, Part};
use super::rows::{self, Row, Shape};
use super::{Action, App, Key, Talk, scroll, sight};

/// Longest text that is selected, in bytes.
const SELECTED_BYTES_MAX: usize = 1 << 20;

/// A place in the text of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    key: Key,
    /// Which row of it.
    row: usize,
    /// Which column of the text.
    column: u16,
}

/// What is being selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drag {
    from: Spot,
    to: Spot,
    /// The mouse has moved: it is not a click.
    has_moved: bool,
}

impl App {
    /// The mouse was pressed on the messages.
    pub(super) fn begin_drag(&mut self, at: Position) {
        self.drag = self.spot(at).map(|spot| Drag { from: spot, to: spot, has_moved: false });
    }

    /// The mouse moves while it is pressed; beyond an edge, what is there comes into sight.
    pub(super) fn drag_to(&mut self, at: Position) {
        if self.drag.is_none() {
            return;
        }
        let area = Geometry::of(self).messages;
        if at.y < area.y {
            scroll::by(self, -1);
        } else if at.y >= area.bottom() {
            scroll::by(self, 1);
        }
        let spot = self.spot(at);
        if let (Some(drag), Some(spot)) = (&mut self.drag, spot) {
            drag.has_moved |= drag.from != spot;
            drag.to = spot;
        }
    }

    /// The mouse was pressed on the messages and has not moved since.
    pub(super) fn is_click(&self) -> bool {
        self.drag.is_some_and(|drag| !drag.has_moved)
    }

    pub(super) fn forget_drag(&mut self) {
        self.drag = None;
    }

    /// The mouse is let go: what was selected is copied; a click selects the message.
    pub(super) fn end_drag(&mut self) -> Vec<Action> {
        let Some(drag) = self.drag.take() else {
            return Vec::new();
        };
        if !drag.has_moved {
            self.select(drag.from.key);
            return Vec::new();
        }
        let text = self.dragged_text(drag).unwrap_or_default();
        if text.trim().is_empty() {
            return Vec::new();
        }
        vec![Action::Copy(text)]
    }

    /// What is nearest to a place on the screen.
    fn spot(&self, at: Position) -> Option<Spot> {
        let (talk, shape) = (self.talk()?, rows::shape(self)?);
        let area = Geometry::of(self).messages;
        let seen = sight::rows(self, talk, shape);
        let top = area.bottom() - u16::try_from(seen.len()).unwrap_or(area.height);
        let line = usize::from(at.y.clamp(top, area.bottom().saturating_sub(1)) - top);
        let seen = seen.get(line)?;
        // Above all text is its beginning.
        let column = if at.y < top { 0 } else { at.x.saturating_sub(area.x + shape.beside()) };
        Some(Spot { key: seen.key, row: seen.at, column })
    }

    fn dragged_text(&self, drag: Drag) -> Option<String> {
        let (talk, shape) = (self.talk()?, rows::shape(self)?);
        let (first, last) = drag.ends(self, talk);
        let mut text = String::new();
        let mut joint: Option<String> = None;
        let mut key = first.key;
        loop {
            for (at, row) in rows::of(self, talk, key, shape).into_iter().enumerate() {
                let Row::Said { line, gone: false, .. } = &row else {
                    continue;
                };
                let Some((from, to)) = drag.columns(self, talk, key, at) else {
                    continue;
                };
                let words = said(line, from, to, joint.is_some());
                if words.is_none() {
                    continue;
                }
                text.push_str(joint.as_deref().unwrap_or(if text.is_empty() { "" } else { "\n" }));
                text.push_str(&words.unwrap_or_default());
                joint.clone_from(&line.joint);
            }
            if key == last.key || text.len() > SELECTED_BYTES_MAX {
                return Some(text);
            }
            key = talk.key_after(key, &self.outbox)?;
        }
    }
}

impl Drag {
    /// Its ends in the order of the text.
    fn ends(&self, app: &App, talk: &Talk) -> (Spot, Spot) {
        let place = |spot: Spot| (talk.place_of(spot.key, &app.outbox), spot.row, spot.column);
        if place(self.from) <= place(self.to) { (self.from, self.to) } else { (self.to, self.from) }
    }

    /// The columns of a row that are selected, both included; nothing if none are.
    pub fn columns(&self, app: &App, talk: &Talk, key: Key, row: usize) -> Option<(u16, u16)> {
        let (first, last) = self.ends(app, talk);
        let place = |key, row| (talk.place_of(key, &app.outbox), row);
        let (here, start, end) = (place(key, row), place(first.key, first.row), place(last.key, last.row));
        if !self.has_moved || here < start || here > end {
            return None;
        }
        let from = if here == start { first.column } else { 0 };
        let to = if here == end { last.column } else { u16::MAX };
        Some((from, to))
    }
}

/// What a line says between two columns. What we put there is left out where it only shows that a line goes on.
fn said(line: &Line, from: u16, to: u16, goes_on: bool) -> Option<String> {
    if line.pieces.iter().all(|piece| piece.look.part == Part::Mark && piece.text.contains('─')) {
        let is_empty = line.pieces.is_empty();
        return is_empty.then(String::new);
    }
    let mut words = String::new();
    let mut column: u16 = 0;
    let mut is_start = true;
    for piece in &line.pieces {
        let is_mark = piece.look.part == Part::Mark;
        is_start &= is_mark;
        for grapheme in piece.text.graphemes(true) {
            let end = column.saturating_add(grapheme.cell_width());
            if end > from && column <= to && !(is_start && goes_on) {
                words.push_str(if is_mark && grapheme == "▎" { ">" } else { grapheme });
            }
            column = end;
        }
    }
    Some(words)
}

/// Where what is selected of a row is drawn, from the first column of the text, and how wide it is.
pub fn drawn(app: &App, talk: &Talk, shape: Shape, seen: &sight::Seen) -> Option<(u16, u16)> {
    let Row::Said { line, gone: false, .. } = &seen.row else {
        return None;
    };
    let (from, to) = app.drag.as_ref()?.columns(app, talk, seen.key, seen.at)?;
    let end = to.saturating_add(1).min(line.cells()).min(shape.text);
    (end > from).then_some((from, end - from))
}
