//! The JSON spelling: one object a line, the same requests, replies, events and notices as native clients have.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use im_proto::{
    Address, Ask, FromServer, MessageId, Notice, Refusal, Reply, Request, TEXT_BYTES_MAX, json_line,
};
use serde::{Deserialize, Serialize};

use crate::entry::{Entry, Style};

use super::{Dialect, FreshId, Input, Output, Place, Whose};

/// The end of a line.
const END_BYTES_MAX: usize = 2;

/// Longest line of somebody who has not signed in, in bytes, without its end.
const LINE_BYTES_MAX_STRANGER: usize = 8 * 1024;

/// Longest line without its end, in bytes: the longest text, each byte of it escaped as `\u0000`, and room around it.
const LINE_BYTES_MAX: usize = 6 * TEXT_BYTES_MAX + 8 * 1024;

/// One session's state.
pub(crate) struct Json {
    fresh: FreshId,
    unread: BytesMut,
    /// No line ends in so many of the unread bytes.
    searched: usize,
    bytes_max: usize,
    /// The rest of a line that was too long is thrown away.
    skipping: bool,
    /// Why lines could not be read, of those that are not answered yet, oldest first.
    unreadable: VecDeque<String>,
}

/// A refusal with a hint for whoever writes the program.
#[derive(Serialize)]
struct Explained {
    #[serde(flatten)]
    refused: FromServer,
    detail: String,
}

impl Json {
    /// `known` are those who have signed in already.
    pub(crate) fn new(fresh: FreshId, known: bool) -> Self {
        let bytes_max = if known { LINE_BYTES_MAX } else { LINE_BYTES_MAX_STRANGER };
        let (unread, unreadable) = (BytesMut::new(), VecDeque::new());
        Self { fresh, unread, searched: 0, bytes_max, skipping: false, unreadable }
    }

    fn line(&mut self) -> Option<BytesMut> {
        let Some(end) = self.unread[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.unread.len();
            return None;
        };
        let line = self.unread.split_to(self.searched + end + 1);
        self.searched = 0;
        Some(line)
    }

    fn read(&mut self, line: &[u8]) -> Input {
        match serde_json::from_slice::<Ask>(line) {
            Ok(Ask { tag, mut request }) => {
                if let Request::Post { message, .. } = &mut request
                    && *message == MessageId::default()
                {
                    *message = (self.fresh)();
                }
                Input::Ask(Ask { tag, request })
            }
            Err(error) => {
                self.unreadable.push_back(error.to_string());
                Input::Refused { tag: tag_of(line), refusal: Refusal::Unreadable }
            }
        }
    }
}

/// The tag of a line that could not be read otherwise.
fn tag_of(line: &[u8]) -> u32 {
    #[derive(Deserialize)]
    struct Tagged {
        tag: u32,
    }
    serde_json::from_slice::<Tagged>(line).map_or(0, |tagged| tagged.tag)
}

fn say(value: &impl Serialize, out: &mut Output) {
    out.put(&json_line(value));
    out.put(b"\n");
}

impl Dialect for Json {
    fn word(&self) -> &'static str {
        "json"
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    fn ended(&mut self) {
        self.unread.extend_from_slice(b"\n"); // what came last is a line, even without an end
    }

    fn next(&mut self, _: &mut Output) -> Option<Input> {
        loop {
            let Some(line) = self.line() else {
                if self.unread.len() > self.bytes_max + END_BYTES_MAX {
                    self.skipping = true;
                }
                if self.skipping || self.unread.is_empty() {
                    self.unread = BytesMut::new(); // an idle session owns no buffer
                    self.searched = 0;
                }
                return None;
            };
            if std::mem::take(&mut self.skipping) || line.trim_ascii_end().len() > self.bytes_max {
                return Some(Input::Refused { tag: 0, refusal: Refusal::TooLong });
            }
            if !line.trim_ascii().is_empty() {
                return Some(self.read(&line));
            }
        }
    }

    fn buffered(&self) -> usize {
        self.unread.len()
    }

    fn is_program(&self) -> bool {
        true
    }

    fn reply(&mut self, tag: u32, result: Result<Reply, Refusal>, out: &mut Output) {
        if let Ok(Reply::Welcome { .. }) = result {
            self.bytes_max = LINE_BYTES_MAX;
        }
        let unreadable = result == Err(Refusal::Unreadable);
        let detail = if unreadable { self.unreadable.pop_front() } else { None };
        let reply = FromServer::Reply { tag, result };
        match detail {
            Some(detail) => say(&Explained { refused: reply, detail }, out),
            None => say(&reply, out),
        }
    }

    fn event(&mut self, entry: &Entry, place: &Place, _: Whose, out: &mut Output) {
        let write = |address: &Address| {
            let mut line = json_line(&entry.event().clone().with_address(address.clone()));
            line.push(b'\n');
            Bytes::from(line)
        };
        match &place.address {
            // Each of the two calls it by the other's name.
            Address::User(_) => out.push(&write(&place.address)),
            Address::Room(_) => out.push(entry.bytes(Style::Json, |_| write(&place.address))),
        }
    }

    fn keeps_token(&self) -> Option<&'static str> {
        Some("json")
    }

    fn notice(&mut self, notice: Notice, out: &mut Output) {
        say(&FromServer::Notice(notice), out);
    }
}
