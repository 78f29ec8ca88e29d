//! Where the words of a search are in a text: by the rules by which the server finds them, so that what is found shows
//! why. Letters and digits make words, whatever their case and accents; where no blanks are written each letter is one.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letters of scripts that are written without blanks between words, as the server knows them.
const BLANKLESS: &[(char, char)] = &[
    ('\u{0e00}', '\u{0eff}'),
    ('\u{1000}', '\u{109f}'),
    ('\u{1780}', '\u{17ff}'),
    ('\u{3005}', '\u{3007}'),
    ('\u{3040}', '\u{30ff}'),
    ('\u{3100}', '\u{312f}'),
    ('\u{31f0}', '\u{31ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{ff66}', '\u{ff9d}'),
    ('\u{1b000}', '\u{1b16f}'),
    ('\u{20000}', '\u{323af}'),
];

/// The words of a search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Emphasis(Vec<Term>);

/// Words that stand side by side; the last may be only the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    words: Vec<String>,
    begins: bool,
}

struct Word {
    at: Range<usize>,
    folded: String,
}

impl Emphasis {
    /// Of what somebody typed.
    pub fn of(typed: &str) -> Self {
        let terms = typed.split(|c: char| c.is_whitespace() || c.is_control()).map(|typed| {
            let bare = typed.trim_end_matches('*');
            let words: Vec<String> = words(bare).into_iter().map(|word| word.folded).collect();
            Term { words, begins: bare.len() < typed.len() }
        });
        Self(terms.filter(|term| !term.words.is_empty()).collect())
    }

    /// There is nothing to be found by.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These words and others.
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// Whether all of its words are somewhere in a text.
    pub fn is_all_in(&self, text: &str) -> bool {
        let words = if self.is_empty() { Vec::new() } else { words(text) };
        self.0.iter().all(|term| (0..words.len()).any(|first| term.begins_at(&words[first..])))
    }

    /// Where its words are, in order, none over another.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        if self.is_empty() {
            return places;
        }
        let words = words(text);
        for first in 0..words.len() {
            let longest = self.0.iter().filter(|term| term.begins_at(&words[first..]));
            let Some(count) = longest.map(|term| term.words.len()).max() else {
                continue;
            };
            let (start, end) = (words[first].at.start, words[first + count - 1].at.end);
            match places.last_mut() {
                Some(last) if last.end >= start => last.end = last.end.max(end),
                _ => places.push(start..end),
            }
        }
        places
    }
}

impl Term {
    fn begins_at(&self, words: &[Word]) -> bool {
        let last = self.words.len() - 1;
        self.words.iter().enumerate().all(|(place, wanted)| {
            words.get(place).is_some_and(|word| {
                word.folded == *wanted
                    || (place == last && self.begins && word.folded.starts_with(wanted.as_str()))
            })
        })
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let is_alone = is_blankless(c);
        if is_combining_mark(c) && !is_alone {
            // Belongs to the letter before, whose accents do not matter.
            if let Some(word) = words.last_mut().filter(|_| is_open) {
                word.at.end = end;
            }
            continue;
        }
        if !is_alone && !c.is_alphanumeric() {
            is_open = false;
            continue;
        }
        if !is_open || is_alone {
            words.push(Word { at: at..end, folded: String::new() });
        }
        if let Some(word) = words.last_mut() {
            word.at.end = end;
            word.folded.extend(folded(c));
        }
        is_open = !is_alone;
    }
    words
}

fn is_blankless(c: char) -> bool {
    c >= '\u{0e00}' && BLANKLESS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// A letter without case and accents. Those of blankless scripts are told apart by their marks.
fn folded(c: char) -> impl Iterator<Item = char> {
    let keep = is_blankless(c);
    std::iter::once(c)
        .nfd()
        .filter(move |c| keep || !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect::<Vec<_>>()
        .into_iter()
}
