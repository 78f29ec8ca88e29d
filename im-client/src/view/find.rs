//! The line for searching in the open conversation, in the place of the composer; and the box for going to a date.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::popup;
use super::search::tail;
use super::theme::Theme;
use super::title::ends;
use crate::app::geometry::{Geometry, Popup};
use crate::app::search::Progress;
use crate::app::wrap::{cells, cut};
use crate::app::{App, goto, when};

const GOTO_COLUMNS: u16 = 56;
/// What stands before what is typed.
const PROMPT: &str = "find: ";

/// Draws the line.
pub(super) fn draw(app: &App, theme: &Theme, geometry: &Geometry, frame: &mut Frame<'_>) {
    let whole = geometry.composer;
    if whole.is_empty() {
        return;
    }
    frame.render_widget(Clear, whole);
    let area = Rect { height: 1, ..whole };
    let search = &app.finding;
    let typed = tail(&search.typed, area.width.saturating_sub(cells(PROMPT) + 1));
    let style = if search.is_of_before { theme.text.add_modifier(Modifier::REVERSED) } else { theme.text };
    let left = Line::from(vec![Span::styled(PROMPT, theme.chosen), Span::styled(typed, style)]);
    let right = Line::styled(progress(app), theme.dim);
    ends(area, &left, &right, frame.buffer_mut());
    let cursor = (cells(PROMPT) + cells(typed)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));
}

fn progress(app: &App) -> String {
    let search = &app.finding;
    let count = search.hits.len();
    let more = if matches!(search.progress, Progress::More | Progress::Looking) { "+" } else { "" };
    match &search.progress {
        Progress::Failed(why) => why.clone(),
        Progress::Nothing => "words, newest first".to_owned(),
        Progress::Looking if !app.link.is_online() => "not connected".to_owned(),
        Progress::Looking if count == 0 => "searching …".to_owned(),
        _ if count == 0 => "nothing was found".to_owned(),
        _ => format!("{} of {count}{more} · ↑ older ↓ newer · Enter stays", search.chosen + 1),
    }
}

/// Draws the box.
pub(super) fn draw_goto(app: &App, typed: &str, theme: &Theme, frame: &mut Frame<'_>) {
    let place = Popup::of(app.size, GOTO_COLUMNS, 3, app.size.width < GOTO_COLUMNS + 4);
    let area = popup::draw("Go to a date", place, theme, frame);
    if area.is_empty() {
        return;
    }
    let shown = tail(typed, area.width.saturating_sub(3));
    let line = Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(shown, theme.text)]);
    let told = match goto::preview(app, typed) {
        Ok(moment) => moment,
        Err(_) if typed.trim().is_empty() => when::EXAMPLES.to_owned(),
        Err(why) => why,
    };
    let buffer: &mut Buffer = frame.buffer_mut();
    buffer.set_line(area.x, area.y, &line, area.width);
    if area.height > 1 {
        let told = cut(&format!("  {told}"), area.width);
        buffer.set_line(area.x, area.y + 1, &Line::styled(told, theme.dim), area.width);
    }
    let cursor = (2 + cells(shown)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));
}
