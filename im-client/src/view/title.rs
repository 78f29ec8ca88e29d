//! The title line: who and where one is, what is open, and where help is.

use im_proto::Kind;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::{hints, status};
use crate::app::App;
use crate::app::geometry::Manner;
use crate::app::people::Crowd;
use crate::app::wrap::cells;

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, manner: Manner, area: Rect, buffer: &mut Buffer) {
    let me = app.me.as_ref().map_or("", |me| me.as_str());
    let who = match manner {
        Manner::Wide => format!("{me}@{}", app.server),
        _ => me.to_owned(),
    };
    let (sign, style) = status::sign(app, theme);
    let mut left = vec![Span::styled(format!(" {sign} "), style)];
    if manner != Manner::Narrow {
        left.push(Span::styled(who, theme.dim));
        left.push(Span::raw("   "));
    }
    if let Some(talk) = app.talk() {
        left.push(Span::styled(app.heading_of(talk), theme.heading));
    }
    let keys = hints::title(app, manner);
    let mut right = Vec::new();
    if let Some(about) = facts(app, manner) {
        right.push(Span::styled(format!("{about}   "), theme.dim));
    }
    right.push(Span::styled(format!("{keys} "), theme.dim));
    if manner != Manner::Narrow
        && let Some(topic) = app.talk().and_then(|talk| talk.holding.topic.as_ref())
    {
        let taken = |spans: &[Span<'_>]| spans.iter().map(|span| cells(&span.content)).sum::<u16>();
        let room = area.width.saturating_sub(taken(&left) + taken(&right) + 2);
        left.push(Span::styled(fitting(&format!(" · {topic}"), room), theme.dim));
    }
    ends(area, &Line::from(left), &Line::from(right), buffer);
}

fn facts(app: &App, manner: Manner) -> Option<String> {
    if manner == Manner::Narrow {
        return elsewhere(app);
    }
    let members = app.members();
    let online = members.as_ref().map_or(0, |crowd| crowd.online);
    if manner != Manner::Wide {
        return Some(format!("{online} online"));
    }
    let guests = members.as_ref().map_or(0, Crowd::guests);
    let total = members.map_or(app.talk()?.about.members, |crowd| crowd.total.saturating_sub(guests));
    let is_group = app.talk().is_some_and(|talk| talk.about.kind == Kind::Group);
    let group = if is_group { "group · " } else { "" };
    let mut facts = format!("{group}{online} online · {}", counted(total, "member"));
    if guests > 0 {
        facts = format!("{facts} · {}", counted(guests, "guest"));
    }
    Some(facts)
}

/// As much of a text as fits: what is left out is not needed to know where one is.
fn fitting(text: &str, room: u16) -> String {
    if cells(text) <= room {
        return text.to_owned();
    }
    let mut fitting = String::new();
    for c in text.chars() {
        if cells(&fitting) + cells(c.encode_utf8(&mut [0; 4])) + 1 > room {
            break;
        }
        fitting.push(c);
    }
    if fitting.is_empty() { fitting } else { fitting + "…" }
}

/// `@3 12`: so much is meant for oneself in other conversations, so much else is unread there.
fn elsewhere(app: &App) -> Option<String> {
    let (mut for_me, mut unread) = (0, 0);
    for talk in app.conversations.all().filter(|talk| app.open != Some(talk.about.id)) {
        for_me += talk.for_me();
        unread += talk.unread().saturating_sub(talk.for_me());
    }
    let for_me = (for_me > 0).then(|| format!("@{for_me}"));
    let parts: Vec<String> = for_me.into_iter().chain((unread > 0).then(|| unread.to_string())).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// `1 guest`, `2 guests`
fn counted(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// Draws two parts at the two ends of a line; the right one gives way first.
pub(super) fn ends(area: Rect, left: &Line<'_>, right: &Line<'_>, buffer: &mut Buffer) {
    buffer.set_line(area.x, area.y, left, area.width);
    let width = |line: &Line<'_>| line.spans.iter().map(|span| cells(&span.content)).sum::<u16>();
    let taken = width(right);
    if width(left) + 1 + taken <= area.width {
        buffer.set_line(area.right() - taken, area.y, right, taken);
    }
}
