//! The byte stream of a connection: reads without a buffer of its own, writes all that waits at once.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::dialect::Output;

use super::{Carriage, Socket};

/// Most bytes that are read at once, on the stack.
const READ_BYTES_MAX: usize = 16 * 1024;

/// After the last words, what the peer still sends is taken and thrown away: at most so many bytes, for so many seconds.
const DRAIN_BYTES_MAX: usize = 1024 * 1024;
const DRAIN_SECONDS_MAX: u64 = 1;

/// A connection.
pub(crate) struct Stream<S>(S);

impl<S: Socket> Stream<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(stream)
    }
}

impl<S: Socket> Carriage for Stream<S> {
    fn write(&mut self, output: &mut Output) -> io::Result<()> {
        if output.is_empty() {
            return self.0.try_flush();
        }
        match output.write_by(|pieces| self.0.try_write(pieces))? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            _ => Ok(()),
        }
    }

    fn waiting(&self) -> usize {
        self.0.waiting()
    }

    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_writable(context)
    }

    fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_readable(context)
    }

    fn read(&mut self, taken: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        let mut buffer = [0; READ_BYTES_MAX];
        let read = self.0.try_read(&mut buffer)?;
        taken(&buffer[..read]);
        Ok(read)
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.0.peer()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            close(&self.0).await;
        }
        .boxed()
    }
}

/// Ends a connection so that the peer gets what was written: bytes that lie unread when a socket is closed would make the
/// system throw away what it has not delivered yet. Whether the peer ended its side in an orderly way too.
pub(crate) async fn close(stream: &impl Socket) -> bool {
    if stream.end().is_err() {
        return false;
    }
    let drained = async {
        let mut buffer = [0; READ_BYTES_MAX];
        let mut left = DRAIN_BYTES_MAX;
        while left > 0 && poll_fn(|context| stream.poll_readable(context)).await.is_ok() {
            match stream.try_read(&mut buffer) {
                Ok(0) => return true,
                Ok(read) => left = left.saturating_sub(read),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        false
    };
    timeout(Duration::from_secs(DRAIN_SECONDS_MAX), Box::pin(drained)).await.unwrap_or(false)
}
