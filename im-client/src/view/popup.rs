//! A box over the panes.

use ratatui::Frame;
use ratatui::buffer::CellWidth;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Clear};

use super::theme::Theme;

/// Clears a place in the middle for so many columns and rows, or all there is; tells where its inside is.
pub(super) fn draw(
    title: &str,
    columns: u16,
    rows: u16,
    all: bool,
    theme: &Theme,
    frame: &mut Frame<'_>,
) -> Rect {
    let whole = frame.area();
    let area = if all {
        whole
    } else {
        let width = (columns + 2).min(whole.width);
        let height = (rows + 2).min(whole.height);
        Rect::new((whole.width - width) / 2, (whole.height - height) / 2, width, height)
    };
    frame.render_widget(Clear, area);
    unhinge(area, frame);
    // With hardly any room the border would be all there is.
    if whole.width < 8 || whole.height < 5 {
        return area;
    }
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border)
        .title(format!(" {title} "))
        .title_style(theme.heading);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
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
