//! The help: the table of keys and the table of commands, as they are.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::popup;
use super::theme::Theme;
use crate::app::wrap::{cells, wrap};
use crate::app::{commands, keys};

const COLUMNS: u16 = 76;
const LEFT_COLUMNS: u16 = 32;

/// Draws it, from so many rows down.
pub(super) fn draw(down: u16, theme: &Theme, frame: &mut Frame<'_>) {
    let whole = frame.area();
    let all = whole.width < COLUMNS + 10 || whole.height < 30;
    let rows = whole.height.saturating_sub(4);
    let area = popup::draw("Help · Esc closes, PgDn shows more", COLUMNS, rows, all, theme, frame);
    let lines = lines(theme, area.width);
    let most = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(area.height);
    let first = usize::from(down.min(most));
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(first)) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
}

fn lines<'a>(theme: &Theme, width: u16) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(" KEYS", theme.heading)];
    for binding in keys::TABLE {
        lines.extend(row(theme, width, binding.shown, binding.does));
    }
    lines.push(Line::default());
    lines.push(Line::styled(" COMMANDS", theme.heading));
    for command in commands::offered() {
        lines.extend(row(theme, width, &command.usage(), command.does));
    }
    lines.extend(row(theme, width, "//TEXT", "say something that begins with a slash"));
    lines
}

/// What, and what it does beside it, or below where there is no room.
fn row<'a>(theme: &Theme, width: u16, what: &str, does: &str) -> Vec<Line<'a>> {
    let beside = width >= LEFT_COLUMNS + 30;
    let indent = if beside { LEFT_COLUMNS } else { 4 };
    let room = width.saturating_sub(indent + 1);
    let mut what = vec![Span::styled(format!(" {what}"), theme.chosen)];
    let mut lines = Vec::new();
    if !beside || cells(&what[0].content) >= LEFT_COLUMNS {
        lines.push(Line::from(std::mem::take(&mut what)));
    }
    for text in wrap(does, room) {
        let mut spans = std::mem::take(&mut what);
        let used = spans.iter().map(|span| cells(&span.content)).sum::<u16>();
        spans.push(Span::raw(" ".repeat(usize::from(indent.saturating_sub(used)))));
        spans.push(Span::styled(text, theme.text));
        lines.push(Line::from(spans));
    }
    lines
}
