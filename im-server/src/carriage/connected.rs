//! A connection that came by a port, in the clear or encrypted.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::task::{Context, Poll};

use tokio::io::Interest;
use tokio::net::TcpStream;

use super::{Encrypted, Socket};

/// A connection.
pub(crate) enum Connected {
    /// Whoever is on the way can read it.
    Clear(TcpStream),
    /// Nobody can.
    Encrypted(Encrypted),
}

impl Connected {
    fn socket(&self) -> &dyn Socket {
        match self {
            Self::Clear(stream) => stream,
            Self::Encrypted(stream) => stream,
        }
    }

    fn stream(&self) -> &TcpStream {
        match self {
            Self::Clear(stream) => stream,
            Self::Encrypted(stream) => stream.stream(),
        }
    }

    /// Whether there is something to read, or nothing will come any more. What is there stays.
    pub(crate) async fn peek(&self) -> io::Result<bool> {
        match self {
            Self::Clear(stream) => Ok(stream.peek(&mut [0]).await? > 0),
            Self::Encrypted(stream) => stream.peek().await,
        }
    }

    /// Waits until the peer is gone: it takes nothing more, and says so.
    pub(crate) async fn gone(&self) {
        let _ = self.stream().ready(Interest::ERROR).await;
    }
}

impl Socket for Connected {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket().try_read(buffer)
    }

    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.socket().try_write(pieces)
    }

    fn try_flush(&self) -> io::Result<()> {
        self.socket().try_flush()
    }

    fn waiting(&self) -> usize {
        self.socket().waiting()
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket().poll_readable(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket().poll_writable(context)
    }

    fn end(&self) -> io::Result<()> {
        self.socket().end()
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.socket().peer()
    }
}
