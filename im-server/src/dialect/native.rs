//! The native spelling: a hello, then frames.

use bytes::{Bytes, BytesMut};
use im_proto::{
    FRAME_BYTES_MAX, FRAME_BYTES_MAX_STRANGER, Frame, FromServer, Hello, HelloError, Notice, Refusal, Reply,
    ServerFrames,
};
use tokio_util::codec::{Decoder, Encoder};

use crate::entry::{Entry, Style};

use super::{Dialect, Input, Output, Place, Whose};

/// One native session's state.
pub(crate) struct Native {
    greeted: bool,
    lost: bool,
    codec: ServerFrames,
    unread: BytesMut,
}

impl Native {
    pub(crate) fn new() -> Self {
        Self {
            greeted: false,
            lost: false,
            codec: ServerFrames::new(FRAME_BYTES_MAX_STRANGER),
            unread: BytesMut::new(),
        }
    }

    fn greet(&mut self, out: &mut Output) -> Option<Input> {
        let hello = *self.unread.first_chunk::<{ Hello::BYTES }>()?;
        let _ = self.unread.split_to(Hello::BYTES);
        match Hello::from_bytes(hello) {
            Ok(_) => {
                self.greeted = true;
                out.put(&Hello::OURS.to_bytes());
                None
            }
            Err(error) => {
                if let HelloError::Version(_) = error {
                    out.put(&Hello::OURS.to_bytes());
                }
                out.put(format!("{error}\n").as_bytes());
                self.lose()
            }
        }
    }

    /// What follows in the stream has no meaning any more.
    fn lose(&mut self) -> Option<Input> {
        self.lost = true;
        self.unread = BytesMut::new();
        Some(Input::Close)
    }

    fn say(&mut self, message: &FromServer, out: &mut Output) {
        let codec = &mut self.codec;
        if let Err(error) = out.put_with(|buffer| codec.encode(message, buffer)) {
            // A reply that does not fit a frame would be our fault; the peer still has to get an answer to its tag.
            tracing::error!(%error, "a reply was too long");
            if let FromServer::Reply { tag, .. } = message {
                let failed = FromServer::Reply { tag: *tag, result: Err(Refusal::Failed) };
                let _ = out.put_with(|buffer| codec.encode(&failed, buffer));
            }
        }
    }
}

impl Dialect for Native {
    fn word(&self) -> &'static str {
        "native"
    }

    fn feed(&mut self, bytes: &[u8]) {
        if !self.lost {
            self.unread.extend_from_slice(bytes);
        }
    }

    fn ended(&mut self) {}

    fn next(&mut self, out: &mut Output) -> Option<Input> {
        if !self.greeted {
            let close = self.greet(out);
            if close.is_some() || !self.greeted {
                return close;
            }
        }
        match self.codec.decode(&mut self.unread) {
            Ok(Some(Frame::Message(ask))) => Some(Input::Ask(ask)),
            Ok(Some(Frame::Unreadable { tag })) => Some(Input::Refused { tag, refusal: Refusal::Unreadable }),
            Ok(None) => {
                if self.unread.is_empty() {
                    self.unread = BytesMut::new(); // an idle session owns no buffer
                }
                None
            }
            Err(_) => {
                self.say(&FromServer::Notice(Notice::Closing(Refusal::TooLong)), out);
                self.lose()
            }
        }
    }

    fn introducing(&self) -> bool {
        !self.greeted && !self.unread.is_empty()
    }

    fn buffered(&self) -> usize {
        self.unread.len()
    }

    fn is_program(&self) -> bool {
        true
    }

    fn reply(&mut self, tag: u32, result: Result<Reply, Refusal>, out: &mut Output) {
        if let Ok(Reply::Welcome { .. }) = result {
            self.codec.set_limit(FRAME_BYTES_MAX);
        }
        self.say(&FromServer::Reply { tag, result }, out);
    }

    fn event(&mut self, entry: &Entry, _: &Place, _: Whose, out: &mut Output) {
        out.push(entry.bytes(Style::Native, |event| match FromServer::Event(event.clone()).to_frame() {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(%error, "an event was too long");
                Bytes::new()
            }
        }));
    }

    fn keeps_token(&self) -> Option<&'static str> {
        Some("native")
    }

    fn notice(&mut self, notice: Notice, out: &mut Output) {
        self.say(&FromServer::Notice(notice), out);
    }
}
