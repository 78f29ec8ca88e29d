//! What is asked, or shown, about the highlighted message, over the panes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{Address, Seq};

use super::super::{Action, App, Overlay};
use super::reactions::{self, Picker, RECENT_MAX};
use super::{info, links, menu};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Popup {
    /// What can be done; which of it is chosen.
    Menu(usize),
    /// With which reaction.
    React(Picker),
    /// Which link, and what is done with it.
    Links(Vec<String>, LinkUse),
    /// Really delete?
    Delete(Seq),
    /// What is known of it, from so many rows down.
    Info(u16),
}

/// What a link in a message is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkUse {
    /// To look at what it leads to.
    Open,
    /// To put it somewhere.
    Copy,
}

impl LinkUse {
    /// What is to be done.
    pub(super) fn action(self, link: String) -> Action {
        match self {
            Self::Open => Action::OpenLink(link),
            Self::Copy => Action::Copy(link),
        }
    }
}

/// What is said before something is deleted.
pub fn question(app: &App) -> String {
    let Some(about) = app.talk().map(|talk| &talk.about) else {
        return String::new();
    };
    let who = match &about.address {
        Address::User(other) => format!("{other} sees"),
        Address::Room(_) => format!("All {} members of {} see", about.members, about.address),
    };
    format!(
        "{who} that a message was deleted; its text is taken out for everybody, and cannot be brought back."
    )
}

impl App {
    /// A key for what lies over the panes.
    pub(in super::super) fn popup_key(&mut self, key: KeyEvent) -> Vec<Action> {
        let Some(Overlay::Selected(popup)) = self.overlay.take() else {
            return Vec::new();
        };
        match popup {
            Popup::Menu(chosen) => self.menu_key(chosen, key),
            Popup::React(picker) => self.picker_key(picker, key),
            Popup::Links(links, wanted) => {
                self.close_overlay();
                let link = match key.code {
                    KeyCode::Enter => links.first().cloned(),
                    KeyCode::Char(c) => {
                        (0..).zip(links).find(|(at, _)| links::letter(*at) == Some(c)).map(|(_, link)| link)
                    }
                    _ => None,
                };
                link.map(|link| wanted.action(link)).into_iter().collect()
            }
            Popup::Delete(seq) => {
                self.close_overlay();
                let is_meant = matches!(key.code, KeyCode::Char('y' | 'Y') | KeyCode::Enter);
                if is_meant { self.delete(seq) } else { Vec::new() }
            }
            Popup::Info(down) => {
                self.info_key(down, key);
                Vec::new()
            }
        }
    }

    fn menu_key(&mut self, chosen: usize, key: KeyEvent) -> Vec<Action> {
        let last = menu().count().saturating_sub(1);
        let to = match key.code {
            KeyCode::Up | KeyCode::Char('k') => chosen.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => (chosen + 1).min(last),
            code => {
                self.close_overlay();
                let act = match code {
                    KeyCode::Enter => menu().nth(chosen).map(|(act, _)| act),
                    _ => self.act_of(key),
                };
                return act.map_or_else(Vec::new, |act| self.acted(act));
            }
        };
        self.overlay = Some(Overlay::Selected(Popup::Menu(to)));
        Vec::new()
    }

    fn picker_key(&mut self, mut picker: Picker, key: KeyEvent) -> Vec<Action> {
        let fitting = reactions::fitting(self, &picker.typed);
        let last = fitting.len().saturating_sub(1);
        let chosen = picker.chosen.min(last);
        let digit = match key.code {
            KeyCode::Char(c) if picker.typed.is_empty() => {
                c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1))
            }
            _ => None,
        };
        let picked = match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => Some(chosen),
            _ if digit.is_some_and(|place| place < RECENT_MAX) => digit,
            (_, KeyCode::Up) => {
                picker.chosen = chosen.saturating_sub(1);
                None
            }
            (_, KeyCode::Down) => {
                picker.chosen = (chosen + 1).min(last);
                None
            }
            (_, KeyCode::Backspace) => {
                picker.typed.pop();
                picker.chosen = 0;
                None
            }
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => {
                picker = Picker::default();
                None
            }
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                picker.typed.push(c);
                picker.chosen = 0;
                None
            }
            _ => None,
        };
        match picked.and_then(|place| fitting.into_iter().nth(place)) {
            Some(offered) => {
                self.close_overlay();
                self.react(offered.reaction)
            }
            None => {
                self.overlay = Some(Overlay::Selected(Popup::React(picker)));
                Vec::new()
            }
        }
    }

    fn info_key(&mut self, down: u16, key: KeyEvent) {
        let most = info::rows_below(self);
        let to = match key.code {
            KeyCode::Up | KeyCode::Char('k') => down.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => down + 1,
            KeyCode::PageUp => down.saturating_sub(10),
            KeyCode::PageDown => down + 10,
            _ => {
                self.close_overlay();
                return;
            }
        };
        self.overlay = Some(Overlay::Selected(Popup::Info(to.min(most))));
    }
}
