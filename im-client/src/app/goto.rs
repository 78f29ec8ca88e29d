//! Going to a date: `/goto mon`, or the box in which one sees what one means while one types it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::sought::Goal;
use super::{App, Overlay, rows, when};

/// The command, and what another does here besides what it does everywhere, for the help.
pub static COMMANDS: &[(&str, &str)] = &[
    ("/goto [DATE]", "go to what was said then: mon, 3d, 2026-05-01 14:00"),
    ("/history DATE [TIME]", "here by the clock on your wall, not in UTC"),
];
const GOTO: &str = "/goto";
/// Most characters of a date.
const TYPED_CHARS_MAX: usize = 60;

/// The moment that is typed, in full; or why it is none.
pub fn preview(app: &App, typed: &str) -> Result<String, String> {
    when::parse(typed, app.wall, &app.zone).map(|at| rows::moment(at, &app.zone))
}

impl App {
    /// Does what was typed, if it is the command; tells whether it was.
    pub(super) fn go_to_typed(&mut self, written: &str) -> bool {
        let mut parts = written.trim().splitn(2, char::is_whitespace);
        if parts.next().is_none_or(|word| word.to_lowercase() != GOTO) {
            return false;
        }
        match parts.next().map(str::trim).filter(|date| !date.is_empty()) {
            None => {
                self.clear_composer();
                self.open_goto();
            }
            // What is no date stays written.
            Some(date) if self.go_to_date(date) => self.clear_composer(),
            Some(_) => {}
        }
        true
    }

    /// Shows the box.
    pub(super) fn open_goto(&mut self) {
        if self.talk().is_some() {
            self.overlay = Some(Overlay::GoTo(String::new()));
        } else {
            self.toasts.complain("no conversation is open", self.now);
        }
    }

    /// A key while the box is open.
    pub(super) fn goto_key(&mut self, key: KeyEvent) {
        let Some(Overlay::GoTo(typed)) = &mut self.overlay else {
            return;
        };
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => {
                let typed = typed.clone();
                if self.go_to_date(&typed) {
                    self.overlay = None;
                }
            }
            (_, KeyCode::Backspace) => {
                typed.pop();
            }
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => typed.clear(),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => self.type_date(&c.to_string()),
            _ => {}
        }
    }

    /// Adds to the date.
    pub(super) fn type_date(&mut self, more: &str) {
        if let Some(Overlay::GoTo(typed)) = &mut self.overlay {
            let room = TYPED_CHARS_MAX.saturating_sub(typed.chars().count());
            typed.extend(more.chars().take(room));
        }
    }

    /// Goes there in the open conversation, if it is a date; tells whether it is.
    fn go_to_date(&mut self, date: &str) -> bool {
        match when::parse(date, self.wall, &self.zone) {
            Ok(at) => {
                self.seek(Goal::Moment(at));
                true
            }
            Err(why) => {
                self.toasts.complain(why, self.now);
                false
            }
        }
    }
}
