//! The composer, with the terminal's own cursor in it, and above it what waits for an answer.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui_textarea::TextArea;

use super::ascii::SAID;
use super::theme::Theme;
use crate::app::geometry::{Geometry, NOTICE_INDENT, NOTICE_ROWS_MAX};
use crate::app::{App, pending};

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, geometry: &Geometry, frame: &mut Frame<'_>) {
    let area = geometry.composer;
    if area.is_empty() {
        return;
    }
    if geometry.frame.is_none() && area.x >= 2 {
        frame.buffer_mut().set_line(0, area.y, &Line::styled("> ", theme.chosen), 2);
    }
    text(app.composer(), area, frame, app.overlay.is_none());
}

/// Draws what is being written and, if it has the keys, the cursor.
pub(super) fn text(written: &TextArea<'_>, area: Rect, frame: &mut Frame<'_>, has_keys: bool) {
    if area.is_empty() {
        return;
    }
    frame.render_widget(written, area);
    frame.buffer_mut().set_style(area, Style::new().underline_color(SAID));
    let cursor = written.screen_cursor();
    let (top, left) = written.scroll_offset();
    let offset = |at: usize, from: u16, length: u16| {
        let at = u16::try_from(at).unwrap_or(u16::MAX).saturating_sub(from);
        at.min(length - 1)
    };
    if has_keys {
        frame.set_cursor_position(Position::new(
            area.x + offset(cursor.col, left, area.width),
            area.y + offset(cursor.row, top, area.height),
        ));
    }
}

/// Draws what waits for an answer.
pub(super) fn draw_notices(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let lines = pending::lines(app, area.width.saturating_sub(NOTICE_INDENT), NOTICE_ROWS_MAX);
    for (y, (is_first, line)) in (area.y..area.bottom()).zip(lines) {
        let line = Line::from(vec![
            Span::styled(if is_first { " ▸ " } else { "   " }, theme.notice),
            Span::styled(line, theme.notice),
        ]);
        buffer.set_line(area.x, y, &line, area.width);
    }
}
