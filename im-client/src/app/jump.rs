//! The jump box: type a part of a name, press Enter, be there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{ConversationId, folded};

use super::{App, Overlay};

/// What is typed, and which of the fitting is chosen.
#[derive(Debug, Default)]
pub struct Jump {
    /// What is typed.
    pub typed: String,
    /// Which of those that fit.
    pub chosen: usize,
}

/// The conversations that fit, in the order of the list.
pub fn fitting(app: &App, typed: &str) -> Vec<ConversationId> {
    let typed = folded(typed.trim());
    let fits = |name: &str| folded(name).contains(&typed);
    app.listed()
        .iter()
        .filter(|(_, talk)| fits(&talk.about.address.to_string()))
        .map(|(_, talk)| talk.about.id)
        .collect()
}

impl App {
    /// A key while the jump box is open.
    pub(super) fn jump_key(&mut self, key: KeyEvent) {
        let Some(Overlay::Jump(jump)) = &self.overlay else {
            return;
        };
        let fitting = fitting(self, &jump.typed);
        let chosen = jump.chosen.min(fitting.len().saturating_sub(1));
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => {
                self.overlay = None;
                if let Some(id) = fitting.get(chosen) {
                    self.open_talk(*id);
                }
            }
            (_, KeyCode::Up) => self.choose(chosen.saturating_sub(1)),
            (_, KeyCode::Down) => self.choose((chosen + 1).min(fitting.len().saturating_sub(1))),
            (_, KeyCode::Backspace) => self.retype(|typed| {
                typed.pop();
            }),
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => self.retype(String::clear),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                self.retype(|typed| typed.push(c));
            }
            _ => {}
        }
    }

    fn choose(&mut self, place: usize) {
        if let Some(Overlay::Jump(jump)) = &mut self.overlay {
            jump.chosen = place;
        }
    }

    pub(super) fn retype(&mut self, change: impl FnOnce(&mut String)) {
        if let Some(Overlay::Jump(jump)) = &mut self.overlay {
            change(&mut jump.typed);
            jump.chosen = 0;
        }
    }
}
