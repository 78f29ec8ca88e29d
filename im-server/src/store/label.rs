//! What people call their tokens and webhooks.

use im_proto::printable;
use serde::{Deserialize, Serialize};

/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 64;

/// A label: one line of 1 to 64 characters that may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Label(String);

/// Why a label was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a label is 1 to {LABEL_CHARS_MAX} printable characters")]
pub(crate) struct LabelError;

impl Label {
    /// Checks a label that somebody gave. Blanks around it do not count.
    pub(crate) fn parse(raw: &str) -> Result<Self, LabelError> {
        let label = raw.trim();
        let shown = printable(label).chars().filter(|c| *c != '\t').count();
        let chars = label.chars().count();
        if (1..=LABEL_CHARS_MAX).contains(&chars) && shown == chars {
            Ok(Self(label.to_owned()))
        } else {
            Err(LabelError)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;

    fn try_from(raw: String) -> Result<Self, LabelError> {
        Self::parse(&raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_short_printable_line() {
        let longest = "é".repeat(LABEL_CHARS_MAX);
        for (raw, kept) in [("build bot", "build bot"), ("  咪 #1 ", "咪 #1"), (&longest, &longest)] {
            assert_eq!(Label::parse(raw).unwrap().as_str(), kept);
        }
        let too_long = "é".repeat(LABEL_CHARS_MAX + 1);
        for raw in ["", " \t\n", "two\nlines", "a\tb", "\u{1b}[31mred", "a\u{202e}b", "a\0", &too_long] {
            assert_eq!(Label::parse(raw), Err(LabelError), "{raw:?}");
        }
    }
}
