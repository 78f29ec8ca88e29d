//! The pane of conversations.

use im_proto::Address;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::app::keys::Deed;
use crate::app::wrap::{cells, cut_name};
use crate::app::{App, Group, ListRow, Scroll, Talk, Waiting};
use crate::config::Level;
use crate::wording;

/// Of what one wants to be told of nothing.
const MUTED: &str = "(muted)";

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let rows = app.list_rows(usize::from(area.height));
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        let line = match row {
            ListRow::Heading(group) => Line::styled(format!(" {}", heading(group)), theme.dim),
            ListRow::More(n) => {
                let key =
                    app.config.keymap.short(Deed::Jump).map_or_else(String::new, |key| format!(" ({key})"));
                Line::styled(format!("  + {n} more{key}"), theme.dim)
            }
            ListRow::Talk(id) => match app.conversations.get(id) {
                Some(talk) => conversation(app, talk, theme, area.width),
                None => continue,
            },
        };
        buffer.set_line(area.x, y, &line, area.width);
    }
}

fn heading(group: Group) -> &'static str {
    match group {
        Group::Unread => "UNREAD",
        Group::Rooms => "ROOMS",
        Group::Direct => "DIRECT",
    }
}

/// `▌# general     12`
fn conversation<'a>(app: &App, talk: &Talk, theme: &Theme, width: u16) -> Line<'a> {
    let is_open = app.open == Some(talk.about.id);
    // What is in sight is not called unread, even in the moment before the server knows.
    let in_sight = is_open && talk.scroll == Scroll::End;
    let waiting = talk.waiting(in_sight);
    let (sign, name) = sign_and_name(app, talk);
    let is_muted = app.level_of(talk) == Level::None;
    let (badge, badge_style) = match (badge(waiting, theme), is_muted) {
        ((none, _), true) if none.is_empty() && cells(&name) + cells(MUTED) + 5 <= width => {
            (MUTED.to_owned(), theme.dim)
        }
        ((badge, _), true) => (badge, theme.dim),
        (badge, false) => badge,
    };
    // Something is half written there.
    let draft = match talk.has_draft() && !is_open {
        true if badge.is_empty() => "✎",
        true => "✎ ",
        false => "",
    };
    let style = match (is_open, waiting) {
        (true, _) => theme.chosen,
        (false, Waiting::Nothing) => theme.text,
        (false, _) if is_muted => theme.text,
        (false, _) => theme.unread,
    };
    let room = width.saturating_sub(5 + cells(draft) + cells(&badge));
    let name = cut_name(&name, room);
    let gap = " ".repeat(usize::from(room - cells(&name) + 1));
    let sign_style = if sign == "●" { theme.good } else { theme.dim };
    Line::from(vec![
        Span::styled(if is_open { "▌" } else { " " }, theme.chosen),
        Span::styled(format!("{sign} "), sign_style),
        Span::styled(name, style),
        Span::raw(gap),
        Span::styled(draft, theme.unread),
        Span::styled(badge, badge_style),
    ])
}

/// `@2` for what is meant for oneself, `12` for what is unread.
pub(super) fn badge(waiting: Waiting, theme: &Theme) -> (String, Style) {
    match waiting {
        Waiting::Nothing => (String::new(), theme.text),
        Waiting::Unread(n) => (n.to_string(), theme.unread),
        Waiting::ForMe(n) => {
            (format!("@{n}"), theme.unread.add_modifier(Modifier::BOLD | Modifier::REVERSED))
        }
    }
}

/// What stands before a name, and the name.
pub(super) fn sign_and_name(app: &App, talk: &Talk) -> (&'static str, String) {
    match &talk.about.address {
        Address::User(user) => {
            let sign = if app.people.is_online(user) { "●" } else { "○" };
            (sign, app.guest_of(talk).map_or_else(|| user.to_string(), wording::guest))
        }
        Address::Room(name) => ("#", name.to_string()),
    }
}
