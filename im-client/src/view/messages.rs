//! The pane of messages, filled from its lower edge up.

use im_proto::Author;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::emphasis;
use super::rich;
use super::selected;
use super::theme::Theme;
use crate::app::geometry::Manner;
use crate::app::keys::Deed;
use crate::app::rows::{self, Row, Shape, State};
use crate::app::wrap::{cells, cut_name};
use crate::app::{App, sight};
use crate::wording;

/// `HH:MM`
const TIME_COLUMNS: u16 = 5;

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (Some(talk), Some(shape)) = (app.talk(), rows::shape(app)) else {
        empty(app, theme, area, buffer);
        return;
    };
    let rows = sight::rows(app, talk, shape);
    let top = area.bottom() - u16::try_from(rows.len()).unwrap_or(area.height);
    for (y, seen) in (top..area.bottom()).zip(&rows) {
        // Whoever highlights a message wants to see all of it.
        let revealed = app.is_chosen(talk, seen.key);
        let line = line(app, theme, (shape, revealed), &seen.row, area.width);
        buffer.set_line(area.x, y, &line, area.width);
        let place = Rect { y, height: 1, ..area };
        selected::highlight(app, talk, theme, seen, place, buffer);
        selected::dragged(app, talk, shape, seen, place, buffer);
        emphasis::show(talk, theme, shape, seen, place, buffer);
    }
    if talk.sought.is_some() || (top > area.y && !talk.log.is_from_start()) {
        let blank = " ".repeat(usize::from(area.width));
        buffer.set_string(area.x, area.y, blank, theme.text);
        buffer.set_line(area.x, area.y, &Line::styled(" loading …", theme.dim), area.width);
    }
}

fn empty(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let said = if app.link.is_online() {
        let helps = app.config.keymap.hint(Deed::Help, "helps").unwrap_or_else(|| "/keys helps".to_owned());
        format!(" /join a room or /dm somebody; {helps}")
    } else {
        " what was said comes when the server is there".to_owned()
    };
    if area.height > 0 {
        buffer.set_line(area.x, area.bottom() - 1, &Line::styled(said, theme.dim), area.width);
    }
}

fn line<'a>(app: &App, theme: &Theme, (shape, revealed): (Shape, bool), row: &Row, width: u16) -> Line<'a> {
    match row {
        Row::Date(date) => Line::styled(centred(date, width), theme.dim),
        Row::New { unread, since, date, key } => {
            let since = if shape.manner == Manner::Narrow { "" } else { &format!("since {since} ") };
            let date = date.as_ref().map_or(String::new(), |date| format!("· {date} "));
            let told = format!("── {unread} new {since}{date}");
            let key = if key.is_empty() { String::new() } else { format!(" {key} ──") };
            let ruled = match width.checked_sub(cells(&key)).filter(|room| *room > cells(&told)) {
                Some(room) => format!("{}{key}", ruled(&told, room)),
                None => ruled(&told, width),
            };
            Line::styled(ruled, theme.marker)
        }
        Row::Head { author, time } => Line::from(vec![
            Span::styled(cut_name(&wording::name(author), width.saturating_sub(7)), theme.person(author)),
            Span::styled(format!("  {time}"), theme.dim),
        ]),
        Row::Told { time, text } => {
            let mut spans = beside(theme, shape, None, Some(time));
            spans.push(Span::styled(text.clone(), theme.dim));
            Line::from(spans)
        }
        Row::Quote(text) | Row::Reactions(text) => {
            let mut spans = beside(theme, shape, None, None);
            spans.push(Span::styled(text.clone(), theme.dim));
            Line::from(spans)
        }
        Row::Said { author, time, line, gone, tail } => {
            let mut spans = beside(theme, shape, author.as_ref(), time.as_deref());
            let base = if *gone { theme.dim } else { theme.text };
            rich::draw(app, theme, line, (base, revealed), &mut spans);
            let mut gap = if line.pieces.is_empty() { "" } else { " " };
            for (state, words) in tail {
                spans.push(Span::styled(format!("{gap}{words}"), told(theme, *state)));
                gap = " ";
            }
            Line::from(spans)
        }
    }
}

fn told(theme: &Theme, state: State) -> Style {
    match state {
        State::Queued => theme.busy,
        State::Stored | State::Edited => theme.dim,
        State::Failed => theme.bad,
        State::Read => theme.good,
        State::Number => theme.chosen,
    }
}

/// What stands beside a line of text: `_09:41______bob_│_`, or only an indent.
fn beside<'a>(theme: &Theme, shape: Shape, author: Option<&Author>, time: Option<&str>) -> Vec<Span<'a>> {
    if shape.manner == Manner::Narrow {
        return vec![Span::raw("  ")];
    }
    // A number may be longer than a time: it takes from the room of the name.
    let time = time.unwrap_or("");
    let name = shape.name.saturating_sub(cells(time).saturating_sub(TIME_COLUMNS));
    let shown = author.map_or(String::new(), |author| cut_name(&wording::name(author), name));
    let blank = " ".repeat(usize::from(name.saturating_sub(cells(&shown))));
    let style = author.map_or(theme.dim, |author| theme.person(author));
    vec![
        Span::styled(format!(" {time:5} "), theme.dim),
        Span::raw(blank),
        Span::styled(shown, style),
        Span::styled(" │ ", theme.border),
    ]
}

fn centred(text: &str, width: u16) -> String {
    let left = width.saturating_sub(cells(text) + 2) / 2;
    ruled(&format!("{} {text} ", "─".repeat(usize::from(left))), width)
}

fn ruled(start: &str, width: u16) -> String {
    let rest = width.saturating_sub(cells(start));
    format!("{start}{}", "─".repeat(usize::from(rest)))
}
