//! What can be done with a message, a row each: the keys, the menu and the help are made from it.

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Act {
    Begin,
    Older,
    Newer,
    Leave,
    Reply,
    Edit,
    Delete,
    React,
    Copy,
    Open,
    Unread,
    Info,
    Undo,
    Menu,
}

/// The acts of the menu, in its order, in words.
pub static TABLE: &[(Act, &str)] = &[
    (Act::Reply, "reply; send again what failed"),
    (Act::Edit, "edit what you said"),
    (Act::Delete, "delete, after a question; drop what failed"),
    (Act::React, "react, or take your reaction back"),
    (Act::Copy, "copy the text"),
    (Act::Open, "open a link"),
    (Act::Unread, "mark unread from here"),
    (Act::Info, "times, receipts, edits, number and id"),
    (Act::Undo, "undo the last of these here"),
];
