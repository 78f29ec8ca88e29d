//! The modes of the terminal: all of them on while it is ours, all of them off when it is not, whatever the reason is:
//! the end, an error, a panic, a signal, Ctrl-Z, another program that has the terminal for a while.

use std::io::{self, IsTerminal};
use std::panic;
use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::Command;
use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    self, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::layout::{Rect, Size};
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::cells::Cells;
use super::painting;
use super::tty::{self, Tty};
use crate::app::links::Links;
use crate::exit::Failure;

/// The title of the window is put aside, and taken from there again.
const KEEP_TITLE: &str = "\x1b[22;0t";
const RESTORE_TITLE: &str = "\x1b[23;0t";

/// The exit code of a panic.
const PANICKED: i32 = 101;
/// The size of a terminal that does not know its own.
const SIZE_UNKNOWN: Size = Size { width: 80, height: 24 };

/// Keys that would be another's alias are told apart, and with Shift comes the character that it makes.
const KEYBOARD: KeyboardEnhancementFlags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES
    .union(KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS);

/// The modes are on. Undone once, by whoever comes first: the end, an error, a panic.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours.
#[derive(Debug)]
pub struct Screen {
    /// For drawing.
    pub terminal: Terminal<Cells<Tty>>,
}

impl Screen {
    /// Takes the terminal. It is given back when this is dropped, and before a panic says anything.
    pub fn enter() -> Result<Self, Failure> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            let told = "the full screen needs a terminal; --help tells what works without one";
            return Err(Failure::Usage(told.to_owned()));
        }
        let opened = Tty::open().and_then(|tty| {
            leave_before_a_panic_speaks();
            switch_on()?;
            let viewport = Viewport::Fixed(Rect::from((ratatui::layout::Position::ORIGIN, size()?)));
            Terminal::with_options(Cells::new(tty, Links::default()), TerminalOptions { viewport })
        });
        match opened {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                leave();
                Err(Failure::io("the terminal")(error))
            }
        }
    }

    /// Gives the terminal back for a while.
    pub fn leave(&mut self) {
        leave();
    }

    /// Takes it again, of whatever size it is by now: nothing is known of what stands there.
    pub fn enter_again(&mut self) -> io::Result<Size> {
        switch_on()?;
        let size = size()?;
        self.resize(size)?;
        Ok(size)
    }

    /// The terminal has another size, and shows nothing that we know of.
    pub fn resize(&mut self, size: Size) -> io::Result<()> {
        let area = Rect::from((ratatui::layout::Position::ORIGIN, size));
        self.terminal.resize(area)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

/// The size of the terminal; a usual one if it does not know it.
pub fn size() -> io::Result<Size> {
    let (width, height) = terminal::size()?;
    Ok(known(Size { width, height }))
}

/// What a terminal tells of its size, as far as it makes sense.
pub fn known(told: Size) -> Size {
    let or = |told: u16, unknown| if told == 0 { unknown } else { told };
    Size { width: or(told.width, SIZE_UNKNOWN.width), height: or(told.height, SIZE_UNKNOWN.height) }
}

/// Chained before the hook that is there: what a panic says belongs on the screen that one comes back to.
#[allow(clippy::disallowed_methods, reason = "a thread that panicked cannot return from main")]
fn leave_before_a_panic_speaks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let owner = thread::current().id();
        let chained = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if painting::is_here() {
                return;
            }
            let was_ours = ENTERED.load(Ordering::SeqCst);
            leave();
            chained(info);
            if was_ours && thread::current().id() != owner {
                // Whoever draws would go on, on a screen that is not ours any more.
                process::exit(PANICKED);
            }
        }));
    });
}

fn switch_on() -> io::Result<()> {
    ENTERED.store(true, Ordering::SeqCst);
    // First of all: a program in the background is stopped here, before it writes anything.
    enable_raw_mode()?;
    let mut modes = KEEP_TITLE.to_owned();
    add(&mut modes, EnterAlternateScreen);
    // A character that is wider than we think must not push the screen up.
    add(&mut modes, DisableLineWrap);
    add(&mut modes, EnableMouseCapture);
    add(&mut modes, EnableBracketedPaste);
    add(&mut modes, EnableFocusChange);
    // Terminals that do not know it ignore it; asking first would cost those a second at every start.
    add(&mut modes, PushKeyboardEnhancementFlags(KEYBOARD));
    tty::tell(modes.as_bytes())
}

/// Has the terminal send clicks and the wheel, or not.
pub fn capture_mouse(on: bool) -> io::Result<()> {
    let mut mode = String::new();
    if on {
        add(&mut mode, EnableMouseCapture);
    } else {
        add(&mut mode, DisableMouseCapture);
    }
    tty::tell(mode.as_bytes())
}

/// Undoes every mode in the reverse order, each whether or not another could be undone.
fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    // There is nobody left to tell if the terminal is gone.
    let _ = tty::tell(modes_off().as_bytes());
    let _ = disable_raw_mode();
}

/// The same where somebody else may hang in the midst of it, or of drawing.
#[cfg(unix)]
pub(super) fn leave_by_force() {
    tty::give_up(modes_off().as_bytes());
    let _ = disable_raw_mode();
}

fn modes_off() -> String {
    let mut modes = String::new();
    add(&mut modes, PopKeyboardEnhancementFlags);
    add(&mut modes, DisableFocusChange);
    add(&mut modes, DisableBracketedPaste);
    add(&mut modes, DisableMouseCapture);
    add(&mut modes, ResetColor);
    add(&mut modes, SetCursorStyle::DefaultUserShape);
    add(&mut modes, Show);
    add(&mut modes, EnableLineWrap);
    add(&mut modes, LeaveAlternateScreen);
    modes.push_str(RESTORE_TITLE);
    modes
}

fn add(modes: &mut String, command: impl Command) {
    // A string takes everything.
    let _ = command.write_ansi(modes);
}
