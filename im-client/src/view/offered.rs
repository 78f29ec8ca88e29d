//! What is offered while one writes, above where one writes: completions, what one has said, what to do with a paste.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::popup;
use super::theme::Theme;
use crate::app::geometry::{Geometry, Popup as Place};
use crate::app::pasted::Pasted;
use crate::app::sent::Sent;
use crate::app::wrap::{cells, cut, one_line, wrap};
use crate::app::{App, boxes};

const ROWS_MAX: u16 = 8;
const COLUMNS: u16 = 60;
/// Rows of a paste that are shown.
const PREVIEW_ROWS: usize = 3;

/// Draws what Tab offers, over the last messages.
pub(super) fn completion(app: &App, theme: &Theme, geometry: &Geometry, frame: &mut Frame<'_>) {
    let Some(completion) = app.completion() else {
        return;
    };
    let over = geometry.messages;
    let count = u16::try_from(completion.offered.len()).unwrap_or(ROWS_MAX);
    let rows = count.min(ROWS_MAX).min(over.height);
    let width = over.width.min(COLUMNS);
    if rows == 0 || width < 4 {
        return;
    }
    let area = Rect { x: over.x, y: over.bottom() - rows, width, height: rows };
    frame.render_widget(Clear, area);
    let first = (completion.chosen + 1).saturating_sub(usize::from(rows));
    let shown = completion.offered.iter().enumerate().skip(first);
    for (y, (at, offered)) in (area.y..area.bottom()).zip(shown) {
        let style = if at == completion.chosen { theme.chosen } else { theme.text };
        let written = cut(&offered.written, width - 2);
        let gap = " ".repeat(usize::from(16_u16.saturating_sub(cells(&written)).max(2)));
        let room = width.saturating_sub(2 + cells(&written) + cells(&gap));
        let line = Line::from(vec![
            Span::styled(if at == completion.chosen { "▌" } else { " " }, theme.chosen),
            Span::styled(written, style),
            Span::raw(gap),
            Span::styled(cut(&offered.does, room), theme.dim),
        ]);
        frame.buffer_mut().set_style(area, theme.text);
        frame.buffer_mut().set_line(area.x, y, &line, width);
    }
}

/// Draws the search over what one has said.
pub(super) fn sent(app: &App, sent: &Sent, theme: &Theme, frame: &mut Frame<'_>) {
    let area = popup::draw("What you said · Enter takes it", boxes::sent(app.size), theme, frame);
    if area.is_empty() {
        return;
    }
    let typed =
        Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(sent.typed.clone(), theme.text)]);
    frame.buffer_mut().set_line(area.x, area.y, &typed, area.width);
    let cursor = (2 + cells(&sent.typed)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));
    let rows = usize::from(area.height - 1);
    let first = boxes::first_in_sight(sent.chosen, rows);
    for (y, (at, said)) in (area.y + 1..area.bottom()).zip(sent.fitting().into_iter().enumerate().skip(first))
    {
        let is_chosen = at == sent.chosen;
        let line = Line::from(vec![
            Span::styled(if is_chosen { "▌" } else { " " }, theme.chosen),
            Span::styled(
                one_line(said, area.width.saturating_sub(2)),
                if is_chosen { theme.chosen } else { theme.text },
            ),
        ]);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}

/// Draws the question about a paste.
pub(super) fn paste(app: &App, pasted: &Pasted, theme: &Theme, frame: &mut Frame<'_>) {
    let all = app.size.width < COLUMNS + 4;
    let width = if all { app.size.width } else { COLUMNS }.saturating_sub(2).max(1);
    let parts = pasted.parts;
    let mut rows: Vec<Line<'_>> = Vec::new();
    let mut tell = |text: &str, style| {
        rows.extend(wrap(text, width).into_iter().map(|line| Line::styled(format!(" {line}"), style)));
    };
    let lines = pasted.text.lines().count();
    for line in pasted.text.lines().take(PREVIEW_ROWS) {
        tell(&one_line(line, width), theme.dim);
    }
    if lines > PREVIEW_ROWS {
        tell(&format!("… and {} more lines", lines - PREVIEW_ROWS), theme.dim);
    }
    if parts.plain > 1 {
        tell("That is more than one message may have.", theme.bad);
    }
    let as_many = |count: usize, one: &str, many: &str| match count {
        1 => format!("send as {one}"),
        n => format!("send as {n} {many}, one after the other"),
    };
    tell(&format!("m, Enter  {}", as_many(parts.plain, "a message", "messages")), theme.text);
    tell(&format!("c         {}", as_many(parts.code, "a block of code", "blocks of code")), theme.text);
    tell("e         write it where I write, and send nothing yet", theme.text);
    tell("Esc       cancel: nothing is sent or written", theme.text);
    let title = match lines {
        0 => "A long message".to_owned(),
        1 => "Paste".to_owned(),
        n => format!("Paste of {n} lines"),
    };
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let area = popup::draw(&title, Place::of(app.size, COLUMNS, height, all), theme, frame);
    for (y, line) in (area.y..area.bottom()).zip(&rows) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
}
