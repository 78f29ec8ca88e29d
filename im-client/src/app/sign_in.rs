//! The first screen: which server, who, with what password, and whether the account is still to be made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{Password, Refusal, Request, Secret, UserName};
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea};

use super::asked::Purpose;
use super::{Action, App, Link, Screen, composer};

/// What of the form has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Sign in or sign up.
    Choice,
    /// The server's address.
    Server,
    /// The name.
    Name,
    /// The password.
    Password,
    /// A code, where the server asks for one.
    Code,
}

impl Focus {
    /// From the top of the form.
    pub const ALL: [Self; 5] = [Self::Choice, Self::Server, Self::Name, Self::Password, Self::Code];
}

/// What the server asks for besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Besides {
    /// The code of an invitation.
    Invitation,
    /// The code of a second factor.
    Code,
}

/// The form.
#[derive(Debug)]
pub struct SignIn {
    /// What has the keys.
    pub focus: Focus,
    /// The account is to be made.
    pub is_new: bool,
    /// The server's address.
    pub server: TextArea<'static>,
    /// The name.
    pub name: TextArea<'static>,
    /// The password.
    pub password: TextArea<'static>,
    /// A code, and what it is; asked for once the server has.
    pub code: TextArea<'static>,
    /// What the server asks for besides.
    pub besides: Option<Besides>,
    /// What is wrong.
    pub error: Option<String>,
    /// The server has been asked.
    pub is_busy: bool,
    /// All is there to begin with.
    pub(super) is_complete: bool,
    /// Nothing is known on this device yet: it goes in steps, of which this is the number.
    pub first_step: Option<u8>,
}

impl SignIn {
    /// The form with what is known.
    pub fn new(server: &str, user: Option<&UserName>, password: Option<&Password>) -> Self {
        let mut form = Self {
            focus: if user.is_some() { Focus::Password } else { Focus::Name },
            is_new: false,
            server: line(server),
            name: line(user.map_or("", UserName::as_str)),
            password: line(password.map_or("", Password::expose)),
            code: line(""),
            besides: None,
            error: None,
            is_busy: false,
            is_complete: user.is_some() && password.is_some(),
            first_step: None,
        };
        form.password.set_mask_char('•');
        form
    }

    /// The first step of the first run: which server.
    pub(super) fn first(server: &str) -> Self {
        Self { focus: Focus::Server, first_step: Some(1), ..Self::new(server, None, None) }
    }

    /// Only the server is asked for.
    pub fn is_server_step(&self) -> bool {
        self.first_step == Some(1)
    }

    /// The server is there: who is it?
    pub(super) fn go_to_sign_in(&mut self) {
        (self.first_step, self.is_busy, self.focus, self.is_new) = (Some(2), false, Focus::Name, true);
    }

    /// The field that has the keys, if it is one.
    pub fn field(&self) -> Option<&TextArea<'static>> {
        match self.focus {
            Focus::Choice => None,
            Focus::Server => Some(&self.server),
            Focus::Name => Some(&self.name),
            Focus::Password => Some(&self.password),
            Focus::Code => Some(&self.code),
        }
    }

    fn field_mut(&mut self) -> Option<&mut TextArea<'static>> {
        match self.focus {
            Focus::Choice => None,
            Focus::Server => Some(&mut self.server),
            Focus::Name => Some(&mut self.name),
            Focus::Password => Some(&mut self.password),
            Focus::Code => Some(&mut self.code),
        }
    }

    /// What can have the keys, from the top of the form.
    fn fields(&self) -> &'static [Focus] {
        let count = Focus::ALL.len() - usize::from(self.besides.is_none());
        &Focus::ALL[..count]
    }

    fn turn(&mut self, forward: bool) {
        let fields = self.fields();
        let at = fields.iter().position(|focus| *focus == self.focus).unwrap_or_default();
        let by = if forward { 1 } else { fields.len() - 1 };
        self.focus = fields[(at + by) % fields.len()];
    }

    /// Whether Enter goes on from here to the next field.
    fn has_more(&self) -> bool {
        self.fields().last() != Some(&self.focus)
    }

    fn is_to_be_new(&mut self, new: bool) {
        (self.is_new, self.besides) = (new, None);
        if self.focus == Focus::Code {
            self.focus = Focus::Password;
        }
    }

    /// The server wants something besides.
    fn asks_for(&mut self, besides: Besides) {
        (self.besides, self.focus, self.code) = (Some(besides), Focus::Code, line(""));
    }

    fn said(field: &TextArea<'static>) -> String {
        field.lines().concat()
    }
}

fn line(text: &str) -> TextArea<'static> {
    let mut line = TextArea::new(vec![composer::harmless(text)]);
    line.set_cursor_line_style(Style::new());
    line.set_cursor_style(Style::new());
    line.move_cursor(CursorMove::End);
    line
}

impl App {
    /// A key on the sign-in screen.
    pub(super) fn sign_in_key(&mut self, key: KeyEvent) -> Vec<Action> {
        let Screen::SignIn(form) = &mut self.screen else {
            return Vec::new();
        };
        let typed = (key.modifiers - KeyModifiers::SHIFT, key.code);
        const PLAIN: KeyModifiers = KeyModifiers::NONE;
        match typed {
            (KeyModifiers::CONTROL, KeyCode::Char('c' | 'q')) => return vec![Action::Quit],
            (KeyModifiers::CONTROL, KeyCode::Char('z')) => return vec![Action::Suspend],
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => {
                if let Some(field) = form.field_mut() {
                    field.clear();
                }
            }
            (PLAIN, KeyCode::Esc) if form.is_busy => return self.give_up_sign_in(),
            (PLAIN, KeyCode::Enter) if form.is_server_step() && !form.is_busy => return self.try_server(),
            (PLAIN, KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down | KeyCode::F(2))
                if form.is_server_step() => {}
            (PLAIN, KeyCode::Tab | KeyCode::Down) => form.turn(true),
            (PLAIN, KeyCode::BackTab | KeyCode::Up) => form.turn(false),
            (PLAIN, KeyCode::F(2)) => form.is_to_be_new(!form.is_new),
            (PLAIN, KeyCode::Left | KeyCode::Right | KeyCode::Char(' ')) if form.focus == Focus::Choice => {
                form.is_to_be_new(!form.is_new);
            }
            (PLAIN, KeyCode::Enter) if form.has_more() => form.turn(true),
            (PLAIN, KeyCode::Enter) => return self.submit(),
            // Keys that would break the line.
            (KeyModifiers::CONTROL, KeyCode::Char('m' | 'j')) | (_, KeyCode::Enter | KeyCode::Tab) => {}
            _ => {
                if let Some(field) = form.field_mut() {
                    field.input(key);
                }
            }
        }
        Vec::new()
    }

    /// Text pasted into the form: its first line.
    pub(super) fn sign_in_paste(&mut self, pasted: &str) {
        if let Screen::SignIn(form) = &mut self.screen
            && let Some(field) = form.field_mut()
            && let Some(line) = composer::harmless(pasted).lines().next()
        {
            field.insert_str(line);
        }
    }

    /// Asks the server, if the form makes sense.
    pub(super) fn submit(&mut self) -> Vec<Action> {
        let Screen::SignIn(form) = &mut self.screen else {
            return Vec::new();
        };
        if form.is_busy {
            return Vec::new();
        }
        let server = SignIn::said(&form.server).trim().to_owned();
        let wrong = if server.is_empty() {
            Some((Focus::Server, "a server is missing".to_owned()))
        } else if let Err(error) = UserName::parse(SignIn::said(&form.name).trim()) {
            Some((Focus::Name, error.to_string()))
        } else if let Err(error) = Password::parse(&SignIn::said(&form.password)) {
            Some((Focus::Password, error.to_string()))
        } else if let (Some(_), Err(error)) = (form.besides, Secret::parse(&SignIn::said(&form.code))) {
            Some((Focus::Code, error.to_string()))
        } else {
            None
        };
        if let Some((focus, error)) = wrong {
            form.focus = focus;
            form.error = Some(error);
            return Vec::new();
        }
        form.error = None;
        form.is_busy = true;
        self.server = server;
        self.dial(1)
    }

    /// What the form asks of the server.
    pub(super) fn sign_in_request(&self) -> Option<Request> {
        let Screen::SignIn(form) = &self.screen else {
            return None;
        };
        let name = UserName::parse(SignIn::said(&form.name).trim()).ok()?;
        let password = Password::parse(&SignIn::said(&form.password)).ok()?;
        let code = Secret::parse(&SignIn::said(&form.code)).ok();
        Some(match (form.is_new, code.filter(|_| form.besides.is_some())) {
            (true, None) => Request::SignUp { name, password },
            (true, Some(invitation)) => Request::SignUpInvited { name, password, invitation },
            (false, None) => Request::SignIn { name, password },
            (false, Some(code)) => Request::SignInWithCode { name, password, code },
        })
    }

    fn give_up_sign_in(&mut self) -> Vec<Action> {
        self.sign_in_failed(None)
    }

    /// It did not work: the form is there again, with the reason.
    pub(super) fn sign_in_failed(&mut self, why: Option<String>) -> Vec<Action> {
        if let Screen::SignIn(form) = &mut self.screen {
            form.is_busy = false;
            form.error = why;
        }
        self.link_lost();
        self.link = Link::Idle;
        vec![Action::HangUp]
    }

    /// The server refuses what the form says.
    pub(super) fn sign_in_refused(&mut self, refusal: Refusal) -> Vec<Action> {
        let is_new = matches!(&self.screen, Screen::SignIn(form) if form.is_new);
        let hint = match refusal {
            Refusal::WrongPassword if !is_new => "; F2 makes an account",
            Refusal::NameTaken if is_new => ": F2 signs in",
            _ => "",
        };
        if let Screen::SignIn(form) = &mut self.screen {
            match refusal {
                Refusal::InvitationNeeded | Refusal::BadInvitation => form.asks_for(Besides::Invitation),
                Refusal::CodeNeeded | Refusal::WrongCode => form.asks_for(Besides::Code),
                _ => {}
            }
        }
        self.sign_in_failed(Some(format!("{refusal}{hint}")))
    }

    /// Back to the form; nothing of the one who was signed in stays.
    pub(super) fn show_sign_in(&mut self, why: Option<String>) {
        let mut form = SignIn::new(&self.server, self.me.as_ref(), None);
        let told: Vec<String> = why.into_iter().chain(self.kept_for_later()).collect();
        form.error = (!told.is_empty()).then(|| told.join("; "));
        self.recalled = None;
        self.leave_notes();
        self.screen = Screen::SignIn(Box::new(form));
        self.overlay = None;
        self.me = None;
        self.token = None;
        self.open = None;
        self.opened_before.clear();
        self.conversations.clear();
        self.outbox.clear();
        self.pending.clear();
        self.people.forget();
        self.search = super::search::Search::default();
        self.finding = super::search::Search::default();
        self.mentions = super::search::Search::default();
        self.origin = None;
        self.meant = None;
        self.clear_composer();
    }

    pub(super) fn ask_to_sign_in(&mut self) -> Option<Action> {
        let (request, purpose) = match (&self.token, self.is_chatting()) {
            (Some(token), true) => (Request::Resume { token: token.clone() }, Purpose::Resume),
            _ => (self.sign_in_request()?, Purpose::SignIn),
        };
        Some(self.ask(request, purpose))
    }
}
