//! Where a password comes from: a file, the environment, or a prompt. Never from the command line.

use std::env::{self, VarError};
use std::path::Path;

use im_proto::Password;

use crate::exit::Failure;

/// The variable that may hold the password itself.
pub const VARIABLE: &str = "IM_PASSWORD";

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
    let password = ask("Password: ")?;
    if new && ask("Again: ")? != password {
        return Err(Failure::Usage("the two passwords differ".to_owned()));
    }
    Ok(password)
}

fn ask(prompt: &str) -> Result<Password, Failure> {
    let typed = rpassword::prompt_password(prompt).map_err(|error| {
        Failure::Usage(format!("no password: {error} (--password-file or {VARIABLE} give one)"))
    })?;
    checked(&typed)
}

fn checked(raw: &str) -> Result<Password, Failure> {
    Password::parse(raw).map_err(|error| Failure::Usage(error.to_string()))
}
