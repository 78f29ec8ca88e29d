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
