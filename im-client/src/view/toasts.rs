//! What is told in passing, at the upper right of the messages, where it hides nothing that was said just now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::theme::Theme;
use crate::app::App;
use crate::app::wrap::{cells, wrap};

const COLUMNS_MAX: u16 = 60;

/// Draws them.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let width = area.width.saturating_sub(4).min(COLUMNS_MAX);
    if width == 0 {
        return;
    }
    let mut lines = Vec::new();
    for toast in app.toasts.iter() {
        let sign = if toast.is_error { "!" } else { "·" };
        for (i, line) in wrap(&toast.text, width).into_iter().enumerate() {
            let sign = if i == 0 { sign } else { " " };
            lines.push((format!(" {sign} {line} "), toast.is_error));
        }
    }
    let widest = lines.iter().map(|(line, _)| cells(line)).max().unwrap_or(0);
    for (y, (line, is_error)) in (area.y..area.bottom()).zip(&lines) {
        let x = area.right().saturating_sub(widest + 1).max(area.x);
        let style = if *is_error { theme.bad_toast } else { theme.toast };
        let room = area.right() - x;
        let blank = " ".repeat(usize::from(widest.saturating_sub(cells(line))));
        buffer.set_line(x, y, &Line::styled(format!("{line}{blank}"), style), room);
    }
}
