//! Messages that are answered, reacted to, said in other words, or taken out: by a command, or in the composer.

use im_proto::command::{At, Command, Line, parse};
use im_proto::fold::Message;
use im_proto::{ConversationId, MessageId, Request, Seq, Text};
use ratatui_textarea::CursorMove;

use super::asked::Purpose;
use super::composer::{blank, harmless};
use super::keys::Deed;
use super::{Action, App, Talk};
use crate::wording;

/// The commands about a message, which may name it by its number.
const COMMANDS: [&str; 5] = ["/reply", "/react", "/unreact", "/edit", "/delete"];

/// What they do here besides what they do everywhere.
pub(super) static HELP: &[(&str, &str)] = &[(
    "/edit [#N], /reply [#N]",
    "the same in the composer, until Enter or Esc; #N stands beside each message",
)];

/// What becomes of what is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Writing {
    /// A message.
    #[default]
    New,
    /// The words of one's own message from now on.
    Editing(Seq),
    /// A message that answers another.
    Replying(Seq),
}

/// What is done in the composer instead of writing a message of its own.
pub fn doing(app: &App) -> Option<String> {
    let talk = app.talk()?;
    let what = match talk.writing {
        Writing::New => return None,
        Writing::Editing(_) => "editing".to_owned(),
        Writing::Replying(seq) => {
            let message = talk.log.message(seq);
            let whom = message.map_or_else(|| format!("#{seq}"), |message| wording::name(&message.author));
            format!("replying to {whom}")
        }
    };
    let cancels =
        app.config.keymap.hint(Deed::Escape, "cancels").map_or_else(String::new, |hint| format!(" · {hint}"));
    Some(format!("{what}{cancels}"))
}

/// Whether messages are to show their numbers: somebody writes a command that may name one.
pub fn are_numbers_wanted(app: &App) -> bool {
    let line = app.composer().lines().first().map_or("", String::as_str);
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    COMMANDS.contains(&word) && (rest.is_empty() || rest.starts_with('#'))
}

impl App {
    /// Does a command about a message; if it cannot be done, why.
    pub(super) fn amend(&mut self, command: Command, message: MessageId) -> Result<Vec<Action>, String> {
        let Some(of) = self.talk().map(|talk| talk.about.address.clone()) else {
            return Err("no conversation is open".to_owned());
        };
        let (request, purpose) = match command {
            Command::Reply { seq, text } => {
                let seq = self.which(seq, false)?;
                self.say(of, text, Some(seq), message);
                return Ok(Vec::new());
            }
            Command::Edit { seq, text } => {
                let seq = self.which(seq, true)?;
                return self.edit(seq, text);
            }
            Command::Delete { seq } => {
                let seq = self.which(seq, true)?;
                (Request::Delete { of, seq }, Purpose::Amend)
            }
            Command::React { seq, reaction, on } => {
                let seq = self.which(seq, false)?;
                (Request::React { of, seq, reaction, on }, Purpose::Amend)
            }
            // The others are about no message.
            _ => return Ok(Vec::new()),
        };
        self.is_connected()?;
        Ok(vec![self.ask(request, purpose)])
    }

    /// Says in other words what was said.
    pub(super) fn edit(&mut self, seq: Seq, text: Text) -> Result<Vec<Action>, String> {
        self.is_connected()?;
        let Some(talk) = self.talk() else {
            return Ok(Vec::new());
        };
        if talk.log.message(seq).and_then(|message| message.text.as_ref()) == Some(&text) {
            return Ok(Vec::new());
        }
        let (conversation, of) = (talk.about.id, talk.about.address.clone());
        self.note_edit(seq, &text);
        let purpose = Purpose::Edit { conversation, seq, text: text.clone() };
        Ok(vec![self.ask(Request::Edit { of, seq, text }, purpose)])
    }

    pub(super) fn is_connected(&self) -> Result<(), String> {
        let told = || "not connected: only messages are kept until it is back".to_owned();
        self.link.is_online().then_some(()).ok_or_else(told)
    }

    /// The message that is meant: the one with the number, or the newest here, or the newest of `mine`.
    fn which(&self, seq: Option<Seq>, mine: bool) -> Result<Seq, String> {
        let talk = self.talk().filter(|_| seq.is_none());
        if mine && talk.is_some_and(|talk| self.outbox.last(&talk.about.address).is_some()) {
            return Err("your newest message is not sent yet: name one by #N".to_owned());
        }
        let newest = || talk.and_then(|talk| self.newest_message(talk, mine));
        let whose = if mine { "no message of yours" } else { "no message" };
        seq.or_else(newest).ok_or_else(|| format!("{whose} is at the end of what is here: name one by #N"))
    }

    /// The newest message, as far as it is known which one that is.
    fn newest_message(&self, talk: &Talk, mine: bool) -> Option<Seq> {
        let is_meant = |(_, message): &(Seq, &Message)| {
            !message.is_tombstone() && (!mine || self.is_me(&message.author))
        };
        let mut newest = talk.log.messages.iter().rev().filter(|_| talk.log.is_up_to_head());
        newest.find(is_meant).map(|(seq, _)| seq)
    }

    /// Begins to edit or to answer, if that is what is written: `/edit` or `/reply`, perhaps with a number, and no text.
    pub(super) fn begin_amending(&mut self, written: &str) -> bool {
        let mut words = written.split_whitespace();
        let (word, number, rest) = (words.next(), words.next(), words.next());
        let number = number.map(|number| number.strip_prefix('#')?.parse().ok().map(Seq));
        let (mine, seq) = match (word, number, rest) {
            (Some("/edit"), None | Some(Some(_)), None) => (true, number.flatten()),
            (Some("/reply"), None | Some(Some(_)), None) => (false, number.flatten()),
            _ => return false,
        };
        let begun = self
            .which(seq, mine)
            .and_then(|seq| if mine { self.begin_editing(seq) } else { self.begin_replying(seq) });
        if let Err(why) = begun {
            self.toasts.complain(why, self.now);
        }
        true
    }

    fn begin_replying(&mut self, seq: Seq) -> Result<(), String> {
        self.clear_composer();
        self.set_writing(Writing::Replying(seq));
        Ok(())
    }

    pub(super) fn begin_editing(&mut self, seq: Seq) -> Result<(), String> {
        let message = self.talk().and_then(|talk| talk.log.message(seq));
        let message =
            message.ok_or_else(|| format!("#{seq} is no message that is here: /edit #{seq} TEXT"))?;
        if !self.is_me(&message.author) {
            return Err(format!("#{seq} is not yours"));
        }
        let text = message.text.clone().ok_or_else(|| format!("#{seq} was deleted"))?;
        if let Some(talk) = self.talk_mut() {
            talk.write(Writing::Editing(seq), &text);
        }
        Ok(())
    }

    /// Edits one's own newest message, if nothing else is being written.
    pub(super) fn edit_newest(&mut self) -> bool {
        let is_new = self.talk().is_some_and(|talk| talk.writing == Writing::New);
        if is_new && let Err(why) = self.which(None, true).and_then(|seq| self.begin_editing(seq)) {
            self.toasts.complain(why, self.now);
        }
        is_new
    }

    /// What is written is a message of its own from now on; the words that were to be edited go.
    pub(super) fn stop_amending(&mut self) {
        if matches!(self.talk().map(|talk| talk.writing), Some(Writing::Editing(_))) {
            self.wipe_composer();
        }
        self.set_writing(Writing::New);
    }

    pub(super) fn set_writing(&mut self, writing: Writing) {
        if let Some(talk) = self.talk_mut() {
            talk.writing = writing;
        }
    }

    /// An edit was not made: its words are there to be sent again, unless others are.
    pub(super) fn give_back_edit(&mut self, conversation: ConversationId, seq: Seq, text: &Text) {
        if let Some(talk) = self.conversations.get_mut(conversation)
            && talk.composer.is_empty()
            && talk.writing == Writing::New
        {
            talk.write(Writing::Editing(seq), text);
        }
    }

    /// Whether the edits that are under way were made is not known any more. Made twice they are the same.
    pub(super) fn give_back_edits(&mut self) {
        for (conversation, seq, text) in self.asked.edits() {
            self.give_back_edit(conversation, seq, &text);
        }
    }
}

impl Talk {
    /// What is being written is not a message of its own.
    pub(super) fn is_amending(&self) -> bool {
        self.writing != Writing::New
    }

    fn write(&mut self, writing: Writing, text: &Text) {
        self.put(writing, &typed(text));
    }

    /// Puts into the composer what was typed.
    pub(super) fn put(&mut self, writing: Writing, typed: &str) {
        self.writing = writing;
        self.composer = blank();
        self.composer.insert_str(typed);
        self.composer.move_cursor(CursorMove::Bottom);
        self.composer.move_cursor(CursorMove::End);
    }
}

/// How a text is typed: what would be taken for a command, or lose its first blanks, begins with a backslash.
fn typed(text: &Text) -> String {
    let shown = harmless(text.as_str());
    let is_taken_as_it_is = match parse(&shown, At::Mentions) {
        Ok(Line::Text(parsed)) => parsed.as_str() == shown.trim_end(),
        _ => false,
    };
    if is_taken_as_it_is { shown } else { format!("\\{shown}") }
}
