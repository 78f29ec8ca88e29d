//! The highlighted message, and what is asked or shown about it over the panes.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::popup;
use super::theme::Theme;
use crate::app::dragging;
use crate::app::geometry::Popup as Place;
use crate::app::rows::{Row, Shape};
use crate::app::select::reactions::{self, Picker, RECENT_MAX};
use crate::app::select::{self, LinkUse, Popup, info, links};
use crate::app::sight::Seen;
use crate::app::wrap::{cells, cut, wrap};
use crate::app::{App, Talk, boxes};

/// The widest that a question is.
const COLUMNS: u16 = 48;

/// A bar at the left of each row of it, which is bold: colour is not the only signal.
pub(super) fn highlight(app: &App, talk: &Talk, theme: &Theme, seen: &Seen, row: Rect, buffer: &mut Buffer) {
    let is_of_it = app.is_chosen(talk, seen.key) && !matches!(seen.row, Row::Date(_) | Row::New { .. });
    if is_of_it && row.width > 0 {
        buffer.set_style(row, Style::new().add_modifier(Modifier::BOLD));
        // Where the name stands at the edge, it is whole.
        if !matches!(seen.row, Row::Head { .. }) {
            buffer.set_string(row.x, row.y, "▌", theme.chosen);
        }
    }
}

/// What the mouse selects is reversed: words only.
pub(super) fn dragged(app: &App, talk: &Talk, shape: Shape, seen: &Seen, row: Rect, buffer: &mut Buffer) {
    if let Some((from, width)) = dragging::drawn(app, talk, shape, seen) {
        let words = Rect { x: row.x + shape.beside() + from, width, ..row };
        buffer.set_style(words.intersection(row), Style::new().add_modifier(Modifier::REVERSED));
    }
}

/// Draws what is asked or shown.
pub(super) fn draw(app: &App, what: &Popup, theme: &Theme, frame: &mut Frame<'_>) {
    match what {
        Popup::Menu(chosen) => menu(app, *chosen, theme, frame),
        Popup::React(picker) => react(app, picker, theme, frame),
        Popup::Links(found, wanted) => {
            let title = match wanted {
                LinkUse::Open => "Open which link? Esc closes",
                LinkUse::Copy => "Copy which link? Esc closes",
            };
            let rows = found.iter().enumerate().map(|(at, link)| {
                let letter = links::letter(at).map_or(String::new(), String::from);
                (letter, link.clone())
            });
            listed(app, title, &rows.collect::<Vec<_>>(), None, theme, frame);
        }
        Popup::Delete(_) => {
            let width = app.size.width.saturating_sub(4).clamp(1, COLUMNS - 2);
            let mut told = wrap(&select::question(app), width);
            told.extend(wrap("Delete: y or Enter. Keep: any other key.", width));
            let rows: Vec<Line<'_>> =
                told.into_iter().map(|line| Line::styled(format!(" {line}"), theme.text)).collect();
            lines("Delete this message?", boxes::act(app.size, rows.len()), &rows, theme, frame);
        }
        Popup::Info(down) => {
            let place = info::place(app);
            let rows: Vec<Line<'_>> = info::lines(app, place.inner.width)
                .into_iter()
                .skip(usize::from(*down))
                .map(|line| Line::styled(line, theme.text))
                .collect();
            lines("This message · Esc closes", place, &rows, theme, frame);
        }
    }
}

fn lines(title: &str, place: Place, rows: &[Line<'_>], theme: &Theme, frame: &mut Frame<'_>) {
    let area = popup::draw(title, place, theme, frame);
    for (y, line) in (area.y..area.bottom()).zip(rows) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
}

/// A key and what it does, a row each; what is chosen is in sight.
fn listed(
    app: &App,
    title: &str,
    rows: &[(String, String)],
    chosen: Option<usize>,
    theme: &Theme,
    frame: &mut Frame<'_>,
) {
    let place = boxes::act(app.size, rows.len());
    let room = usize::from(place.inner.height);
    let first = chosen.map_or(0, |chosen| boxes::first_in_sight(chosen, room));
    let keys = rows.iter().map(|(key, _)| cells(key)).max().unwrap_or(0);
    let shown = rows.iter().enumerate().skip(first).take(room).map(|(at, (key, does))| {
        let is_chosen = chosen == Some(at);
        let blank = " ".repeat(usize::from(keys.saturating_sub(cells(key))));
        Line::from(vec![
            Span::styled(if is_chosen { "▌" } else { " " }, theme.chosen),
            Span::styled(format!("{key}{blank}  "), theme.chosen),
            Span::styled(
                cut(does, place.inner.width.saturating_sub(keys + 4)),
                if is_chosen { theme.chosen } else { theme.text },
            ),
        ])
    });
    let shown: Vec<Line<'_>> = shown.collect();
    lines(title, place, &shown, theme, frame);
}

fn menu(app: &App, chosen: usize, theme: &Theme, frame: &mut Frame<'_>) {
    let rows = select::menu().map(|(act, does)| (app.key_of(act), does.to_owned()));
    listed(app, "This message", &rows.collect::<Vec<_>>(), Some(chosen), theme, frame);
}

/// Those used lately in one row, each with its digit; below what is typed, and what fits it.
fn react(app: &App, picker: &Picker, theme: &Theme, frame: &mut Frame<'_>) {
    let area = popup::draw("React with", boxes::act(app.size, usize::MAX), theme, frame);
    if area.is_empty() {
        return;
    }
    let typed =
        Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(picker.typed.clone(), theme.text)]);
    frame.buffer_mut().set_line(area.x, area.y, &typed, area.width);
    let cursor = (2 + cells(&picker.typed)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));
    let fitting = reactions::fitting(app, &picker.typed);
    let chosen = picker.chosen.min(fitting.len().saturating_sub(1));
    let rows = usize::from(area.height - 1);
    let first = boxes::first_in_sight(chosen, rows);
    for (at, (y, one)) in (first..).zip((area.y + 1..area.bottom()).zip(fitting.iter().skip(first))) {
        let digit =
            if picker.typed.is_empty() && at < RECENT_MAX { (at + 1).to_string() } else { " ".to_owned() };
        let style = if at == chosen { theme.chosen } else { theme.text };
        let line = Line::from(vec![
            Span::styled(if at == chosen { "▌" } else { " " }, theme.chosen),
            Span::styled(format!("{digit} "), theme.chosen),
            Span::styled(one.reaction.to_string(), style),
            Span::styled(format!("  {}", one.name), style),
        ]);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
