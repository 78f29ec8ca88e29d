//! Words that were searched for, in messages that are drawn already: whatever else they look like, they stand out.

use std::ops::Range;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use super::search::found;
use super::theme::Theme;
use crate::app::Emphasis;

/// Emphasises words in one row of an area.
pub(super) fn mark(emphasis: &Emphasis, theme: &Theme, row: Rect, buffer: &mut Buffer) {
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
