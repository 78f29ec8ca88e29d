//! Text in lines that fit a width, counted in the cells that are really drawn.

use std::ops::Range;

use im_proto::{Printable, printable, printable_lines};
use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

const TAB_CELLS: usize = 4;
/// Most characters that are drawn in one cell: more marks on one letter than any script or emoji has are left out.
const CLUSTER_CHARS_MAX: usize = 16;

/// The start of a text in one line that fits a width.
pub fn one_line(text: &str, width: u16) -> String {
    let most = usize::from(width).saturating_add(1).saturating_mul(CLUSTER_CHARS_MAX);
    let mut lines = printable_lines(text).skip_while(|line| line.chars().all(char::is_whitespace));
    let first: String = lines.next().map_or_else(String::new, |line| line.chars().take(most).collect());
    let shown = plain(printable(&first));
    let shown = shown.trim_end();
    if lines.next().is_some() { cut(&format!("{shown} …"), width) } else { cut(shown, width) }
}

/// The cells that a text takes on a line.
pub fn cells(text: &str) -> u16 {
    // What acts on a terminal is never drawn.
    let drawn = text.graphemes(true).filter(|grapheme| !grapheme.starts_with(char::is_control));
    drawn.map(CellWidth::cell_width).fold(0, u16::saturating_add)
}

/// The start of a text that fits a width, with `…` where something is left out.
pub fn cut(text: &str, width: u16) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.cell_width();
        if used >= width {
            break;
        }
        out.push_str(grapheme);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// A name in a width. Where something is left out, the number at its end stays: it may be all that tells one
/// `anonymous12` from another.
pub fn cut_name(name: &str, width: u16) -> String {
    let start = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.strip_prefix(start).unwrap_or_default();
    if cells(name) <= width || cells(number) > width / 2 {
        return cut(name, width);
    }
    format!("{}{number}", cut(start, width - cells(number)))
}

/// A text's lines, printable, at most `width` cells each: broken between words where that is possible.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let mut lines = Vec::new();
    for line in printable_lines(text) {
        let line = plain(line);
        lines.extend(rows(&line, width, 0).into_iter().map(|row| line[row].to_owned()));
    }
    lines
}

/// Tabs as blanks, and no cluster longer than one that anybody writes.
pub(super) fn plain(line: Printable<'_>) -> String {
    let shown = line.to_string();
    let mut out = String::with_capacity(shown.len());
    for grapheme in shown.graphemes(true) {
        if grapheme == "\t" {
            out.extend(std::iter::repeat_n(' ', TAB_CELLS));
        } else {
            out.extend(grapheme.chars().take(CLUSTER_CHARS_MAX));
        }
    }
    out
}

/// The parts of a line that fit a width, which is less by `hang` from the second on: broken between words where that
/// is possible. Blanks where it breaks are in none.
pub(super) fn rows(line: &str, width: u16, hang: u16) -> Vec<Range<usize>> {
    let mut broken = Broken { line, rows: Vec::new(), start: 0, end: 0, used: 0 };
    let mut at = 0;
    for word in words(line) {
        let (start, end) = (at, at + word.len());
        at = end;
        let room = if broken.rows.is_empty() { width } else { width.saturating_sub(hang) }.max(1);
        let wide = cells(word);
        if broken.used.saturating_add(wide) <= room {
            broken.end = end;
            broken.used += wide;
        } else if word.trim().is_empty() {
            // Blanks at the edge are where the line breaks.
            broken.flush(end);
        } else {
            if wide <= room && broken.used > 0 {
                broken.flush(start);
            }
            broken.put(start, word, width, hang);
        }
    }
    broken.rows.push(broken.start..broken.end);
    broken.rows
}

struct Broken<'a> {
    line: &'a str,
    rows: Vec<Range<usize>>,
    start: usize,
    end: usize,
    used: u16,
}

impl Broken<'_> {
    /// A word that may be longer than a row.
    fn put(&mut self, start: usize, word: &str, width: u16, hang: u16) {
        for (at, grapheme) in word.grapheme_indices(true) {
            let room = if self.rows.is_empty() { width } else { width.saturating_sub(hang) }.max(1);
            let wide = grapheme.cell_width();
            if self.used > 0 && self.used + wide > room {
                self.flush(start + at);
            }
            self.end = start + at + grapheme.len();
            self.used += wide;
        }
    }

    fn flush(&mut self, next: usize) {
        let row = self.line.get(self.start..self.end).unwrap_or_default();
        self.rows.push(self.start..self.start + row.trim_end().len());
        (self.start, self.end, self.used) = (next, next, 0);
    }
}

/// The parts of a line between which it may break: at blanks, and about wide characters, whose scripts have none.
/// Punctuation stays with what it follows.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let mut end = 0;
        let mut before: Option<&str> = None;
        for part in rest.split_word_bounds() {
            if before.is_some_and(|before| may_break(before, part)) {
                break;
            }
            end += part.len();
            before = Some(part);
        }
        let (word, tail) = rest.split_at(end);
        rest = tail;
        (!word.is_empty()).then_some(word)
    })
}

fn may_break(before: &str, after: &str) -> bool {
    let is_blank = |part: &str| part.trim().is_empty();
    let is_wide = |part: &str| cells(part) >= 2 * u16::try_from(part.chars().count()).unwrap_or(u16::MAX);
    let is_word = after.chars().any(char::is_alphanumeric);
    is_blank(before) || is_blank(after) || (is_word && (is_wide(before) || is_wide(after)))
}
