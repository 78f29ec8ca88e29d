//! The help as rows: the table of keys and the table of commands, as they are.

use ratatui::layout::{Rect, Size};

use super::geometry::Popup;
use super::keys::{Deed, Keymap, Topic, rows as deeds};
use super::wrap::{cells, wrap};
use super::{App, Overlay, amending, commands};

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
pub fn rows(keymap: &Keymap, width: u16) -> Vec<HelpRow> {
    let mut rows = Vec::new();
    for topic in Topic::ALL {
        let deeds = deeds().filter(|row| row.topic == topic && !is_in_family(keymap, row.deed));
        let mut deeds = deeds.peekable();
        if deeds.peek().is_some() {
            rows.push(HelpRow::Heading(topic.heading()));
        }
        for row in deeds {
            let (keys, does) = match family(keymap) {
                Some(keys) if row.deed == Deed::Nth(0) => (keys, "the first to ninth conversation"),
                _ => (keymap.shown(row.deed), row.does),
            };
            let keys = if keys.is_empty() { format!("({})", row.name) } else { keys };
            rows.extend(explained(width, &keys, does));
        }
    }
    rows.extend([HelpRow::Heading(""), HelpRow::Heading("COMMANDS")]);
    for (what, does) in commands() {
        rows.extend(explained(width, &what, does));
    }
    rows
}

/// What one can type, and what it does.
pub fn commands() -> impl Iterator<Item = (String, &'static str)> {
    let offered = commands::offered().map(|command| (command.usage(), command.does));
    let more = commands::own_rows().chain(amending::HELP).map(|(word, does)| ((*word).to_owned(), *does));
    offered.chain(more).chain([("//TEXT".to_owned(), "say something that begins with a slash")])
}

/// `Alt-1 .. Alt-9`, if the keys of the nine conversations differ in nothing but the digit.
fn family(keymap: &Keymap) -> Option<String> {
    let of = |n: u8| keymap.shown(Deed::Nth(n));
    let first = of(0);
    let stem = first.strip_suffix('1')?;
    (0..9).all(|n| of(n) == format!("{stem}{}", n + 1)).then(|| format!("{first} .. {}", of(8)))
}

/// It is told of with the first of its family.
fn is_in_family(keymap: &Keymap, deed: Deed) -> bool {
    matches!(deed, Deed::Nth(1..)) && family(keymap).is_some()
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
        let rows = u16::try_from(rows(&self.config.keymap, width).len()).unwrap_or(u16::MAX);
        if let Some(Overlay::Help(down)) = &mut self.overlay {
            *down = down.saturating_add_signed(rows_down).min(rows.saturating_sub(height));
        }
    }
}
