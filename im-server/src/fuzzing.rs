//! Doors for the fuzz targets to pure parts of the server that have no other: bytes in, and what came of them. See `fuzz/`.

use im_proto::{Ask, MessageId, Refusal, Reply, Request, Timestamp, UserName};

use crate::config;
use crate::dialect::json::Json;
use crate::dialect::telnet::{Filter, Telnet};
use crate::dialect::text::{Port, TelnetEcho, Text};
use crate::dialect::{Dialect, Input, Output};

/// More than any input of a fuzzer can be made to ask for.
const ASKED_MAX: usize = 100_000;

/// What a dialect made of what a peer sent.
#[derive(Debug, PartialEq)]
pub struct Heard {
    /// What it would ask of the service.
    pub asked: Vec<Ask>,
    /// What it wrote by itself.
    pub written: Vec<u8>,
    /// Whether it ends the session.
    pub closes: bool,
}

/// What the text dialect makes of bytes that come in these parts.
pub fn text(port: u8, parts: &[&[u8]]) -> Heard {
    let ports = [Port::Any, Port::Goim, Port::Lobby, Port::Machat, Port::Tinychat];
    hear(Text::new(ports[usize::from(port) % ports.len()], || MessageId([7; 16]), TelnetEcho::Auto), parts)
}

/// What the JSON dialect makes of them.
pub fn json(known: bool, parts: &[&[u8]]) -> Heard {
    hear(Json::new(|| MessageId([7; 16]), known), parts)
}

fn hear(mut dialect: impl Dialect, parts: &[&[u8]]) -> Heard {
    let (mut out, mut heard) =
        (Output::default(), Heard { asked: Vec::new(), written: Vec::new(), closes: false });
    let mut take = |dialect: &mut dyn Dialect, heard: &mut Heard| {
        while let Some(input) = dialect.next(&mut out) {
            match input {
                Input::Ask(ask) => {
                    dialect.reply(ask.tag, answer(&ask.request), &mut out);
                    heard.asked.push(ask);
                    assert!(heard.asked.len() < ASKED_MAX, "it asks without end");
                }
                Input::Refused { tag, refusal } => dialect.reply(tag, Err(refusal), &mut out),
                Input::Nothing => {}
                Input::Close => {
                    heard.closes = true;
                    break;
                }
            }
        }
        while !out.is_empty() {
            heard.written.extend(out.take_piece());
        }
    };
    for part in parts {
        dialect.feed(part);
        take(&mut dialect, &mut heard);
        if heard.closes {
            return heard;
        }
    }
    dialect.ended();
    take(&mut dialect, &mut heard);
    heard
}

/// What a server might answer on which everybody is let in, and nothing is there.
fn answer(request: &Request) -> Result<Reply, Refusal> {
    let welcome = |user: &UserName| Ok(Reply::Welcome { user: user.clone(), token: None });
    match request {
        Request::CheckName { .. } => Ok(Reply::Name { taken: false }),
        Request::SignUp { name, .. } | Request::SignIn { name, .. } | Request::Rename { name } => {
            welcome(name)
        }
        Request::ComeAsGuest { name } => welcome(name.as_ref().unwrap_or(&UserName::anonymous(0))),
        Request::Time => Ok(Reply::Time { at: Timestamp(0) }),
        Request::Post { .. } | Request::Edit { .. } | Request::React { .. } => Err(Refusal::NoSuchUser),
        Request::Join { .. } | Request::Open { .. } | Request::History { .. } => Err(Refusal::NoSuchRoom),
        _ => Ok(Reply::Done),
    }
}

/// What telnet's filter lets through, and what it answers.
pub fn telnet(bytes: &[u8]) -> (Vec<u8>, Vec<[u8; 3]>) {
    let (mut filter, mut data, mut answers) = (Filter::default(), Vec::new(), Vec::new());
    for byte in bytes {
        match filter.feed(*byte) {
            Telnet::Data(byte) => data.push(byte),
            Telnet::Answer(bytes) => answers.push(bytes),
            _ => {}
        }
    }
    (data, answers)
}

/// Whether this is a configuration, or why it is none.
pub fn configuration(text: &str) -> Result<(), String> {
    config::is_one(text)
}
