//! The text of a post.

use std::fmt;
use std::sync::Arc;

use crate::limits::TEXT_BYTES_MAX;

/// What somebody said: UTF-8, not blank, at most [`TEXT_BYTES_MAX`] bytes. It may hold several lines.
///
/// It is kept as it was said. Control characters are taken out where it is shown, see [`printable`](crate::printable).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(Arc<str>);

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or only blanks.
    #[error("there is nothing to send")]
    Blank,
    /// More than [`TEXT_BYTES_MAX`] bytes.
    #[error("a message has at most {TEXT_BYTES_MAX} bytes")]
    TooLong,
}

impl Text {
    /// Checks a text that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        if raw.len() > TEXT_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        if raw.trim().is_empty() {
            return Err(TextError::Blank);
        }
        Ok(Self(raw.into()))
    }

    /// The text as it was said.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
