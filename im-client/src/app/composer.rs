//! Where one writes: what is typed and pasted, and what becomes of it on Enter.

use crossterm::event::{KeyCode, KeyEvent};
use im_proto::command::{At, Command, Line, parse};
use im_proto::{Address, MessageId, Text, printable_lines};
use ratatui::style::Style;
use ratatui_textarea::{TextArea, WrapMode};

use super::{Action, App, Scroll};

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
        if self.decide_about_failed(&written) {
            return Vec::new();
        }
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
            // What there is no room for stays written.
            Ok(Line::Command(Command::Message { text, .. } | Command::Everybody { text }))
                if !self.has_room_for(&text) =>
            {
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
        if !self.has_room_for(&text) {
            return false;
        }
        let is_here = self.talk().is_some_and(|talk| talk.about.address == to);
        self.outbox.push(to, message, text, self.wall);
        if let Some(talk) = self.talk_mut().filter(|_| is_here) {
            talk.scroll = Scroll::End;
            talk.marker = None;
        }
        true
    }

    /// Whether one more message is taken; if not, it is told why.
    fn has_room_for(&mut self, text: &Text) -> bool {
        match self.outbox.room_for(text) {
            Ok(()) => true,
            Err(why) => {
                self.toasts.complain(why, self.now);
                false
            }
        }
    }
}
