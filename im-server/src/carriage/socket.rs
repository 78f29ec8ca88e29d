//! A connected byte stream as the system has it, which tells when it is ready instead of lending itself to a buffer: TCP.
//! Whoever has the server in their own program may bring another one.

use std::io::{self, IoSlice};
use std::net::{Shutdown, SocketAddr};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::net::TcpStream;

/// A connected socket. What cannot be done now is `WouldBlock`; of those who wait in one direction the last one is woken.
pub trait Socket: Send + Sync + 'static {
    /// Reads what is there; 0 where nothing more will come.
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as is taken now.
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Passes on what was taken to be written and waits here; an error where none of it moves.
    fn try_flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// How many bytes were taken to be written and wait here.
    fn waiting(&self) -> usize {
        0
    }

    /// Whether a read may do something.
    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Whether a write may do something.
    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Nothing more will be written; what was is delivered.
    fn end(&self) -> io::Result<()>;

    /// Where the other end is, if that has an address.
    fn peer(&self) -> Option<SocketAddr>;
}

impl Socket for TcpStream {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Self::try_read(self, buffer)
    }

    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match pieces {
            [piece] => Self::try_write(self, piece),
            pieces => self.try_write_vectored(pieces),
        }
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_read_ready(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_write_ready(context)
    }

    fn end(&self) -> io::Result<()> {
        SockRef::from(self).shutdown(Shutdown::Write)
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }
}
