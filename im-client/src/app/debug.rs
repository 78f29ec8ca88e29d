//! What was told in passing, to be read later: toasts go away, and this is where they went.

use im_proto::Timestamp;
use ratatui::layout::Size;

use super::geometry::Popup;
use super::rows::clock;
use super::wrap::wrap;
use super::{App, Overlay};

const COLUMNS: u16 = 76;
/// `10:03 ! `
const INDENT_COLUMNS: u16 = 8;

/// One row: what stands before it, the text, and whether it is of something that did not work.
pub type DebugRow = (String, String, bool);

/// Where it is.
pub fn popup(size: Size) -> Popup {
    let all = size.width < COLUMNS + 10 || size.height < 30;
    Popup::of(size, COLUMNS, size.height.saturating_sub(8), all)
}

/// All rows at a width, the newest first.
pub fn rows(app: &App, width: u16) -> Vec<DebugRow> {
    let mut rows = Vec::new();
    for toast in app.toasts.kept() {
        let ago = app.now.saturating_sub(toast.at).as_millis();
        let at = Timestamp(app.wall.0.saturating_sub(u64::try_from(ago).unwrap_or(u64::MAX)));
        let sign = if toast.is_error { "!" } else { "·" };
        let mut before = format!("{} {sign} ", clock(at, &app.zone));
        for line in wrap(&toast.text, width.saturating_sub(INDENT_COLUMNS + 1)) {
            rows.push((std::mem::take(&mut before), line, toast.is_error));
        }
    }
    rows
}

impl App {
    pub(super) fn scroll_debug(&mut self, rows_down: i16) {
        let inner = popup(self.size).inner;
        let rows = u16::try_from(rows(self, inner.width).len()).unwrap_or(u16::MAX);
        if let Some(Overlay::Debug(down)) = &mut self.overlay {
            *down = down.saturating_add_signed(rows_down).min(rows.saturating_sub(inner.height));
        }
    }
}
