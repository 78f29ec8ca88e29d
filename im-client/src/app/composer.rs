//! Where one writes: what is typed and pasted, and what becomes of it on Enter.

use crossterm::event::{KeyCode, KeyEvent};
use im_proto::command::{At, Command, Line, parse};
use im_proto::{Address, MessageId, Text, printable_lines};
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::{Action, App, Scroll, Unsent, UnsentState};

/// An empty composer.
pub(super) fn blank() -> TextArea<'static> {
    let mut composer = TextArea::default();
    composer.set_wrap_mode(WrapMode::WordOrGlyph);
    composer.set_cursor_line_style(Style::new());
    // The terminal's own cursor is shown: input methods put what they compose there.
    composer.set_cursor_style(Style::new());
    composer
}

/// Text from a clipboard as it may be put into a composer: characters and line ends, nothing that acts.
pub(super) fn harmless(pasted: &str) -> String {
    let lines: Vec<String> = printable_lines(pasted).map(|line| line.to_string()).collect();
    lines.join("\n")
}

impl App {
    /// A key that means nothing else is for the composer.
    pub(super) fn type_key(&mut self, key: KeyEvent) {
        // Tabs would be blanks that nobody sees.
        if !matches!(key.code, KeyCode::Tab | KeyCode::BackTab) {
            self.composer_mut().input(key);
        }
    }

    /// What was pasted is written, never done.
    pub(super) fn paste(&mut self, pasted: &str) {
        self.composer_mut().insert_str(harmless(pasted));
    }

    pub(super) fn clear_composer(&mut self) {
        *self.composer_mut() = blank();
    }

    /// Does or says what is written.
    pub(super) fn enter(&mut self, message: MessageId) -> Vec<Action> {
        let written = self.composer().lines().join("\n");
        match parse(&written, At::Mentions) {
            Ok(Line::Blank) => Vec::new(),
            Ok(Line::Text(text)) => match self.talk().map(|talk| talk.about.address.clone()) {
                Some(to) => {
                    if self.say(to, text, message) {
                        self.clear_composer();
                    }
                    Vec::new()
                }
                None => {
                    self.toasts.complain("nobody hears you here: /join a room or /dm somebody", self.now);
                    Vec::new()
                }
            },
            // Lines that were pasted and happen to begin like a command are none.
            Ok(Line::Command(command))
                if self.composer().lines().len() > 1 && !matches!(command, Command::Message { .. }) =>
            {
                let told = "a command is one line; a message that begins with a slash begins with two";
                self.toasts.complain(told, self.now);
                Vec::new()
            }
            Ok(Line::Command(command)) => {
                self.clear_composer();
                self.run(command, message)
            }
            Err(error) => {
                self.toasts.complain(error.to_string(), self.now);
                Vec::new()
            }
        }
    }

    /// Puts a message behind those that are to be sent; tells whether there was room.
    pub(super) fn say(&mut self, to: Address, text: Text, message: MessageId) -> bool {
        let is_here = self.talk().is_some_and(|talk| talk.about.address == to);
        let unsent = Unsent { to, message, text, at: self.wall, state: UnsentState::Queued };
        let taken = self.outbox.push(unsent);
        if taken {
            if let Some(talk) = self.talk_mut().filter(|_| is_here) {
                talk.scroll = Scroll::End;
                talk.marker = None;
            }
        } else {
            self.toasts.complain("too much waits to be sent: nothing more is taken now", self.now);
        }
        taken
    }

    /// Takes the last message that was refused back to be mended.
    pub(super) fn take_back_failed(&mut self) -> bool {
        let Some(to) = self.talk().map(|talk| talk.about.address.clone()) else {
            return false;
        };
        let Some(text) = self.outbox.take_failed(&to) else {
            return false;
        };
        let composer = self.composer_mut();
        composer.insert_str(harmless(text.as_str()));
        composer.move_cursor(CursorMove::Bottom);
        composer.move_cursor(CursorMove::End);
        true
    }
}
