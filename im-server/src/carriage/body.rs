//! The body of an HTTP response that goes on for as long as its session: what the session writes, piece by piece.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, ready as done};
use futures_util::stream::{BoxStream, Stream, StreamExt};
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
    peer: BoxStream<'static, ()>,
    heartbeat: &'static str,
    silent: Pin<Box<Sleep>>,
}

/// Both sides of a body in which `heartbeat` means nothing. With each item of `peer` the peer may be gone, which a heartbeat
/// brings to light; with its end it is.
pub(crate) fn body(heartbeat: &'static str, peer: BoxStream<'static, ()>) -> (Body, Pieces) {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let (here, gone) = oneshot::channel();
    let silent = Box::pin(sleep(Duration::from_secs(HEARTBEAT_SECONDS)));
    (Body { pieces: PollSender::new(sender), gone }, Pieces { pieces, _here: here, peer, heartbeat, silent })
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

    /// By the HTTP connection, which alone knows when the socket is full.
    fn is_watched(&self) -> bool {
        true
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
                match self.peer.poll_next_unpin(context) {
                    Poll::Ready(None) => return Poll::Ready(None),
                    Poll::Ready(Some(())) => {}
                    Poll::Pending => ready!(self.silent.poll_unpin(context)),
                }
                Some(Bytes::from_static(self.heartbeat.as_bytes()))
            }
        };
        let until = Instant::now() + Duration::from_secs(HEARTBEAT_SECONDS);
        self.silent.as_mut().reset(until);
        Poll::Ready(piece.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream::{self, StreamExt};

    use super::*;

    #[tokio::test]
    async fn silence_is_broken_by_heartbeats_and_words_come_first() {
        let (mut body, mut pieces) = body(":", stream::pending().boxed());
        let mut output = Output::default();
        output.put(b"word");
        pieces.silent.as_mut().reset(Instant::now());
        body.write(&mut output).unwrap();
        assert_eq!(pieces.next().await.unwrap().unwrap(), "word");
        assert!(pieces.next().now_or_never().is_none(), "it has spoken a moment ago");
        let due = pieces.silent.deadline();
        pieces.silent.as_mut().reset(Instant::now());
        assert_eq!(pieces.next().await.unwrap().unwrap(), ":");
        assert!(pieces.silent.deadline() >= due && !pieces.silent.is_elapsed());
        drop(body);
        assert!(pieces.next().await.is_none());
    }

    #[tokio::test]
    async fn a_peer_that_may_be_gone_gets_a_heartbeat_and_one_that_is_ends_the_body() {
        let (mut body, mut pieces) = body(":", stream::iter([()]).boxed());
        assert_eq!(pieces.next().await.unwrap().unwrap(), ":");
        assert!(body.poll_readable(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
        assert!(pieces.next().await.is_none());
        drop(pieces);
        assert!(std::future::poll_fn(|context| body.poll_readable(context)).await.is_err());
    }

    #[tokio::test]
    async fn a_connection_that_takes_nothing_holds_a_few_pieces_and_the_rest_waits() {
        let (mut body, mut pieces) = body(":", stream::pending().boxed());
        let mut output = Output::default();
        let piece = Bytes::from(vec![b'p'; 1000]); // long enough to be shared
        (0..10).for_each(|_| output.push(&piece));
        while body.write(&mut output).is_ok() {}
        assert_eq!(output.len(), (10 - PIECES_MAX) * 1000);
        assert_eq!(pieces.next().await.unwrap().unwrap(), piece);
        std::future::poll_fn(|context| body.poll_writable(context)).await.unwrap();
        body.write(&mut output).unwrap();
        assert_eq!(output.len(), (9 - PIECES_MAX) * 1000);
    }
}
