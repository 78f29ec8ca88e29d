//! What somebody typed into the search box: words, and what narrows them down.

use im_proto::{Address, Event, Timestamp, UserName, Words};
use jiff::tz::TimeZone;

use crate::app::emphasis::Emphasis;
use crate::app::when;

/// What is searched for. The server is asked for the words and the place; the rest is left out of what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// The words.
    pub(super) words: Words,
    /// `in:#dev`: only there.
    pub(super) of: Option<Address>,
    /// `from:bob`: only what they said.
    pub(super) from: Option<UserName>,
    /// `before:mon`: only what was said before.
    pub(super) before: Option<Timestamp>,
}

/// The clock by which dates are meant.
pub(super) struct Meant {
    pub(super) wall: Timestamp,
    pub(super) zone: TimeZone,
}

impl Query {
    /// Reads what was typed; nothing if it is nothing yet, and why if it cannot be searched for.
    pub(super) fn parse(typed: &str, by: &Meant) -> Result<Option<Self>, String> {
        let (mut words, mut of, mut from, mut before) = (Vec::new(), None, None, None);
        for word in typed.split_whitespace() {
            match word.split_once(':') {
                Some(("in", place)) => of = Some(address(place)?),
                Some(("from", who)) => from = Some(user(who)?),
                // A date and a time are one word here: before:2026-05-01T14:00.
                Some(("before", date)) => before = Some(when::parse(date, by.wall, &by.zone)?),
                _ => words.push(word),
            }
        }
        let is_open = words.last().is_some_and(|last| typed.ends_with(last));
        let words = open_words(&words.join(" "), is_open)?;
        Ok(words.map(|words| Self { words, of, from, before }))
    }

    /// The same where all that is typed is words, of one conversation.
    pub(super) fn here(typed: &str, here: &Address) -> Result<Option<Self>, String> {
        let words = open_words(typed.trim(), !typed.ends_with(' '))?;
        Ok(words.map(|words| Self { words, of: Some(here.clone()), from: None, before: None }))
    }

    /// Whether something that has the words is wanted.
    pub(super) fn wants(&self, event: &Event) -> bool {
        self.from.as_ref().is_none_or(|from| event.author.name == *from)
            && self.before.is_none_or(|before| event.at < before)
    }

    /// Not all that the server finds is wanted.
    pub(super) fn is_narrow(&self) -> bool {
        self.from.is_some() || self.before.is_some()
    }
}

/// Words, of which the last may only have begun: more of it may be typed.
fn open_words(words: &str, is_open: bool) -> Result<Option<Words>, String> {
    if Emphasis::of(words).is_empty() {
        return Ok(None);
    }
    let star = if is_open && words.ends_with(char::is_alphanumeric) { "*" } else { "" };
    Words::parse(&format!("{words}{star}")).map(Some).map_err(|error| error.to_string())
}

/// `#dev`, `@bob`, or `dev` for short.
fn address(place: &str) -> Result<Address, String> {
    let address = place.parse().or_else(|_| format!("#{place}").parse());
    address.map_err(|_| format!("in:{place} names no conversation: in:#ROOM or in:@USER"))
}

/// `bob`, `@bob`, or `~bob`, as a guest is shown.
fn user(who: &str) -> Result<UserName, String> {
    let name = who.trim_start_matches(['@', '~']).parse();
    name.map_err(|_| format!("from:{who} names nobody"))
}
