//! The status line: how it is with the server, what waits to be sent, what is new further down, and what keys do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::hints;
use super::theme::Theme;
use super::title::ends;
use crate::app::geometry::Manner;
use crate::app::keys::Deed;
use crate::app::wrap::cells;
use crate::app::{App, Link, Scroll};

/// Room for `999 ms`: hints do not come and go with the digits of the round trip.
const ROUND_TRIP_CELLS: u16 = 6;

/// One sign for how it is with the server.
pub(super) fn sign(app: &App, theme: &Theme) -> (&'static str, Style) {
    match app.link {
        Link::Idle => ("○", theme.bad),
        Link::Waiting { .. } | Link::Dialing { .. } | Link::SigningIn { .. } => ("◌", theme.busy),
        Link::Online { .. } => ("●", theme.good),
    }
}

fn link(app: &App) -> String {
    match app.link {
        Link::Idle => "offline".to_owned(),
        Link::Waiting { attempt, until } => {
            let left = until.saturating_sub(app.now).as_millis().div_ceil(1000);
            format!("connecting {attempt} in {left} s")
        }
        Link::Dialing { .. } => "connecting".to_owned(),
        Link::SigningIn { .. } => "signing in".to_owned(),
        Link::Online { rtt: None, .. } => "online".to_owned(),
        Link::Online { rtt: Some(rtt), .. } => format!("{} ms", rtt.as_millis().max(1)),
    }
}

fn shows_round_trip(app: &App) -> bool {
    matches!(app.link, Link::Online { rtt: Some(_), .. })
}

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, manner: Manner, area: Rect, buffer: &mut Buffer) {
    let (sign, style) = sign(app, theme);
    let mut parts = vec![(format!("{sign} {}", link(app)), style)];
    if app.link.is_online() && app.safety.is_readable() {
        parts.push(("not encrypted".to_owned(), theme.bad));
    }
    match app.outbox.waiting() {
        0 => {}
        n if manner == Manner::Wide => parts.push((format!("↑{n} queued"), theme.busy)),
        n => parts.push((format!("↑{n}"), theme.busy)),
    }
    parts.extend(app.writing_words().map(|words| (words, theme.dim)));
    if let Some(Scroll::At(anchor)) = app.talk().map(|talk| talk.scroll)
        // What is held there by a highlighted message may be the end.
        && (anchor.newer > 0 || !app.is_selecting())
    {
        let end = app.config.keymap.first(Deed::Newest).unwrap_or_default();
        let below = match (anchor.newer, manner) {
            (0, Manner::Narrow) => format!("↓ {end}"),
            (0, _) => format!("↓ older messages ({end})"),
            (n, Manner::Narrow) => format!("↓{n}"),
            (n, _) => format!("↓ {n} new ({end})"),
        };
        parts.push((below, if anchor.newer > 0 { theme.unread } else { theme.dim }));
    }
    if let Some(unread) = app.new_above() {
        let key = app.config.keymap.first(Deed::FirstUnread).unwrap_or_default();
        let above = if manner == Manner::Narrow {
            format!("↑{unread}")
        } else {
            format!("↑ {unread} new ({key})")
        };
        parts.push((above, theme.unread));
    }
    if !app.pressed.is_empty() {
        let pressed: Vec<String> = app.pressed.iter().map(ToString::to_string).collect();
        parts.push((format!("{} …", pressed.join(" ")), theme.busy));
    }
    let mut left = vec![Span::raw(" ")];
    for (i, (text, style)) in parts.into_iter().enumerate() {
        if i > 0 {
            left.push(Span::styled(" │ ", theme.border));
        }
        left.push(Span::styled(text, style));
    }
    let left = Line::from(left);
    let taken: u16 = left.spans.iter().map(|span| cells(&span.content)).sum();
    let spare = if shows_round_trip(app) { ROUND_TRIP_CELLS.saturating_sub(cells(&link(app))) } else { 0 };
    let hints = hints::status(app, manner, area.width.saturating_sub(taken + spare + 2));
    ends(area, &left, &Line::styled(hints, theme.dim), buffer);
}
