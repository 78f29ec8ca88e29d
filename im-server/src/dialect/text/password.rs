//! Asking for a password by text, hidden where the terminal can be told to hide it.

use im_proto::{Password, UserName};

use super::super::{Output, telnet};
use super::line::Lines;
use super::screen::Screen;
use super::{TelnetEcho, goim};

/// What the password is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SignUp,
    SignIn,
}

/// A password that is being asked for.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) purpose: Purpose,
    pub(super) name: UserName,
    /// At sign-up it is asked for twice.
    first: Option<Password>,
    hidden: bool,
}

impl Asking {
    /// Shows the first prompt.
    pub(super) fn begin(
        purpose: Purpose,
        name: UserName,
        echo: TelnetEcho,
        lines: &mut Lines,
        screen: &mut Screen,
        out: &mut Output,
    ) -> Self {
        // Only where the line that asked for it came as telnet sends it: elsewhere these bytes would be seen.
        let hidden = echo == TelnetEcho::Auto && lines.is_crlf();
        if hidden {
            // Before the prompt: whoever answers at once, such as a script, must not be seen either.
            out.put(&telnet::HIDE);
            lines.telnet().set_hiding(true);
        }
        screen.prompt(goim::ENTER, out);
        Self { purpose, name, first: None, hidden }
    }

    pub(super) fn ask_again(screen: &mut Screen, out: &mut Output) {
        screen.prompt(goim::RE_ENTER, out);
    }

    /// Takes a line. What comes back is the password, when it is complete.
    pub(super) fn take(
        &mut self,
        line: &str,
        lines: &mut Lines,
        screen: &mut Screen,
        out: &mut Output,
    ) -> Option<Password> {
        if self.hidden && lines.telnet().is_telnet() {
            out.put(screen.eol().as_bytes()); // Enter was hidden too
        }
        match (Password::parse(line), self.purpose, self.first.take()) {
            (Ok(password), Purpose::SignIn, _) => return Some(password),
            (Ok(password), Purpose::SignUp, Some(first)) if password == first => return Some(password),
            (Ok(password), Purpose::SignUp, None) => self.first = Some(password),
            (_, _, first) => self.first = first,
        }
        if self.first.is_some() {
            Self::ask_again(screen, out);
        } else {
            screen.prompt(goim::ENTER, out);
        }
        None
    }

    /// No password is asked for any more.
    pub(super) fn end(self, lines: &mut Lines, out: &mut Output) {
        if self.hidden {
            lines.telnet().set_hiding(false);
            if lines.telnet().is_telnet() {
                out.put(&telnet::SHOW);
            }
        }
    }
}
