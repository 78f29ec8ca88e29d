//! Box art and ornaments as plain characters, one for one, so that nothing moves. What people say stays as it is.

use ratatui::buffer::Buffer;
use ratatui::style::Color;

/// In the place of the underline's colour, which we do not use: somebody said this.
pub(super) const SAID: Color = Color::Indexed(0);

/// Goes over a frame that is drawn.
pub(super) fn plain(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            let Some(cell) = buffer.cell_mut((x, y)) else {
                continue;
            };
            if cell.underline_color == Color::Reset
                && let Some(plain) = plain_of(cell.symbol())
            {
                cell.set_symbol(plain);
            }
        }
    }
}

fn plain_of(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "─" => "-",
        "│" => "|",
        "╭" | "╮" | "╰" | "╯" | "├" | "┤" | "┬" | "┴" | "┌" => "+",
        "▌" | "▸" | "▎" => ">",
        "●" | "•" => "*",
        "○" | "◌" => "o",
        "◐" => "%",
        "✓" => "v",
        "↑" => "^",
        "↓" => "v",
        "·" => "-",
        "…" => "_",
        "░" => "#",
        _ => return None,
    })
}
