//! The modes of the terminal: all of them on at the start, all of them off at the end, whatever the end is.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cells::Cells;
use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;

use crate::app::links::Links;
use crate::exit::Failure;

/// Keys that would be another's alias are told apart, and with Shift comes the character that it makes.
const KEYBOARD: KeyboardEnhancementFlags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES
    .union(KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS);

/// The modes are on. Undone once, by whoever comes first: the end, an error, a panic.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours.
#[derive(Debug)]
pub struct Screen {
    /// For drawing.
    pub terminal: Terminal<Cells<io::Stdout>>,
}

impl Screen {
    /// Takes the terminal. It is given back when this is dropped, and before a panic says anything.
    pub fn enter() -> Result<Self, Failure> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            let told = "the full screen needs a terminal; --help tells what works without one";
            return Err(Failure::Usage(told.to_owned()));
        }
        let chained = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            leave();
            chained(info);
        }));
        switch_on().map_err(Failure::io("the terminal"))?;
        let terminal = Terminal::new(Cells::new(io::stdout(), Links::default())).map_err(|error| {
            leave();
            Failure::io("the terminal")(error)
        })?;
        Ok(Self { terminal })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn switch_on() -> io::Result<()> {
    ENTERED.store(true, Ordering::SeqCst);
    let switched = enable_raw_mode().and_then(|()| {
        execute!(
            io::stdout(),
            EnterAlternateScreen,
            // A character that is wider than we think must not push the screen up.
            DisableLineWrap,
            EnableMouseCapture,
            EnableBracketedPaste,
            EnableFocusChange,
            // Terminals that do not know it ignore it; asking first would cost those a second at every start.
            PushKeyboardEnhancementFlags(KEYBOARD)
        )
    });
    if switched.is_err() {
        leave();
    }
    switched
}

/// Has the terminal send clicks and the wheel, or not.
pub fn capture_mouse(on: bool) -> io::Result<()> {
    if on { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
}

/// Undoes every mode, each whether or not another could be undone.
fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    // There is nobody left to tell if the terminal is gone.
    let _ = queue!(
        out,
        PopKeyboardEnhancementFlags,
        DisableFocusChange,
        DisableBracketedPaste,
        DisableMouseCapture,
        EnableLineWrap,
        LeaveAlternateScreen,
        Show
    );
    let _ = out.flush();
    let _ = disable_raw_mode();
}
