//! The deeds by which one finds what was said.

use super::table::Place::{Anywhere, Select};
use super::table::Topic::{Going, Reading, Selecting};
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
    row(Deed::Mentions, "mentions", Going, Anywhere, &["alt-m"], "messages that mention you"),
    row(
        Deed::OlderMatch,
        "older-match",
        Selecting,
        Select,
        &["n"],
        "the next older message with the words that were searched for here",
    ),
    row(Deed::NewerMatch, "newer-match", Selecting, Select, &["N"], "the next newer one"),
];
