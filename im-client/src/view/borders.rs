//! The lines about and between the panes, joined where they meet, and what the panes are called.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::people;
use super::theme::Theme;
use crate::app::geometry::Geometry;
use crate::app::wrap::cut;
use crate::app::{App, amending};

/// Draws them.
pub(super) fn draw(app: &App, theme: &Theme, geometry: &Geometry, buffer: &mut Buffer) {
    let talk = app.talk().map(|talk| app.heading_of(talk));
    let Some(frame) = geometry.frame else {
        if let Some(rule) = geometry.rule {
            horizontal(theme, rule, buffer);
            // There is no room to say what needs no saying.
            if let Some(doing) = amending::doing(app) {
                title(theme, &doing, rule, rule.y, buffer);
            }
        }
        return;
    };
    outline(theme, frame, buffer);
    if let Some(list) = geometry.list {
        vertical(theme, frame, list.right(), buffer);
        title(theme, "Conversations", list, frame.y, buffer);
    }
    if let Some(pane) = geometry.people {
        vertical(theme, frame, pane.x - 1, buffer);
        title(theme, &people::title(app), pane, frame.y, buffer);
    }
    let talk = talk.unwrap_or_else(|| "im".to_owned());
    title(theme, &talk, geometry.messages, frame.y, buffer);
    if let Some(rule) = geometry.rule {
        horizontal(theme, rule, buffer);
        put(theme, rule.x - 1, rule.y, "├", buffer);
        put(theme, rule.right(), rule.y, "┤", buffer);
        let doing = amending::doing(app).map_or_else(String::new, |doing| format!(" · {doing}"));
        title(theme, &format!("Message{doing}"), rule, rule.y, buffer);
    }
}

fn outline(theme: &Theme, frame: Rect, buffer: &mut Buffer) {
    let (right, bottom) = (frame.right() - 1, frame.bottom() - 1);
    for x in frame.x..=right {
        put(theme, x, frame.y, "─", buffer);
        put(theme, x, bottom, "─", buffer);
    }
    for y in frame.y..=bottom {
        put(theme, frame.x, y, "│", buffer);
        put(theme, right, y, "│", buffer);
    }
    put(theme, frame.x, frame.y, "╭", buffer);
    put(theme, right, frame.y, "╮", buffer);
    put(theme, frame.x, bottom, "╰", buffer);
    put(theme, right, bottom, "╯", buffer);
}

fn vertical(theme: &Theme, frame: Rect, x: u16, buffer: &mut Buffer) {
    for y in frame.y + 1..frame.bottom() - 1 {
        put(theme, x, y, "│", buffer);
    }
    put(theme, x, frame.y, "┬", buffer);
    put(theme, x, frame.bottom() - 1, "┴", buffer);
}

fn horizontal(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    for x in area.x..area.right() {
        put(theme, x, area.y, "─", buffer);
    }
}

/// ` Name ` on the line above a pane.
fn title(theme: &Theme, name: &str, pane: Rect, y: u16, buffer: &mut Buffer) {
    let shown = format!(" {} ", cut(name, pane.width.saturating_sub(4)));
    let area = Rect::new(pane.x + 1, y, pane.width.saturating_sub(2), 1);
    buffer.set_line(area.x, y, &Line::styled(shown, theme.heading), area.width);
}

fn put(theme: &Theme, x: u16, y: u16, symbol: &str, buffer: &mut Buffer) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        cell.set_symbol(symbol).set_style(theme.border);
    }
}
