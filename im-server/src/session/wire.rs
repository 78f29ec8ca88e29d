//! The byte stream of one connection: reads without a buffer of its own, writes all that waits at once.

use std::io;
use std::net::Shutdown;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::dialect::Output;

/// Most bytes that are read at once, on the stack.
pub(crate) const READ_BYTES_MAX: usize = 16 * 1024;

/// A peer that takes nothing for so many seconds, while something waits for it, is gone.
const STALL_SECONDS_MAX: u64 = 30;

/// After the last words, what the peer still sends is taken and thrown away: at most so many bytes, for so many seconds.
const DRAIN_BYTES_MAX: usize = 1024 * 1024;
const DRAIN_SECONDS_MAX: u64 = 1;

/// A connected peer.
pub(crate) struct Wire {
    stream: TcpStream,
    output: Output,
    /// When the peer took something last, or something began to wait.
    moved: Option<Instant>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, output: Output::default(), moved: None }
    }

    /// What is to be written.
    pub(crate) fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Writes as much as the system takes now.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let stalled_since = self.moved.get_or_insert_with(Instant::now);
            match self.stream.try_write_vectored(&self.output.slices()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    *stalled_since = Instant::now();
                    self.output.advance(written);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.moved = None;
        Ok(())
    }

    /// When the peer counts as gone, if it takes nothing until then.
    pub(crate) fn stalls_at(&self) -> Option<Instant> {
        self.moved.map(|moved| moved + Duration::from_secs(STALL_SECONDS_MAX))
    }

    /// Waits until more can be written.
    pub(crate) async fn writable(&self) -> io::Result<()> {
        self.stream.writable().await
    }

    /// Waits until there is something to read.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }

    /// Reads what is there now. Nothing: not now. No bytes: the peer will send nothing more.
    pub(crate) fn read(&self, taken: impl FnOnce(&[u8])) -> io::Result<Option<usize>> {
        let mut buffer = [0; READ_BYTES_MAX];
        match self.stream.try_read(&mut buffer) {
            Ok(read) => {
                taken(&buffer[..read]);
                Ok(Some(read))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends the stream so that the peer gets the last words: bytes that lie unread when a socket is closed would make the
    /// system throw away what it has not delivered yet.
    pub(crate) async fn close(self) {
        if SockRef::from(&self.stream).shutdown(Shutdown::Write).is_err() {
            return;
        }
        let drained = async {
            let mut left = DRAIN_BYTES_MAX;
            while left > 0 && self.readable().await.is_ok() {
                match self.read(|_| {}) {
                    Ok(Some(0)) | Err(_) => return,
                    Ok(read) => left = left.saturating_sub(read.unwrap_or(0)),
                }
            }
        };
        let _ = timeout(Duration::from_secs(DRAIN_SECONDS_MAX), drained).await;
    }
}
