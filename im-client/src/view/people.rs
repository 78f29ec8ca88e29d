//! The pane of people.

use im_proto::{Author, Person, Role};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::app::App;
use crate::app::wrap::{cells, cut_name};
use crate::wording;

/// What the pane is called: whose they are, and how many of them are online.
pub(super) fn title(app: &App) -> String {
    match app.crowd() {
        Some(crowd) => match crowd.of.filter(|_| app.people.is_shown_on_request()) {
            Some(of) => format!("#{of} {} of {}", crowd.online, crowd.total),
            None => format!("People {}", crowd.online),
        },
        None => "People".to_owned(),
    }
}

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (people, more) = app.people_in_sight(usize::from(area.height));
    let mut y = area.y;
    for person in people.iter().take(usize::from(area.height)) {
        buffer.set_line(area.x, y, &line(app, theme, person, area.width), area.width);
        y += 1;
    }
    if let Some(more) = more.filter(|_| y < area.bottom()) {
        buffer.set_line(area.x, y, &Line::styled(format!(" + {more} more"), theme.dim), area.width);
    }
}

fn line<'a>(app: &App, theme: &Theme, person: &Person, width: u16) -> Line<'a> {
    let who = Author { name: person.name.clone(), guest: person.guest };
    let note = match (app.is_me(&who), person.role) {
        (true, _) => "(you)",
        _ if app.writers().any(|writer| *writer == who) => "typing…",
        _ if person.guest => "guest",
        (_, Role::Owner) => "owner",
        (_, Role::Admin) => "admin",
        (_, Role::Member) => "",
    };
    let (sign, sign_style) = if person.online { ("●", theme.good) } else { ("○", theme.dim) };
    let style = if person.online { theme.person(&who) } else { theme.dim };
    let room = width.saturating_sub(5 + cells(note));
    let name = cut_name(&wording::name(&who), room);
    let gap = " ".repeat(usize::from(room - cells(&name) + 1));
    Line::from(vec![
        Span::styled(format!(" {sign} "), sign_style),
        Span::styled(name, style),
        Span::raw(gap),
        Span::styled(note, theme.dim),
    ])
}
