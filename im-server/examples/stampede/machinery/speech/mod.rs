//! What clients say to servers of different kinds. Coming in is done one after another, each waiting for the server; posting
//! is bytes that the load writes when it likes; and a message is found in whatever is heard by the mark that it carries, so
//! that hearing costs the load the same whatever is spoken.

mod irc;
mod json;
mod mqtt;
mod native;
mod nats;
mod redis;
mod text;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use anyhow::Context;
use clap::ValueEnum;

use super::encrypted::Stream;

pub(super) use self::native::Native;

/// How clients speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spelling {
    /// Bytes and nothing else.
    Bare,
    /// im's native frames.
    Native,
    /// Lines: MaChat's hello in rooms, TinyChat's for pairs.
    Text,
    /// im's JSON, an object a line.
    Json,
    /// IRC.
    Irc,
    /// NATS, core publish and subscribe.
    Nats,
    /// Redis, publish and subscribe.
    Redis,
    /// MQTT with QoS 1.
    Mqtt,
}

/// Some IRC servers let people in once a second: so many come in together.
const AT_ONCE: usize = 100;

impl Spelling {
    /// How many come in together. Where one is asked who one is by what one says first, nobody is kept waiting.
    pub(crate) fn at_once(self) -> usize {
        if self == Self::Irc { AT_ONCE } else { 1 }
    }
}

/// Who somebody is, and whom they talk to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Of which run: what another one left on the server is none of ours.
    pub(crate) run: Run,
    pub(crate) number: usize,
    pub(crate) place: Place,
    /// They say something, now or later.
    pub(crate) speaks: bool,
}

/// Tells the names of one run from those of others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run(u16);

impl Run {
    pub(crate) fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self(u16::try_from(random % 0x1000).unwrap_or_default())
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Room(usize),
    With(usize),
}

impl Part {
    fn name(self) -> String {
        self.name_of(self.number)
    }

    /// Of nine characters at most, which every server takes.
    fn name_of(self, number: usize) -> String {
        format!("s{:03x}{number}", self.run.0)
    }

    /// Where they speak: a room, or a name.
    fn place(self) -> String {
        match self.place {
            Place::Room(room) => format!("stampede{:03x}-{room}", self.run.0),
            Place::With(other) => self.name_of(other),
        }
    }

    fn is_direct(self) -> bool {
        matches!(self.place, Place::With(_))
    }
}

/// One client's side of what is said.
pub(crate) trait Speech {
    /// Says what can be said before one is let in.
    fn begin(&mut self, _stream: &mut dyn Stream) -> anyhow::Result<()> {
        Ok(())
    }

    /// Comes in, and returns when everything said from now on will be heard.
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()>;

    /// Says something.
    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()>;

    /// Whether the server answers each post when it is kept.
    fn acknowledges(&self) -> bool {
        false
    }

    /// Whether those who only hear have to say so.
    fn answers(&self) -> bool {
        false
    }

    /// How many posts these bytes acknowledge. What has to be answered goes out.
    fn hear(&mut self, _bytes: &[u8], _out: &mut Vec<u8>) -> anyhow::Result<u64> {
        Ok(0)
    }
}

pub(super) fn speech(spelling: Spelling, part: Part) -> Box<dyn Speech> {
    match spelling {
        Spelling::Bare => Box::new(Bare),
        Spelling::Native => Box::new(native::Native::new(part)),
        Spelling::Text => Box::new(text::Text(part)),
        Spelling::Json => Box::new(json::Json::new(part)),
        Spelling::Irc => Box::new(irc::Irc(part)),
        Spelling::Nats => Box::new(nats::Nats(part)),
        Spelling::Redis => Box::new(redis::Redis(part)),
        Spelling::Mqtt => Box::new(mqtt::Mqtt::new(part)),
    }
}

struct Bare;

impl Speech for Bare {
    fn enter(&mut self, _: &mut dyn Stream) -> anyhow::Result<()> {
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(payload.as_bytes());
        out.push(b'\n');
        Ok(())
    }
}

/// Says something, and reads until one of these words is heard. `answer` sees all that came until now, and may say more.
fn converse(
    stream: &mut dyn Stream,
    say: &str,
    until: &[&str],
    mut answer: impl FnMut(&str) -> Option<String>,
) -> anyhow::Result<String> {
    stream.write_all(say.as_bytes())?;
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).with_context(|| format!("after {say:?}"))?;
        anyhow::ensure!(read > 0, "sent away after {say:?}: {}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&heard);
        if let Some(more) = answer(&text) {
            stream.write_all(more.as_bytes())?;
        }
        if until.iter().any(|word| text.contains(word)) {
            return Ok(text.into_owned());
        }
    }
}
