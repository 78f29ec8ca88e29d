//! The body of an HTTP response that goes on for as long as its session: what the session writes, piece by piece.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, ready as done};
use futures_util::stream::Stream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::PollSender;

use crate::dialect::Output;

use super::Carriage;

/// Most pieces on their way to the connection; the rest waits in the session's output.
const PIECES_MAX: usize = 4;

/// After so many seconds of silence the peer is sent a line without meaning, so that both sides notice when the other is gone.
const HEARTBEAT_SECONDS: u64 = 15;

/// The session's side.
pub(crate) struct Body {
    pieces: PollSender<Bytes>,
    /// Ready when the connection is gone.
    gone: oneshot::Receiver<()>,
}

/// The connection's side: the pieces, as HTTP takes them.
pub(crate) struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    _here: oneshot::Sender<()>,
    heartbeat: &'static str,
    silent: Pin<Box<Sleep>>,
}

/// Both sides of a body in which `heartbeat` means nothing.
pub(crate) fn body(heartbeat: &'static str) -> (Body, Pieces) {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let (here, gone) = oneshot::channel();
    let silent = Box::pin(sleep(Duration::from_secs(HEARTBEAT_SECONDS)));
    (Body { pieces: PollSender::new(sender), gone }, Pieces { pieces, _here: here, heartbeat, silent })
}

impl Carriage for Body {
    fn write(&mut self, output: &mut Output) -> io::Result<()> {
        // A reservation that is there stays; whoever waits for one polls again.
        match self.pieces.poll_reserve(&mut Context::from_waker(std::task::Waker::noop())) {
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
            Poll::Ready(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Poll::Ready(Ok(())) => {
                self.pieces.send_item(output.take_piece()).map_err(|_| io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pieces.poll_reserve(context).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Readable is only the end.
    fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.gone.poll_unpin(context).map(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn read(&mut self, _: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        done(()).boxed() // what is on its way gets there; then the body ends
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = match self.pieces.poll_recv(context) {
            Poll::Ready(piece) => piece,
            Poll::Pending => {
                ready!(self.silent.poll_unpin(context));
                Some(Bytes::from_static(self.heartbeat.as_bytes()))
            }
        };
        let until = Instant::now() + Duration::from_secs(HEARTBEAT_SECONDS);
        self.silent.as_mut().reset(until);
        Poll::Ready(piece.map(Ok))
    }
}
