//! What the headless commands print: lines for people, or one JSON object a line. The only place that writes to
//! standard output, and nothing it writes can act on a terminal.

use std::io::{self, Write};

use im_proto::{Address, Body, Event, Timestamp, UserName, printable, printable_lines};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use crate::exit::Failure;
use crate::wording;

/// How events are printed.
#[derive(Debug, Clone)]
pub enum Manner {
    /// For people, with the time of day in their zone.
    Plain(TimeZone),
    /// For programs.
    Json,
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
            Self::Json => json(conversation, event),
        }
    }
}

/// Prints something.
pub(super) fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::io("standard output"))
}

/// `2026-11-21 10:00:00 #dev bob: hi`; more lines of one text are indented.
fn plain(zone: &TimeZone, conversation: &Address, event: &Event) -> String {
    let at = moment(event.at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default();
    let said = match &event.body {
        Body::Posted { text, .. } => {
            let lines: Vec<String> = printable_lines(text.as_str()).map(|line| line.to_string()).collect();
            format!("{}: {}", wording::name(&event.author), lines.join("\n    "))
        }
        body => format!("* {}", wording::sentence(&event.author, body).unwrap_or_default()),
    };
    format!("{at} {conversation} {said}")
}

/// The shape that scripts rely on. Keys are only ever added.
#[derive(Serialize)]
struct JsonEvent<'a> {
    #[serde(serialize_with = "shown")]
    conversation: &'a Address,
    seq: u64,
    at: String,
    from: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    guest: bool,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

fn shown<S: Serializer>(address: &&Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

/// What is said of few is left out of the lines about all others.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(guest: &bool) -> bool {
    !guest
}

fn json(conversation: &Address, event: &Event) -> String {
    let mut object = JsonEvent {
        conversation,
        seq: event.seq.0,
        at: moment(event.at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()).unwrap_or_default(),
        from: event.author.name.as_str(),
        guest: event.author.guest,
        kind: event.body.kind(),
        text: None,
        user: None,
        by: None,
        role: None,
    };
    match &event.body {
        Body::Posted { text, .. } => object.text = Some(text.as_str()),
        Body::Joined { by } => object.by = by.as_ref().map(UserName::as_str),
        Body::Invited { user } | Body::RequestDeclined { user } => object.user = Some(user.as_str()),
        Body::InvitationDeclined { by } => object.by = Some(by.as_str()),
        Body::RoleSet { user, role } => {
            object.user = Some(user.as_str());
            object.role = Some(role.word());
        }
        Body::Created | Body::Left | Body::Asked => {}
    }
    let mut line = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut line, Harmless(CompactFormatter));
    // Strings and numbers into memory: there is nothing that could fail.
    let _ = object.serialize(&mut serializer);
    String::from_utf8_lossy(&line).into_owned()
}

/// JSON in which whatever could act on a terminal is escaped, more than JSON itself asks for.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        let mut rest = fragment;
        while let Some(c) = rest.chars().next() {
            let (head, tail) = rest.split_at(c.len_utf8());
            if printable(head).chars().next().is_some() {
                self.0.write_string_fragment(writer, head)?;
            } else {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = tail;
        }
        Ok(())
    }
}

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()
}
