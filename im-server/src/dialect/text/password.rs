//! Asking for passwords and codes by text, hidden where the terminal can be told to hide them.

use im_proto::{Password, Request, Secret, UserName};

use super::super::{Output, telnet};
use super::line::Lines;
use super::screen::Screen;
use super::{TelnetEcho, goim};

/// What it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SignUp,
    SignIn,
    ChangePassword,
    CodesOn,
    CodesOff,
}

/// What the next line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The code of an invitation.
    Invitation,
    /// The password.
    Password,
    /// The same again: at sign-up it is asked for twice.
    Again,
    /// A new password.
    New,
    /// The same again.
    NewAgain,
    /// A code of a second factor.
    Code,
}

/// Something that is being asked for.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) purpose: Purpose,
    name: UserName,
    step: Step,
    invitation: Option<Secret>,
    password: Option<Password>,
    new: Option<Password>,
    hidden: bool,
}

impl Asking {
    /// Shows the first prompt.
    pub(super) fn begin(
        (purpose, name, step): (Purpose, UserName, Step),
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
        let mut asking = Self { purpose, name, step, invitation: None, password: None, new: None, hidden };
        asking.ask(step, screen, out);
        asking
    }

    /// Asks for this next.
    pub(super) fn ask(&mut self, step: Step, screen: &mut Screen, out: &mut Output) {
        self.step = step;
        let prompt = match step {
            Step::Invitation => goim::INVITATION,
            Step::Password => goim::ENTER,
            Step::Again | Step::NewAgain => goim::RE_ENTER,
            Step::New => goim::ENTER_NEW,
            Step::Code => goim::CODE,
        };
        screen.prompt(prompt, out);
    }

    /// The password was wrong.
    pub(super) fn ask_again(&mut self, screen: &mut Screen, out: &mut Output) {
        self.step = Step::Password;
        screen.prompt(goim::RE_ENTER, out);
    }

    /// Takes a line. What comes back is the request that it was asked for, when all is there.
    pub(super) fn take(
        &mut self,
        line: &str,
        lines: &mut Lines,
        screen: &mut Screen,
        out: &mut Output,
    ) -> Option<Request> {
        if self.hidden && lines.telnet().is_telnet() {
            out.put(screen.eol().as_bytes()); // Enter was hidden too
        }
        match self.next(line) {
            Ok(request) => Some(request),
            Err(step) => {
                self.ask(step, screen, out);
                None
            }
        }
    }

    /// The request, or what is still missing for it: the same again, if the line was none.
    fn next(&mut self, line: &str) -> Result<Request, Step> {
        let (password, secret) = (Password::parse(line).ok(), Secret::parse(line).ok());
        match self.step {
            Step::Invitation => {
                self.invitation = Some(secret.ok_or(Step::Invitation)?);
                Err(Step::Password)
            }
            Step::Password => {
                let password = password.ok_or(Step::Password)?;
                self.password = Some(password.clone());
                match self.purpose {
                    Purpose::SignUp => Err(Step::Again),
                    Purpose::SignIn => Ok(Request::SignIn { name: self.name.clone(), password }),
                    Purpose::ChangePassword => Err(Step::New),
                    Purpose::CodesOn => Ok(Request::SetUpCodes { password }),
                    Purpose::CodesOff => Err(Step::Code),
                }
            }
            Step::Again => {
                let password = password.filter(|given| self.password.as_ref() == Some(given));
                let (name, password) = (self.name.clone(), password.ok_or(Step::Again)?);
                Ok(match self.invitation.clone() {
                    Some(invitation) => Request::SignUpInvited { name, password, invitation },
                    None => Request::SignUp { name, password },
                })
            }
            Step::New => {
                self.new = Some(password.ok_or(Step::New)?);
                Err(Step::NewAgain)
            }
            Step::NewAgain => {
                let new = password.filter(|given| self.new.as_ref() == Some(given)).ok_or(Step::NewAgain)?;
                Ok(Request::ChangePassword { old: self.password.clone().ok_or(Step::Password)?, new })
            }
            Step::Code => self.with_code(secret.ok_or(Step::Code)?),
        }
    }

    fn with_code(&self, code: Secret) -> Result<Request, Step> {
        if self.purpose == Purpose::CodesOn {
            return Ok(Request::ConfirmCodes { code });
        }
        let (name, password) = (self.name.clone(), self.password.clone().ok_or(Step::Password)?);
        Ok(match self.purpose {
            Purpose::CodesOff => Request::EndCodes { password, code },
            _ => Request::SignInWithCode { name, password, code },
        })
    }

    /// Nothing is asked for any more.
    pub(super) fn end(self, lines: &mut Lines, out: &mut Output) {
        if self.hidden {
            lines.telnet().set_hiding(false);
            if lines.telnet().is_telnet() {
                out.put(&telnet::SHOW);
            }
        }
    }
}
