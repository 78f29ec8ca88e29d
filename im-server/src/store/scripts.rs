//! What scripts and browsers have that terminals do not: tokens with labels, webhooks, a mailbox to be fetched.

use im_proto::{Address, Text, Timestamp, UserId, UserName};

use super::Label;

/// A bot's token, as its owner sees it. The token itself is told once, to whoever makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenInfo {
    /// Its number, which is never another token's.
    pub(crate) id: u64,
    pub(crate) label: Label,
    pub(crate) created: Timestamp,
}

/// A webhook, as its owner sees it: whoever has its token posts by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookInfo {
    /// Its number, which is never another webhook's.
    pub(crate) id: u64,
    pub(crate) label: Label,
    /// Where it posts, by the name that the conversation has now, or had last.
    pub(crate) conversation: Address,
    pub(crate) created: Timestamp,
}

/// A direct message that its receiver has not confirmed to have fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsynced {
    pub(crate) position: u64,
    pub(crate) from: UserId,
    pub(crate) name: UserName,
    /// The author was a guest then.
    pub(crate) guest: bool,
    pub(crate) at: Timestamp,
    pub(crate) text: Text,
}
