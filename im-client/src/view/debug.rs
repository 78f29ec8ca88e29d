//! What was told in passing.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::popup;
use super::theme::Theme;
use crate::app::App;
use crate::app::debug::{popup, rows};

/// Draws it, from so many rows down.
pub(super) fn draw(app: &App, down: u16, theme: &Theme, frame: &mut Frame<'_>) {
    let area = popup::draw("Told in passing, the newest first", popup(app.size), theme, frame);
    let rows = rows(app, area.width);
    if rows.is_empty() {
        let line = Line::styled(" nothing yet", theme.dim);
        frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
    }
    // After a resize there may be fewer below than before.
    let first = usize::from(down).min(rows.len().saturating_sub(usize::from(area.height)));
    for (y, (before, text, is_error)) in (area.y..area.bottom()).zip(rows.into_iter().skip(first)) {
        let style = if is_error { theme.bad } else { theme.text };
        let line =
            Line::from(vec![Span::styled(format!(" {before:<8}"), theme.dim), Span::styled(text, style)]);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
