//! An HTTP client that sends what it is told, byte for byte, and reads one response after the other.

use std::net::SocketAddr;

use serde_json::Value;

use crate::harness::{Peer, TestServer};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// In lower case, and their values.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn from_library(response: &tungstenite::http::Response<Option<Vec<u8>>>) -> Self {
        let value = |value: &tungstenite::http::HeaderValue| value.to_str().unwrap().to_owned();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(|(name, v)| (name.to_string(), value(v))).collect(),
            body: String::from_utf8(response.body().clone().unwrap_or_default()).unwrap(),
        }
    }

    /// The value of a header, which must not be there twice.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }

    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a refusal, which has a sentence too.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        assert!(json["error"].as_str().is_some_and(|error| !error.is_empty()), "{self:?}");
        json["code"].as_str().unwrap().to_owned()
    }

    /// What a browser would send back, if it was given a cookie.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }
}

/// A connection that stays open.
pub(crate) struct Http(pub(crate) Peer);

impl Http {
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        Self(Peer::connect(addr))
    }

    /// Sends a request and waits for its response.
    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        self.0.send(&request(method, path, headers, body));
        if method == "HEAD" { self.head() } else { self.response() }
    }

    #[track_caller]
    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.ask("GET", path, &[], "")
    }

    #[track_caller]
    pub(crate) fn post(&mut self, path: &str, body: &str) -> Response {
        self.ask("POST", path, &[], body)
    }

    /// The next response without a body.
    #[track_caller]
    pub(crate) fn head(&mut self) -> Response {
        let head = self.0.until("\r\n\r\n");
        let mut lines = head.trim_end().split("\r\n");
        let first = lines.next().unwrap();
        assert!(first.starts_with("HTTP/1."), "{head:?}");
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?}"));
            (name.to_lowercase(), value.to_owned())
        };
        Response { status, headers: lines.map(pair).collect(), body: String::new() }
    }

    /// The next response.
    #[track_caller]
    pub(crate) fn response(&mut self) -> Response {
        let mut response = self.head();
        let no_body = response.status < 200 || matches!(response.status, 204 | 304);
        let body = match response.header("content-length") {
            _ if no_body => Vec::new(),
            None if response.header("transfer-encoding") == Some("chunked") => self.chunks(),
            length => self.0.take(length.unwrap().parse().unwrap()),
        };
        response.body = String::from_utf8(body).unwrap();
        response
    }

    /// A body of which nobody knew how long it would be.
    #[track_caller]
    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let length = self.0.until("\r\n");
            let length = usize::from_str_radix(length.trim_end(), 16).unwrap();
            body.extend(self.0.take(length));
            self.0.until("\r\n");
            if length == 0 {
                return body;
            }
        }
    }
}

/// The bytes of a request.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut request = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request += "Host: im.example\r\n";
    }
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    request + "\r\n" + body
}

/// One request on a connection of its own.
#[track_caller]
pub(crate) fn once(
    server: &TestServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    Http::connect(server.addr()).ask(method, path, headers, body)
}
