//! How the types that cross a wire are written as JSON, where a derive does not say it: checked types are strings, and
//! so is every number of which JavaScript would lose bits.

use std::io::{self, Write};

use jiff::Timestamp as Moment;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use crate::address::Address;
use crate::event::{Author, Body, Event};
use crate::id::{ConversationId, MessageId, Seq, Timestamp};
use crate::name::{RoomName, UserName};
use crate::printable::escaped;
use crate::reaction::Reaction;
use crate::refusal::Refusal;
use crate::remark::Remark;
use crate::reply::{FromServer, Notice, Reply};
use crate::secret::{Password, Secret, Token};
use crate::text::Text;
use crate::words::Words;

/// A value in one line of JSON. Whatever could act on a terminal is escaped, more than JSON itself asks for, so that a
/// line may be shown to a person as it is.
pub fn json_line(value: &impl Serialize) -> Vec<u8> {
    let mut line = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut line, Harmless(CompactFormatter));
    // Strings, numbers and lists of them, into memory: there is nothing that could fail.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    line
}

struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return self.0.write_string_fragment(writer, fragment); // JSON escapes the rest itself
        }
        self.0.write_string_fragment(writer, &escaped(fragment))
    }
}

/// Types that are strings in JSON: how they are written, and how they are read again.
macro_rules! strings {
    ($($type:ty, $write:expr, $read:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&Self) -> _ = $write;
                serializer.collect_str(&write(self))
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read: fn(&str) -> Result<Self, _> = $read;
                let raw = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                read(&raw).map_err(D::Error::custom)
            }
        }
    )*};
}

strings! {
    UserName, ToString::to_string, UserName::parse;
    RoomName, ToString::to_string, RoomName::parse;
    Address, ToString::to_string, str::parse;
    Text, |text| text.as_str().to_owned(), Text::parse;
    Reaction, |reaction| reaction.as_str().to_owned(), Reaction::parse;
    Remark, ToString::to_string, Remark::parse;
    Words, |words| words.as_str().to_owned(), Words::parse;
    Password, |password| password.expose().to_owned(), Password::parse;
    Secret, |secret| secret.expose().to_owned(), Secret::parse;
    Token, Token::to_hex, |raw| Token::from_hex(raw).ok_or("a token is 64 hexadecimal digits");
    MessageId, ToString::to_string, |raw| MessageId::from_hex(raw).ok_or("a message id is 32 hexadecimal digits");
    ConversationId, ToString::to_string, |raw| raw.parse().map(ConversationId);
    Timestamp, |at| moment(*at).strftime("%Y-%m-%dT%H:%M:%S.%3fZ"), instant;
}

fn moment(at: Timestamp) -> Moment {
    let moment = i64::try_from(at.0).ok().and_then(|at| Moment::from_millisecond(at).ok());
    moment.unwrap_or(Moment::MAX)
}

fn instant(raw: &str) -> Result<Timestamp, String> {
    let moment: Moment = raw.parse().map_err(|error: jiff::Error| error.to_string())?;
    u64::try_from(moment.as_millisecond()).map(Timestamp).map_err(|_| "a time before 1970".into())
}

/// An event as JSON. Its conversation is a number, or where that is more useful an address.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct EventJson<C> {
    conversation: C,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    seq: Seq,
    at: Timestamp,
    from: UserName,
    /// What is said of few is left out of the lines about all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    guest: bool,
    #[serde(flatten)]
    body: Body,
}

impl<C> EventJson<C> {
    fn new(event: Event, conversation: C, address: Option<Address>) -> Self {
        let Event { conversation: _, seq, at, author: Author { name: from, guest }, body } = event;
        Self { conversation, address, seq, at, from, guest, body }
    }
}

impl Event {
    /// The event, with the name of its conversation beside the number.
    pub fn with_address(self, address: Address) -> EventJson<ConversationId> {
        let conversation = self.conversation;
        EventJson::new(self, conversation, Some(address))
    }

    /// The event, with the name of its conversation instead of the number.
    pub fn by_address(self, address: Address) -> EventJson<Address> {
        EventJson::new(self, address, None)
    }
}

impl From<Event> for EventJson<ConversationId> {
    fn from(event: Event) -> Self {
        let conversation = event.conversation;
        Self::new(event, conversation, None)
    }
}

impl From<EventJson<ConversationId>> for Event {
    fn from(json: EventJson<ConversationId>) -> Self {
        let EventJson { conversation, address: _, seq, at, from: name, guest, body } = json;
        Self { conversation, seq, at, author: Author { name, guest }, body }
    }
}

/// What the server says, told apart by which of the keys `reply` and `notice` is there; an event has neither.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum FromServerJson {
    Refused {
        reply: Refused,
        tag: u32,
        #[serde(flatten, with = "refusal")]
        refusal: Refusal,
    },
    Reply {
        tag: u32,
        #[serde(flatten)]
        reply: Reply,
    },
    Notice(Notice),
    Event(Event),
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Refused {
    Refused,
}

impl Serialize for FromServer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.clone() {
            Self::Reply { tag, result: Ok(reply) } => FromServerJson::Reply { tag, reply },
            Self::Reply { tag, result: Err(refusal) } => {
                FromServerJson::Refused { reply: Refused::Refused, tag, refusal }
            }
            Self::Event(event) => FromServerJson::Event(event),
            Self::Notice(notice) => FromServerJson::Notice(notice),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FromServer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match FromServerJson::deserialize(deserializer)? {
            FromServerJson::Refused { tag, refusal, .. } => Self::Reply { tag, result: Err(refusal) },
            FromServerJson::Reply { tag, reply } => Self::Reply { tag, result: Ok(reply) },
            FromServerJson::Notice(notice) => Self::Notice(notice),
            FromServerJson::Event(event) => Self::Event(event),
        })
    }
}

/// A refusal where it is told: its code for programs, and its sentence for people.
pub(crate) mod refusal {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::refusal::Refusal;

    #[derive(Serialize, Deserialize)]
    struct Told {
        code: Refusal,
        #[serde(default)]
        error: String,
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    pub(crate) fn serialize<S: Serializer>(refusal: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
        Told { code: *refusal, error: refusal.to_string() }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Refusal, D::Error> {
        Ok(Told::deserialize(deserializer)?.code)
    }
}

/// How many events a page of history has where nobody said.
pub(crate) fn page_events() -> u16 {
    50
}

/// What holds where nobody said otherwise.
pub(crate) fn yes() -> bool {
    true
}

/// Pairs, written as an object from number to number.
pub(crate) mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::id::{ConversationId, Seq};

    pub(crate) fn serialize<S: Serializer>(
        pairs: &[(ConversationId, Seq)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(conversation, seq)| (conversation, seq)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(ConversationId, Seq)>, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}
