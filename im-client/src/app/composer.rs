//! Where one writes: what is typed and pasted, and what becomes of it on Enter.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::command::{At, Command, CommandError, Line, parse};
use im_proto::{Address, MessageId, Seq, Text, TextError, printable_lines};
use ratatui::style::Style;
use ratatui_textarea::{TextArea, WrapMode};

use super::amending::Writing;
use super::{Action, App, Overlay, Scroll};

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

/// A command whose text may have several lines.
fn may_have_lines(command: &Command) -> bool {
    matches!(command, Command::Message { .. } | Command::Edit { .. } | Command::Reply { .. })
}

impl App {
    /// A key that means nothing else is for the composer.
    pub(super) fn type_key(&mut self, key: KeyEvent) {
        match (key.modifiers, key.code) {
            // Tabs would be blanks that nobody sees.
            (_, KeyCode::Tab | KeyCode::BackTab) => {}
            // As wherever one types a line.
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => {
                self.composer_mut().delete_line_by_head();
            }
            _ => {
                self.composer_mut().input(key);
            }
        }
        self.complete_on();
    }

    /// What is written goes, and can be brought back.
    pub(super) fn wipe_composer(&mut self) {
        self.composer_mut().clear();
    }

    /// What an editor made of what was being written.
    pub(super) fn composed(&mut self, text: &str) {
        // Undone, it is what was given to the editor.
        self.composer_mut().clear();
        self.composer_mut().insert_str(harmless(text));
    }

    /// A line where there is no screen: it is said or done at once, or answers whether to quit.
    pub(super) fn line(&mut self, line: &str, message: MessageId) -> Vec<Action> {
        if matches!(self.overlay, Some(Overlay::Quit)) {
            self.close_overlay();
            let is_sure = line.trim().eq_ignore_ascii_case("y");
            return if is_sure { vec![Action::Quit] } else { Vec::new() };
        }
        self.composed(line);
        let actions = self.enter(message);
        self.clear_composer();
        actions
    }

    pub(super) fn clear_composer(&mut self) {
        *self.composer_mut() = blank();
    }

    /// Does or says what is written.
    pub(super) fn enter(&mut self, message: MessageId) -> Vec<Action> {
        let written = self.composer().lines().join("\n");
        if self.decide_about_failed(&written) || self.begin_amending(&written) || self.go_to_typed(&written) {
            return Vec::new();
        }
        if let Some(actions) = self.run_own(&written, message) {
            return actions;
        }
        match parse(&written, At::Mentions) {
            Ok(Line::Blank) => Vec::new(),
            Ok(Line::Text(text)) => self.written(text, message),
            // Lines that were pasted and happen to begin like a command are none.
            Ok(Line::Command(command)) if self.composer().lines().len() > 1 && !may_have_lines(&command) => {
                let told = "a command is one line; a message that begins with a slash begins with two";
                self.toasts.complain(told, self.now);
                Vec::new()
            }
            // What there is no room for stays written.
            Ok(Line::Command(
                Command::Message { text, .. } | Command::Everybody { text } | Command::Reply { text, .. },
            )) if !self.has_room_for(&text) => Vec::new(),
            Ok(Line::Command(
                command @ (Command::Edit { .. }
                | Command::Delete { .. }
                | Command::Reply { .. }
                | Command::React { .. }),
            )) => {
                let done = self.amend(command, message);
                self.done_or_told(done)
            }
            Ok(Line::Command(command)) => {
                self.clear_composer();
                self.run(command, message)
            }
            Err(CommandError::Unknown { word, nearest }) => {
                let nearest = nearest.or_else(|| Self::nearest_own(&word.to_lowercase()));
                self.toasts.complain(CommandError::Unknown { word, nearest }.to_string(), self.now);
                Vec::new()
            }
            Err(CommandError::Text(TextError::TooLong)) if self.is_long_message() => {
                self.ask_about_length();
                Vec::new()
            }
            Err(error) => {
                self.toasts.complain(error.to_string(), self.now);
                Vec::new()
            }
        }
    }

    /// What is written is a new message, whatever its length.
    fn is_long_message(&self) -> bool {
        let is_plain = !self.composer().lines().first().is_some_and(|line| line.starts_with(['/', '\\']));
        is_plain && self.talk().is_some_and(|talk| !matches!(talk.writing, Writing::Editing(_)))
    }

    /// A text was written: a message, or other words for one.
    pub(super) fn written(&mut self, text: Text, message: MessageId) -> Vec<Action> {
        let Some(talk) = self.talk() else {
            self.toasts.complain("nobody hears you here: /join a room or /dm somebody", self.now);
            return Vec::new();
        };
        let (to, writing) = (talk.about.address.clone(), talk.writing);
        let reply_to = match writing {
            Writing::New => None,
            Writing::Replying(seq) => Some(seq),
            Writing::Editing(seq) => {
                let edited = self.edit(seq, text);
                return self.done_or_told(edited);
            }
        };
        if self.say(to, text, reply_to, message) {
            self.clear_composer();
            self.set_writing(Writing::New);
        }
        Vec::new()
    }

    /// What was done needs not be written any more; what was not stays, and it is told why.
    fn done_or_told(&mut self, done: Result<Vec<Action>, String>) -> Vec<Action> {
        match done {
            Ok(actions) => {
                self.clear_composer();
                self.set_writing(Writing::New);
                actions
            }
            Err(why) => {
                self.toasts.complain(why, self.now);
                Vec::new()
            }
        }
    }

    /// Puts a message behind those that are to be sent; tells whether there was room.
    pub(super) fn say(&mut self, to: Address, text: Text, reply_to: Option<Seq>, message: MessageId) -> bool {
        if !self.has_room_for(&text) {
            return false;
        }
        let is_here = self.talk().is_some_and(|talk| talk.about.address == to);
        self.outbox.push(to, message, text, reply_to, self.wall);
        if let Some(talk) = self.talk_mut().filter(|_| is_here) {
            talk.scroll = Scroll::End;
            talk.sought = None;
            talk.spot = None;
            talk.marker = None;
        }
        true
    }

    /// Whether one more message is taken; if not, it is told why.
    fn has_room_for(&mut self, text: &Text) -> bool {
        match self.outbox.room_for(std::slice::from_ref(text)) {
            Ok(()) => true,
            Err(why) => {
                self.toasts.complain(why, self.now);
                false
            }
        }
    }
}
