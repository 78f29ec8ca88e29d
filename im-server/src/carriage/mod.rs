//! Carriages: how a session's bytes travel. A byte stream, a WebSocket, the body of an HTTP response. What the bytes mean
//! is the dialect's.

mod body;
mod connected;
mod encrypted;
mod socket;
mod stream;
mod websocket;

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

use crate::dialect::Output;

pub(crate) use self::body::body;
pub(crate) use self::connected::Connected;
pub(crate) use self::encrypted::{Encrypted, Raw};
pub use self::socket::Socket;
pub(crate) use self::stream::{Stream, close};
pub(crate) use self::websocket::{Framing, WebSocket};

/// In which directions something can be done, or is wanted to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Readiness {
    pub(crate) write: bool,
    pub(crate) read: bool,
}

/// A way to a peer. Nothing here waits: what cannot be done now is `WouldBlock`.
pub(crate) trait Carriage: Send {
    /// Takes some of the output, or passes on what it took before.
    fn write(&mut self, output: &mut Output) -> io::Result<()>;

    /// How many bytes it took that are not passed on.
    fn waiting(&self) -> usize {
        0
    }

    /// How many bytes of the peer it keeps, of a message that is not whole yet.
    fn buffered(&self) -> usize {
        0
    }

    /// Whether `write` may do something.
    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Whether `read` may do something.
    fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Hands out what the peer sent: at most one piece of bounded length. Returns its length, 0 where the peer will send
    /// nothing more.
    fn read(&mut self, taken: &mut dyn FnMut(&[u8])) -> io::Result<usize>;

    /// Whether something below it finds out by itself that the peer takes nothing.
    fn is_watched(&self) -> bool {
        false
    }

    /// Where the peer is.
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    /// The peer may send longer messages from now on.
    fn trust(&mut self) {}

    /// Ends it so that the peer gets the last words.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}
