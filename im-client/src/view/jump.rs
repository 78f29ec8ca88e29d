//! The jump box.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::{Line, Span};

use super::conversations::sign_and_name;
use super::popup;
use super::theme::Theme;
use crate::app::App;
use crate::app::geometry::Popup;
use crate::app::jump::{Jump, fitting};
use crate::app::wrap::{cells, cut};

const COLUMNS: u16 = 46;
const ROWS: u16 = 12;

/// Draws it.
pub(super) fn draw(app: &App, jump: &Jump, theme: &Theme, frame: &mut Frame<'_>) {
    let place = Popup::of(app.size, COLUMNS, ROWS, app.size.width < COLUMNS + 4);
    let area = popup::draw("Jump to", place, theme, frame);
    if area.is_empty() {
        return;
    }
    let typed =
        Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(jump.typed.clone(), theme.text)]);
    frame.buffer_mut().set_line(area.x, area.y, &typed, area.width);
    let cursor = (2 + cells(&jump.typed)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));

    let fitting = fitting(app, &jump.typed);
    let rows = usize::from(area.height - 1);
    let chosen = jump.chosen.min(fitting.len().saturating_sub(1));
    let first = (chosen + 1).saturating_sub(rows);
    if fitting.is_empty() && rows > 0 {
        let told = Line::styled("  nothing is called so", theme.dim);
        frame.buffer_mut().set_line(area.x, area.y + 1, &told, area.width);
    }
    for (place, (y, id)) in (area.y + 1..area.bottom()).zip(fitting.iter().skip(first)).enumerate() {
        let Some(talk) = app.conversations.get(*id) else {
            continue;
        };
        let (sign, name) = sign_and_name(app, talk);
        let is_chosen = first + place == chosen;
        let unread = match talk.unread() {
            0 => String::new(),
            n => format!("  {n}"),
        };
        let line = Line::from(vec![
            Span::styled(if is_chosen { "▌" } else { " " }, theme.chosen),
            Span::styled(format!("{sign} "), theme.dim),
            Span::styled(
                cut(&name, area.width.saturating_sub(4)),
                if is_chosen { theme.chosen } else { theme.text },
            ),
            Span::styled(unread, theme.unread),
        ]);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
