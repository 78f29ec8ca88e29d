//! A box over the panes.

use ratatui::Frame;
use ratatui::buffer::CellWidth;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Clear};

use super::theme::Theme;
use crate::app::geometry::Popup;

/// Clears a place and puts a border about it; tells where its inside is.
pub(super) fn draw(title: &str, place: Popup, theme: &Theme, frame: &mut Frame<'_>) -> Rect {
    frame.render_widget(Clear, place.outer);
    unhinge(place.outer, frame);
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
