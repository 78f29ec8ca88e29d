//! One's own account: the box that asks for passwords and codes, and where one is signed in.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{PASSWORD_BYTES_MAX, Password, Refusal, Reply, Request, Secret, SignedIn};

use super::asked::Purpose;
use super::{Action, App, Overlay, rows};

/// What it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Another password.
    Password,
    /// Codes from now on.
    CodesOn,
    /// No codes any more.
    CodesOff,
}

/// What is typed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The password.
    Password,
    /// A new one.
    New,
    /// The same again.
    Again,
    /// A code.
    Code,
    /// Nothing: it is done, and something is to be read.
    Done,
}

/// The box.
pub struct Asking {
    /// What for.
    pub wish: Wish,
    /// What is typed next.
    pub step: Step,
    /// What stands above it, to be read.
    pub told: Vec<String>,
    typed: String,
    password: Option<Password>,
    new: Option<Password>,
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("wish", &self.wish).field("step", &self.step).finish_non_exhaustive()
    }
}

impl Asking {
    fn new(wish: Wish) -> Self {
        Self { wish, step: Step::Password, told: Vec::new(), typed: String::new(), password: None, new: None }
    }

    /// What the box is called.
    pub fn title(&self) -> &'static str {
        match self.wish {
            Wish::Password => "Change the password",
            Wish::CodesOn => "Ask for codes at sign-in",
            Wish::CodesOff => "Ask for no more codes",
        }
    }

    /// What is typed now.
    pub fn prompt(&self) -> &'static str {
        match self.step {
            Step::Password => "Password now",
            Step::New => "New password",
            Step::Again => "Again",
            Step::Code => "Code",
            Step::Done => "Esc closes this: it is not shown again",
        }
    }

    /// As it is shown: of passwords only how long they are.
    pub fn shown(&self) -> String {
        match self.step {
            Step::Code => self.typed.clone(),
            _ => "•".repeat(self.typed.chars().count()),
        }
    }

    /// Takes what was typed. The request, when all is there.
    fn enter(&mut self) -> Option<Request> {
        let typed = std::mem::take(&mut self.typed);
        match (self.step, self.wish) {
            (Step::Password, wish) => {
                let password = Password::parse(&typed).ok()?;
                self.password = Some(password.clone());
                match wish {
                    Wish::CodesOn => return Some(Request::SetUpCodes { password }),
                    Wish::Password => self.step = Step::New,
                    Wish::CodesOff => self.step = Step::Code,
                }
            }
            (Step::New, _) => {
                self.new = Some(Password::parse(&typed).ok()?);
                self.step = Step::Again;
            }
            (Step::Again, _) => {
                let new = self.new.take()?;
                if Password::parse(&typed).is_ok_and(|again| again == new) {
                    return Some(Request::ChangePassword { old: self.password.clone()?, new });
                }
                self.step = Step::New;
                self.told = vec!["the two differ".to_owned()];
            }
            (Step::Code, wish) => {
                let code = Secret::parse(&typed).ok()?;
                return Some(match wish {
                    Wish::CodesOn => Request::ConfirmCodes { code },
                    _ => Request::EndCodes { password: self.password.clone()?, code },
                });
            }
            (Step::Done, _) => {}
        }
        None
    }
}

impl App {
    /// Shows the box.
    pub(super) fn ask_about_account(&mut self, wish: Wish) {
        self.overlay = Some(Overlay::Account(Box::new(Asking::new(wish))));
    }

    /// A key while the box is open.
    pub(super) fn account_key(&mut self, key: KeyEvent) -> Vec<Action> {
        let Some(Overlay::Account(asking)) = &mut self.overlay else {
            return Vec::new();
        };
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => {
                if let Some(request) = asking.enter() {
                    if self.link.is_online() {
                        return vec![self.ask(request, Purpose::Account)];
                    }
                    self.toasts.complain("not connected", self.now);
                }
            }
            (_, KeyCode::Backspace) => {
                asking.typed.pop();
            }
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => asking.typed.clear(),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => self.type_secret(&c.to_string()),
            _ => {}
        }
        Vec::new()
    }

    /// Adds to what is typed.
    pub(super) fn type_secret(&mut self, more: &str) {
        if let Some(Overlay::Account(asking)) = &mut self.overlay
            && asking.typed.len() + more.len() <= PASSWORD_BYTES_MAX
        {
            asking.typed.push_str(more);
        }
    }

    /// The server has done it, or the first half of it.
    pub(super) fn account_done(&mut self, reply: Reply) {
        let Some(Overlay::Account(asking)) = &mut self.overlay else {
            return;
        };
        match reply {
            Reply::CodeSecret { secret, uri } => {
                asking.step = Step::Code;
                let told = "give this to your authenticator, then type the code that it shows";
                asking.told = vec![told.to_owned(), secret.expose().to_owned(), uri.expose().to_owned()];
            }
            Reply::RecoveryCodes { codes } => {
                asking.step = Step::Done;
                asking.told = vec![
                    "codes are asked for from now on. Each of these signs in once, keep them:".to_owned(),
                ];
                asking.told.extend(codes.iter().map(|code| code.expose().to_owned()));
            }
            _ => {
                let told = match asking.wish {
                    Wish::Password => "the password is changed, and all else is signed out",
                    Wish::CodesOn | Wish::CodesOff => "no codes are asked for any more",
                };
                self.overlay = None;
                self.toasts.tell(told, self.now);
            }
        }
    }

    /// The server has not done it: a wrong code is typed again, all else begins anew.
    pub(super) fn account_refused(&mut self, refusal: Refusal) {
        self.complain(refusal);
        if let Some(Overlay::Account(asking)) = &mut self.overlay
            && refusal != Refusal::WrongCode
        {
            **asking = Asking::new(asking.wish);
        }
    }

    /// Tells where one is signed in.
    pub(super) fn tell_sessions(&mut self, sessions: &[SignedIn]) {
        for SignedIn { id, device, seen, address, online, current, .. } in sessions.iter().rev() {
            let device = if device.is_empty() { "device" } else { device };
            let from = if address.is_empty() { String::new() } else { format!(" from {address}") };
            let when = match (current, online) {
                (true, _) => "this one".to_owned(),
                (false, true) => "connected".to_owned(),
                (false, false) => rows::moment(*seen, &self.zone),
            };
            self.toasts.tell(format!("#{id} {device}{from}, {when}"), self.now);
        }
        if sessions.len() > 1 {
            self.toasts.tell("/sessions end NUMBER signs one out", self.now);
        }
    }
}
