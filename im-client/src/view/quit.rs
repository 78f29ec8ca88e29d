//! Really quit?

use ratatui::Frame;
use ratatui::text::Line;

use super::popup;
use super::theme::Theme;
use crate::app::App;
use crate::app::geometry::Popup;
use crate::app::wrap::wrap;

const COLUMNS: u16 = 42;

/// Draws it.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let mut lines = Vec::new();
    let width = frame.area().width.saturating_sub(4).min(COLUMNS - 2);
    match app.outbox.waiting() {
        0 => {}
        1 => lines.extend(wrap("One message is not sent yet.", width)),
        n => lines.extend(wrap(&format!("{n} messages are not sent yet."), width)),
    }
    match (app.outbox.waiting(), app.outbox.at_risk()) {
        (0, _) => {}
        (1, 0) => lines.extend(wrap("It is kept and sent the next time.", width)),
        (_, 0) => lines.extend(wrap("They are kept and sent the next time.", width)),
        (1, _) => lines.extend(wrap("It cannot be kept and would be lost.", width)),
        (_, n) => lines.extend(wrap(&format!("{n} cannot be kept and would be lost."), width)),
    }
    lines.extend(wrap("Quit: y or Enter. Stay: any other key.", width));
    let rows = u16::try_from(lines.len()).unwrap_or(1);
    let area = popup::draw("Quit?", Popup::of(app.size, COLUMNS, rows, false), theme, frame);
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        let line = Line::styled(format!(" {line}"), theme.text);
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}
