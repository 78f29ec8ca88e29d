//! `send`: each message is posted once, however often the connection breaks on the way.

use std::collections::VecDeque;

use im_proto::{Address, MessageId, Refusal, Reply, Request, Text};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines, Stdin};

use super::session::{Heard, Session, dice, signed_in, wait};
use crate::cli::{Common, Send};
use crate::exit::Failure;
use crate::tokens::{SignedIn, Tokens};

/// Most messages on their way at once.
const ON_THEIR_WAY_MAX: usize = 64;
/// So many attempts in a row may fail before it is given up.
const ATTEMPTS_MAX: u32 = 8;

pub(super) async fn run(common: &Common, tokens: &Tokens, send: Send) -> Result<(), Failure> {
    let signed_in = signed_in(common, tokens)?;
    let source = match send.text.as_deref() {
        _ if send.lines => Source::Lines(BufReader::new(tokio::io::stdin()).lines()),
        Some("-") => Source::One(Some(all_of_stdin().await?)),
        text => Source::One(text.map(ToOwned::to_owned)),
    };
    let mut post = Post {
        to: send.to,
        source,
        ended: false,
        unanswered: VecDeque::new(),
        entered: false,
        connected: false,
        failed: 0,
    };
    loop {
        match post.over_one_connection(common, &signed_in).await {
            Err(Failure::Connection(error)) => {
                post.failed += 1;
                if !post.connected || post.failed > ATTEMPTS_MAX || error.is_final() {
                    return Err(error.into());
                }
                wait(post.failed).await?;
            }
            ended => return ended,
        }
    }
}

async fn all_of_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more than a message may have tells that it is too long.
    let most = u64::try_from(im_proto::TEXT_BYTES_MAX + 1).unwrap_or(u64::MAX);
    let mut stdin = tokio::io::stdin().take(most);
    stdin.read_to_string(&mut text).await.map_err(Failure::io("standard input"))?;
    let shorter = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(shorter);
    Ok(text)
}

/// Where messages come from.
enum Source {
    One(Option<String>),
    Lines(Lines<BufReader<Stdin>>),
}

impl Source {
    /// The next message that is not blank. May be dropped and called again.
    async fn next(&mut self) -> Result<Option<Text>, Failure> {
        loop {
            let raw = match self {
                Self::One(text) => match text.take() {
                    Some(text) => return checked(&text).map(Some),
                    None => return Ok(None),
                },
                Self::Lines(lines) => lines.next_line().await.map_err(Failure::io("standard input"))?,
            };
            match raw {
                Some(line) if line.trim().is_empty() => {}
                Some(line) => return checked(&line).map(Some),
                None => return Ok(None),
            }
        }
    }
}

fn checked(raw: &str) -> Result<Text, Failure> {
    Text::parse(raw).map_err(|error| Failure::Usage(error.to_string()))
}

struct Post {
    to: Address,
    source: Source,
    ended: bool,
    /// What was sent and not acknowledged, in order.
    unanswered: VecDeque<(MessageId, Text)>,
    entered: bool,
    connected: bool,
    failed: u32,
}

impl Post {
    async fn over_one_connection(&mut self, common: &Common, signed_in: &SignedIn) -> Result<(), Failure> {
        let mut session = Session::resume(common, signed_in).await?;
        self.connected = true;
        self.entered = false;
        for (message, text) in self.unanswered.clone() {
            self.send(&mut session, message, text).await?;
        }
        while !self.ended || !self.unanswered.is_empty() {
            let room = !self.ended && self.unanswered.len() < ON_THEIR_WAY_MAX;
            tokio::select! {
                biased;
                heard = session.next() => {
                    if let Heard::Reply(_, result) = heard? {
                        self.answered(&mut session, result).await?;
                    }
                }
                text = self.source.next(), if room => match text? {
                    Some(text) => {
                        let message = MessageId(dice()?);
                        self.unanswered.push_back((message, text.clone()));
                        self.send(&mut session, message, text).await?;
                    }
                    None => self.ended = true,
                },
            }
        }
        Ok(())
    }

    async fn send(&self, session: &mut Session, message: MessageId, text: Text) -> Result<(), Failure> {
        let to = self.to.clone();
        session.send(Request::Post { to, message, text, reply_to: None }).await?;
        Ok(())
    }

    /// Answers come in the order of the requests: this one is about the oldest message, or about a sign of life.
    async fn answered(
        &mut self,
        session: &mut Session,
        result: Result<Reply, Refusal>,
    ) -> Result<(), Failure> {
        match (result, &self.to) {
            (Ok(Reply::Posted { .. }), _) => {
                self.unanswered.pop_front();
                self.failed = 0;
                Ok(())
            }
            (Ok(_), _) => Ok(()),
            (Err(Refusal::NoSuchRoom | Refusal::NotMember), Address::Room(name)) if !self.entered => {
                let name = name.clone();
                self.enter(session, name).await
            }
            (Err(refusal), _) => Err(refusal.into()),
        }
    }

    /// Enters the room, which is made if it is not there, and sends again what was refused.
    async fn enter(&mut self, session: &mut Session, name: im_proto::RoomName) -> Result<(), Failure> {
        self.entered = true;
        // The other messages on their way are refused like the first. The answer to `Join` comes after theirs.
        let request = Request::Join { name: name.clone(), create: true };
        match session.ask(request).await?? {
            Reply::Asked => {
                let told = format!("#{name} is a group: its owner has been asked to let you in");
                return Err(Failure::Failed(told));
            }
            _ => {
                for (message, text) in self.unanswered.clone() {
                    self.send(session, message, text).await?;
                }
            }
        }
        Ok(())
    }
}
