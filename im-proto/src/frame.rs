//! Native frames: four bytes of length, then one message.

use std::marker::PhantomData;

use bincode::{Decode, Encode};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use crate::limits::FRAME_BYTES_MAX;
use crate::reply::FromServer;
use crate::request::Ask;
use crate::wire;

const LENGTH_BYTES: usize = 4;

/// The codec of a client: reads [`FromServer`], writes [`Ask`].
pub type ClientFrames = FrameCodec<FromServer, Ask>;
/// The codec of a server: reads [`Ask`], writes [`FromServer`].
pub type ServerFrames = FrameCodec<Ask, FromServer>;

/// Cuts a stream into frames and reads each, within a limit.
#[derive(Debug)]
pub struct FrameCodec<In, Out> {
    bytes_max: usize,
    messages: PhantomData<fn(Out) -> In>,
}

/// What one frame held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<T> {
    /// A message.
    Message(T),
    /// Something that this side cannot read: a kind that is newer than this side, or nonsense. The stream goes on.
    Unreadable {
        /// The number it begins with, which is the tag where it was meant as a request.
        tag: u32,
    },
}

/// The stream is lost, or a message cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A frame is longer than this side takes.
    #[error("a frame of {bytes} bytes, at most {max} are taken")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A message cannot be put into bytes.
    #[error("a message cannot be encoded: {0}")]
    Encode(#[from] bincode::error::EncodeError),
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl<In, Out> FrameCodec<In, Out> {
    /// A codec that takes frames of at most so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max: bytes_max.min(FRAME_BYTES_MAX), messages: PhantomData }
    }

    /// From now on take frames of at most so many bytes.
    pub fn set_limit(&mut self, bytes_max: usize) {
        self.bytes_max = bytes_max.min(FRAME_BYTES_MAX);
    }
}

impl<In, Out> Default for FrameCodec<In, Out> {
    fn default() -> Self {
        Self::new(FRAME_BYTES_MAX)
    }
}

impl<In: Decode<()>, Out> Decoder for FrameCodec<In, Out> {
    type Item = Frame<In>;
    type Error = FrameError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<Frame<In>>, FrameError> {
        let Some(prefix) = source.first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > self.bytes_max {
            return Err(FrameError::TooLong { bytes: length, max: self.bytes_max });
        }
        // Nothing is reserved for what a stranger only announces: the buffer grows as bytes arrive.
        if source.len() < LENGTH_BYTES + length {
            return Ok(None);
        }
        source.advance(LENGTH_BYTES);
        let frame = source.split_to(length);
        Ok(Some(match wire::decode(&frame) {
            Ok(message) => Frame::Message(message),
            Err(_) => Frame::Unreadable { tag: wire::decode_prefix(&frame).map_or(0, |(tag, _)| tag) },
        }))
    }
}

impl<In, Out: Encode> Encoder<&Out> for FrameCodec<In, Out> {
    type Error = FrameError;

    fn encode(&mut self, message: &Out, target: &mut BytesMut) -> Result<(), FrameError> {
        let start = target.len();
        target.put_u32(0);
        let encoded = wire::encode(message, &mut target.writer());
        let length = target.len() - start - LENGTH_BYTES;
        if encoded.is_err() || length > FRAME_BYTES_MAX {
            target.truncate(start);
            encoded?;
            return Err(FrameError::TooLong { bytes: length, max: FRAME_BYTES_MAX });
        }
        let prefix = u32::try_from(length).unwrap_or(u32::MAX);
        target[start..start + LENGTH_BYTES].copy_from_slice(&prefix.to_be_bytes());
        Ok(())
    }
}

impl FromServer {
    /// The whole frame, to be sent to many.
    pub fn to_frame(&self) -> Result<Bytes, FrameError> {
        let mut frame = BytesMut::new();
        ServerFrames::default().encode(self, &mut frame)?;
        Ok(frame.freeze())
    }
}
