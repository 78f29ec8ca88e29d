//! What can be done with a message, a row each: keys, menu, help and palette are made from it.

use super::super::keys::table::row;
use super::super::keys::{Deed, Place, Row, Topic};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Act {
    Begin,
    Older,
    Newer,
    Reply,
    Edit,
    Delete,
    React,
    Copy,
    CopyLink,
    Open,
    Unread,
    Info,
    Undo,
    Menu,
    Forward,
    Several,
}

const fn act(act: Act, name: &'static str, keys: &'static [&'static str], does: &'static str) -> Row {
    row(Deed::Select(act), name, Topic::Selecting, Place::Select, keys, does)
}

/// All of them.
pub static TABLE: &[Row] = &[
    row(
        Deed::Select(Act::Begin),
        "select",
        Topic::Selecting,
        Place::Composer,
        &["ctrl-up"],
        "select a message; so do Esc, where nothing is to be closed, and a click",
    ),
    act(Act::Older, "select-older", &["k", "up", "ctrl-up"], "the message before"),
    act(Act::Newer, "select-newer", &["j", "down", "ctrl-down"], "the message after"),
    act(Act::Reply, "reply", &["r"], "reply; send again what failed"),
    act(Act::Edit, "edit", &["e"], "edit what you said; take back what failed"),
    act(Act::Delete, "delete", &["d"], "delete, after a question; drop what failed"),
    act(Act::React, "react", &["+"], "react, or take your reaction back"),
    act(Act::Copy, "copy", &["y"], "copy the text"),
    act(Act::CopyLink, "copy-link", &["Y"], "copy a link in it"),
    act(Act::Forward, "forward", &["f"], "forward: write it as a quote elsewhere"),
    act(Act::Several, "select-several", &["v"], "several, from here on; again: only one"),
    act(Act::Open, "open-link", &["o"], "open a link in it"),
    act(Act::Unread, "mark-unread", &["m"], "keep it unread, and all after it"),
    act(Act::Info, "info", &["i"], "times, receipts, edits, number and id"),
    act(Act::Undo, "undo-last", &["u"], "undo the last of these here"),
    act(Act::Menu, "message-menu", &["enter"], "all of these to choose from"),
];

/// The acts of the menu, in its order, in words.
pub fn menu() -> impl Iterator<Item = (Act, &'static str)> {
    TABLE.iter().filter_map(|row| match row.deed {
        Deed::Select(Act::Begin | Act::Older | Act::Newer | Act::Menu) => None,
        Deed::Select(act) => Some((act, row.does)),
        _ => None,
    })
}
