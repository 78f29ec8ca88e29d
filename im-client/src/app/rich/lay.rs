//! Drafts of lines laid into a width: where they break, and how each part of them looks there.

use std::ops::Range;
use std::rc::Rc;

use ratatui::buffer::CellWidth;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::read::{Draft, Kind};
use super::{Code, CodeLine, Line, Look, Part, Piece};
use crate::app::wrap::{self, cells};

/// The bar beside a quote.
const BAR: &str = "▎ ";

/// A draft in lines.
pub(super) fn lay(draft: &Draft, width: u16) -> Vec<Line> {
    match &draft.kind {
        Kind::Text => text(draft, width),
        Kind::Code { code, line } => hard(draft, width, code.as_ref().map(|code| (code, *line))),
        Kind::Rule => vec![rule(&draft.text, width)],
    }
}

fn mark(text: impl Into<String>) -> Piece {
    Piece { text: text.into(), look: Look { part: Part::Mark, ..Look::default() } }
}

/// `rust ─────────────`
fn rule(label: &str, width: u16) -> Line {
    let label = wrap::cut(label, width.saturating_sub(2));
    let gap = if label.is_empty() { "" } else { " " };
    let left = usize::from(width.saturating_sub(cells(&label) + cells(gap)));
    Line { pieces: vec![mark(format!("{label}{gap}{}", "─".repeat(left)))], ..Line::default() }
}

/// Code breaks anywhere: its blanks are part of it.
fn hard(draft: &Draft, width: u16, code: Option<(&Rc<Code>, usize)>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut put = |row: Range<usize>| {
        let at = code.map(|(code, line)| CodeLine { code: Rc::clone(code), line, from: row.start });
        let joint = (row.end < draft.text.len()).then(String::new);
        lines.push(Line { pieces: pieces(draft, row), code: at, joint });
    };
    let (mut start, mut used) = (0, 0);
    for (at, grapheme) in draft.text.grapheme_indices(true) {
        let wide = grapheme.cell_width();
        if used > 0 && used + wide > width {
            put(start..at);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    put(start..draft.text.len());
    lines
}

fn text(draft: &Draft, width: u16) -> Vec<Line> {
    let bars = BAR.repeat(draft.quotes);
    // Where there is hardly any room, words come first.
    let bars = if cells(&bars) > width / 2 { String::new() } else { bars };
    let width = width - cells(&bars);
    let hang = if draft.hang > width / 2 { 0 } else { draft.hang };
    let mut lines = Vec::new();
    let rows = wrap::rows(&draft.text, width, hang);
    let next = rows.iter().skip(1).map(|row| Some(row.start)).chain([None]);
    for (row, next) in rows.iter().cloned().zip(next) {
        let joint = next.and_then(|next| draft.text.get(row.end..next)).map(ToOwned::to_owned);
        let mut line = Line { joint, ..Line::default() };
        if !bars.is_empty() {
            line.pieces.push(mark(bars.clone()));
        }
        if !lines.is_empty() && hang > 0 {
            line.pieces.push(mark(" ".repeat(usize::from(hang))));
        }
        line.pieces.extend(pieces(draft, row));
        lines.push(line);
    }
    lines
}

/// What stands in a part of a draft. A character as people see it has one look, that of its beginning.
fn pieces(draft: &Draft, row: Range<usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = row.start;
    let first = draft.looks.partition_point(|(end, _)| *end <= row.start);
    for (end, look) in &draft.looks[first..] {
        if at >= row.end {
            break;
        }
        let end = snapped(&draft.text, (*end).min(row.end)).min(row.end);
        if end > at {
            pieces.push(Piece { text: draft.text[at..end].to_owned(), look: look.clone() });
            at = end;
        }
    }
    pieces
}

/// A place where no character is torn.
fn snapped(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) | Err(_) => at,
        Ok(false) => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
    }
}
