//! The help.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::popup;
use super::theme::Theme;
use crate::app::App;
use crate::app::help::{HelpRow, popup, rows};
use crate::app::keys::Deed;

/// Draws it, from so many rows down.
pub(super) fn draw(app: &App, down: u16, theme: &Theme, frame: &mut Frame<'_>) {
    let place = popup(frame.area().as_size());
    let keymap = &app.config.keymap;
    let hint = |deed, does| keymap.hint(deed, does).map_or_else(String::new, |hint| format!(" · {hint}"));
    let title = format!("Help{}{}", hint(Deed::Escape, "closes"), hint(Deed::ScrollDown, "shows more"));
    let area = popup::draw(&title, place, theme, frame);
    let rows = rows(&app.config.keymap, area.width);
    // After a resize there may be fewer below than before.
    let most = rows.len().saturating_sub(usize::from(area.height));
    let first = usize::from(down).min(most);
    for (y, row) in (area.y..area.bottom()).zip(rows.into_iter().skip(first)) {
        let line = match row {
            HelpRow::Heading(heading) => Line::styled(format!(" {heading}"), theme.heading),
            HelpRow::Does(what, does) => {
                Line::from(vec![Span::styled(what, theme.chosen), Span::styled(does, theme.text)])
            }
        };
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
