//! goTalk's forms: somebody who has logged in as its page does, and what their mailbox holds.

use std::net::SocketAddr;

use serde_json::Value;

use super::call::{Answer, Client, Line, PASSWORD, Request};

/// Somebody as goTalk knows them.
pub(super) struct Talker {
    pub(super) client: Client,
    pub(super) id: u64,
    pub(super) name: String,
}

/// A body as forms are sent.
pub(super) fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    let coded = |raw: &str| -> String {
        let byte = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        };
        raw.bytes().map(byte).collect()
    };
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
    pairs.join("&").into_bytes()
}

/// A form that nobody has signed.
pub(super) fn request<'a>(path: &'a str, pairs: &[(&str, &str)]) -> Request<'a> {
    let kind = "application/x-www-form-urlencoded; charset=UTF-8".to_owned();
    Request { method: "POST", path, headers: vec![("Content-Type", kind)], body: form(pairs) }
}

#[track_caller]
pub(super) fn submit(addr: SocketAddr, path: &str, pairs: &[(&str, &str)]) -> Answer {
    Line::connect(addr).ask(&request(path, pairs))
}

impl Talker {
    /// Registers and logs in.
    #[track_caller]
    pub(super) fn register(addr: SocketAddr, name: &str) -> Self {
        let credentials = [("username", name), ("password", PASSWORD)];
        submit(addr, "/register", &credentials).done();
        let user = submit(addr, "/login", &credentials).done();
        let client = Client::stranger(addr).with(user["SessionID"].as_str().unwrap());
        Self { client, id: user["Id"].as_u64().unwrap(), name: name.to_owned() }
    }

    /// The same at a server that was started again.
    pub(super) fn at(&self, addr: SocketAddr) -> Self {
        Self { client: self.client.at(addr), id: self.id, name: self.name.clone() }
    }

    pub(super) fn id(&self) -> String {
        self.id.to_string()
    }

    /// The forms of the page that is logged in carry its cookie and no token.
    pub(super) fn request<'a>(&self, path: &'a str, pairs: &[(&str, &str)]) -> Request<'a> {
        let mut request = request(path, pairs);
        request.headers.extend(self.client.by_cookie().request("POST", path).headers);
        request
    }

    #[track_caller]
    pub(super) fn submit(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.client.call(&self.request(path, pairs))
    }

    #[track_caller]
    pub(super) fn send(&self, to: &Self, text: &str) {
        let sent = self.submit("/send", &[("id", &self.id()), ("sendToId", &to.id()), ("content", text)]);
        assert_eq!(sent.done(), "message received");
    }

    pub(super) fn sync(&self) -> Request<'static> {
        self.request("/sync", &[("token", "this is token"), ("id", &self.id())])
    }

    /// What waits for them. The connection breaks at the end, so that nothing counts as taken.
    #[track_caller]
    pub(super) fn look(&self) -> Vec<(u64, String)> {
        let mut line = Line::connect(self.client.addr);
        let answer = line.ask(&self.sync());
        line.reset();
        waiting(&answer)
    }

    /// Confirms all up to a number, and looks at what is left.
    #[track_caller]
    pub(super) fn acknowledge(&self, number: u64) -> Vec<(u64, String)> {
        let mut line = Line::connect(self.client.addr);
        let pairs = [("id", self.id()), ("ack", number.to_string())];
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = line.ask(&self.request("/sync", &pairs));
        line.reset();
        waiting(&answer)
    }
}

/// The messages of an answer: the number and the text of each.
#[track_caller]
pub(super) fn waiting(answer: &Answer) -> Vec<(u64, String)> {
    assert_eq!(answer.status, 200, "{answer:?}");
    match answer.json() {
        Value::String(none) => {
            assert_eq!(none, "no message");
            Vec::new()
        }
        messages => {
            let messages = messages.as_array().unwrap().iter();
            messages
                .map(|message| {
                    (message["Number"].as_u64().unwrap(), message["Content"].as_str().unwrap().to_owned())
                })
                .collect()
        }
    }
}

pub(super) fn contents(waiting: &[(u64, String)]) -> Vec<&str> {
    waiting.iter().map(|(_, text)| text.as_str()).collect()
}
