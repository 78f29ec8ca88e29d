//! How people name a conversation: `@bob` a user, `#dev` a room or group.

use std::fmt;
use std::str::FromStr;

use bincode::{Decode, Encode};

use crate::name::{NameError, RoomName, UserName};

/// The name of a conversation, as seen by the one who uses it: a direct conversation is named by the other side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Address {
    /// `@bob`: the direct conversation with bob.
    User(UserName),
    /// `#dev`: a room or group.
    Room(RoomName),
}

/// Why something is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It starts with neither `@` nor `#`.
    #[error("an address is @user or #room")]
    NoSign,
    /// What follows the sign is not a name.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(raw: &str) -> Result<Self, AddressError> {
        if let Some(name) = raw.strip_prefix('@') {
            Ok(Self::User(name.parse()?))
        } else if let Some(name) = raw.strip_prefix('#') {
            Ok(Self::Room(name.parse()?))
        } else {
            Err(AddressError::NoSign)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "@{name}"),
            Self::Room(name) => write!(f, "#{name}"),
        }
    }
}
