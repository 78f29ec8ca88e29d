//! Words that were searched for, in messages that are drawn already: whatever else they look like, they stand out.

use std::ops::Range;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use super::search::found;
use super::theme::Theme;
use crate::app::rows::{Row, Shape};
use crate::app::sight::Seen;
use crate::app::{Emphasis, Key, Talk};

/// Shows what a row has to do with a search: a bar beside what one has gone to, and the words.
pub(super) fn show(talk: &Talk, theme: &Theme, shape: Shape, seen: &Seen, row: Rect, buffer: &mut Buffer) {
    let beside = shape.beside().min(row.width);
    let is_text = !matches!(seen.row, Row::Date(_) | Row::New { .. } | Row::Head { .. });
    let is_spot = matches!(seen.key, Key::Event(seq) if talk.spot == Some(seq));
    if is_spot && is_text && row.width > beside {
        // In the place of the line between names and text, or of the first of the two blanks where there is none.
        buffer.set_string(row.x + beside.saturating_sub(2), row.y, "▌", theme.chosen);
    }
    if matches!(seen.row, Row::Said { gone: false, .. }) {
        let said = Rect { x: row.x + beside, width: row.width - beside, ..row };
        mark(&talk.emphasis, theme, said, buffer);
    }
}

/// Emphasises words in one row of an area.
fn mark(emphasis: &Emphasis, theme: &Theme, row: Rect, buffer: &mut Buffer) {
    if emphasis.is_empty() {
        return;
    }
    let mut text = String::new();
    let mut cells: Vec<(Range<usize>, u16)> = Vec::new();
    let mut x = row.x;
    while x < row.right() {
        let symbol = buffer[(x, row.y)].symbol();
        let start = text.len();
        text.push_str(symbol);
        cells.push((start..text.len(), x));
        x += symbol.cell_width().max(1);
    }
    for place in emphasis.places(&text) {
        let within = |at: &Range<usize>| at.start < place.end && at.end > place.start;
        for (_, x) in cells.iter().filter(|(at, _)| within(at)) {
            let cell = &mut buffer[(*x, row.y)];
            cell.set_style(found(theme));
        }
    }
}
