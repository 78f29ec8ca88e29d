//! A signed-in connection without a screen: questions with their answers, what comes by itself, and signs of life.

use std::time::Duration;

use im_proto::{Ask, FromServer, Notice, Refusal, Reply, Request, UserName};
use tokio::time::{Instant, sleep_until};

use super::output;
use crate::cli::Common;
use crate::connection::{self, Asker, ConnectionError, Hearer};
use crate::exit::Failure;
use crate::patience::{Beat, Heartbeat, redial_wait};
use crate::secure::{Safety, Stream};
use crate::tokens::{SignedIn, Tokens};

/// One connection.
#[derive(Debug)]
pub(super) struct Session {
    asker: Asker<Stream>,
    hearer: Hearer<Stream>,
    last_tag: u32,
    unsent: bool,
    started: Instant,
    heartbeat: Heartbeat,
}

/// What a session hears, besides what only matters to a screen.
#[derive(Debug)]
pub(super) enum Heard {
    /// The answer to the request with this tag.
    Reply(u32, Result<Reply, Refusal>),
    /// An event.
    Event(im_proto::Event),
    /// Something live.
    Notice(Notice),
}

impl Session {
    /// Connects; nobody is signed in yet.
    pub(super) async fn open(common: &Common) -> Result<Self, ConnectionError> {
        let (asker, hearer) = connection::open(&common.dialer(), common.server()).await?;
        if let Some(news) = &hearer.secured().news {
            output::warn(news);
        }
        Ok(Self {
            asker,
            hearer,
            last_tag: 0,
            unsent: false,
            started: Instant::now(),
            heartbeat: Heartbeat::new(Duration::ZERO),
        })
    }

    /// Connects and signs in with a token.
    pub(super) async fn resume(common: &Common, signed_in: &SignedIn) -> Result<Self, Failure> {
        let mut session = Self::open(common).await?;
        let token = signed_in.token.clone();
        match session.ask(Request::Resume { token }).await? {
            Ok(_) => Ok(session),
            Err(Refusal::BadToken) => Err(not_signed_in(common, Some(&signed_in.user))),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// How safe from those on the way it is what is said.
    pub(super) fn safety(&self) -> Safety {
        self.hearer.secured().safety
    }

    /// Asks and waits for the answer. What else comes meanwhile is only a hint and is left out: nothing that counts
    /// comes before `Follow`.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Result<Reply, Refusal>, ConnectionError> {
        let tag = self.send(request).await?;
        loop {
            if let Heard::Reply(answered, result) = self.next().await?
                && answered == tag
            {
                return Ok(result);
            }
        }
    }

    /// Asks without waiting; the tag will be that of the answer.
    pub(super) async fn send(&mut self, request: Request) -> Result<u32, ConnectionError> {
        if request.has_password() && !self.safety().takes_password() {
            return Err(ConnectionError::Readable);
        }
        self.last_tag = self.last_tag.checked_add(1).unwrap_or(1);
        let ask = Ask { tag: self.last_tag, request };
        self.asker.feed(&ask).await?;
        self.unsent = true;
        Ok(self.last_tag)
    }

    /// What comes next; a server that does not answer is gone. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Result<Heard, ConnectionError> {
        loop {
            let due = self.started + self.heartbeat.deadline();
            tokio::select! {
                biased;
                said = self.hearer.next() => {
                    self.heartbeat.heard(self.started.elapsed());
                    match said? {
                        FromServer::Reply { result: Err(refusal), .. } if is_for_now(refusal) => {
                            return Err(ConnectionError::Ended(refusal));
                        }
                        FromServer::Reply { tag, result } => return Ok(Heard::Reply(tag, result)),
                        FromServer::Event(event) => return Ok(Heard::Event(event)),
                        FromServer::Notice(Notice::Closing(refusal)) => return Err(ConnectionError::Ended(refusal)),
                        FromServer::Notice(notice) => return Ok(Heard::Notice(notice)),
                    }
                }
                flushed = self.asker.flush(), if self.unsent => {
                    flushed?;
                    self.unsent = false;
                }
                () = sleep_until(due) => match self.heartbeat.beat(self.started.elapsed()) {
                    Beat::Wait => {}
                    Beat::Ask => {
                        self.heartbeat.asked(self.started.elapsed());
                        self.send(Request::Ping).await?;
                    }
                    Beat::Dead => return Err(ConnectionError::Silent),
                },
            }
        }
    }
}

/// A server that stops, or has too much to do now, refuses nothing for good.
fn is_for_now(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Stopping | Refusal::Busy | Refusal::TooOften)
}

/// Who is signed in on this device.
pub(super) fn signed_in(common: &Common, tokens: &Tokens) -> Result<SignedIn, Failure> {
    tokens
        .find(common.server(), common.user.as_ref())
        .map_err(Failure::io("the sign-ins"))?
        .ok_or_else(|| not_signed_in(common, common.user.as_ref()))
}

fn not_signed_in(common: &Common, name: Option<&UserName>) -> Failure {
    Failure::NotSignedIn { server: common.server().to_owned(), name: name.cloned() }
}

/// Random bits.
pub(super) fn dice<const N: usize>() -> Result<[u8; N], Failure> {
    let mut dice = [0; N];
    getrandom::fill(&mut dice).map_err(|error| Failure::Failed(format!("no random bits: {error}")))?;
    Ok(dice)
}

/// Waits before attempt number `attempt`.
pub(super) async fn wait(attempt: u32) -> Result<(), Failure> {
    let dice = u64::from_le_bytes(dice()?);
    tokio::time::sleep(redial_wait(attempt, dice)).await;
    Ok(())
}
