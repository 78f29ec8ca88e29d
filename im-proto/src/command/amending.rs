//! Commands about a message that was said: which one, by the number that `/history` shows, and what is to become of it.

use crate::id::Seq;
use crate::reaction::Reaction;
use crate::text::Text;

use super::{Command, CommandError, Row, Verb};

pub(super) fn command(row: &Row, rest: &str) -> Result<Command, CommandError> {
    let usage = || CommandError::Usage { verb: row.verb, usage: row.usage() };
    if row.verb == Verb::Delete {
        let seq = match rest {
            "" => None,
            one => Some(one.strip_prefix('#').unwrap_or(one).parse().map(Seq).map_err(|_| usage())?),
        };
        return Ok(Command::Delete { seq });
    }
    let (seq, rest) = numbered(rest);
    if rest.is_empty() {
        return Err(usage());
    }
    Ok(match row.verb {
        Verb::Edit => Command::Edit { seq, text: Text::parse(rest)? },
        Verb::Reply => Command::Reply { seq, text: Text::parse(rest)? },
        Verb::React | Verb::Unreact => {
            Command::React { seq, reaction: Reaction::parse(rest)?, on: row.verb == Verb::React }
        }
        _ => return Err(usage()),
    })
}

/// Takes `#12` from the start. Without the `#` it is a part of what is said: `/edit 12 monkeys`.
fn numbered(rest: &str) -> (Option<Seq>, &str) {
    let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match first.strip_prefix('#').and_then(|number| number.parse().ok()) {
        Some(number) => (Some(Seq(number)), after.trim_start()),
        None => (None, rest),
    }
}
