//! The status line: how it is with the server, what waits to be sent, what is new further down, and what keys do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::title::ends;
use crate::app::geometry::Manner;
use crate::app::select::Act;
use crate::app::wrap::cells;
use crate::app::{App, Link, Scroll};

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

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, manner: Manner, area: Rect, buffer: &mut Buffer) {
    let (sign, style) = sign(app, theme);
    let mut parts = vec![(format!("{sign} {}", link(app)), style)];
    match app.outbox.waiting() {
        0 => {}
        n if manner == Manner::Wide => parts.push((format!("↑{n} queued"), theme.busy)),
        n => parts.push((format!("↑{n}"), theme.busy)),
    }
    if let Some(Scroll::At(anchor)) = app.talk().map(|talk| talk.scroll)
        // What is held there by a highlighted message may be the end.
        && (anchor.newer > 0 || !app.is_selecting())
    {
        let below = match (anchor.newer, manner) {
            (0, Manner::Narrow) => "↓ End".to_owned(),
            (0, _) => "↓ older messages (End)".to_owned(),
            (n, Manner::Narrow) => format!("↓{n}"),
            (n, _) => format!("↓ {n} new (End)"),
        };
        parts.push((below, if anchor.newer > 0 { theme.unread } else { theme.dim }));
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
    let failed = app.talk().is_some_and(|talk| app.outbox.has_failed(&talk.about.address));
    if app.is_selecting() {
        let taken: u16 = left.iter().map(|span| cells(&span.content)).sum();
        let hints = Line::styled(selecting(app, area.width.saturating_sub(taken + 1)), theme.dim);
        ends(area, &Line::from(left), &hints, buffer);
        return;
    }
    let hints = match manner {
        Manner::Wide if failed && app.composer().is_empty() => {
            "Up takes the failed message back · /retry sends it again · /drop "
        }
        _ if failed && app.composer().is_empty() => "Up takes the failed message back ",
        Manner::Wide => "Enter send · Alt-Enter newline · PgUp older · Alt-↑↓ conversations ",
        Manner::Middle => "Enter send · Alt-Enter newline ",
        Manner::Narrow => "Enter send ",
    };
    ends(area, &Line::from(left), &Line::styled(hints, theme.dim), buffer);
}

/// What keys do with the highlighted message: as much as there is room for, and where the rest is.
fn selecting(app: &App, room: u16) -> String {
    let acts = [
        (Act::Reply, "reply"),
        (Act::React, "react"),
        (Act::Copy, "copy"),
        (Act::Edit, "edit"),
        (Act::Delete, "delete"),
        (Act::Open, "open"),
        (Act::Unread, "unread"),
        (Act::Info, "info"),
        (Act::Undo, "undo"),
    ];
    let hint = |act, does: &str| format!("{} {does}", app.key_of(act));
    let all = format!("{} ", hint(Act::Menu, "all"));
    let mut hints = String::new();
    for (act, does) in acts {
        let more = format!("{hints}{} · ", hint(act, does));
        if cells(&more) + cells(&all) >= room {
            break;
        }
        hints = more;
    }
    hints + &all
}
