//! The box that asks for passwords and codes.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::{Line, Span};

use super::popup;
use super::search::tail;
use super::theme::Theme;
use crate::app::App;
use crate::app::account::{Asking, Step};
use crate::app::geometry::Popup;
use crate::app::wrap::{cells, wrap};

const COLUMNS: u16 = 56;

/// Draws it.
pub(super) fn draw(app: &App, asking: &Asking, theme: &Theme, frame: &mut Frame<'_>) {
    let columns = COLUMNS.min(app.size.width.saturating_sub(2)).max(1);
    let told: Vec<String> = asking.told.iter().flat_map(|told| wrap(told, columns)).collect();
    let rows = u16::try_from(told.len()).unwrap_or(u16::MAX).saturating_add(2);
    let all = app.size.width < COLUMNS + 4 || app.size.height < rows.saturating_add(2);
    let area = popup::draw(asking.title(), Popup::of(app.size, COLUMNS, rows, all), theme, frame);
    if area.is_empty() {
        return;
    }
    let told = told.into_iter().map(|line| Line::styled(line, theme.text));
    let prompt = Line::styled(asking.prompt(), theme.dim);
    let lines: Vec<Line<'_>> = told.chain([prompt]).collect();
    // What is typed, and what it is, are seen wherever there is too little room.
    let above = usize::from(area.height.saturating_sub(1));
    let lines = &lines[lines.len().saturating_sub(above)..];
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
    if asking.step == Step::Done {
        return;
    }
    let y = area.y + u16::try_from(lines.len()).unwrap_or_default().min(area.height - 1);
    let shown = asking.shown();
    let shown = tail(&shown, area.width.saturating_sub(3));
    let line = Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(shown, theme.text)]);
    frame.buffer_mut().set_line(area.x, y, &line, area.width);
    let cursor = (2 + cells(shown)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, y));
}
