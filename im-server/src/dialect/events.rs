//! The spelling of server-sent events: one of ours is one of theirs, its data is the event in JSON, and its id says where
//! to go on after it.

use std::collections::BTreeMap;

use bytes::Bytes;
use im_proto::{Address, ConversationId, Notice, Refusal, Reply, Seq, json_line};

use crate::entry::{Entry, Style};

use super::{Dialect, Input, Output, Place, Whose};

/// What is sent now and then while there is nothing to tell.
pub(crate) const HEARTBEAT: &str = ":\n\n";

/// How far a stream has come, as its ids say it: every event of the server up to a position, and in some conversations more
/// than that.
///
/// Conversations move on by themselves, so that what was written last says nothing of the others. But as soon as all is
/// written that there was, one number says it all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    pub(crate) position: u64,
    pub(crate) further: BTreeMap<ConversationId, Seq>,
}

impl Progress {
    /// Reads what `Display` writes.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let (position, further) = raw.split_once('-').unwrap_or((raw, ""));
        let pair = |pair: &str| {
            let (conversation, seq) = pair.split_once('.')?;
            Some((ConversationId(conversation.parse().ok()?), Seq(seq.parse().ok()?)))
        };
        let further = further.split(',').filter(|part| !part.is_empty()).map(pair).collect::<Option<_>>()?;
        Some(Self { position: position.parse().ok()?, further })
    }
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.position)?;
        for (i, (conversation, seq)) in self.further.iter().enumerate() {
            write!(f, "{}{conversation}.{seq}", if i == 0 { '-' } else { ',' })?;
        }
        Ok(())
    }
}

/// One stream's state.
pub(crate) struct Events {
    progress: Progress,
    /// Goes on where another stream ended.
    resumes: bool,
    /// The newest position that was told of.
    newest: u64,
}

impl Events {
    /// A stream that goes on where another one came to, or begins now.
    pub(crate) fn new(progress: Option<Progress>) -> Self {
        Self { resumes: progress.is_some(), progress: progress.unwrap_or_default(), newest: 0 }
    }
}

impl Dialect for Events {
    fn word(&self) -> &'static str {
        "events"
    }

    /// A stream has only one direction.
    fn feed(&mut self, _: &[u8]) {}

    fn ended(&mut self) {}

    fn next(&mut self, _: &mut Output) -> Option<Input> {
        None
    }

    fn reply(&mut self, _: u32, result: Result<Reply, Refusal>, out: &mut Output) {
        if let Err(refusal) = result {
            self.notice(Notice::Closing(refusal), out);
        }
    }

    fn follows(&mut self, position: u64, out: &mut Output) {
        self.newest = position;
        if !self.resumes {
            self.progress.position = position;
        }
        // Also for those who lose the connection before the first event.
        out.put(format!("id: {}\n\n", self.progress).as_bytes());
    }

    fn event(&mut self, entry: &Entry, place: &Place, _: Whose, out: &mut Output) {
        let event = entry.event();
        self.newest = self.newest.max(entry.position());
        self.progress.further.insert(event.conversation, event.seq);
        out.put(format!("id: {}\n", self.progress).as_bytes());
        let write = |address: &Address| {
            let mut data = b"data: ".to_vec();
            data.append(&mut json_line(&event.clone().by_address(address.clone())));
            data.extend_from_slice(b"\n\n");
            Bytes::from(data)
        };
        match &place.address {
            // Each of the two calls it by the other's name.
            Address::User(_) => out.push(&write(&place.address)),
            Address::Room(_) => out.push(entry.bytes(Style::ServerSent, |_| write(&place.address))),
        }
    }

    /// Only what is in a log, and the end.
    fn notice(&mut self, notice: Notice, out: &mut Output) {
        if let Notice::ComeBack { after_milliseconds } = notice {
            // What a browser waits before it asks again: the first line of the block that says why.
            out.put(format!("retry: {after_milliseconds}\n").as_bytes());
        }
        if let Notice::Closing(_) = notice {
            out.put(b"event: closing\ndata: ");
            out.put(&json_line(&notice));
            out.put(b"\n\n");
        }
    }

    fn shows_typing(&self) -> bool {
        false
    }

    fn quiet(&mut self, _: &mut Output) {
        self.progress =
            Progress { position: self.progress.position.max(self.newest), further: BTreeMap::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_as_it_is_written() {
        for raw in ["0", "17", "17-3.12", "17-3.12,40.1"] {
            assert_eq!(Progress::parse(raw).unwrap().to_string(), raw);
        }
        for raw in ["", "x", "-", "1-3", "1-3.x", "-3.1", "1 2", "1-3.1;4.2"] {
            assert_eq!(Progress::parse(raw), None, "{raw}");
        }
    }
}
