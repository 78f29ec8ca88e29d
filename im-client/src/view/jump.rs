//! The box for going somewhere and for doing something.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::conversations::{badge, sign_and_name};
use super::popup;
use super::theme::Theme;
use crate::app::boxes;
use crate::app::jump::{Goal, Jump, Kind, Row, rows};
use crate::app::wrap::{cells, cut};
use crate::app::{App, Waiting};

/// Draws it.
pub(super) fn draw(app: &App, jump: &Jump, theme: &Theme, frame: &mut Frame<'_>) {
    let (kind, part) = Kind::of(&jump.typed);
    let what = if app.is_forwarding() { "Forward to" } else { kind.title() };
    let title = format!("{what} · ? lists what there is");
    let area = popup::draw(&title, boxes::jump(app.size), theme, frame);
    if area.is_empty() {
        return;
    }
    let typed =
        Line::from(vec![Span::styled("▸ ", theme.chosen), Span::styled(jump.typed.clone(), theme.text)]);
    frame.buffer_mut().set_line(area.x, area.y, &typed, area.width);
    let cursor = (2 + cells(&jump.typed)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));

    let rows = rows(app, &jump.typed);
    let room = usize::from(area.height - 1);
    let chosen = jump.chosen.min(rows.len().saturating_sub(1));
    let first = boxes::first_in_sight(chosen, room);
    if rows.is_empty() && room > 0 {
        let told = if kind == Kind::Messages && part.is_empty() {
            "  words to search for"
        } else {
            "  nothing is called so"
        };
        frame.buffer_mut().set_line(area.x, area.y + 1, &Line::styled(told, theme.dim), area.width);
    }
    for (place, (y, row)) in (area.y + 1..area.bottom()).zip(rows.iter().skip(first)).enumerate() {
        let line = line(app, row, first + place == chosen, theme, area.width);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}

/// `▌# general            3`: what one may choose, its letters that are typed marked, and at the right what it has waiting
/// or which key does it.
fn line<'a>(app: &App, row: &Row, is_chosen: bool, theme: &Theme, width: u16) -> Line<'a> {
    let (sign, sign_style, right, right_style) = match &row.goal {
        Goal::Talk(id) => {
            let talk = app.conversations.get(*id);
            let sign = talk.map_or("", |talk| sign_and_name(app, talk).0);
            let (right, right_style) =
                badge(talk.map_or(Waiting::Nothing, |talk| talk.waiting(false)), theme);
            (sign, if sign == "●" { theme.good } else { theme.dim }, right, right_style)
        }
        Goal::Person(user) if app.people.is_online(user) => ("●", theme.good, String::new(), theme.dim),
        Goal::Person(_) => ("○", theme.dim, String::new(), theme.dim),
        _ => ("", theme.dim, row.right.clone(), theme.dim),
    };
    let mut spans = vec![Span::styled(if is_chosen { "▌" } else { " " }, theme.chosen)];
    if !sign.is_empty() {
        spans.push(Span::styled(format!("{sign} "), sign_style));
    }
    let taken = 2 + if sign.is_empty() { 0 } else { 2 };
    let room = width.saturating_sub(taken + cells(&right) + 1);
    let name = cut(&row.name, room);
    let gap = room.saturating_sub(cells(&name)) + 1;
    for (at, character) in name.graphemes(true).enumerate() {
        let base = match (at < row.head, is_chosen) {
            (true, true) => theme.chosen,
            (true, false) => theme.text,
            (false, _) => theme.dim,
        };
        let is_marked = u32::try_from(at).is_ok_and(|at| row.marks.binary_search(&at).is_ok());
        let style = if is_marked { base.add_modifier(Modifier::BOLD | Modifier::UNDERLINED) } else { base };
        spans.push(Span::styled(character.to_owned(), style));
    }
    spans.push(Span::raw(" ".repeat(usize::from(gap))));
    spans.push(Span::styled(right, right_style));
    Line::from(spans)
}
