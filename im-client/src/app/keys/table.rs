//! All deeds, a row each. What has no row is for the composer, which knows what editors in terminals know.
//!
//! A new deed is a variant of [`Deed`], a row at the end of `TABLE` and an arm in `App::act`; help, palette, configuration
//! and hints follow from the row. A family of deeds may have a table of its own, which [`rows`] adds.

use super::super::select::{self, Act};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Deed {
    Send,
    Newline,
    TakeBack,
    Jump,
    Previous,
    Next,
    /// The conversation at a place of the list, from 0.
    Nth(u8),
    ScrollUp,
    ScrollDown,
    Newest,
    Help,
    List,
    People,
    Escape,
    Cancel,
    Quit,
    Find,
    Search,
    GoTo,
    FirstUnread,
    OlderMatch,
    NewerMatch,
    Mentions,
    Suspend,
    Editor,
    /// With the highlighted message.
    Select(Act),
    Palette,
    LastUsed,
    NextUnread,
    Zen,
    ListNarrower,
    ListWider,
    Theme,
    Mouse,
    Reconnect,
    Debug,
    Complete,
    SearchSent,
    Undo,
    Redo,
}

/// Where a key does it. Two deeds may share a key if there is nowhere that both are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// While one writes, in select mode, and in what lies over the panes.
    Anywhere,
    /// While one writes.
    Composer,
    /// While a message is selected: letters are keys there.
    Select,
    /// In what lies over the panes.
    Overlay,
}

impl Place {
    /// A key of one may be one of the other.
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Anywhere || other == Self::Anywhere
    }

    /// One may be typing there, so that a letter alone is no key.
    pub fn has_text(self) -> bool {
        self != Self::Select
    }
}

/// Under which heading of the help a deed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// What one says.
    Writing,
    /// From one conversation to another.
    Going,
    /// In one conversation.
    Reading,
    /// With one message.
    Selecting,
    /// What is on the screen.
    Looking,
    /// The program.
    Program,
}

impl Topic {
    /// All, in the order of the help.
    pub const ALL: [Self; 6] =
        [Self::Writing, Self::Going, Self::Reading, Self::Selecting, Self::Looking, Self::Program];

    /// The heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Writing => "WRITING",
            Self::Going => "CONVERSATIONS",
            Self::Reading => "READING",
            Self::Selecting => "A SELECTED MESSAGE",
            Self::Looking => "THE SCREEN",
            Self::Program => "THE PROGRAM",
        }
    }
}

/// One row: a deed, and all that is known of it before anybody has configured anything. Keys are spelled as in the
/// configuration: `ctrl-k`, `alt-<`, `f1`; a blank is between keys that are pressed one after the other.
#[derive(Debug)]
pub struct Row {
    /// What is done.
    pub deed: Deed,
    /// Its name in the configuration and in the palette: `next-conversation`. It never changes.
    pub name: &'static str,
    /// Its heading in the help.
    pub topic: Topic,
    /// Where its keys hold.
    pub place: Place,
    /// What it does, in words.
    pub does: &'static str,
    /// Its keys, the first the one to show where there is room for one.
    pub keys: &'static [&'static str],
    /// Its keys in the profile `vim`, if they are others.
    pub vim: Option<&'static [&'static str]>,
    /// Its keys in the profile `emacs`, if they are others.
    pub emacs: Option<&'static [&'static str]>,
}

pub(in super::super) const fn row(
    deed: Deed,
    name: &'static str,
    topic: Topic,
    place: Place,
    keys: &'static [&'static str],
    does: &'static str,
) -> Row {
    Row { deed, name, topic, place, does, keys, vim: None, emacs: None }
}

impl Row {
    /// The row of a deed.
    pub fn of(deed: Deed) -> Option<&'static Self> {
        rows().find(|row| row.deed == deed)
    }

    const fn vim(self, keys: &'static [&'static str]) -> Self {
        Self { vim: Some(keys), ..self }
    }

    pub(super) const fn emacs(self, keys: &'static [&'static str]) -> Self {
        Self { emacs: Some(keys), ..self }
    }
}

use Place::{Anywhere, Composer};
use Topic::{Going, Looking, Program, Reading, Writing};

/// All rows, of this table and of those of families.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().chain(select::TABLE).chain(super::finding::TABLE)
}

/// The deeds. Rows of a topic are in the order of the help.
static TABLE: &[Row] = &[
    row(Deed::Send, "send", Writing, Composer, &["enter"], "send"),
    row(Deed::Newline, "newline", Writing, Composer, &["alt-enter", "shift-enter", "ctrl-j"], "a new line"),
    row(
        Deed::TakeBack,
        "take-back",
        Writing,
        Composer,
        &["up"],
        "take a message that failed back, or edit your newest one, when nothing is written",
    )
    .emacs(&["up", "ctrl-p"]),
    row(Deed::Jump, "jump", Going, Anywhere, &["ctrl-k"], "jump to a conversation or to somebody")
        .emacs(&["alt-k", "ctrl-x b"]),
    row(
        Deed::NextUnread,
        "next-unread",
        Going,
        Anywhere,
        &["alt-a"],
        "what is meant for you, then what is unread, then back to where you began",
    ),
    row(Deed::LastUsed, "last-conversation", Going, Anywhere, &["alt-0"], "the conversation before this one"),
    row(
        Deed::Previous,
        "previous-conversation",
        Going,
        Anywhere,
        &["alt-up", "alt-p"],
        "previous conversation",
    )
    .vim(&["alt-up", "alt-k"]),
    row(
        Deed::Next,
        "next-conversation",
        Going,
        Anywhere,
        &["alt-down", "alt-n", "ctrl-n"],
        "next conversation",
    )
    .vim(&["alt-down", "alt-j", "ctrl-n"])
    .emacs(&["alt-down", "alt-n"]),
    nth(0, "conversation-1", &["alt-1"], "the first conversation"),
    nth(1, "conversation-2", &["alt-2"], "the second conversation"),
    nth(2, "conversation-3", &["alt-3"], "the third conversation"),
    nth(3, "conversation-4", &["alt-4"], "the fourth conversation"),
    nth(4, "conversation-5", &["alt-5"], "the fifth conversation"),
    nth(5, "conversation-6", &["alt-6"], "the sixth conversation"),
    nth(6, "conversation-7", &["alt-7"], "the seventh conversation"),
    nth(7, "conversation-8", &["alt-8"], "the eighth conversation"),
    nth(8, "conversation-9", &["alt-9"], "the ninth conversation"),
    row(Deed::ScrollUp, "older", Reading, Anywhere, &["pageup"], "older messages; the wheel too")
        .vim(&["pageup", "ctrl-b"])
        .emacs(&["pageup", "alt-v"]),
    row(Deed::ScrollDown, "newer", Reading, Anywhere, &["pagedown"], "newer messages; the wheel too")
        .emacs(&["pagedown", "ctrl-v"]),
    row(Deed::Newest, "newest", Reading, Anywhere, &["end", "alt-end"], "the newest message")
        .emacs(&["end", "alt->"]),
    row(Deed::List, "list", Looking, Anywhere, &["f2", "alt-left"], "show or hide the conversations"),
    row(Deed::People, "people", Looking, Anywhere, &["f3"], "show or hide the people"),
    row(Deed::Zen, "zen", Looking, Anywhere, &["alt-z"], "messages only, or everything again"),
    row(
        Deed::ListNarrower,
        "list-narrower",
        Looking,
        Anywhere,
        &["alt-<"],
        "a narrower list of conversations; borders can be dragged too",
    )
    .emacs(&["ctrl-x {"]),
    row(Deed::ListWider, "list-wider", Looking, Anywhere, &["alt->"], "a wider list of conversations")
        .emacs(&["ctrl-x }"]),
    row(
        Deed::Theme,
        "theme",
        Looking,
        Anywhere,
        &[],
        "the next theme, until the configuration is read again",
    ),
    row(Deed::Mouse, "mouse", Looking, Anywhere, &[], "the mouse for this program, or for the terminal"),
    row(Deed::Palette, "palette", Program, Anywhere, &["ctrl-p"], "find everything that can be done")
        .emacs(&["alt-x"]),
    row(Deed::Help, "help", Program, Anywhere, &["f1"], "this help"),
    row(
        Deed::Escape,
        "escape",
        Program,
        Anywhere,
        &["esc"],
        "close what lies over the panes; stop editing or replying; else select a message",
    ),
    row(Deed::Cancel, "cancel", Program, Anywhere, &["ctrl-c"], "close, clear, then ask whether to quit")
        .emacs(&["ctrl-c", "ctrl-g"]),
    row(Deed::Reconnect, "reconnect", Program, Anywhere, &[], "drop the connection and make a new one"),
    row(Deed::Debug, "debug", Program, Anywhere, &[], "what was told in passing, with its time"),
    row(Deed::Quit, "quit", Program, Anywhere, &["ctrl-q"], "quit").emacs(&["ctrl-q", "ctrl-x ctrl-c"]),
    row(Deed::Complete, "complete", Writing, Composer, &["tab"], "complete @name, #room, :emoji:, /command"),
    row(
        Deed::SearchSent,
        "search-sent",
        Writing,
        Composer,
        &["ctrl-r"],
        "search what you said, to say it again",
    ),
    row(
        Deed::Undo,
        "undo",
        Writing,
        Composer,
        &["ctrl-_", "ctrl-/", "ctrl-7", "ctrl-x u"],
        "undo what was typed",
    ),
    row(Deed::Redo, "redo", Writing, Composer, &["alt-_", "alt-/", "ctrl-x r"], "redo it"),
    row(Deed::Suspend, "suspend", Program, Anywhere, &["ctrl-z"], "stop for a while; the shell's fg goes on"),
    row(Deed::Editor, "editor", Writing, Composer, &["ctrl-x ctrl-e"], "write on in $EDITOR"),
];

const fn nth(place: u8, name: &'static str, keys: &'static [&'static str], does: &'static str) -> Row {
    row(Deed::Nth(place), name, Going, Anywhere, keys, does)
}
