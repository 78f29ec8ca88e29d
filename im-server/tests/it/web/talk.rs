//! A client of the JSON dialect, by a WebSocket or by lines on TCP: the same to every test.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::harness::{Peer, TestServer};

use super::socket::Socket;

/// How the objects travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A message each, on `/ws`.
    Socket,
    /// A line each, on the port for it.
    Lines,
}

pub(crate) enum Carriage {
    Socket(Box<Socket>),
    Lines(Peer),
}

/// One connection.
pub(crate) struct Talk {
    pub(crate) carriage: Carriage,
    /// What has come and was not taken yet.
    pub(crate) replies: VecDeque<Value>,
    pub(crate) events: VecDeque<Value>,
    pub(crate) notices: VecDeque<Value>,
}

impl Talk {
    pub(crate) fn new(carriage: Carriage) -> Self {
        Self { carriage, replies: VecDeque::new(), events: VecDeque::new(), notices: VecDeque::new() }
    }

    #[track_caller]
    pub(crate) fn connect(server: &TestServer, by: By) -> Self {
        Self::new(match by {
            By::Socket => Carriage::Socket(Box::new(Socket::open(server.addr(), "/ws"))),
            By::Lines => Carriage::Lines(Peer::connect(server.addr_of("json"))),
        })
    }

    /// Somebody with an account, who follows.
    #[track_caller]
    pub(crate) fn user(server: &TestServer, by: By, name: &str) -> Self {
        let mut talk = Self::connect(server, by);
        let sign_up = json!({"request": "sign-up", "name": name, "password": "secret"});
        assert_eq!(talk.ask(&sign_up)["reply"], "welcome");
        talk.done(&json!({"request": "follow"}));
        talk
    }

    /// A guest, who follows.
    #[track_caller]
    pub(crate) fn guest(server: &TestServer, by: By, name: &str) -> Self {
        let mut talk = Self::connect(server, by);
        assert_eq!(talk.ask(&json!({"request": "come-as-guest", "name": name}))["reply"], "welcome");
        talk.done(&json!({"request": "follow"}));
        talk
    }

    pub(crate) fn stream(&self) -> &std::net::TcpStream {
        match &self.carriage {
            Carriage::Socket(socket) => socket.stream(),
            Carriage::Lines(peer) => peer.stream(),
        }
    }

    /// Sends one line or message, whatever it holds.
    pub(crate) fn send(&mut self, raw: &str) {
        match &mut self.carriage {
            Carriage::Socket(socket) => socket.text(raw),
            Carriage::Lines(peer) => peer.send(&format!("{raw}\n")),
        }
    }

    /// Sends many at once.
    pub(crate) fn send_all(&mut self, all: &[String]) {
        match &mut self.carriage {
            Carriage::Socket(socket) => {
                let frames: Vec<u8> =
                    all.iter().flat_map(|raw| super::socket::frame(0x81, raw.as_bytes())).collect();
                socket.raw(&frames);
            }
            Carriage::Lines(peer) => peer.send(&(all.join("\n") + "\n")),
        }
    }

    /// The next line or message as it came. Nothing: the server has closed.
    #[track_caller]
    pub(crate) fn raw(&mut self) -> Option<String> {
        match &mut self.carriage {
            Carriage::Socket(socket) => socket.next(),
            Carriage::Lines(peer) => peer.line(),
        }
    }

    /// Reads one more. False: the server has closed.
    #[track_caller]
    pub(crate) fn more(&mut self) -> bool {
        let Some(raw) = self.raw() else { return false };
        assert!(!raw.contains('\n'), "{raw:?}");
        let value: Value = serde_json::from_str(&raw).unwrap_or_else(|error| panic!("{error}: {raw}"));
        let queue = match (value.get("reply"), value.get("notice")) {
            (Some(_), None) => &mut self.replies,
            (None, Some(_)) => &mut self.notices,
            (None, None) => &mut self.events,
            both => panic!("{both:?}"),
        };
        queue.push_back(value);
        true
    }

    #[track_caller]
    pub(crate) fn reply(&mut self) -> Value {
        loop {
            match self.replies.pop_front() {
                Some(reply) => return reply,
                None => assert!(self.more(), "closed, and a reply was waited for"),
            }
        }
    }

    #[track_caller]
    pub(crate) fn event(&mut self) -> Value {
        loop {
            match self.events.pop_front() {
                Some(event) => return event,
                None => assert!(self.more(), "closed, and an event was waited for"),
            }
        }
    }

    /// Takes events until one says this.
    #[track_caller]
    pub(crate) fn hears(&mut self, text: &str) -> Value {
        loop {
            let event = self.event();
            if event["text"] == text {
                return event;
            }
        }
    }

    /// Waits for a notice, now or before, and takes it.
    #[track_caller]
    pub(crate) fn notice(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(at) = self.notices.iter().position(&wanted) {
                return self.notices.remove(at).unwrap();
            }
            assert!(self.more(), "closed, and a notice was waited for, among {:?}", self.notices);
        }
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        self.send(&request.to_string());
        self.reply()
    }

    /// Asks for something that is done, and no more is said of it.
    #[track_caller]
    pub(crate) fn done(&mut self, request: &Value) {
        assert_eq!(self.ask(request), json!({"reply": "done", "tag": 0}), "{request}");
    }

    /// Everything up to the end is read.
    #[track_caller]
    pub(crate) fn ends(&mut self) {
        while self.more() {}
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("left: {:?} {:?} {:?}", self.replies, self.events, self.notices);
        }
    }
}

/// A post as a request.
pub(crate) fn post(to: &str, text: &str) -> Value {
    json!({"request": "post", "to": to, "text": text})
}

/// A text as JSON with every byte escaped: as long as it can be.
pub(crate) fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Each of these functions is a test by WebSocket and one by lines.
macro_rules! both {
    ($($name:ident)*) => {
        mod by_socket {
            $(#[test]
            fn $name() {
                super::$name($crate::web::talk::By::Socket);
            })*
        }

        mod by_lines {
            $(#[test]
            fn $name() {
                super::$name($crate::web::talk::By::Lines);
            })*
        }
    };
}

pub(crate) use both;
