//! What the headless commands print: lines for people, or one JSON object a line. The only place that writes to
//! standard output, and nothing it writes can act on a terminal.

use std::io::{self, Write};

use im_proto::fold::{Message, Messages};
use im_proto::{Address, Body, Event, Seq, Text, Timestamp, json_line, printable, printable_lines};
use jiff::tz::TimeZone;

use crate::app::amended::is_told;
use crate::exit::Failure;
use crate::wording;

/// What stands in the place of what was taken out.
const DELETED: &str = "(deleted)";

/// Says something that is no part of what was asked for.
pub fn warn(told: &str) {
    // Whether anybody hears it does not matter: standard error may be closed.
    let _ = writeln!(io::stderr(), "im-client: {}", printable(told));
}

/// How events are printed.
#[derive(Debug, Clone)]
pub enum Manner {
    /// For people, with the time of day in their zone.
    Plain(TimeZone),
    /// For programs.
    Json,
    /// To be kept: what people typed is Markdown already, as far as it is anything.
    Markdown(TimeZone),
}

impl Manner {
    /// As the command line says.
    pub fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Plain(TimeZone::system()) }
    }

    /// The line or lines for one event, without the last line end.
    pub fn line(&self, conversation: &Address, event: &Event) -> String {
        match self {
            Self::Plain(zone) => plain(zone, conversation, event),
            Self::Markdown(zone) => {
                format!("\n*{}: {}*", day_and_time(zone, event.at), told(event).trim_start_matches("* "))
            }
            Self::Json => {
                let line = json_line(&event.clone().by_address(conversation.clone()));
                String::from_utf8_lossy(&line).into_owned()
            }
        }
    }
}

impl Manner {
    /// The lines for a page of a log. For people it reads as the messages read now; programs get the events as they were,
    /// and what happened later after them.
    pub fn page(&self, conversation: &Address, events: &[Event], amendments: &[Event]) -> Vec<String> {
        if let Self::Json = self {
            return events.iter().map(|event| self.line(conversation, event)).collect();
        }
        let mut messages = Messages::default();
        for event in events.iter().chain(amendments) {
            messages.take(event);
        }
        let told = events.iter().filter(|event| is_told(&event.body));
        told.map(|event| match messages.get(event.seq) {
            Some(message) => self.message(conversation, event, message),
            None => self.line(conversation, event),
        })
        .collect()
    }
}

impl Manner {
    /// A message as it reads now.
    fn message(&self, conversation: &Address, event: &Event, message: &Message) -> String {
        match self {
            Self::Plain(zone) => framed(zone, conversation, event, &reads(message)),
            Self::Markdown(zone) => kept(zone, event, message),
            Self::Json => self.line(conversation, event),
        }
    }
}

/// `**bob** #12, 2026-11-21 10:00:00`, and below it what it says.
fn kept(zone: &TimeZone, event: &Event, message: &Message) -> String {
    let author = wording::name(&message.author);
    let answers = message.reply_to.map_or_else(String::new, |seq| format!(" to #{seq}"));
    let edited = message.edited.map_or_else(String::new, |_| format!(" {}", wording::EDITED));
    let text = message.text.as_ref().map_or_else(
        || DELETED.to_owned(),
        |text| printable_lines(text.as_str()).map(|line| line.to_string()).collect::<Vec<_>>().join("\n"),
    );
    let head = format!("**{author}** #{}{answers}, {}{edited}", event.seq, day_and_time(zone, event.at));
    let reactions = wording::reactions(message).into_iter().collect::<Vec<_>>().join(" ");
    let below = if reactions.is_empty() { String::new() } else { format!("\n\n{reactions}") };
    format!("\n{head}\n\n{text}{below}")
}

/// Prints something: characters and line ends, whatever is in it.
pub fn say(lines: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    printable_lines(lines)
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| out.flush())
        .map_err(Failure::io("standard output"))
}

/// `2026-11-21 10:00:00 #dev bob: hi`; more lines of one text are indented.
fn plain(zone: &TimeZone, conversation: &Address, event: &Event) -> String {
    framed(zone, conversation, event, &told(event))
}

/// `bob: hi`; more lines of one text are indented.
pub fn told(event: &Event) -> String {
    let author = wording::name(&event.author);
    match &event.body {
        Body::Posted { text, reply_to, .. } => said(&author, *reply_to, text),
        Body::Edited { of, text } => format!("* {author} edited #{of}: {}", lines(text)),
        Body::Tombstone { of: None } => format!("{author}: {DELETED}"),
        Body::Tombstone { of: Some(of) } => format!("* {author} edited #{of}: {DELETED}"),
        body => format!("* {}", wording::sentence(&event.author, body).unwrap_or_default()),
    }
}

fn framed(zone: &TimeZone, conversation: &Address, event: &Event, said: &str) -> String {
    format!("{} {conversation} {said}", day_and_time(zone, event.at))
}

fn day_and_time(zone: &TimeZone, at: Timestamp) -> String {
    moment(at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// `bob: (to #11) hi`
fn said(author: &str, reply_to: Option<Seq>, text: &Text) -> String {
    let answers = reply_to.map_or_else(String::new, |seq| format!("(to #{seq}) "));
    format!("{author}: {answers}{}", lines(text))
}

/// `bob: hi (edited) [+1 2]`
fn reads(message: &Message) -> String {
    let author = wording::name(&message.author);
    let Some(text) = &message.text else {
        return format!("{author}: {DELETED}");
    };
    let mut line = said(&author, message.reply_to, text);
    let edited = message.edited.map(|_| wording::EDITED.to_owned());
    for told in edited.into_iter().chain(wording::reactions(message)) {
        line.push(' ');
        line.push_str(&told);
    }
    line
}

fn lines(text: &Text) -> String {
    let lines: Vec<String> = printable_lines(text.as_str()).map(|line| line.to_string()).collect();
    lines.join("\n    ")
}

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()
}
