//! MaChat's manner: a line of JSON that says who comes into which room, then text, `name:text` for everybody there.

use im_proto::{Address, Author, RoomName, UserName};
use serde::Deserialize;

use crate::entry::Style;

use super::super::Place;
use super::wording::Wording;

pub(super) struct Machat;

/// Longest hello, in bytes.
const HELLO_BYTES_MAX: usize = 4 * 1024;

/// What a first line that is no hello gets.
pub(super) const WRONG_HELLO: &str =
    r#"error: the first line must look like {"name": "Mina", "room": "devroom"}"#;

impl Wording for Machat {
    fn system(&self, what: &str) -> String {
        format!("* {what}")
    }

    fn style(&self, _: bool) -> Option<Style> {
        Some(Style::Machat)
    }

    fn said(&self, author: &Author, place: &Place, _: Option<&Address>) -> String {
        match &place.address {
            Address::User(_) => format!("{author} whispers:"),
            Address::Room(_) => format!("{author}:"),
        }
    }

    fn kept_since(&self, _: im_proto::Timestamp) -> Option<String> {
        None
    }

    fn welcome(&self, _: &UserName, _: bool) -> Option<String> {
        None
    }

    fn entered(&self, _: &UserName, _: &RoomName) -> Option<String> {
        None
    }
}

/// Who comes, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) name: UserName,
    pub(super) room: RoomName,
}

/// Collects a hello, which may come byte by byte, without an end of line, and with text right behind it.
#[derive(Debug, Default)]
pub(super) struct HelloReader {
    bytes: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

/// What a byte of a hello came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HelloStep {
    /// There must be more.
    More,
    /// It is whole.
    Whole(Hello),
    /// It is none.
    Wrong(String),
}

impl HelloReader {
    /// Nothing has come yet.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn feed(&mut self, byte: u8) -> HelloStep {
        if self.bytes.len() == HELLO_BYTES_MAX {
            return HelloStep::Wrong(WRONG_HELLO.into());
        }
        self.bytes.push(byte);
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' if !self.in_string => self.depth += 1,
            b'}' if !self.in_string => self.depth -= 1,
            _ => {}
        }
        if self.depth == 0 { read(&self.bytes) } else { HelloStep::More }
    }
}

fn read(bytes: &[u8]) -> HelloStep {
    #[derive(Deserialize)]
    struct Raw {
        name: String,
        room: String,
    }
    // Keys are compared without case, as Go does, and others are not looked at.
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_slice(bytes);
    let lower =
        object.map(|object| object.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect());
    let Ok(Raw { name, room }) = lower.and_then(serde_json::from_value) else {
        return HelloStep::Wrong(WRONG_HELLO.into());
    };
    match (UserName::parse(&name), RoomName::parse(&room)) {
        (Ok(name), Ok(room)) => HelloStep::Whole(Hello { name, room }),
        (Err(error), _) => HelloStep::Wrong(format!("error: name: {error}")),
        (_, Err(error)) => HelloStep::Wrong(format!("error: room: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> (HelloStep, usize) {
        let mut reader = HelloReader::default();
        for (i, byte) in raw.bytes().enumerate() {
            match reader.feed(byte) {
                HelloStep::More => {}
                done => return (done, i + 1),
            }
        }
        (HelloStep::More, raw.len())
    }

    #[test]
    fn a_hello_ends_at_its_last_brace() {
        let mina = || Hello { name: "Mina".parse().unwrap(), room: "devroom".parse().unwrap() };
        for raw in [
            r#"{"name": "Mina", "room":"devroom"}"#,
            r#"{"Name":"Mina","ROOM":"devroom","more":{"a":["}","\"}"]}}"#,
        ] {
            assert_eq!(read(&format!("{raw}\nfirst line")), (HelloStep::Whole(mina()), raw.len()));
        }
        assert_eq!(read(r#"{"name":"Mina"#).0, HelloStep::More);
    }

    #[test]
    fn what_is_no_hello_is_told() {
        for raw in ["{}", r#"{"name":1,"room":"x"}"#, r#"{"name":"a"}"#, "{nonsense}"] {
            assert_eq!(read(raw).0, HelloStep::Wrong(WRONG_HELLO.into()), "{raw}");
        }
        for raw in
            [r#"{"name":"Mul\nti","room":"x"}"#, r#"{"name":"","room":"x"}"#, r#"{"name":"a","room":""}"#]
        {
            assert!(matches!(read(raw).0, HelloStep::Wrong(told) if told.starts_with("error: ")), "{raw}");
        }
        let long = format!("{{\"name\":\"{}", "x".repeat(HELLO_BYTES_MAX));
        assert!(matches!(read(&long).0, HelloStep::Wrong(_)));
    }
}
