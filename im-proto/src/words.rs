//! What is searched for.

use std::fmt;

use crate::limits::WORDS_BYTES_MAX;

/// Words to search for: not blank, at most [`WORDS_BYTES_MAX`] bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Words(String);

/// Why words cannot be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Nothing, or only blanks.
    #[error("there is nothing to search for")]
    Blank,
    /// More than [`WORDS_BYTES_MAX`] bytes.
    #[error("a search has at most {WORDS_BYTES_MAX} bytes")]
    TooLong,
}

impl Words {
    /// Checks words that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, WordsError> {
        if raw.len() > WORDS_BYTES_MAX {
            return Err(WordsError::TooLong);
        }
        if raw.trim().is_empty() {
            return Err(WordsError::Blank);
        }
        Ok(Self(raw.into()))
    }

    /// The words as they were given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
