//! The first run: the step in which one chooses the looks, and the card of keys at its end.

use ratatui::Frame;
use ratatui::text::Line;

use super::popup;
use super::theme::Theme;
use crate::app::App;
use crate::app::first::FirstLook;
use crate::app::geometry::Popup;
use crate::app::keys::Deed;
use crate::app::wrap::cut;

const COLUMNS: u16 = 58;

/// Draws the step.
pub(super) fn look(app: &App, first: &FirstLook, theme: &Theme, frame: &mut Frame<'_>) {
    let choice = |row: usize, what: &str, chosen: &str| {
        let mark = if first.row == row { "▌" } else { " " };
        format!("{mark}{what:<8}◂ {chosen} ▸")
    };
    let lines = [
        choice(0, "Theme", first.look.name()),
        choice(1, "Keys", first.profile.name()),
        String::new(),
        " Do these line up? If not, ascii = true in config.toml:".to_owned(),
        " │ 界 世 │ 👍 ❤️ │ e\u{301} ñ │ ─ ┼ █ │".to_owned(),
        " │ ab cd │ ef gh │ i j │ k l m │".to_owned(),
        String::new(),
        " t sends a notification; how: [notify] in config.toml".to_owned(),
        " ↑↓ choose · ←→ change · Enter goes on".to_owned(),
    ];
    draw(app, "3 of 3 · how is it to look?", &lines, theme, frame);
}

/// Draws the card.
pub(super) fn card(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let keymap = &app.config.keymap;
    let line = |deed, does: &str| {
        let keys = keymap.shown(deed);
        format!(" {:<14}{does}", keys.split(", ").next().unwrap_or_default())
    };
    let lines = [
        line(Deed::Send, "send what you wrote"),
        line(Deed::Jump, "jump to a room or a person"),
        line(Deed::Palette, "everything one can do, by name"),
        line(Deed::Escape, "select a message: reply, react, edit, copy"),
        line(Deed::ScrollUp, "read back; End comes back"),
        line(Deed::Help, "all keys and commands"),
        String::new(),
        " Any key goes on.".to_owned(),
    ];
    draw(app, "You are in", &lines, theme, frame);
}

fn draw(app: &App, title: &str, lines: &[String], theme: &Theme, frame: &mut Frame<'_>) {
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let area = popup::draw(title, Popup::of(app.size, COLUMNS, rows, false), theme, frame);
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        let line = Line::styled(cut(line, area.width), theme.text);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
