//! What somebody typed into the search box: words, and what narrows them down.

use im_proto::{Address, Body, FOUND_MAX, Found, Request, Timestamp, UserName, Words};
use jiff::tz::TimeZone;

use crate::app::emphasis::Emphasis;
use crate::app::when;

/// What is searched for. The server is asked for the words and the place; the rest is left out of what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Which messages the server is asked for.
    asked: Asked,
    /// `from:bob`: only what they said.
    from: Option<UserName>,
    /// `before:mon`: only what was said before.
    before: Option<Timestamp>,
    /// `in:#dev`, where the server is not asked for it.
    only: Option<Address>,
    /// Words that are to be in it, where the server is not asked for them.
    with: Emphasis,
}

/// What the server is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// The words, perhaps in one conversation only.
    Words(Words, Option<Address>),
    /// What mentions one.
    Mentions(UserName),
}

/// The clock by which dates are meant.
pub(super) struct Meant {
    pub(super) wall: Timestamp,
    pub(super) zone: TimeZone,
}

impl Query {
    /// Reads what was typed; nothing if it is nothing yet, and why if it cannot be searched for.
    pub(super) fn parse(typed: &str, by: &Meant) -> Result<Option<Self>, String> {
        let Typed { words, of, from, before } = Typed::read(typed, by)?;
        let words = open_words(&words, typed.ends_with(&words))?;
        let asked = words.map(|words| Asked::Words(words, of));
        Ok(asked.map(|asked| Self { asked, from, before, only: None, with: Emphasis::default() }))
    }

    /// The same where all that is typed is words, of one conversation.
    pub(super) fn here(typed: &str, here: &Address) -> Result<Option<Self>, String> {
        let words = open_words(typed.trim(), !typed.ends_with(' '))?;
        let asked = words.map(|words| Asked::Words(words, Some(here.clone())));
        let with = Emphasis::default();
        Ok(asked.map(|asked| Self { asked, from: None, before: None, only: None, with }))
    }

    /// What mentions somebody, of that what was typed.
    pub(super) fn mentions(typed: &str, me: &UserName, by: &Meant) -> Result<Option<Self>, String> {
        let Typed { words, of: only, from, before } = Typed::read(typed, by)?;
        let with = open_words(&words, typed.ends_with(&words))?;
        let with = with.map_or_else(Emphasis::default, |words| Emphasis::of(words.as_str()));
        Ok(Some(Self { asked: Asked::Mentions(me.clone()), from, before, only, with }))
    }

    /// The next page, before a position.
    pub(super) fn request(&self, before: Option<u64>) -> Request {
        let limit = FOUND_MAX;
        match &self.asked {
            Asked::Words(words, of) => {
                Request::Search { words: words.clone(), of: of.clone(), before, limit }
            }
            Asked::Mentions(_) => Request::Mentions { before, limit },
        }
    }

    /// The words that are to stand out in what is found.
    pub(super) fn emphasis(&self) -> Emphasis {
        match &self.asked {
            Asked::Words(words, _) => Emphasis::of(words.as_str()),
            Asked::Mentions(me) => Emphasis::of(me.as_str()).and(&self.with),
        }
    }

    /// Whether something that the server found is wanted.
    pub(super) fn wants(&self, Found { address, event, .. }: &Found) -> bool {
        let says = |text: &str| self.with.is_all_in(text);
        self.from.as_ref().is_none_or(|from| event.author.name == *from)
            && self.before.is_none_or(|before| event.at < before)
            && self.only.as_ref().is_none_or(|only| only == address)
            && matches!(&event.body, Body::Posted { text, .. } if says(text.as_str()))
    }

    /// Not all that the server finds is wanted.
    pub(super) fn is_narrow(&self) -> bool {
        self.from.is_some() || self.before.is_some() || self.only.is_some() || !self.with.is_empty()
    }
}

/// What was typed, in its parts.
struct Typed {
    words: String,
    of: Option<Address>,
    from: Option<UserName>,
    before: Option<Timestamp>,
}

impl Typed {
    fn read(typed: &str, by: &Meant) -> Result<Self, String> {
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
        Ok(Self { words: words.join(" "), of, from, before })
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
