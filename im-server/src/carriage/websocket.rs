//! A WebSocket: what the session writes goes out line by line, a message each; what comes in is fed as lines.

use std::io::{self, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use im_proto::{Refusal, TEXT_BYTES_MAX};
use tokio::time::{Sleep, sleep};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message, Utf8Bytes};

use crate::dialect::Output;

use super::{Carriage, Connected, Socket as _, stream};

/// Longest message of somebody who has not signed in, in bytes.
const MESSAGE_BYTES_MAX_STRANGER: usize = 16 * 1024;

/// Longest message, in bytes: the longest text, each byte of it escaped as JSON may, and room for what is around it.
const MESSAGE_BYTES_MAX: usize = 6 * TEXT_BYTES_MAX + 16 * 1024;

/// At most about so many bytes are made into messages at once; the rest waits in the session's output.
const BATCH_BYTES_MAX: usize = 64 * 1024;

/// Enough for most messages, and small: every connection has it.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// A message that ends in the middle of a line is followed by the rest of it within so many milliseconds, or was the line.
const REST_MILLISECONDS: u64 = 1000;

/// What comes before the data of a short frame, in bytes.
const FRAME_HEAD_BYTES: usize = 2;

/// What stands there besides in a frame of a client, in bytes.
const FRAME_MASK_BYTES: usize = 4;

/// Longest reason in a closing frame, in bytes: what a control frame holds, without the code.
const REASON_BYTES_MAX: usize = 123;

/// How messages and lines go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A message is a line.
    MessageIsLine,
    /// A message is a piece of a stream of lines, as MaChat has it: it may hold several or only a part of one.
    Stream,
}

/// A connection, as the library wants it.
struct Socket {
    stream: Connected,
    written: usize,
    /// Bytes that came since the last whole message.
    begun: usize,
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.try_read(buffer)?;
        self.begun += read;
        Ok(read)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.try_write(&[IoSlice::new(bytes)])?;
        self.written += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The server's side of a WebSocket.
pub(crate) struct WebSocket {
    socket: tungstenite::WebSocket<Socket>,
    framing: Framing,
    /// The peer speaks in binary messages, and is answered so.
    binary: bool,
    /// Bytes in messages that are not written yet, and in what the library itself answers.
    waiting: usize,
    /// The library may hold messages that were read already.
    more: bool,
    /// When the line counts as ended, in whose middle the last message ended.
    line_ends: Option<Pin<Box<Sleep>>>,
}

impl WebSocket {
    /// A connection whose upgrade is done. `first` are the bytes that came with it.
    pub(crate) fn new(stream: Connected, first: &[u8], framing: Framing) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(2 * BATCH_BYTES_MAX)
            .max_message_size(Some(MESSAGE_BYTES_MAX_STRANGER))
            .max_frame_size(Some(MESSAGE_BYTES_MAX_STRANGER));
        let socket = Socket { stream, written: 0, begun: first.len() };
        let socket =
            tungstenite::WebSocket::from_partially_read(socket, first.to_vec(), Role::Server, Some(config));
        Self { socket, framing, binary: false, waiting: 0, more: true, line_ends: None }
    }

    fn message(&self, mut line: Bytes) -> Message {
        if self.framing == Framing::MessageIsLine && line.ends_with(b"\n") {
            line.truncate(line.len() - 1);
        }
        match Utf8Bytes::try_from(line.clone()) {
            Ok(text) if !self.binary => Message::Text(text),
            _ => Message::Binary(line),
        }
    }

    /// A frame that stands between those of a message was whole.
    fn skip(&mut self, data: &[u8]) {
        let socket = self.socket.get_mut();
        socket.begun = socket.begun.saturating_sub(data.len() + FRAME_HEAD_BYTES + FRAME_MASK_BYTES);
    }

    fn hand_out(&mut self, data: &[u8], taken: &mut dyn FnMut(&[u8])) -> usize {
        self.socket.get_mut().begun = 0;
        match self.framing {
            // A CR is a blank to JSON too, and what it may not hold inside of a string.
            Framing::MessageIsLine => {
                data.split(|byte| *byte == b'\n').for_each(|part| {
                    taken(part);
                    taken(b"\r");
                });
                taken(b"\n");
            }
            Framing::Stream => {
                taken(data);
                let ended = data.ends_with(b"\n") || data.is_empty();
                self.line_ends = (!ended).then(|| Box::pin(sleep(Duration::from_millis(REST_MILLISECONDS))));
            }
        }
        data.len().max(1)
    }

    /// What the peer sends is no WebSocket: it is told so, and nothing more of it is read.
    fn refuse(&mut self, error: Error) -> io::Result<usize> {
        let (code, reason) = match error {
            Error::Io(error) => return Err(error),
            Error::Capacity(_) => (CloseCode::Size, Refusal::TooLong.to_string()),
            Error::Utf8(_) => (CloseCode::Invalid, "text is UTF-8".into()),
            error => (CloseCode::Protocol, error.to_string()),
        };
        let reason = reason.get(..REASON_BYTES_MAX).unwrap_or(&reason).into();
        let _ = self.socket.close(Some(CloseFrame { code, reason }));
        self.waiting = self.waiting.max(1);
        Ok(0)
    }
}

fn broken(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

impl Carriage for WebSocket {
    fn write(&mut self, output: &mut Output) -> io::Result<()> {
        while !self.socket.can_write() && !output.is_empty() {
            output.take_piece(); // after a goodbye nothing more may be said
        }
        while self.waiting < BATCH_BYTES_MAX && !output.is_empty() {
            let line = output.take_line();
            self.waiting += line.len();
            match self.socket.write(self.message(line)) {
                Ok(()) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(broken(error)),
            }
        }
        let before = self.socket.get_ref().written;
        match self.socket.flush() {
            Ok(()) => {
                self.waiting = 0;
                self.socket.get_ref().stream.try_flush()
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                // What was taken in part has moved.
                if self.socket.get_ref().written > before { Ok(()) } else { Err(error) }
            }
            Err(Error::ConnectionClosed) => {
                self.waiting = 0;
                Ok(())
            }
            Err(error) => Err(broken(error)),
        }
    }

    fn waiting(&self) -> usize {
        self.waiting + self.socket.get_ref().stream.waiting()
    }

    fn buffered(&self) -> usize {
        self.socket.get_ref().begun
    }

    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.get_ref().stream.poll_writable(context)
    }

    fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line_ended =
            self.line_ends.as_mut().is_some_and(|line_ends| line_ends.poll_unpin(context).is_ready());
        if self.more || line_ended {
            return Poll::Ready(Ok(()));
        }
        self.socket.get_ref().stream.poll_readable(context)
    }

    fn read(&mut self, taken: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        let read = self.socket.read();
        self.more = read.is_ok();
        match read {
            Ok(Message::Text(text)) => {
                self.binary = false;
                Ok(self.hand_out(text.as_bytes(), taken))
            }
            Ok(Message::Binary(data)) => {
                self.binary = true;
                Ok(self.hand_out(&data, taken))
            }
            // The library has prepared what these are answered with.
            Ok(Message::Close(_)) => {
                self.waiting = self.waiting.max(1);
                Ok(0)
            }
            Ok(Message::Ping(data)) => {
                self.skip(&data);
                self.waiting += data.len() + FRAME_HEAD_BYTES;
                Err(io::ErrorKind::WouldBlock.into())
            }
            Ok(Message::Pong(data)) => {
                self.skip(&data);
                Err(io::ErrorKind::WouldBlock.into())
            }
            Ok(Message::Frame(_)) => Err(io::ErrorKind::WouldBlock.into()),
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => Ok(0),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => match &self.line_ends {
                Some(line_ends) if line_ends.is_elapsed() => {
                    self.line_ends = None;
                    taken(b"\n");
                    Ok(1)
                }
                _ => Err(error),
            },
            Err(error) => self.refuse(error),
        }
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.socket.get_ref().stream.peer()
    }

    fn trust(&mut self) {
        self.socket.set_config(|config| {
            config.max_message_size = Some(MESSAGE_BYTES_MAX);
            config.max_frame_size = Some(MESSAGE_BYTES_MAX);
        });
    }

    fn close(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            let _ =
                self.socket.close(Some(CloseFrame { code: CloseCode::Away, reason: Utf8Bytes::default() }));
            let _ = self.socket.flush();
            stream::close(&self.socket.into_inner().stream).await;
        }
        .boxed()
    }
}
