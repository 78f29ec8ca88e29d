//! A WebSocket client: by the library's handshake, and then by whatever frames a test likes.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::{Error, Message, WebSocket};

use super::http::Response;

/// How long an answer may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 30;

/// One message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// The other side ends it, and says why; nothing, if it gave no code.
    Close(Option<u16>),
    /// The connection has ended.
    End,
}

impl Came {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// The client's side of a WebSocket.
pub(crate) struct Socket(WebSocket<TcpStream>);

impl Socket {
    #[track_caller]
    pub(crate) fn open(addr: SocketAddr, path: &str) -> Self {
        Self::with(addr, path, &[]).unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// Comes with these headers too. What comes instead of a WebSocket is returned.
    #[track_caller]
    pub(crate) fn with(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, Response> {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS))).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut request = format!("ws://{addr}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(Response::from_library(&response)),
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    pub(crate) fn send(&mut self, message: Message) {
        self.0.send(message).unwrap();
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.send(Message::text(text));
    }

    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.send(Message::binary(bytes.to_vec()));
    }

    pub(crate) fn close(&mut self, code: u16, reason: &'static str) {
        let frame = tungstenite::protocol::CloseFrame { code: CloseCode::from(code), reason: reason.into() };
        self.0.close(Some(frame)).unwrap();
        self.flush();
    }

    fn flush(&mut self) {
        match self.0.flush() {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => {}
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Sends a text in pieces, a fragment each. `between` is sent after each piece but the last.
    pub(crate) fn fragments(&mut self, pieces: &[&[u8]], between: Option<&Message>) {
        for (i, piece) in pieces.iter().enumerate() {
            let kind = if i == 0 { Data::Text } else { Data::Continue };
            let is_last = i + 1 == pieces.len();
            self.send(Message::Frame(Frame::message(piece.to_vec(), OpCode::Data(kind), is_last)));
            if let Some(between) = between.filter(|_| !is_last) {
                self.send(between.clone());
            }
        }
    }

    /// Sends bytes that may be no frames at all.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// What comes next, whatever it is.
    #[track_caller]
    pub(crate) fn came(&mut self) -> Came {
        loop {
            return match self.0.read() {
                Ok(Message::Text(text)) => Came::Text(text.to_string()),
                Ok(Message::Binary(data)) => Came::Binary(data.to_vec()),
                Ok(Message::Ping(data)) => Came::Ping(data.to_vec()),
                Ok(Message::Pong(data)) => Came::Pong(data.to_vec()),
                Ok(Message::Close(frame)) => Came::Close(frame.map(|frame| frame.code.into())),
                Ok(Message::Frame(frame)) => panic!("{frame:?}"),
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => Came::End,
                Err(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => {
                    Came::End
                }
                Err(Error::Io(error)) if error.kind() == ErrorKind::Interrupted => continue,
                Err(Error::Io(error))
                    if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) =>
                {
                    Came::End
                }
                Err(error) => panic!("nothing came: {error:?}"),
            };
        }
    }

    /// The next message of text. Nothing: the other side has closed.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<String> {
        loop {
            match self.came() {
                Came::Text(text) => return Some(text),
                Came::Binary(data) => return Some(String::from_utf8(data).unwrap()),
                Came::Ping(_) | Came::Pong(_) => {}
                Came::Close(_) | Came::End => return None,
            }
        }
    }

    /// What comes next is exactly this.
    #[track_caller]
    pub(crate) fn expect(&mut self, wanted: &Came) {
        assert_eq!(self.came(), *wanted);
    }

    /// Reads to the end. The code of the closing handshake, if there was one.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> Option<u16> {
        let mut code = None;
        loop {
            match self.came() {
                Came::Close(closed) => code = closed,
                Came::End => return code,
                _ => {}
            }
        }
    }
}

/// A frame by hand: first byte (whether it is the last, reserved bits, kind), and its data, masked with zeros.
pub(crate) fn frame(first: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match data.len() {
        len @ 0..126 => bytes.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..65536 => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            bytes.push(0x80 | 127);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(data);
    bytes
}
