//! What the headless commands print: lines for people, or one JSON object a line. The only place that writes to
//! standard output, and nothing it writes can act on a terminal.

use std::io::{self, Write};

use im_proto::{Address, Body, Event, Timestamp, json_line, printable_lines};
use jiff::tz::TimeZone;

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
            Self::Json => {
                let line = json_line(&event.clone().by_address(conversation.clone()));
                String::from_utf8_lossy(&line).into_owned()
            }
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

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()
}
