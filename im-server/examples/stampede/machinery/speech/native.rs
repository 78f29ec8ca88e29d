//! im's native frames.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use bytes::{Buf, BytesMut};
use im_proto::{
    Address, Ask, ClientFrames, Frame, FromServer, Hello, MessageId, Page, Password, Reply, Request, Seq,
    Text, Token,
};
use tokio_util::codec::{Decoder, Encoder};

use super::{Part, Speech, Stream};

pub(crate) struct Native {
    part: Part,
    codec: ClientFrames,
    heard: BytesMut,
    /// The id of the next post. Another run's begin elsewhere.
    next: u128,
}

/// Random enough to meet nobody else's.
fn fresh() -> u128 {
    let half = || u128::from(RandomState::new().build_hasher().finish());
    half() << 64 | half()
}

fn greet(stream: &mut dyn Stream) -> anyhow::Result<()> {
    stream.write_all(&Hello::OURS.to_bytes())?;
    let mut hello = [0; Hello::BYTES];
    stream.read_exact(&mut hello)?;
    Hello::from_bytes(hello)?;
    Ok(())
}

impl Native {
    pub(crate) fn new(part: Part) -> Self {
        Self { part, codec: ClientFrames::default(), heard: BytesMut::new(), next: fresh() }
    }

    /// A page of the log of where one is, after so many events. How many there are in it is returned.
    pub(crate) fn page(&mut self, stream: &mut dyn Stream, after: u64, limit: u16) -> anyhow::Result<usize> {
        let page = Page::After(Seq(after));
        match self.ask(stream, Request::History { of: self.address()?, page, limit })? {
            Reply::History { events, .. } => Ok(events.len()),
            other => anyhow::bail!("{other:?} is no page"),
        }
    }

    /// Makes an account, whose token is returned.
    pub(crate) fn sign_up(&mut self, stream: &mut dyn Stream) -> anyhow::Result<Token> {
        greet(stream)?;
        let password = Password::parse("stampede").map_err(|error| anyhow::anyhow!("{error:?}"))?;
        match self.ask(stream, Request::SignUp { name: self.part.name().parse()?, password })? {
            Reply::Welcome { token: Some(token), .. } => Ok(token),
            other => anyhow::bail!("{other:?} has no token"),
        }
    }

    /// Signs in by a token.
    pub(crate) fn resume(&mut self, stream: &mut dyn Stream, token: Token) -> anyhow::Result<()> {
        greet(stream)?;
        self.ask(stream, Request::Resume { token })?;
        Ok(())
    }

    fn address(&self) -> anyhow::Result<Address> {
        let place = self.part.place();
        let address = if self.part.is_direct() { format!("@{place}") } else { format!("#{place}") };
        address.parse().map_err(|_| anyhow::anyhow!("{address} is no address"))
    }

    fn ask(&mut self, stream: &mut dyn Stream, request: Request) -> anyhow::Result<Reply> {
        let mut out = BytesMut::new();
        self.codec.encode(&Ask { tag: 1, request }, &mut out)?;
        stream.write_all(&out)?;
        loop {
            match self.codec.decode(&mut self.heard)? {
                Some(Frame::Message(FromServer::Reply { tag: 1, result })) => return Ok(result?),
                Some(_) => {}
                None => {
                    let mut buffer = [0; 4096];
                    let read = stream.read(&mut buffer)?;
                    anyhow::ensure!(read > 0, "sent away");
                    self.heard.extend_from_slice(&buffer[..read]);
                }
            }
        }
    }
}

impl Speech for Native {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        greet(stream)?;
        let name = self.part.name().parse()?;
        self.ask(stream, Request::ComeAsGuest { name: Some(name) })?;
        if !self.part.is_direct() {
            self.ask(stream, Request::Join { name: self.part.place().parse()?, create: true })?;
        }
        self.ask(stream, Request::Follow { after: Vec::new() })?;
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let message = MessageId(self.next.to_be_bytes());
        self.next = self.next.wrapping_add(1);
        let request =
            Request::Post { to: self.address()?, message, text: Text::parse(payload)?, reply_to: None };
        let mut frame = BytesMut::new();
        self.codec.encode(&Ask { tag: 2, request }, &mut frame)?;
        out.extend_from_slice(&frame);
        Ok(())
    }

    fn acknowledges(&self) -> bool {
        true
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Vec<u8>) -> anyhow::Result<u64> {
        self.heard.extend_from_slice(bytes);
        let mut acknowledged = 0;
        while let Some(frame) = self.codec.decode(&mut self.heard)? {
            if let Frame::Message(FromServer::Reply { result, .. }) = frame {
                anyhow::ensure!(matches!(result?, Reply::Posted { duplicate: false, .. }), "not posted");
                acknowledged += 1;
            }
        }
        if !self.heard.has_remaining() {
            self.heard = BytesMut::new();
        }
        Ok(acknowledged)
    }
}
