//! How somebody stands to a conversation, as plain data: what the store sees, and what `rules` decide on.

use im_proto::{Kind, Role};

/// The facts about somebody who wants to do something somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "they are facts, and any of them may hold beside any other")]
pub(crate) struct Footing {
    pub(crate) kind: Kind,
    /// They have no account.
    pub(crate) guest: bool,
    /// Nothing where they are no member.
    pub(crate) role: Option<Role>,
    /// They are an operator of the server.
    pub(crate) operator: bool,
    /// They, or the address that they come from, are kept out.
    pub(crate) banned: bool,
    /// They, or the address that they come from, may not say anything.
    pub(crate) muted: bool,
    /// By slow mode it is too early for their next post.
    pub(crate) early: bool,
}

impl Footing {
    /// Somebody about whom there is nothing else to know.
    pub(crate) fn new(kind: Kind, guest: bool, role: Option<Role>) -> Self {
        Self { kind, guest, role, operator: false, banned: false, muted: false, early: false }
    }
}
