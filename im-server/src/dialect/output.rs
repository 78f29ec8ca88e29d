//! What is to be written to a peer, in order: own bytes, and bytes shared with other sessions.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Most pieces that are handed to the system at once.
const SLICES_MAX: usize = 64;

/// Shared bytes up to so many are copied: that costs less than to count who shares them, and than a piece for the system.
const COPY_BYTES_MAX: usize = 512;

/// Bytes that wait to be written. It owns no memory while it is empty.
#[derive(Debug, Default)]
pub(crate) struct Output {
    chunks: VecDeque<Bytes>,
    tail: BytesMut,
    waiting: usize,
}

impl Output {
    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Appends bytes of one's own.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.tail.put_slice(bytes);
        self.waiting += bytes.len();
    }

    /// Appends what `write` appends to a buffer.
    pub(crate) fn put_with<T>(&mut self, write: impl FnOnce(&mut BytesMut) -> T) -> T {
        let before = self.tail.len();
        let result = write(&mut self.tail);
        self.waiting = self.waiting + self.tail.len() - before;
        result
    }

    /// Appends shared bytes, without copying them where they are many.
    pub(crate) fn push(&mut self, bytes: &Bytes) {
        if bytes.len() <= COPY_BYTES_MAX {
            return self.put(bytes);
        }
        self.close_tail();
        self.waiting += bytes.len();
        self.chunks.push_back(bytes.clone());
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push_back(std::mem::take(&mut self.tail).freeze());
        }
    }

    /// Lets the first pieces be written at once. As much as was written is gone.
    pub(crate) fn write_by(
        &mut self,
        write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let written = if self.chunks.is_empty() {
            write(&[IoSlice::new(&self.tail)])?
        } else {
            self.close_tail();
            let pieces: Vec<_> =
                self.chunks.iter().take(SLICES_MAX).map(|chunk| IoSlice::new(chunk)).collect();
            write(&pieces)?
        };
        self.advance(written);
        Ok(written)
    }

    /// Takes the first line with its end, or all that waits where no line ends.
    pub(crate) fn take_line(&mut self) -> Bytes {
        self.close_tail();
        let mut line = BytesMut::new();
        while let Some(first) = self.chunks.front_mut() {
            let end = first.iter().position(|byte| *byte == b'\n').map_or(first.len(), |at| at + 1);
            let piece = first.split_to(end);
            if first.is_empty() {
                self.chunks.pop_front();
            }
            self.waiting -= piece.len();
            let ends = piece.ends_with(b"\n");
            if ends && line.is_empty() {
                return piece; // as it was shared
            }
            line.put_slice(&piece);
            if ends {
                break;
            }
        }
        line.freeze()
    }

    /// Takes the first piece.
    pub(crate) fn take_piece(&mut self) -> Bytes {
        self.close_tail();
        let piece = self.chunks.pop_front().unwrap_or_default();
        self.waiting -= piece.len();
        piece
    }

    /// So many bytes were written.
    pub(crate) fn advance(&mut self, mut written: usize) {
        self.waiting -= written;
        if self.waiting == 0 {
            *self = Self::default();
            return;
        }
        while let Some(first) = self.chunks.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.chunks.pop_front();
        }
        self.chunks = VecDeque::new();
        self.tail.advance(written);
    }
}
