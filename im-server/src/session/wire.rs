//! What is between a session and its peer: the output that waits, and whether it moves.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::carriage::{Carriage, Readiness};
use crate::dialect::Output;

/// A connected peer.
pub(super) struct Wire {
    carriage: Box<dyn Carriage>,
    output: Output,
    /// When the peer took something last, or something began to wait.
    moved: Option<Instant>,
    /// A peer that takes nothing for so long, while something waits for it, is gone.
    patience: Duration,
}

impl Wire {
    pub(super) fn new(carriage: Box<dyn Carriage>, patience: Duration) -> Self {
        Self { carriage, output: Output::default(), moved: None, patience }
    }

    /// Where the peer is, if the carriage knows.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.carriage.peer()
    }

    /// What is to be written.
    pub(super) fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// How many bytes the peer has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.output.len() + self.carriage.waiting()
    }

    /// The peer has taken all.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting() == 0
    }

    /// How many bytes of the peer came that are not whole yet.
    pub(super) fn buffered(&self) -> usize {
        self.carriage.buffered()
    }

    /// Writes as much as is taken now.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let mut has_moved = false;
        while !self.is_empty() {
            match self.carriage.write(&mut self.output) {
                Ok(()) => has_moved = true,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if has_moved || self.moved.is_none() {
                        self.moved = Some(Instant::now());
                    }
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.moved = None;
        Ok(())
    }

    /// When the peer counts as gone, if it takes nothing until then.
    pub(super) fn stalls_at(&self) -> Option<Instant> {
        let moved = self.moved.filter(|_| !self.carriage.is_watched())?;
        Some(moved + self.patience)
    }

    /// Waits until more can be written, or there is something to read, as far as that is of interest; never, if neither
    /// is. Cancel-safe.
    pub(super) async fn ready(&mut self, of_interest: Readiness) -> io::Result<Readiness> {
        poll_fn(|context| {
            let mut ready = Readiness::default();
            if of_interest.write
                && let Poll::Ready(writable) = self.carriage.poll_writable(context)
            {
                writable?;
                ready.write = true;
            }
            if of_interest.read
                && let Poll::Ready(readable) = self.carriage.poll_readable(context)
            {
                readable?;
                ready.read = true;
            }
            if ready == Readiness::default() { Poll::Pending } else { Poll::Ready(Ok(ready)) }
        })
        .await
    }

    /// Reads what is there now. Nothing: not now. No bytes: the peer will send nothing more.
    pub(super) fn read(&mut self, mut taken: impl FnMut(&[u8])) -> io::Result<Option<usize>> {
        match self.carriage.read(&mut taken) {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The peer has said who it is, and is trusted with longer messages.
    pub(super) fn trust(&mut self) {
        self.carriage.trust();
    }

    /// Ends it so that the peer gets the last words.
    pub(super) async fn close(self) {
        self.carriage.close().await;
    }
}
