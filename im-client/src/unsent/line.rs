//! One change in one line: what the journal of unsent messages is made of.

use im_proto::{MessageId, Seq, Text, Timestamp};

use crate::app::{Change, Unsent, UnsentState};

/// The line of a change, with its end.
pub(super) fn of(change: &Change) -> String {
    match change {
        Change::Said { to, message, text, reply_to, at } => {
            let (at, text) = (at.0, escaped(text.as_str()));
            match reply_to {
                None => format!("said {message} {at} {to} {text}\n"),
                Some(seq) => format!("replied {message} {seq} {at} {to} {text}\n"),
            }
        }
        Change::Failed { message, why } => format!("failed {message} {}\n", escaped(why)),
        Change::Again(message) => format!("again {message}\n"),
        Change::Gone(message) => format!("gone {message}\n"),
    }
}

/// The change of a line without its end, if it is one.
pub(super) fn read(line: &[u8]) -> Option<Change> {
    let line = std::str::from_utf8(line).ok()?;
    let (word, rest) = line.split_once(' ')?;
    let (id, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let message = MessageId::from_hex(id)?;
    match word {
        "said" => said(message, None, rest),
        "replied" => {
            let (seq, rest) = rest.split_once(' ')?;
            said(message, Some(Seq(seq.parse().ok()?)), rest)
        }
        "failed" => Some(Change::Failed { message, why: unescaped(rest)? }),
        "again" => Some(Change::Again(message)),
        "gone" => Some(Change::Gone(message)),
        _ => None,
    }
}

fn said(message: MessageId, reply_to: Option<Seq>, rest: &str) -> Option<Change> {
    let mut parts = rest.splitn(3, ' ');
    let at = Timestamp(parts.next()?.parse().ok()?);
    let to = parts.next()?.parse().ok()?;
    let text = Text::parse(&unescaped(parts.next()?)?).ok()?;
    Some(Change::Said { to, message, text, reply_to, at })
}

/// The changes that lead to a message as it is.
pub(super) fn leading_to(unsent: &Unsent) -> Vec<Change> {
    let Unsent { to, message, text, reply_to, at, .. } = unsent.clone();
    let mut changes = vec![Change::Said { to, message, text, reply_to, at }];
    if let UnsentState::Failed(why) = &unsent.state {
        changes.push(Change::Failed { message, why: why.clone() });
    }
    changes
}

/// Does a change to what is unsent.
pub(super) fn apply(change: Change, unsent: &mut Vec<Unsent>) {
    let place = |message| unsent.iter().position(|unsent| unsent.message == message);
    match change {
        Change::Said { to, message, text, reply_to, at } if place(message).is_none() => {
            unsent.push(Unsent { to, message, text, reply_to, at, state: UnsentState::Queued, kept: true });
        }
        Change::Said { .. } => {}
        Change::Failed { message, why } => {
            if let Some(place) = place(message) {
                unsent[place].state = UnsentState::Failed(why);
            }
        }
        Change::Again(message) => {
            if let Some(place) = place(message) {
                unsent[place].state = UnsentState::Queued;
            }
        }
        Change::Gone(message) => {
            if let Some(place) = place(message) {
                unsent.remove(place);
            }
        }
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                '\\' => '\\',
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}
