//! The sign-in screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::{composer, popup};
use crate::app::geometry::Popup;
use crate::app::sign_in::{Besides, Focus, SignIn};
use crate::app::wrap::{cells, wrap};

const COLUMNS: u16 = 48;
/// Down to the password.
const FIELD_ROWS: u16 = 6;
/// Before and behind each line.
const MARGIN_COLUMNS: u16 = 3;
const LABEL_COLUMNS: u16 = 12;
/// The keys, each with what it does.
const HINTS: [&str; 5] = ["Tab next", "Enter go on", "^U empty", "^C quit", "F2 sign in or make an account"];
/// Where only the server is asked for.
const SERVER_HINTS: [&str; 3] = ["Enter go on", "^U empty", "^C quit"];
/// With fewer rows only what has the keys is shown.
const ROWS_MIN: u16 = 9;

/// Draws it.
pub(super) fn draw(form: &SignIn, theme: &Theme, frame: &mut Frame<'_>) {
    let whole = frame.area();
    if whole.height < ROWS_MIN + 2 || whole.width < LABEL_COLUMNS + 10 {
        return tiny(form, theme, frame);
    }
    let columns = COLUMNS.min(whole.width - 2);
    let (told_rows, hint_rows) = (told_lines(form, theme, columns).0.len(), hint_lines(form, columns).len());
    // One row is kept for what is told, so that the box does not jump when something is.
    let below_rows = u16::try_from(told_rows.max(1) + hint_rows).unwrap_or(u16::MAX);
    let field_rows = FIELD_ROWS + u16::from(form.besides.is_some());
    let place = Popup::of(whole.as_size(), columns, field_rows.saturating_add(below_rows), false);
    let title = match form.first_step {
        Some(1) => "1 of 3 · which server?",
        Some(_) => "2 of 3 · who are you?",
        None => "im",
    };
    let area = popup::draw(title, place, theme, frame);
    let row = |down: u16| Rect::new(area.x, area.y + down, area.width, 1);
    if form.is_server_step() {
        field(form, theme, Focus::Server, row(3), frame);
        let below = Rect { y: area.y + FIELD_ROWS, height: area.height.saturating_sub(FIELD_ROWS), ..area };
        return told(form, theme, below, frame);
    }
    choice(form, theme, row(1), frame);
    for (down, focus) in [(3, Focus::Server), (4, Focus::Name), (5, Focus::Password), (6, Focus::Code)] {
        if down < field_rows {
            field(form, theme, focus, row(down), frame);
        }
    }
    let below_rows = area.height.saturating_sub(field_rows);
    let below = Rect::new(area.x, area.y + field_rows, area.width, below_rows);
    told(form, theme, below, frame);
}

/// `(•) sign in   ( ) sign up`
fn choice(form: &SignIn, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let dot = |on| if on { "(•)" } else { "( )" };
    let style = |on| if on { theme.text } else { theme.dim };
    let has_keys = form.focus == Focus::Choice;
    let line = Line::from(vec![
        Span::styled(if has_keys { " ▌" } else { "  " }, theme.chosen),
        Span::styled(format!("{} sign in", dot(!form.is_new)), style(!form.is_new)),
        Span::raw("   "),
        Span::styled(format!("{} make an account", dot(form.is_new)), style(form.is_new)),
    ]);
    frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
}

fn label(form: &SignIn, focus: Focus) -> &'static str {
    match focus {
        Focus::Code if form.besides == Some(Besides::Invitation) => "Invitation",
        Focus::Code => "Code",
        Focus::Choice => "",
        Focus::Server => "Server",
        Focus::Name => "Name",
        Focus::Password => "Password",
    }
}

fn field(form: &SignIn, theme: &Theme, focus: Focus, area: Rect, frame: &mut Frame<'_>) {
    let written = match focus {
        Focus::Choice => return,
        Focus::Server => &form.server,
        Focus::Name => &form.name,
        Focus::Password => &form.password,
        Focus::Code => &form.code,
    };
    let has_keys = form.focus == focus;
    let style = if has_keys { theme.chosen } else { theme.dim };
    let start = if has_keys { " ▌" } else { "  " };
    let line = Line::styled(format!("{start}{}", label(form, focus)), style);
    frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
    let left = LABEL_COLUMNS.min(area.width);
    let place = Rect::new(area.x + left, area.y, (area.width - left).saturating_sub(1), 1);
    composer::text(written, place, frame, has_keys && !form.is_busy);
}

/// What is wrong or under way.
fn told_lines(form: &SignIn, theme: &Theme, columns: u16) -> (Vec<String>, Style) {
    let (text, style) = match &form.error {
        Some(error) => (format!("! {error}"), theme.bad),
        None if form.is_busy => ("… asking the server (Esc stops)".to_owned(), theme.busy),
        None => return (Vec::new(), theme.dim),
    };
    (wrap(&text, columns.saturating_sub(MARGIN_COLUMNS)), style)
}

/// The keys, with dots between those on one line.
fn hint_lines(form: &SignIn, columns: u16) -> Vec<String> {
    let width = columns.saturating_sub(MARGIN_COLUMNS);
    let mut lines: Vec<String> = Vec::new();
    let hints: &[&str] = if form.is_server_step() { &SERVER_HINTS } else { &HINTS };
    for hint in hints {
        match lines.last_mut() {
            Some(last) if cells(last) + 3 + cells(hint) <= width => {
                last.push_str(" · ");
                last.push_str(hint);
            }
            _ => lines.extend(wrap(hint, width)),
        }
    }
    lines
}

/// What is wrong or under way, and at the lower edge the keys.
fn told(form: &SignIn, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let (told, style) = told_lines(form, theme, area.width);
    let hints = hint_lines(form, area.width);
    let told_rows = usize::from(area.height).saturating_sub(hints.len()).max(1);
    let told = told.into_iter().chain(std::iter::repeat(String::new()));
    let told = told.take(told_rows).map(|line| (line, style));
    let hints = hints.into_iter().map(|line| (line, theme.dim));
    for (y, (line, style)) in (area.y..area.bottom()).zip(told.chain(hints)) {
        let line = Line::styled(format!("  {line}"), style);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}

/// Hardly any room: what has the keys, and what is wrong.
fn tiny(form: &SignIn, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let top = Rect::new(0, 0, area.width, 1);
    if form.focus == Focus::Choice {
        choice(form, theme, top, frame);
    } else if area.width > LABEL_COLUMNS + 4 {
        field(form, theme, form.focus, top, frame);
    } else if let Some(written) = form.field() {
        composer::text(written, top, frame, !form.is_busy);
    }
    let below = Rect::new(0, 1, area.width, area.height - 1);
    told(form, theme, below, frame);
}
