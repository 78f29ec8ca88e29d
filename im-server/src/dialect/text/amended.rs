//! What is done to messages, in a text session: the commands, and what they look like to whoever hears of it.

use im_proto::command::{Command, Verb};
use im_proto::fold::{Message, Messages};
use im_proto::{Address, Author, Body, Event, Request, RoomName, Seq, printable_lines};

use crate::entry::{Entry, Quote};

use super::super::{Output, Place, Whose};
use super::shown::prefixed;
use super::wording::Wording;
use super::{Asked, Text};

/// Most characters of a message that stand for it where something is said about it.
const QUOTED_CHARS_MAX: usize = 24;

/// What is told where a command names no message, and none is known.
const WHICH: &str = "which one? /history shows the numbers, as #12";

impl Text {
    /// Does something to a message of the conversation one talks in: to the one that is named, or to the newest.
    pub(super) fn amend(&mut self, command: Command, out: &mut Output) {
        let Some(of) = self.target.clone() else {
            return self.words().no_target().iter().for_each(|line| self.screen.line(line, out));
        };
        let (newest, own) = (self.recent.newest(&of), self.recent.own(&of));
        let found = match &command {
            Command::Edit { seq, .. } | Command::Delete { seq } => seq.or(own),
            Command::Reply { seq, .. } | Command::React { seq, .. } => seq.or(newest),
            _ => None,
        };
        let Some(seq) = found else { return self.tell(WHICH, out) };
        match command {
            Command::Edit { text, .. } => self.ask(Asked::Plain(Verb::Edit), Request::Edit { of, seq, text }),
            Command::Delete { .. } => self.ask(Asked::Plain(Verb::Delete), Request::Delete { of, seq }),
            Command::Reply { text, .. } => self.say_about(of, text, None, Some(seq)),
            Command::React { reaction, on, .. } => {
                self.ask(Asked::Plain(Verb::React), Request::React { of, seq, reaction, on });
            }
            _ => {}
        }
    }

    /// Remembers which message is the newest.
    pub(super) fn remember(&mut self, entry: &Entry, place: &Place, whose: Whose) {
        let event = entry.event();
        match event.body {
            Body::Posted { .. } => self.recent.said(&place.address, event.seq, whose != Whose::Other),
            Body::Deleted { of } => self.recent.gone(&place.address, of),
            _ => {}
        }
    }

    /// The messages of a page, as they read now; and which of them are the newest.
    pub(super) fn folded(&mut self, of: &Address, events: &[Event], amendments: &[Event]) -> Messages {
        let mut messages = Messages::default();
        for event in events.iter().chain(amendments) {
            messages.take(event);
        }
        let me = self.user.clone().map(|name| Author { name, guest: self.guest });
        for (seq, message) in messages.iter().filter(|(_, message)| !message.is_tombstone()) {
            self.recent.said(of, seq, Some(&message.author) == me.as_ref());
        }
        messages
    }
}

/// A post, each of its lines with what it begins with, and before the first what it answers.
pub(super) fn said(prefix: &str, event: &Event, quote: Option<&Quote>, eol: &str) -> String {
    match &event.body {
        Body::Posted { text, reply_to: None, .. } => prefixed(prefix, text.as_str(), eol),
        Body::Posted { text, .. } => {
            let lines = prefixed(prefix, text.as_str(), eol);
            lines.replacen(prefix, &format!("{prefix}(to {}) ", quoted(quote)), 1)
        }
        _ => String::new(),
    }
}

/// Something that was done to a message.
pub(super) fn done(
    words: &dyn Wording,
    event: &Event,
    quote: Option<&Quote>,
    place: &Place,
) -> Option<String> {
    let Event { author, body, .. } = event;
    let place = match &place.address {
        Address::Room(room) if *room != RoomName::lobby() => format!(" in {room}"),
        _ => String::new(),
    };
    let told = match body {
        Body::Deleted { .. } => match quote {
            Some(Quote { author: whose, .. }) if *whose != author.name => {
                format!("{author} deleted a message of {whose}{place}")
            }
            _ => format!("{author} deleted a message{place}"),
        },
        Body::Reacted { reaction, .. } => format!("{author} reacted {reaction} to {}{place}", quoted(quote)),
        Body::Unreacted { reaction, .. } => {
            format!("{author} took {reaction} back from {}{place}", quoted(quote))
        }
        _ => return None,
    };
    Some(words.system(&told))
}

/// A message of the past as it reads now, without the ends of its lines.
pub(super) fn reads(
    words: &dyn Wording,
    seq: Seq,
    message: &Message,
    all: &Messages,
    place: &Place,
) -> Vec<String> {
    let prefix = format!("#{seq} {}", words.said(&message.author, place, None));
    let Some(text) = &message.text else { return vec![format!("{prefix}(deleted)")] };
    let mut lines: Vec<String> =
        prefixed(&prefix, text.as_str(), "\n").lines().map(ToOwned::to_owned).collect();
    if let (Some(of), Some(first)) = (message.reply_to, lines.first_mut()) {
        let answered = all.get(of).and_then(|message| message.text.as_ref());
        let answered = answered.map_or_else(String::new, |text| format!(" {}", beginning(text.as_str())));
        *first = first.replacen(&prefix, &format!("{prefix}(to #{of}{answered}) "), 1);
    }
    if let Some(last) = lines.last_mut() {
        if message.edited.is_some() {
            last.push_str(" (edited)");
        }
        for (reaction, whose) in message.reactions() {
            last.push_str(&format!(" [{reaction} {}]", whose.len()));
        }
    }
    lines
}

fn quoted(quote: Option<&Quote>) -> String {
    match quote.and_then(|quote| quote.text.as_deref()) {
        Some(text) => beginning(text),
        None => "a deleted message".into(),
    }
}

/// The beginning of a text, in quotation marks, without what could act on a terminal.
fn beginning(text: &str) -> String {
    let mut lines = printable_lines(text).map(|line| line.to_string());
    let line = lines.next().unwrap_or_default();
    let is_all = lines.next().is_none() && line.chars().count() <= QUOTED_CHARS_MAX;
    if is_all {
        return format!("\"{line}\"");
    }
    let cut: String = line.chars().take(QUOTED_CHARS_MAX - 1).collect();
    format!("\"{}…\"", cut.trim_end())
}
