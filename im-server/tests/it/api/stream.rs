//! Server-sent events as a browser reads them: only blocks that came whole count, and the last id of one is kept.

use serde_json::Value;

use super::call::{Client, Line};

/// How a stream is asked for and cut.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) last: Option<String>,
    /// After so many bytes the connection is gone.
    pub(super) bytes_max: usize,
}

impl Opening {
    pub(super) fn now() -> Self {
        Self::after(None)
    }

    pub(super) fn after(last: Option<&str>) -> Self {
        Self { last: last.map(str::to_owned), bytes_max: usize::MAX }
    }
}

/// A stream that goes on.
pub(super) struct Stream {
    line: Line,
    bytes_left: usize,
    /// As HTTP sends them, and without what HTTP puts around them.
    raw: Vec<u8>,
    text: Vec<u8>,
    /// No block ends in so many bytes of the text.
    searched: usize,
    chunk_left: usize,
    /// The last chunk has come.
    ended: bool,
    /// The last id of a whole block.
    pub(super) last: Option<String>,
}

/// One block of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) id: Option<String>,
    pub(super) event: Option<String>,
    pub(super) data: Option<Value>,
}

impl Stream {
    /// Asks for the stream and reads its head.
    #[track_caller]
    pub(super) fn open(client: &Client, opening: Opening) -> Self {
        let mut line = Line::connect(client.addr);
        let mut request = client.request("GET", "/v1/events");
        request.headers.extend(opening.last.iter().map(|last| ("Last-Event-ID", last.clone())));
        line.send(&request);
        let (status, headers) = line.head().unwrap();
        assert_eq!(status, 200, "{headers:?}");
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("transfer-encoding", "chunked"),
        ] {
            assert!(headers.contains(&(name.into(), value.into())), "{headers:?}");
        }
        let (raw, text) = (Vec::new(), Vec::new());
        Self {
            line,
            bytes_left: opening.bytes_max,
            raw,
            text,
            searched: 0,
            chunk_left: 0,
            ended: false,
            last: opening.last,
        }
    }

    /// One that follows everything from this moment on: its first block says where it is.
    #[track_caller]
    pub(super) fn now(client: &Client) -> Self {
        let mut stream = Self::open(client, Opening::now());
        let first = stream.next().expect("a first block");
        assert!(first.id.is_some() && first.data.is_none(), "{first:?}");
        stream
    }

    pub(super) fn line(&self) -> &Line {
        &self.line
    }

    /// The next block. Nothing: the stream ended or was cut.
    #[track_caller]
    pub(super) fn next(&mut self) -> Option<Block> {
        loop {
            let found = self.text[self.searched..].windows(2).position(|pair| pair == b"\n\n");
            if let Some(end) = found.map(|end| self.searched + end) {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                self.searched = 0;
                let block = parse(std::str::from_utf8(&block).unwrap());
                self.last = block.id.clone().or(self.last.take());
                if block.event.is_some() || block.data.is_some() || block.id.is_some() {
                    return Some(block);
                }
            } else {
                self.searched = self.text.len().saturating_sub(1);
                if !self.more() {
                    return None;
                }
            }
        }
    }

    /// The next heartbeat, with which the rest of what came begins.
    #[track_caller]
    pub(super) fn heartbeat(&mut self) -> String {
        while self.text.len() < 3 && self.more() {}
        String::from_utf8(self.text.drain(..3).collect()).unwrap()
    }

    /// Breaks the connection: the server gets a reset instead of an end.
    pub(super) fn reset(self) {
        self.line.reset();
    }

    /// The next event of a log.
    #[track_caller]
    pub(super) fn event(&mut self) -> Value {
        loop {
            let block = self.next().expect("an event");
            assert_eq!(block.event, None, "{block:?}");
            if let Some(data) = block.data {
                assert!(block.id.is_some(), "each event has an id");
                return data;
            }
        }
    }

    /// The next event in which something was said.
    #[track_caller]
    pub(super) fn said(&mut self) -> String {
        loop {
            if let Some(text) = self.event()["text"].as_str() {
                return text.to_owned();
            }
        }
    }

    /// Reads up to the end. The code with which the server closed the stream is returned.
    #[track_caller]
    pub(super) fn closes(&mut self) -> String {
        loop {
            let block = self.next().expect("a reason");
            if block.event.as_deref() == Some("closing") {
                assert_eq!(self.next(), None);
                return block.data.unwrap()["code"].as_str().unwrap().to_owned();
            }
        }
    }

    fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        let read = self.line.read_some(self.bytes_left);
        self.bytes_left -= read.len();
        self.raw.extend_from_slice(&read);
        loop {
            let taken = self.chunk_left.min(self.raw.len());
            self.text.extend(self.raw.drain(..taken));
            self.chunk_left -= taken;
            // After a chunk comes the end of its line; the next begins with its length.
            let skipped = usize::from(self.raw.starts_with(b"\r\n")) * 2;
            let Some(end) = self.raw[skipped..].windows(2).position(|pair| pair == b"\r\n") else {
                return !read.is_empty();
            };
            if self.chunk_left > 0 {
                return !read.is_empty();
            }
            let length = std::str::from_utf8(&self.raw[skipped..skipped + end]).unwrap();
            self.chunk_left = usize::from_str_radix(length, 16).unwrap();
            self.raw.drain(..skipped + end + 2);
            self.ended |= self.chunk_left == 0;
        }
    }
}

fn parse(block: &str) -> Block {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let known = |line: &str| {
        [":", "id: ", "data: ", "event: ", "retry: "].iter().any(|field| line.starts_with(field))
    };
    assert!(block.lines().all(|line| line.is_empty() || known(line)), "{block:?}");
    let data = field("data: ").map(|data| serde_json::from_str(&data).unwrap());
    Block { id: field("id: "), event: field("event: "), data }
}
