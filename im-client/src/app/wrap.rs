//! Text in lines that fit a width, counted in the cells that are really drawn.

use std::cell::RefCell;
use std::rc::Rc;

use im_proto::{Printable, printable, printable_lines};
use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

const TAB_CELLS: usize = 4;
/// Most characters that are drawn in one cell: more marks on one letter than any script or emoji has are left out.
const CLUSTER_CHARS_MAX: usize = 16;

/// The lines of one text at the width it was last shown at. Only what is seen is ever wrapped.
#[derive(Debug, Default)]
pub struct Wrapped(RefCell<Option<(u16, Rc<[String]>)>>);

impl Wrapped {
    /// The lines of `text` at a width.
    pub fn lines(&self, text: &str, width: u16) -> Rc<[String]> {
        let mut cached = self.0.borrow_mut();
        match &*cached {
            Some((at, lines)) if *at == width => Rc::clone(lines),
            _ => {
                let lines: Rc<[String]> = wrap(text, width).into();
                *cached = Some((width, Rc::clone(&lines)));
                lines
            }
        }
    }
}

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
    text.graphemes(true).map(CellWidth::cell_width).fold(0, u16::saturating_add)
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
        wrap_line(&plain(line), width.max(1), &mut lines);
    }
    lines
}

/// Tabs as blanks, and no cluster longer than one that anybody writes.
fn plain(line: Printable<'_>) -> String {
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

fn wrap_line(line: &str, width: u16, lines: &mut Vec<String>) {
    let mut current = String::new();
    let mut used: u16 = 0;
    for word in words(line) {
        let wide = cells(word);
        if used.saturating_add(wide) <= width {
            current.push_str(word);
            used += wide;
            continue;
        }
        if word.trim().is_empty() {
            // Blanks at the edge are where the line breaks.
            flush(&mut current, &mut used, lines);
            continue;
        }
        if wide <= width && used > 0 {
            flush(&mut current, &mut used, lines);
        }
        for grapheme in word.graphemes(true) {
            let wide = grapheme.cell_width();
            if used > 0 && used + wide > width {
                flush(&mut current, &mut used, lines);
            }
            current.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(current);
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

fn flush(current: &mut String, used: &mut u16, lines: &mut Vec<String>) {
    current.truncate(current.trim_end().len());
    lines.push(std::mem::take(current));
    *used = 0;
}
