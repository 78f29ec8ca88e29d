//! Lines of what people say: what each part of them is becomes how it looks.

use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use im_proto::{Author, UserName};

use super::ascii::SAID;
use super::theme::Theme;
use crate::app::App;
use crate::app::links::as_colour;
use crate::app::rich::{Line, Look, Part, cover};
use crate::paint::Class;
use unicode_segmentation::GraphemeCursor;

/// Puts a line behind what stands beside it.
///
/// What is hidden is covered, unless it is `revealed`.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    line: &Line,
    (base, revealed): (Style, bool),
    spans: &mut Vec<Span<'_>>,
) {
    if let Some((at, paint)) = line.code.as_ref().and_then(|at| Some((at, app.paints.of(&at.code)?)))
        && let Some(parts) = paint.get(at.line)
    {
        return painted(theme, &line.text(), at.from, parts, spans);
    }
    for piece in &line.pieces {
        if piece.look.hidden && !revealed {
            spans.push(Span::styled(cover(&piece.text), theme.dim));
            continue;
        }
        spans.push(Span::styled(piece.text.clone(), style(app, theme, &piece.look, base)));
    }
}

/// A part of a line of code, from some byte of it on.
fn painted(theme: &Theme, text: &str, from: usize, parts: &[(usize, Class)], spans: &mut Vec<Span<'_>>) {
    let mut rest = text;
    let mut at = from;
    for (end, class) in parts {
        // What is no place between two characters as people see them is left to the next part.
        let Some((part, tail)) = end.checked_sub(at).and_then(|length| split(rest, length)) else {
            continue;
        };
        spans.push(Span::styled(part.to_owned(), said(theme).patch(theme.class(*class))));
        rest = tail;
        at = *end;
    }
    spans.push(Span::styled(rest.to_owned(), said(theme).patch(theme.code)));
}

fn split(text: &str, at: usize) -> Option<(&str, &str)> {
    if at >= text.len() {
        return Some((text, ""));
    }
    let is_between = GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0) == Ok(true);
    is_between.then(|| text.split_at_checked(at))?
}

/// Somebody said this: it stays as it is where ornaments go.
fn said(theme: &Theme) -> Style {
    if theme.ascii { Style::new().underline_color(SAID) } else { Style::new() }
}

fn style(app: &App, theme: &Theme, look: &Look, base: Style) -> Style {
    let said = if look.part == Part::Mark { Style::new() } else { said(theme) };
    let of_part = match &look.part {
        Part::Said => base,
        Part::Mark => theme.dim,
        Part::Code => theme.code,
        Part::Link(to) => theme.link.underline_color(as_colour(app.links.number(to))),
        Part::Person(key) => person(app, theme, key),
        Part::Room => theme.mention,
    };
    let marks =
        [(look.bold, Modifier::BOLD), (look.italic, Modifier::ITALIC), (look.strike, Modifier::CROSSED_OUT)];
    marks
        .iter()
        .filter(|(on, _)| *on)
        .fold(said.patch(of_part), |style, (_, modifier)| style.add_modifier(*modifier))
}

/// Whoever is named has the colour of their name, oneself stands out.
fn person(app: &App, theme: &Theme, key: &str) -> Style {
    if app.me.as_ref().is_some_and(|me| me.key() == key) {
        return theme.mention_me;
    }
    match UserName::parse(key) {
        Ok(name) => theme.person(&Author { name, guest: false }).add_modifier(Modifier::BOLD),
        Err(_) => theme.mention,
    }
}
