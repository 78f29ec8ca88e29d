//! What is hidden until somebody wants to see it: `||who did it||`, within a line, apart from other words.

use std::ops::Range;

use super::super::wrap::cells;

/// Before and behind what is hidden.
const MARK: &str = "||";
/// What stands in its place, for each cell.
const COVER: &str = "░";

/// A mark, and whether something is hidden from there on.
pub(super) type Mark = (Range<usize>, bool);

/// The marks of a text, in its order, two for each part that is hidden.
pub(super) fn marks(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let mut at = 0;
        while let Some((open, close)) = pair(line, at) {
            found.push((start + open..start + open + MARK.len(), true));
            found.push((start + close..start + close + MARK.len(), false));
            at = close + MARK.len();
        }
        start += line.len() + 1;
    }
    found
}

/// Where the next part of a line that is hidden opens and closes: `a || b || c` and `a||b` are none.
fn pair(line: &str, from: usize) -> Option<(usize, usize)> {
    let mut opens = line[from..].match_indices(MARK).map(|(at, _)| from + at);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_apart = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c == '|');
    opens.find_map(|open| {
        let inside = open + MARK.len();
        if is_word(line[..open].chars().next_back()) || is_apart(line[inside..].chars().next()) {
            return None;
        }
        let mut closes = line[inside..].match_indices(MARK).map(|(at, _)| inside + at);
        let close = closes.find(|close| {
            let behind = line[close + MARK.len()..].chars().next();
            !is_apart(line[..*close].chars().next_back()) && !is_word(behind) && behind != Some('|')
        });
        Some((open, close?))
    })
}

/// A text in which what is hidden is covered.
pub fn covered(text: &str) -> String {
    let mut told = String::new();
    let mut at = 0;
    let mut is_hidden = false;
    for (mark, opens) in marks(text) {
        let part = &text[at..mark.start];
        told.push_str(&if is_hidden { cover(part) } else { part.to_owned() });
        is_hidden = opens;
        at = mark.end;
    }
    told.push_str(&text[at..]);
    told
}

/// As wide as what it covers.
pub fn cover(text: &str) -> String {
    COVER.repeat(usize::from(cells(text)))
}
