//! The keys: one table, from which the help is made too.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Deed {
    Send,
    Newline,
    TakeBack,
    Jump,
    Previous,
    Next,
    Nth,
    ScrollUp,
    ScrollDown,
    Newest,
    Help,
    List,
    People,
    Cancel,
    Quit,
    Escape,
    Suspend,
    Editor,
}

/// One row: a deed, its keys and its help.
#[derive(Debug)]
pub struct Binding {
    /// What it does.
    pub deed: Deed,
    /// The keys, the first the one to show where there is room for one.
    pub keys: &'static [(KeyModifiers, KeyCode)],
    /// The keys as people call them.
    pub shown: &'static str,
    /// What it does, in words.
    pub does: &'static str,
}

const PLAIN: KeyModifiers = KeyModifiers::NONE;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

const fn bind(
    deed: Deed,
    keys: &'static [(KeyModifiers, KeyCode)],
    shown: &'static str,
    does: &'static str,
) -> Binding {
    Binding { deed, keys, shown, does }
}

/// All keys. What is not here is for the composer, which knows what editors in terminals know.
pub static TABLE: &[Binding] = &[
    bind(Deed::Send, &[(PLAIN, KeyCode::Enter)], "Enter", "send"),
    bind(
        Deed::Newline,
        &[(ALT, KeyCode::Enter), (SHIFT, KeyCode::Enter), (CTRL, KeyCode::Char('j'))],
        "Alt-Enter, Shift-Enter, Ctrl-J",
        "a new line",
    ),
    bind(
        Deed::TakeBack,
        &[(PLAIN, KeyCode::Up)],
        "Up",
        "take a message that failed back, or edit your newest one, when nothing is written",
    ),
    bind(Deed::Jump, &[(CTRL, KeyCode::Char('k'))], "Ctrl-K", "jump to a conversation"),
    bind(
        Deed::Previous,
        &[(ALT, KeyCode::Up), (ALT, KeyCode::Char('p'))],
        "Alt-Up, Alt-P",
        "previous conversation",
    ),
    bind(
        Deed::Next,
        &[(ALT, KeyCode::Down), (ALT, KeyCode::Char('n')), (CTRL, KeyCode::Char('n'))],
        "Alt-Down, Alt-N, Ctrl-N",
        "next conversation",
    ),
    bind(
        Deed::Nth,
        &[
            (ALT, KeyCode::Char('1')),
            (ALT, KeyCode::Char('2')),
            (ALT, KeyCode::Char('3')),
            (ALT, KeyCode::Char('4')),
            (ALT, KeyCode::Char('5')),
            (ALT, KeyCode::Char('6')),
            (ALT, KeyCode::Char('7')),
            (ALT, KeyCode::Char('8')),
            (ALT, KeyCode::Char('9')),
        ],
        "Alt-1 .. Alt-9",
        "the first to ninth conversation",
    ),
    bind(Deed::ScrollUp, &[(PLAIN, KeyCode::PageUp)], "PgUp, wheel", "older messages"),
    bind(Deed::ScrollDown, &[(PLAIN, KeyCode::PageDown)], "PgDn, wheel", "newer messages"),
    bind(Deed::Newest, &[(PLAIN, KeyCode::End), (ALT, KeyCode::End)], "End, Alt-End", "the newest message"),
    bind(Deed::Help, &[(PLAIN, KeyCode::F(1))], "F1", "this help"),
    bind(
        Deed::List,
        &[(PLAIN, KeyCode::F(2)), (ALT, KeyCode::Left)],
        "F2, Alt-Left",
        "show or hide the conversations",
    ),
    bind(Deed::People, &[(PLAIN, KeyCode::F(3))], "F3", "show or hide the people"),
    bind(
        Deed::Escape,
        &[(PLAIN, KeyCode::Esc)],
        "Esc",
        "close what lies over the panes; stop editing or replying",
    ),
    bind(Deed::Cancel, &[(CTRL, KeyCode::Char('c'))], "Ctrl-C", "close, clear, then ask whether to quit"),
    bind(Deed::Quit, &[(CTRL, KeyCode::Char('q'))], "Ctrl-Q", "quit"),
    bind(Deed::Suspend, &[(CTRL, KeyCode::Char('z'))], "Ctrl-Z", "stop for a while; fg in the shell goes on"),
    bind(Deed::Editor, &[(CTRL, KeyCode::Char('x'))], "Ctrl-X", "write on in $EDITOR"),
];

/// What a key does, if it is not for the composer; of several keys, which of them it was.
pub fn deed_of(key: KeyEvent) -> Option<(Deed, usize)> {
    let pressed = (key.modifiers & (ALT | CTRL | SHIFT), key.code);
    TABLE.iter().find_map(|binding| {
        let place = binding.keys.iter().position(|bound| *bound == pressed)?;
        Some((binding.deed, place))
    })
}
