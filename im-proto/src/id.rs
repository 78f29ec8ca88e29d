//! Numbers and random bits that name things.

use std::fmt;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number!(
    /// An account, numbered in order of creation.
    #[derive(Serialize, Deserialize)]
    UserId
);
number!(
    /// A conversation.
    ConversationId
);
number!(
    /// The number of an event in its conversation: 1, 2, 3 … with no hole. `(conversation, seq)` is the event's identity.
    #[derive(Default, Serialize, Deserialize)]
    Seq
);
number!(
    /// A moment: milliseconds since 1970-01-01T00:00:00Z.
    Timestamp
);

impl Seq {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// 128 random bits that the *client* makes for each post, so that sending twice posts once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct MessageId(pub [u8; 16]);

impl MessageId {
    /// Reads what `Display` writes, and the same digits with the hyphens of a UUID.
    pub fn from_hex(raw: &str) -> Option<Self> {
        let digits: String = raw.chars().filter(|c| *c != '-').collect();
        let is_hex = digits.len() == 32 && digits.bytes().all(|c| c.is_ascii_hexdigit());
        let number = is_hex.then(|| u128::from_str_radix(&digits, 16).ok()).flatten()?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
