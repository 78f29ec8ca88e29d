//! Characters of several parts. Terminals that do not join their parts draw more cells than we count: what stands behind
//! them is drawn again each time, so that it is there in any terminal.

use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use unicode_width::UnicodeWidthChar;

/// Goes over a frame that is drawn.
pub(super) fn settle(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for row in buffer.content.chunks_mut(width.max(1)) {
        let mut covered = 0;
        for (at, cell) in row.iter_mut().enumerate() {
            if at < covered {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
            let symbol = cell.symbol();
            if symbol.len() > 4 {
                let cells: usize = symbol.chars().filter_map(UnicodeWidthChar::width).sum();
                covered = covered.max(at + cells.max(usize::from(symbol.cell_width())));
            }
        }
    }
}
