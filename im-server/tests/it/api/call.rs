//! HTTP as a script speaks it: requests as bytes, answers read by their own lengths. No answer of any test may hold a
//! password or a hash.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 40;

/// Enough for a long event at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// Everybody's password, which no answer may hold.
pub(super) const PASSWORD: &str = "plugh-7391-xyzzy";

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer in a word: its status, and of a refusal the code.
    pub(super) fn word(&self) -> String {
        let code = serde_json::from_str::<Value>(&self.body).ok();
        let code = code.and_then(|body| body.get("code")?.as_str().map(str::to_owned));
        code.map_or_else(|| self.status.to_string(), |code| format!("{} {code}", self.status))
    }

    /// The body of what was done.
    #[track_caller]
    pub(super) fn done(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }
}

/// One connection, which is kept.
pub(super) struct Line(BufReader<TcpStream>);

impl Line {
    pub(super) fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::with_capacity(BUFFER_BYTES, stream))
    }

    pub(super) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    /// Sends a request, and does not wait.
    pub(super) fn send(&mut self, request: &Request<'_>) {
        let Request { method, path, headers, body } = request;
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.peer()).into_bytes();
        for (name, value) in headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        bytes.extend(body);
        self.0.get_mut().write_all(&bytes).unwrap();
    }

    pub(super) fn peer(&self) -> SocketAddr {
        self.stream().peer_addr().unwrap()
    }

    fn head_line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The head of an answer.
    pub(super) fn head(&mut self) -> Option<(u16, Vec<(String, String)>)> {
        let status = self.head_line()?.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        while let Some((name, value)) = self.head_line()?.split_once(": ") {
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        Some((status, headers))
    }

    /// The next answer. Nothing: the connection broke or ended.
    pub(super) fn answer(&mut self) -> Option<Answer> {
        let (status, headers) = self.head()?;
        let mut answer = Answer { status, headers, body: String::new() };
        let mut body = Vec::new();
        match answer.header("content-length").map(|length| length.parse().unwrap()) {
            Some(length) => {
                body.resize(length, 0);
                self.0.read_exact(&mut body).ok()?;
            }
            None if matches!(status, 101 | 204) => {}
            None if answer.header("transfer-encoding") == Some("chunked") => self.chunks(&mut body)?,
            None => panic!("{answer:?} has no length"),
        }
        answer.body = String::from_utf8(body).unwrap();
        assert!(!answer.body.contains(PASSWORD) && !answer.body.contains("argon2"), "{answer:?}");
        Some(answer)
    }

    /// A body of which nobody knew how long it would be.
    fn chunks(&mut self, body: &mut Vec<u8>) -> Option<()> {
        loop {
            let length = usize::from_str_radix(&self.head_line()?, 16).unwrap();
            let start = body.len();
            body.resize(start + length, 0);
            self.0.read_exact(&mut body[start..]).ok()?;
            self.head_line()?;
            if length == 0 {
                return Some(());
            }
        }
    }

    #[track_caller]
    pub(super) fn ask(&mut self, request: &Request<'_>) -> Answer {
        self.send(request);
        self.answer().expect("an answer")
    }

    /// Reads some of a body that goes on.
    pub(super) fn read_some(&mut self, most: usize) -> Vec<u8> {
        let taken = match self.0.fill_buf() {
            Ok(bytes) => bytes[..bytes.len().min(most)].to_vec(),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Vec::new(),
            Err(error) => panic!("nothing came: {error}"),
        };
        self.0.consume(taken.len());
        taken
    }

    /// Breaks the connection: the other side gets a reset instead of an end.
    pub(super) fn reset(self) {
        socket2::SockRef::from(self.stream()).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: Vec<(&'a str, String)>,
    pub(super) body: Vec<u8>,
}

/// Somebody who calls, a new connection each time.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) addr: SocketAddr,
    /// What they have from signing in.
    pub(super) token: Option<String>,
    /// It goes as a browser's cookie.
    as_cookie: bool,
}

impl Client {
    pub(super) fn stranger(addr: SocketAddr) -> Self {
        Self { addr, token: None, as_cookie: false }
    }

    /// Makes an account.
    #[track_caller]
    pub(super) fn sign_up(addr: SocketAddr, name: &str) -> Self {
        let stranger = Self::stranger(addr);
        let session = stranger.post("/v1/signup", &json!({ "name": name, "password": PASSWORD })).done();
        assert_eq!(session["user"], name);
        stranger.with(session["token"].as_str().unwrap())
    }

    #[track_caller]
    pub(super) fn sign_in(addr: SocketAddr, name: &str) -> Self {
        let stranger = Self::stranger(addr);
        let session = stranger.post("/v1/login", &json!({ "name": name, "password": PASSWORD })).done();
        stranger.with(session["token"].as_str().unwrap())
    }

    /// The same with another token.
    pub(super) fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same as a browser.
    pub(super) fn by_cookie(&self) -> Self {
        Self { as_cookie: true, ..self.clone() }
    }

    /// The same to a server that was started again.
    pub(super) fn at(&self, addr: SocketAddr) -> Self {
        Self { addr, ..self.clone() }
    }

    pub(super) fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// A request of theirs.
    pub(super) fn request<'a>(&self, method: &'a str, path: &'a str) -> Request<'a> {
        let header = self.token.as_ref().map(|token| match self.as_cookie {
            true => ("Cookie", format!("theme=dark; im_session={token}")),
            false => ("Authorization", format!("Bearer {token}")),
        });
        Request { method, path, headers: header.into_iter().collect(), body: Vec::new() }
    }

    #[track_caller]
    pub(super) fn call(&self, request: &Request<'_>) -> Answer {
        Line::connect(self.addr).ask(request)
    }

    #[track_caller]
    pub(super) fn get(&self, path: &str) -> Answer {
        self.call(&self.request("GET", path))
    }

    #[track_caller]
    pub(super) fn delete(&self, path: &str) -> Answer {
        self.call(&self.request("DELETE", path))
    }

    /// Posts a body as `curl -d` does.
    #[track_caller]
    pub(super) fn post_raw(&self, path: &str, body: &[u8]) -> Answer {
        let mut request = self.request("POST", path);
        request.headers.push(("Content-Type", "application/x-www-form-urlencoded".into()));
        request.body = body.to_vec();
        self.call(&request)
    }

    #[track_caller]
    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_raw(path, body.to_string().as_bytes())
    }

    /// One request of the JSON dialect.
    #[track_caller]
    pub(super) fn ask(&self, request: &Value) -> Answer {
        self.post("/v1/ask", request)
    }

    #[track_caller]
    pub(super) fn enter(&self, room: &str) {
        self.ask(&json!({ "request": "join", "name": room, "create": true })).done();
    }

    /// Says something. Its seq is returned.
    #[track_caller]
    pub(super) fn say(&self, to: &str, text: &str) -> u64 {
        let posted = self.post("/v1/post", &json!({ "to": to, "text": text })).done();
        posted["seq"].as_u64().unwrap()
    }

    /// A whole log, by pages.
    #[track_caller]
    pub(super) fn log(&self, of: &str) -> Vec<Value> {
        let of = of.replace('#', "%23");
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(0, |event| event["seq"].as_u64().unwrap());
            let page = self.get(&format!("/v1/history?conversation={of}&after={after}&limit=200")).done();
            all.extend(page["events"].as_array().unwrap().iter().cloned());
            if page["more"] == false {
                return all;
            }
        }
    }
}

/// What was said, of some events.
pub(super) fn texts(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["text"].as_str()).collect()
}
