//! What is a word: text as it is put into the index, and what somebody types as it is asked of the index.
//!
//! SQLite's `unicode61` makes words of letters and digits, without case and accents. Scripts that are written without
//! blanks have no words that could be told apart so: there each letter is made one, and several are looked for side by
//! side, so that 日本 is found in 今日本を読む.

use std::fmt::Write;

/// The letters of scripts that are written without blanks between words, or whose words grow at their end (Hangul).
const BLANKLESS: &[(char, char)] = &[
    ('\u{0e00}', '\u{0eff}'),   // Thai, Lao
    ('\u{1000}', '\u{109f}'),   // Myanmar
    ('\u{1780}', '\u{17ff}'),   // Khmer
    ('\u{3005}', '\u{3007}'),   // 々〆〇
    ('\u{3040}', '\u{30ff}'),   // Hiragana, Katakana
    ('\u{3100}', '\u{312f}'),   // Bopomofo
    ('\u{31f0}', '\u{31ff}'),   // Katakana, smaller
    ('\u{3400}', '\u{4dbf}'),   // Han
    ('\u{4e00}', '\u{9fff}'),   // Han
    ('\u{ac00}', '\u{d7a3}'),   // Hangul
    ('\u{f900}', '\u{faff}'),   // Han
    ('\u{ff66}', '\u{ff9d}'),   // Katakana, half as wide
    ('\u{1b000}', '\u{1b16f}'), // Kana
    ('\u{20000}', '\u{323af}'), // Han
];

/// A text as the index takes it.
pub(in crate::store::sqlite) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars() {
        if BLANKLESS.iter().any(|(first, last)| (*first..=*last).contains(&c)) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

/// What is asked of the index for words that somebody typed: all of them, each as it is written, whatever it may mean in
/// the language of the index. Nothing where there is no letter and no digit.
pub(super) fn expression(words: &str) -> Option<String> {
    let mut asked = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()) {
        let bare = word.trim_end_matches('*');
        if !bare.chars().any(char::is_alphanumeric) {
            continue; // the index has nothing of it
        }
        let star = if bare.len() < word.len() { " *" } else { "" };
        // Writing to a string does not fail.
        let _ = write!(asked, "\"{}\"{star} ", spaced(bare).replace('"', "\"\""));
    }
    (!asked.is_empty()).then(|| format!("text : ({})", asked.trim_end()))
}

/// The word by which the index knows a conversation.
pub(in crate::store::sqlite) fn place(conversation: u64) -> String {
    format!("c{conversation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_the_language_of_the_index() {
        for (words, asked) in [
            ("hello world", Some("text : (\"hello\" \"world\")")),
            ("foo-bar* OR", Some("text : (\"foo-bar\" * \"OR\")")),
            ("a\"b NEAR(x", Some("text : (\"a\"\"b\" \"NEAR(x\")")),
            ("日本*", Some("text : (\" 日  本 \" *)")),
            ("nul\0within", Some("text : (\"nul\" \"within\")")),
            ("* ** \" 👋 +", None),
        ] {
            assert_eq!(expression(words).as_deref(), asked, "{words:?}");
        }
    }
}
