//! The two ends of a simulated connection: a socket for the server, a stream for the client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use im_server::Socket;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::End;
use super::network::Network;
use super::weather::Way;

/// Most bytes that are read at once.
const READ_BYTES_MAX: usize = 16 * 1024;

/// Either end. Dropped, it is closed.
struct Side {
    network: Arc<Network>,
    at: usize,
    /// Which way leads here.
    to: Way,
}

impl Side {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.network.with(|state| state.connections[self.at].read(self.to, buffer));
        read.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    fn write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let from = self.to.back();
        self.network.with(|state| {
            let connection = &state.connections[self.at];
            if connection.ends[self.to as usize] != End::There || connection.ways[from as usize].ending {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let room = connection.room(from);
            if room == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.iter().copied()).take(room).collect();
            state.send(self.at, from, &bytes);
            Ok(bytes.len())
        })
    }

    fn poll_readable(&self, context: &Context<'_>) -> Poll<io::Result<()>> {
        self.network.with(|state| {
            let connection = &mut state.connections[self.at];
            if connection.is_readable(self.to) {
                return Poll::Ready(Ok(()));
            }
            connection.ways[self.to as usize].reader = Some(context.waker().clone());
            Poll::Pending
        })
    }

    fn poll_writable(&self, context: &Context<'_>) -> Poll<io::Result<()>> {
        self.network.with(|state| {
            let connection = &mut state.connections[self.at];
            let from = self.to.back();
            if connection.room(from) > 0 || connection.ends[self.to as usize] != End::There {
                return Poll::Ready(Ok(()));
            }
            connection.ways[from as usize].writer = Some(context.waker().clone());
            Poll::Pending
        })
    }

    fn end(&self) {
        self.network.with(|state| state.end(self.at, self.to.back()));
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        self.network.with(|state| {
            let connection = &mut state.connections[self.at];
            let was = std::mem::replace(&mut connection.ends[self.to as usize], End::Closed);
            let unread = !connection.ways[self.to as usize].arrived.is_empty();
            match was {
                // As systems do: who closes without having read all says so.
                End::There if unread => state.reset(self.at, self.to.back()),
                End::There => state.end(self.at, self.to.back()),
                _ => {}
            }
        });
    }
}

/// The server's.
pub(crate) struct ServerEnd(Side);

impl ServerEnd {
    pub(super) fn new(network: Arc<Network>, at: usize) -> Self {
        Self(Side { network, at, to: Way::ToServer })
    }
}

impl Socket for ServerEnd {
    fn peer(&self) -> Option<std::net::SocketAddr> {
        None
    }

    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write(pieces)
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_readable(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_writable(context)
    }

    fn end(&self) -> io::Result<()> {
        self.0.end();
        Ok(())
    }
}

/// The client's.
pub(crate) struct ClientEnd(Side);

impl ClientEnd {
    pub(super) fn new(network: Arc<Network>, at: usize) -> Self {
        Self(Side { network, at, to: Way::ToClient })
    }
}

impl AsyncRead for ClientEnd {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; READ_BYTES_MAX];
        let most = buffer.remaining().min(READ_BYTES_MAX);
        match self.0.read(&mut bytes[..most]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.0.poll_readable(context),
            read => Poll::Ready(read.map(|read| buffer.put_slice(&bytes[..read]))),
        }
    }
}

impl AsyncWrite for ClientEnd {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.0.write(&[IoSlice::new(bytes)]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self
                .0
                .poll_writable(context)
                .map(|writable| writable.and(Err(io::ErrorKind::BrokenPipe.into()))),
            written => Poll::Ready(written),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.end();
        Poll::Ready(Ok(()))
    }
}
