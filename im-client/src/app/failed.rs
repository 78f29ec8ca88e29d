//! Messages that were refused: they stay in sight until one decides to send them again, to mend them, or to drop them.

use ratatui_textarea::CursorMove;

use super::amending::Writing;
use super::composer::harmless;
use super::{App, Unsent, UnsentState};

/// The commands about them and what each does. They are this client's alone: nobody else keeps what was refused.
pub static COMMANDS: &[(&str, &str)] = &[
    (RETRY, "send the newest message that failed here again"),
    (DROP, "drop the newest message that failed here"),
];
const RETRY: &str = "/retry";
const DROP: &str = "/drop";

impl App {
    /// Does what was typed, if it is a command about a message that failed; tells whether it was.
    pub(super) fn decide_about_failed(&mut self, written: &str) -> bool {
        let mut words = written.split_whitespace();
        let word = words.next().unwrap_or_default().to_lowercase();
        let Some((word, _)) = COMMANDS.iter().find(|(known, _)| *known == word) else {
            return false;
        };
        let to = self.talk().map(|talk| talk.about.address.clone());
        let failed = to.and_then(|to| self.outbox.last_failed(&to));
        match failed {
            _ if words.next().is_some() => {
                self.toasts.complain(format!("it goes like this: {word}"), self.now);
                return true;
            }
            Some(message) if *word == RETRY => self.outbox.set(message, UnsentState::Queued),
            Some(message) => {
                self.outbox.came(message);
            }
            None => self.toasts.complain("no message failed here", self.now),
        }
        self.clear_composer();
        true
    }

    /// Takes the last message that was refused back to be mended.
    pub(super) fn take_back_failed(&mut self) -> bool {
        let Some(to) = self.talk().map(|talk| talk.about.address.clone()) else {
            return false;
        };
        let Some(Unsent { text, reply_to, .. }) = self.outbox.take_failed(&to) else {
            return false;
        };
        self.set_writing(reply_to.map_or(Writing::New, Writing::Replying));
        let composer = self.composer_mut();
        composer.insert_str(harmless(text.as_str()));
        composer.move_cursor(CursorMove::Bottom);
        composer.move_cursor(CursorMove::End);
        true
    }
}
