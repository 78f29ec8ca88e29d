//! One connection of a program: native frames, or lines of JSON. It moves bytes while it is waited for, both ways.

use std::io;
use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use im_proto::{Ask, ClientFrames, Frame, FromServer, Hello, json_line};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio_util::codec::{Decoder, Encoder};

/// How a program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Native,
    Json,
}

pub(crate) struct Wire {
    stream: TcpStream,
    spelling: Spelling,
    codec: ClientFrames,
    /// The server's hello was read.
    greeted: bool,
    incoming: BytesMut,
    /// No line ends in so many of the incoming bytes.
    searched: usize,
    outgoing: BytesMut,
}

impl Wire {
    pub(crate) async fn dial(addr: SocketAddr, spelling: Spelling) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let mut outgoing = BytesMut::new();
        if spelling == Spelling::Native {
            outgoing.extend_from_slice(&Hello::OURS.to_bytes());
        }
        let (codec, incoming) = (ClientFrames::default(), BytesMut::new());
        Ok(Self {
            stream,
            spelling,
            codec,
            greeted: spelling == Spelling::Json,
            incoming,
            searched: 0,
            outgoing,
        })
    }

    /// Puts a request behind those that wait to be sent.
    pub(crate) fn put(&mut self, ask: &Ask) -> io::Result<()> {
        match self.spelling {
            Spelling::Native => self.codec.encode(ask, &mut self.outgoing).map_err(io::Error::other)?,
            Spelling::Json => {
                self.outgoing.extend_from_slice(&json_line(ask));
                self.outgoing.extend_from_slice(b"\n");
            }
        }
        Ok(())
    }

    /// Waits until bytes have gone, or come if they are read. Cancel-safe.
    pub(crate) async fn moved(&mut self, reads: bool) -> io::Result<()> {
        let interest = match (reads, self.outgoing.is_empty()) {
            (true, true) => Interest::READABLE,
            (true, false) => Interest::READABLE | Interest::WRITABLE,
            (false, false) => Interest::WRITABLE,
            (false, true) => return std::future::pending().await,
        };
        let ready = self.stream.ready(interest).await?;
        if ready.is_writable() && !self.outgoing.is_empty() {
            match self.stream.try_write(&self.outgoing) {
                Ok(written) => self.outgoing.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if reads && ready.is_readable() {
            match self.stream.try_read_buf(&mut self.incoming) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next thing that the server has said, if all of it is here; or what of it cannot be read.
    pub(crate) fn take(&mut self) -> Result<Option<FromServer>, String> {
        match self.spelling {
            Spelling::Native => self.frame(),
            Spelling::Json => {
                let Some(line) = self.line() else { return Ok(None) };
                let unreadable = |error| format!("{error}: {}", String::from_utf8_lossy(&line));
                serde_json::from_slice(&line).map(Some).map_err(unreadable)
            }
        }
    }

    fn frame(&mut self) -> Result<Option<FromServer>, String> {
        if !self.greeted {
            // A server that was kept waiting takes its peer for a person first, and says hello to that one.
            let words = self.incoming.iter().take_while(|byte| **byte != 0).count();
            self.incoming.advance(words);
            let Some(hello) = self.incoming.first_chunk() else { return Ok(None) };
            Hello::from_bytes(*hello).map_err(|error| error.to_string())?;
            self.incoming.advance(Hello::BYTES);
            self.greeted = true;
        }
        match self.codec.decode(&mut self.incoming) {
            Ok(Some(Frame::Message(message))) => Ok(Some(message)),
            Ok(Some(Frame::Unreadable { tag })) => Err(format!("a frame that begins with {tag}")),
            Ok(None) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn line(&mut self) -> Option<BytesMut> {
        let Some(end) = self.incoming[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.incoming.len();
            return None;
        };
        let line = self.incoming.split_to(self.searched + end + 1);
        self.searched = 0;
        Some(line)
    }
}
