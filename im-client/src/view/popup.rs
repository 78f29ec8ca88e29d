//! A box over the panes.

use ratatui::Frame;
use ratatui::buffer::CellWidth;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Clear};

use super::theme::Theme;
use crate::app::geometry::Popup;

/// Clears a place and puts a border about it; tells where its inside is.
pub(super) fn draw(title: &str, place: Popup, theme: &Theme, frame: &mut Frame<'_>) -> Rect {
    let cleared = with_margin(place.outer, frame.area());
    frame.render_widget(Clear, cleared);
    unhinge(cleared, frame);
    if place.outer == place.inner {
        return place.inner;
    }
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border)
        .title(format!(" {title} "))
        .title_style(theme.heading);
    frame.render_widget(block, place.outer);
    place.inner
}

/// A column on either side keeps the border apart from what it hides half of, but leaves the lines at the edges.
fn with_margin(outer: Rect, whole: Rect) -> Rect {
    let margin = u16::from(outer.x >= 2 && outer.right() + 2 <= whole.right());
    Rect { x: outer.x - margin, width: outer.width + 2 * margin, ..outer }
}

/// A wide character that reached into the box from the left would hide its border.
fn unhinge(area: Rect, frame: &mut Frame<'_>) {
    let Some(left) = area.x.checked_sub(1) else {
        return;
    };
    for y in area.y..area.bottom() {
        if let Some(cell) = frame.buffer_mut().cell_mut((left, y))
            && cell.symbol().cell_width() > 1
        {
            cell.set_symbol(" ");
        }
    }
}
