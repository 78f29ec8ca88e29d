//! A few words on one line: a topic, or why something was done.

use std::fmt;
use std::sync::Arc;

use crate::limits::REMARK_BYTES_MAX;
use crate::printable::printable;

/// Words on one line, not blank, at most [`REMARK_BYTES_MAX`] bytes, all of which can be shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Remark(Arc<str>);

/// Why a remark was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemarkError {
    /// Nothing, or something that cannot be shown on one line.
    #[error("a topic or a reason is words on one line")]
    NotOne,
    /// More than [`REMARK_BYTES_MAX`] bytes.
    #[error("a topic or a reason has at most {REMARK_BYTES_MAX} bytes")]
    TooLong,
}

impl Remark {
    /// Checks a remark that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, RemarkError> {
        let raw = raw.trim();
        if raw.len() > REMARK_BYTES_MAX {
            return Err(RemarkError::TooLong);
        }
        if raw.is_empty() || printable(raw).chars().count() < raw.chars().count() {
            return Err(RemarkError::NotOne);
        }
        Ok(Self(raw.into()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_one_line_that_can_be_shown() {
        assert_eq!(Remark::parse("  release on Friday ").unwrap().as_str(), "release on Friday");
        for raw in ["", "  ", "a\nb", "a\u{1b}[2Jb", "\u{202e}b"] {
            assert_eq!(Remark::parse(raw), Err(RemarkError::NotOne), "{raw:?}");
        }
        assert!(Remark::parse(&"x".repeat(REMARK_BYTES_MAX)).is_ok());
        assert_eq!(Remark::parse(&"x".repeat(REMARK_BYTES_MAX + 1)), Err(RemarkError::TooLong));
    }
}
