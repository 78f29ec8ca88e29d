//! Words that were searched for, in messages that are drawn already: whatever else they look like, they stand out.

use std::ops::Range;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use super::search::found;
use super::theme::Theme;
use crate::app::Emphasis;
use crate::app::rows::Shape;

/// A bar beside the text of what one has gone to.
pub(super) fn spot(shape: Shape, theme: &Theme, row: Rect, buffer: &mut Buffer) {
    // In the place of the line between names and text, or of the first of the two blanks where there is none.
    let x = row.x + shape.beside().saturating_sub(2);
    if x < row.right() {
        buffer.set_string(x, row.y, "▌", theme.chosen);
    }
}

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
