//! The search box: what is typed, what was found, and how far that is.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::popup;
use super::theme::Theme;
use crate::app::boxes::{self, HIT_ROWS};
use crate::app::search::{HITS_MAX, Hit, Progress, Search, Which};
use crate::app::wrap::{cells, cut, cut_name};
use crate::app::{App, Emphasis, rows};
use crate::wording;

const NAME_COLUMNS: u16 = 20;

/// Draws it.
pub(super) fn draw(app: &App, which: Which, theme: &Theme, frame: &mut Frame<'_>) {
    let title = if which == Which::Mentions { "Mentions of you" } else { "Search" };
    let area = popup::draw(title, boxes::search(app.size), theme, frame);
    if area.is_empty() {
        return;
    }
    let search = app.searched(which);
    let shown = tail(&search.typed, area.width.saturating_sub(3));
    let style = if search.is_of_before { theme.text.add_modifier(Modifier::REVERSED) } else { theme.text };
    let typed = Line::from(vec![Span::styled("> ", theme.chosen), Span::styled(shown, style)]);
    frame.buffer_mut().set_line(area.x, area.y, &typed, area.width);
    let cursor = (2 + cells(shown)).min(area.width - 1);
    frame.set_cursor_position(Position::new(area.x + cursor, area.y));

    let status = Rect { y: area.bottom() - 1, height: 1, ..area };
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    hits(app, search, theme, list, frame.buffer_mut());
    if area.height > 1 {
        let line = Line::styled(cut(&progress(app, which), area.width), theme.dim);
        frame.buffer_mut().set_line(status.x, status.y, &line, status.width);
    }
}

/// The end of what is typed, where the cursor is.
pub(super) fn tail(typed: &str, width: u16) -> &str {
    let starts = typed.char_indices().map(|(at, _)| at).chain([typed.len()]);
    starts.map(|at| &typed[at..]).find(|tail| cells(tail) <= width).unwrap_or_default()
}

fn hits(app: &App, search: &Search, theme: &Theme, list: Rect, buffer: &mut Buffer) {
    let room = usize::from(list.height / HIT_ROWS);
    let first = boxes::first_in_sight(search.chosen, room);
    let shown = search.hits.iter().enumerate().skip(first).take(room);
    for (y, (place, hit)) in (list.y..list.bottom()).step_by(usize::from(HIT_ROWS)).zip(shown) {
        let is_chosen = place == search.chosen;
        let row = Rect { y, height: HIT_ROWS, ..list };
        draw_hit(app, theme, hit, (is_chosen, &search.emphasis), row, buffer);
    }
}

/// `▌ #dev  bob                    20 Nov 10:02`, and below what was said.
fn draw_hit(
    app: &App,
    theme: &Theme,
    hit: &Hit,
    (is_chosen, emphasis): (bool, &Emphasis),
    row: Rect,
    buffer: &mut Buffer,
) {
    let bar = if is_chosen { "▌" } else { " " };
    let at = rows::short_moment(hit.at, app.wall, &app.zone);
    let room = row.width.saturating_sub(6 + cells(&at));
    let place = cut_name(&hit.address.to_string(), room / 2);
    let name = cut_name(&wording::name(&hit.author), NAME_COLUMNS.min(room.saturating_sub(cells(&place))));
    let gap = row.width.saturating_sub(5 + cells(&place) + cells(&name) + cells(&at));
    let head = Line::from(vec![
        Span::styled(bar, theme.chosen),
        Span::raw(" "),
        Span::styled(place, if is_chosen { theme.chosen } else { theme.heading }),
        Span::raw("  "),
        Span::styled(name, theme.person(&hit.author)),
        Span::raw(" ".repeat(usize::from(gap))),
        Span::styled(at, theme.dim),
    ]);
    buffer.set_line(row.x, row.y, &head, row.width);
    let mut spans = vec![Span::styled(bar, theme.chosen), Span::raw("   ")];
    let excerpt = cut(&hit.excerpt, row.width.saturating_sub(4));
    spans.extend(emphasised(theme, &excerpt, emphasis));
    buffer.set_line(row.x, row.y + 1, &Line::from(spans), row.width);
}

/// A text in which the words that were searched for stand out.
fn emphasised<'a>(theme: &Theme, text: &str, emphasis: &Emphasis) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    let mut done = 0;
    for place in emphasis.places(text) {
        spans.push(Span::styled(text[done..place.start].to_owned(), theme.text));
        spans.push(Span::styled(text[place.clone()].to_owned(), found(theme)));
        done = place.end;
    }
    spans.push(Span::styled(text[done..].to_owned(), theme.text));
    spans
}

/// The look of a word that was searched for.
pub(super) fn found(theme: &Theme) -> Style {
    theme.unread.add_modifier(Modifier::UNDERLINED)
}

fn progress(app: &App, which: Which) -> String {
    let search = app.searched(which);
    let count = search.hits.len();
    let found = match count {
        0 => "nothing".to_owned(),
        n => n.to_string(),
    };
    let what = if which == Which::Mentions { "mentions" } else { "with these words" };
    let of = match search.looked_at {
        looked_at if search.is_narrow() => format!("{found} of {looked_at} {what}"),
        _ => format!("{found} found"),
    };
    match &search.progress {
        Progress::Looking if !app.link.is_online() => " not connected: it goes on when it is back".to_owned(),
        Progress::Nothing => " words; in:#dev from:bob before:mon narrow it down".to_owned(),
        Progress::Failed(why) => format!(" {why}"),
        Progress::Looking if count == 0 => " searching …".to_owned(),
        Progress::Looking => format!(" {of} · searching …"),
        Progress::More => format!(" {of} · ↓ finds older · Enter opens"),
        Progress::All if count >= HITS_MAX => format!(" the newest {count}: more words find what is older"),
        Progress::All if count == 0 && !search.is_narrow() => " nothing was found".to_owned(),
        Progress::All => format!(" {of} · Enter opens"),
    }
}
