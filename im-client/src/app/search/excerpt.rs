//! A part of a message on one line, about the words for which it was found.

use im_proto::{Body, printable};

use crate::app::emphasis::Emphasis;
use crate::app::rich::covered;

/// So many characters before the first of the words are kept.
const BEFORE_CHARS: usize = 30;
/// Most characters of an excerpt.
const CHARS_MAX: usize = 300;

/// The part of a message about its emphasised words.
pub(super) fn of(body: &Body, emphasis: &Emphasis) -> String {
    let Body::Posted { text, .. } = body else {
        return String::new();
    };
    // Lines and blanks of any kind are one blank: one looks for words.
    let words: Vec<&str> = text.as_str().split_whitespace().collect();
    let line = covered(&printable(&words.join(" ")).to_string());
    let first = emphasis.places(&line).first().map_or(0, |place| place.start);
    let starts: Vec<usize> =
        line[..first].char_indices().rev().take(BEFORE_CHARS).map(|(at, _)| at).collect();
    let mut start = starts.last().copied().unwrap_or(first);
    if start > 0 {
        // A word that is cut off says little.
        start = line[start..first].find(' ').map_or(start, |blank| start + blank + 1);
    }
    let cut: String = line[start..].chars().take(CHARS_MAX).collect();
    if start > 0 { format!("…{cut}") } else { cut }
}
