//! What an operator sees of users, rooms and tokens: rows of a list, nothing of what was said.

use im_proto::{Kind, Role, RoomName, Timestamp, UserName};
use serde::{Deserialize, Serialize};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUser {
    /// Its number: the list goes on after it.
    pub id: u64,
    /// How it is called.
    pub name: UserName,
    /// When it was made.
    pub created: Timestamp,
    /// Since when it is suspended, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Timestamp>,
}

/// A room or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRoom {
    /// Its number: the list goes on after it.
    pub id: u64,
    /// How it is called.
    pub name: RoomName,
    /// A room or a group.
    pub kind: Kind,
    /// How many are in it; guests are not counted.
    pub members: u64,
    /// How often something was said.
    pub posts: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When something happened there last.
    pub active: Timestamp,
    /// What is said there is kept for so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
}

/// Somebody who is in a room or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMember {
    /// The number of the account: the list goes on after it.
    pub id: u64,
    /// Who.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// A sign-in of a user: a device's, or a bot's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedToken {
    /// Its number, to revoke it by: the list goes on after it.
    pub id: u64,
    /// What its owner calls a bot's; nothing where a device signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}
