//! The first run: which server, who, and how it is to look. What was chosen becomes the configuration file, which is
//! there for people from then on: it is never written again.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::Profile;
use super::notify::Notification;
use super::{Action, App, Link, Overlay, Screen};
use crate::config::{self, Config, Look};

/// The last step, and what is chosen in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstLook {
    /// The choice that has the keys, from 0.
    pub row: usize,
    /// The theme.
    pub look: Look,
    /// The keys.
    pub profile: Profile,
}

/// So many choices.
const ROWS: usize = 2;

impl App {
    /// The server of the first step is tried at once.
    pub(super) fn try_server(&mut self) -> Vec<Action> {
        let Screen::SignIn(form) = &mut self.screen else {
            return Vec::new();
        };
        let server = form.server.lines().concat().trim().to_owned();
        if server.is_empty() {
            form.error = Some("a server is missing".to_owned());
            return Vec::new();
        }
        form.error = None;
        form.is_busy = true;
        self.server = server;
        self.dial(1)
    }

    /// The server of the first step is there; nothing if it is another step.
    pub(super) fn server_is_there(&mut self) -> Option<Vec<Action>> {
        let Screen::SignIn(form) = &mut self.screen else {
            return None;
        };
        if !form.is_server_step() {
            return None;
        }
        form.go_to_sign_in();
        self.link = Link::Idle;
        Some(vec![Action::HangUp])
    }

    /// A key in the last step.
    pub(super) fn first_look_key(&mut self, key: KeyEvent) -> Vec<Action> {
        let Some(Overlay::FirstLook(first)) = &mut self.overlay else {
            return Vec::new();
        };
        match key.code {
            KeyCode::Up | KeyCode::BackTab => first.row = (first.row + ROWS - 1) % ROWS,
            KeyCode::Down | KeyCode::Tab => first.row = (first.row + 1) % ROWS,
            KeyCode::Left => first.turn(false),
            KeyCode::Right | KeyCode::Char(' ') => first.turn(true),
            // Whether it comes, and how, only somebody who looks can say.
            KeyCode::Char('t') => {
                let body = Some("this is how it looks".to_owned());
                return vec![Action::Notify(Notification { title: "im".to_owned(), body })];
            }
            KeyCode::Enter | KeyCode::Esc => {
                let chosen = *first;
                self.overlay = Some(Overlay::KeyCard);
                return vec![Action::KeepConfig(chosen.written(&self.server))];
            }
            _ => return Vec::new(),
        }
        // It is seen at once.
        let chosen = *first;
        if let Ok(config) = Config::parse(&chosen.written(&self.server)) {
            self.config = config;
        }
        Vec::new()
    }
}

impl FirstLook {
    fn turn(&mut self, on: bool) {
        if self.row == 0 {
            self.look = turned(&Look::ALL, self.look, on);
        } else {
            self.profile = turned(&Profile::ALL, self.profile, on);
        }
    }

    /// The configuration file with what was chosen.
    pub fn written(&self, server: &str) -> String {
        // A string of JSON is one of TOML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let lines = config::default_file();
        let lines = lines.lines().map(|line| match line.split_once(" = ") {
            Some(("# server", _)) => format!("server = {}", quoted(server)),
            Some(("theme", _)) => format!("theme = {}", quoted(self.look.name())),
            Some(("profile", _)) => format!("profile = {}", quoted(self.profile.name())),
            _ => line.to_owned(),
        });
        lines.map(|line| line + "\n").collect()
    }
}

fn turned<T: Copy + PartialEq>(all: &[T], now: T, on: bool) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or_default();
    all[(at + if on { 1 } else { all.len() - 1 }) % all.len()]
}
