//! The deeds by which one finds what was said.

use super::table::Place::Anywhere;
use super::table::Topic::{Going, Reading};
use super::table::{Deed, Row, row};

/// Their rows.
pub(super) static TABLE: &[Row] = &[
    row(Deed::Find, "find-here", Reading, Anywhere, &["ctrl-f"], "search in this conversation")
        .emacs(&["alt-s"]),
    row(Deed::Search, "search", Going, Anywhere, &["alt-f"], "search in all conversations")
        .emacs(&["ctrl-x /"]),
    row(Deed::GoTo, "goto-date", Reading, Anywhere, &["ctrl-g"], "go to a date").emacs(&["alt-g"]),
    row(
        Deed::FirstUnread,
        "first-unread",
        Reading,
        Anywhere,
        &["alt-u"],
        "the first unread message here; again: the newest",
    ),
];
