//! What one answers a message with, without words.

use std::fmt;
use std::sync::Arc;

use crate::limits::REACTION_BYTES_MAX;
use crate::printable::{may_show, printable};

/// A reaction: an emoji, or a short word such as `+1`; at most [`REACTION_BYTES_MAX`] bytes, all of which can be shown, and
/// no blanks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reaction(Arc<str>);

/// Why a reaction was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReactionError {
    /// Nothing, or something with blanks or control characters.
    #[error("a reaction is an emoji or a short word")]
    NotOne,
    /// More than [`REACTION_BYTES_MAX`] bytes.
    #[error("a reaction has at most {REACTION_BYTES_MAX} bytes")]
    TooLong,
}

impl Reaction {
    /// Checks a reaction that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, ReactionError> {
        if raw.len() > REACTION_BYTES_MAX {
            return Err(ReactionError::TooLong);
        }
        // What was a reaction once stays one, also where more is left out when it is shown.
        if raw.is_empty() || raw.contains(|c: char| !may_show(c) || c.is_whitespace()) {
            return Err(ReactionError::NotOne);
        }
        Ok(Self(raw.into()))
    }

    /// Whether all of it shows.
    pub fn is_seen(&self) -> bool {
        printable(&self.0).to_string() == *self.0
    }

    /// The reaction as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&printable(&self.0), f)
    }
}

impl fmt::Debug for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
