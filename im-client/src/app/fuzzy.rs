//! What fits what somebody has typed a part of, the best first.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Those of some things whose words hold all that is typed, in its order; at most so many, the best first. Of those that
/// fit as well the first stays first.
pub(super) fn best<T>(typed: &str, things: impl IntoIterator<Item = (T, String)>, most: usize) -> Vec<T> {
    let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let scored = things.into_iter().filter_map(|(thing, words)| {
        let score = pattern.score(Utf32Str::new(&words, &mut buffer), &mut matcher)?;
        // Of two that hold it, the shorter is the likelier.
        Some((score, words.len(), thing))
    });
    let mut found: Vec<(u32, usize, T)> = scored.collect();
    found.sort_by(|(score, length, _), (other, longer, _)| other.cmp(score).then(length.cmp(longer)));
    found.into_iter().take(most).map(|(.., thing)| thing).collect()
}

/// What is typed, to be held against one thing after another.
pub(super) struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Fuzzy {
    pub(super) fn new(typed: &str) -> Self {
        let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        Self { pattern, matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }

    /// How well something fits, if it does, and which of its characters are those that are typed.
    pub(super) fn fits(&mut self, words: &str) -> Option<(u32, Vec<u32>)> {
        let mut marks = Vec::new();
        let words = Utf32Str::new(words, &mut self.buffer);
        let score = self.pattern.indices(words, &mut self.matcher, &mut marks)?;
        marks.sort_unstable();
        marks.dedup();
        Some((score, marks))
    }
}
