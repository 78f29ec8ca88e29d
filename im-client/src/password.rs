//! Where a password comes from: a file, the environment, or a prompt. Never from the command line.

use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use im_proto::{Password, Secret};

use crate::exit::Failure;

/// The variable that may hold the password itself.
pub const VARIABLE: &str = "IM_PASSWORD";

/// The variable that may hold a code: of an invitation, or of a second factor.
pub const CODE_VARIABLE: &str = "IM_CODE";

const TERMINAL: &str = "/dev/tty";
const CTRL_C: u8 = 3;
const SIGINT: u8 = 2;

/// A password that is there without asking for it.
pub fn given(file: Option<&Path>) -> Result<Option<Password>, Failure> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).map_err(Failure::io(file.display().to_string()))?;
        return checked(text.lines().next().unwrap_or_default()).map(Some);
    }
    match env::var(VARIABLE) {
        Ok(password) => checked(&password).map(Some),
        Err(VarError::NotPresent) => Ok(None),
        Err(error @ VarError::NotUnicode(_)) => Err(Failure::Usage(format!("{VARIABLE}: {error}"))),
    }
}

/// A password that is given, or asked for; a new one is asked for twice.
pub fn given_or_asked(file: Option<&Path>, new: bool) -> Result<Password, Failure> {
    if let Some(password) = given(file)? {
        return Ok(password);
    }
    let mut prompt = Prompt::open().map_err(|error| unasked(&error))?;
    let password = prompt.ask("Password: ")?;
    if new && prompt.ask("Again: ")? != password {
        return Err(Failure::Usage("the two passwords differ".to_owned()));
    }
    Ok(password)
}

/// The password until now, given or asked for, and the one from now on, which is asked for twice.
pub fn changed(file: Option<&Path>) -> Result<(Password, Password), Failure> {
    let given = given(file)?;
    let mut prompt = Prompt::open().map_err(|error| unasked(&error))?;
    let old = match given {
        Some(old) => old,
        None => prompt.ask("Password now: ")?,
    };
    let new = prompt.ask("New password: ")?;
    if prompt.ask("Again: ")? != new {
        return Err(Failure::Usage("the two passwords differ".to_owned()));
    }
    Ok((old, new))
}

/// A code that the server asks for: from the environment, or asked for.
pub fn code(prompt: &str) -> Result<Secret, Failure> {
    let typed = match env::var(CODE_VARIABLE) {
        Ok(code) => code,
        Err(_) => {
            let mut terminal = Prompt::open().map_err(|error| unasked(&error))?;
            terminal.line(prompt).map_err(|error| uncoded(&error))?
        }
    };
    Secret::parse(&typed).map_err(|error| Failure::Usage(error.to_string()))
}

fn uncoded(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::Interrupted => Failure::Signal(SIGINT),
        _ => Failure::Usage(format!("no code: {error} ({CODE_VARIABLE} gives one)")),
    }
}

/// The terminal while it is asked for passwords. Keys are hidden before the first prompt is seen and until after the
/// last answer: whoever answers at once, as a script does, shows nothing.
struct Prompt {
    terminal: File,
    /// The last to be dropped: it shows the keys again.
    _hidden: Hidden,
}

struct Hidden;

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = disable_raw_mode();
    }
}

impl Prompt {
    fn open() -> io::Result<Self> {
        // Not the standard streams: they may lead elsewhere.
        let terminal = File::options().read(true).write(true).open(TERMINAL)?;
        enable_raw_mode()?;
        Ok(Self { terminal, _hidden: Hidden })
    }

    fn ask(&mut self, prompt: &str) -> Result<Password, Failure> {
        let typed = self.line(prompt).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Failure::Signal(SIGINT),
            _ => unasked(&error),
        })?;
        checked(&typed)
    }

    fn line(&mut self, prompt: &str) -> io::Result<String> {
        self.terminal.write_all(prompt.as_bytes())?;
        let keys = Keys(self.terminal.try_clone()?);
        let config = rpassword::ConfigBuilder::new().input_reader(keys).output_discard().build();
        let typed = rpassword::read_password_with_config(config);
        self.terminal.write_all(b"\r\n")?;
        typed
    }
}

/// What is typed. The terminal makes no signal of Ctrl-C now, and one that ended the process here would leave the keys
/// hidden for whoever comes after.
struct Keys(File);

impl Read for Keys {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        if buffer.iter().take(count).any(|byte| *byte == CTRL_C) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Ok(count)
    }
}

fn unasked(error: &io::Error) -> Failure {
    Failure::Usage(format!("no password: {error} (--password-file or {VARIABLE} give one)"))
}

fn checked(raw: &str) -> Result<Password, Failure> {
    Password::parse(raw).map_err(|error| Failure::Usage(error.to_string()))
}
