//! A connection as hyper wants it: the bytes that were looked at come first, and who takes nothing for too long is gone.

use std::error::Error;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::carriage::{Connected, Socket};

use super::connection::Connection;

/// Whether serving ended because the peer took nothing.
pub(super) fn has_stalled(error: &hyper::Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// The reading and the writing end.
pub(super) struct Link {
    first: Bytes,
    /// Shared with whoever sees the connection to its end.
    stream: Arc<Connected>,
    stalled: Option<Pin<Box<Sleep>>>,
    /// A peer that takes nothing for so long, while something waits for it, is gone.
    patience: Duration,
    connection: Connection,
}

impl Link {
    pub(super) fn new(
        first: Bytes,
        stream: Arc<Connected>,
        patience: Duration,
        connection: Connection,
    ) -> Self {
        Self { first, stream, stalled: None, patience, connection }
    }

    /// The connection itself, if nobody else has it any more.
    pub(super) fn into_stream(self) -> Option<Connected> {
        Arc::into_inner(self.stream)
    }

    fn poll_write_with<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl Fn(&Connected) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.stalled = None;
                    return Poll::Ready(written);
                }
            }
            let patience = self.patience;
            let patience = || Box::pin(sleep(patience));
            if self.stalled.get_or_insert_with(patience).poll_unpin(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            ready!(self.stream.poll_writable(context))?;
        }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.first.is_empty() {
            let taken = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first[..taken]);
            self.first.advance(taken);
            return Poll::Ready(Ok(()));
        }
        loop {
            match self.stream.try_read(buffer.initialize_unfilled()) {
                Ok(read) => {
                    buffer.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
            ready!(self.stream.poll_readable(context))?;
        }
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |stream| stream.try_write(&[IoSlice::new(bytes)]))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_with(context, |stream| stream.try_write(pieces))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// All that there was to write is the system's.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.stream.waiting() > 0 {
            ready!(self.poll_write_with(context, Socket::try_flush))?;
        }
        self.connection.written();
        Poll::Ready(Ok(()))
    }

    /// Left to whoever sees the connection to its end.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_a_response_has_stalled_after_a_while() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let stream = Arc::new(Connected::Clear(listener.accept().await.unwrap().0));
        peer.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        // More than any system takes in for a peer that does not read.
        let long = || async { Ok::<_, Infallible>(hyper::Response::new("x".repeat(64 * 1024 * 1024))) };
        let (patience, connection) = (Duration::from_secs(30), Connection::new(&stream));
        let link = Link::new(Bytes::new(), stream, patience, connection);
        let serving = http1::Builder::new().serve_connection(TokioIo::new(link), service_fn(|_| long()));
        let began = Instant::now();
        let error = serving.await.unwrap_err();
        assert!(has_stalled(&error), "{error:?}");
        assert_eq!(began.elapsed(), patience);
    }
}
