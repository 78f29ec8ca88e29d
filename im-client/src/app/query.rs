//! What somebody typed into the search box: words, and what narrows them down.

use im_proto::{Address, Event, UserName, Words};

use super::emphasis::Emphasis;

/// What is searched for. The server is asked for the words and the place; the rest is left out of what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// The words.
    pub words: Words,
    /// `in:#dev`: only there.
    pub of: Option<Address>,
    /// `from:bob`: only what they said.
    pub from: Option<UserName>,
}

impl Query {
    /// Reads what was typed; nothing if it is nothing yet, and why if it cannot be searched for.
    pub(super) fn parse(typed: &str) -> Result<Option<Self>, String> {
        let (mut words, mut of, mut from) = (Vec::new(), None, None);
        for word in typed.split_whitespace() {
            match word.split_once(':') {
                Some(("in", place)) => of = Some(address(place)?),
                Some(("from", who)) => from = Some(user(who)?),
                _ => words.push(word),
            }
        }
        let words = words.join(" ");
        if Emphasis::of(&words).is_empty() {
            // Only what narrows down is nothing yet.
            return Ok(None);
        }
        let words = Words::parse(&words).map_err(|error| error.to_string())?;
        Ok(Some(Self { words, of, from }))
    }

    /// Whether something that has the words is wanted.
    pub(super) fn wants(&self, event: &Event) -> bool {
        self.from.as_ref().is_none_or(|from| event.author.name == *from)
    }

    /// Not all that the server finds is wanted.
    pub(super) fn is_narrow(&self) -> bool {
        self.from.is_some()
    }
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
