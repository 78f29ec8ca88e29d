//! The help as rows: the table of keys and the table of commands, as they are.

use ratatui::layout::{Rect, Size};

use super::geometry::Popup;
use super::wrap::{cells, wrap};
use super::{App, Overlay, amending, commands, failed, keys};

const COLUMNS: u16 = 76;
/// From so many columns on, what a key does stands beside it.
const BESIDE_COLUMNS_MIN: u16 = 62;
const LEFT_COLUMNS: u16 = 32;
const INDENT_COLUMNS: u16 = 4;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpRow {
    /// What the following is about; nothing on a row that parts.
    Heading(&'static str),
    /// A key or a command, or nothing on a further row of one, padded; and what it does.
    Does(String, String),
}

/// Where the help is.
pub fn popup(size: Size) -> Popup {
    let all = size.width < COLUMNS + 10 || size.height < 30;
    Popup::of(size, COLUMNS, size.height.saturating_sub(8), all)
}

/// All rows at a width.
pub fn rows(width: u16) -> Vec<HelpRow> {
    let mut rows = vec![HelpRow::Heading("KEYS")];
    for binding in keys::TABLE {
        rows.extend(explained(width, binding.shown, binding.does));
    }
    rows.extend([HelpRow::Heading(""), HelpRow::Heading("COMMANDS")]);
    for command in commands::offered() {
        rows.extend(explained(width, &command.usage(), command.does));
    }
    for (word, does) in failed::COMMANDS.iter().chain(amending::HELP) {
        rows.extend(explained(width, word, does));
    }
    rows.extend(explained(width, "//TEXT", "say something that begins with a slash"));
    rows
}

/// What, and what it does beside it, or below where there is no room.
fn explained(width: u16, what: &str, does: &str) -> Vec<HelpRow> {
    let beside = width >= BESIDE_COLUMNS_MIN;
    let indent = if beside { LEFT_COLUMNS } else { INDENT_COLUMNS };
    let padded = |what: &str| {
        let rest = indent.saturating_sub(cells(what));
        format!("{what}{}", " ".repeat(usize::from(rest)))
    };
    let mut what = format!(" {what}");
    let mut rows = Vec::new();
    if !beside || cells(&what) >= LEFT_COLUMNS {
        rows.push(HelpRow::Does(std::mem::take(&mut what), String::new()));
    }
    for text in wrap(does, width.saturating_sub(indent + 1)) {
        rows.push(HelpRow::Does(padded(&std::mem::take(&mut what)), text));
    }
    rows
}

impl App {
    /// Scrolls the help by some rows, as far as there are any.
    pub(super) fn scroll_help(&mut self, rows_down: i16) {
        let Rect { width, height, .. } = popup(self.size).inner;
        let rows = u16::try_from(rows(width).len()).unwrap_or(u16::MAX);
        if let Some(Overlay::Help(down)) = &mut self.overlay {
            *down = down.saturating_add_signed(rows_down).min(rows.saturating_sub(height));
        }
    }
}
