//! What is to be written to a peer, in order: own bytes, and bytes shared with other sessions.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Most pieces that are handed to the system at once.
const SLICES_MAX: usize = 64;

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

    /// Appends shared bytes, without copying them.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        self.close_tail();
        self.waiting += bytes.len();
        self.chunks.push_back(bytes);
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push_back(std::mem::take(&mut self.tail).freeze());
        }
    }

    /// The first pieces, for one write.
    pub(crate) fn slices(&mut self) -> Vec<IoSlice<'_>> {
        self.close_tail();
        self.chunks.iter().take(SLICES_MAX).map(|chunk| IoSlice::new(chunk)).collect()
    }

    /// So many bytes were written.
    pub(crate) fn advance(&mut self, mut written: usize) {
        self.waiting -= written;
        while let Some(first) = self.chunks.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.chunks.pop_front();
        }
        self.chunks = VecDeque::new();
    }
}
