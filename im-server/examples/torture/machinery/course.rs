//! What all who take part share: the plan, the ledger, how far it has come.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use im_proto::{Address, RoomName, UserName};
use tokio::sync::watch;
use tokio::time::Instant;

use super::ledger::{Ledger, Target};
use super::violation::Violation;

/// Of ten users so many are people at a terminal.
const TYPISTS_OF_TEN: u32 = 2;

/// What is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) users: u32,
    pub(crate) rooms: u32,
    pub(crate) posts: u64,
    pub(crate) kills: u64,
    pub(crate) seed: u64,
    /// The program.
    pub(crate) server: PathBuf,
    /// After so many seconds nothing new is begun, however much is still wanted.
    pub(crate) seconds_max: Option<u64>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// All do what they like, and the server is killed.
    Torture,
    /// Nothing new: what was sent is answered, what was said is heard.
    Settle,
    /// The server was stopped in good order and started: all come once more, and are told where they stand.
    Judge,
}

/// A run.
pub(crate) struct Course {
    pub(crate) plan: Plan,
    pub(crate) native: SocketAddr,
    pub(crate) json: SocketAddr,
    ledger: Mutex<Ledger>,
    acknowledged: watch::Sender<u64>,
    phase: watch::Sender<Phase>,
    /// The programs that have all their answers, and all that was said.
    settled: watch::Sender<BTreeSet<u32>>,
    /// Whoever still waits at the end, for what.
    waiting: Mutex<BTreeMap<u32, String>>,
    moved: AtomicU64,
    pub(crate) reconnects: AtomicU64,
    began: Instant,
}

impl Course {
    pub(crate) fn new(plan: Plan, native: SocketAddr, json: SocketAddr) -> Self {
        Self {
            ledger: Mutex::new(Ledger::new(plan.users as usize)),
            plan,
            native,
            json,
            acknowledged: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Torture),
            settled: watch::Sender::default(),
            waiting: Mutex::default(),
            moved: AtomicU64::new(0),
            reconnects: AtomicU64::new(0),
            began: Instant::now(),
        }
    }

    /// How many users are programs; those who come after them type.
    pub(crate) fn programs(&self) -> u32 {
        self.plan.users - self.plan.users * TYPISTS_OF_TEN / 10
    }

    pub(crate) fn groups(&self) -> u32 {
        self.plan.rooms.div_ceil(3)
    }

    /// How many rooms and groups there are, with the lobby.
    pub(crate) fn named(&self) -> u32 {
        1 + self.plan.rooms + self.groups()
    }

    /// The lobby, then the rooms, then the groups.
    pub(crate) fn room(&self, at: u32) -> Result<RoomName, Violation> {
        let name = match at {
            0 => return Ok(RoomName::lobby()),
            at if self.is_group(at) => format!("g{at}"),
            at => format!("r{at}"),
        };
        RoomName::parse(&name).map_err(|error| Violation::Torture(error.to_string()))
    }

    pub(crate) fn is_group(&self, at: u32) -> bool {
        at > self.plan.rooms
    }

    /// Who makes a room or group, and stays in it.
    pub(crate) fn founder(&self, at: u32) -> Option<u32> {
        (at > 0).then(|| (at - 1) % self.programs())
    }

    pub(crate) fn user(&self, at: u32) -> Result<UserName, Violation> {
        let kind = if at < self.programs() { "user" } else { "typist" };
        UserName::parse(&format!("{kind}{at}")).map_err(|error| Violation::Torture(error.to_string()))
    }

    pub(crate) fn address(&self, target: Target) -> Result<Address, Violation> {
        Ok(match target {
            Target::Named(at) => Address::Room(self.room(at)?),
            Target::User(at) => Address::User(self.user(at)?),
        })
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened that shows that it goes on.
    pub(crate) fn moves(&self) {
        self.moved.fetch_add(1, Relaxed);
    }

    /// Somebody hears something. While the torture lasts that is not enough: it lasts until enough is posted.
    pub(crate) fn hears(&self) {
        if self.phase() != Phase::Torture {
            self.moves();
        }
    }

    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Relaxed)
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    pub(crate) fn set_acknowledged(&self, acknowledged: u64) {
        self.acknowledged.send_replace(acknowledged);
        self.moves();
    }

    /// Waits until so many posts are acknowledged; or for so long.
    pub(crate) async fn acknowledges(&self, posts: u64, at_most: Duration) {
        let mut acknowledged = self.acknowledged.subscribe();
        let reached = acknowledged.wait_for(|acknowledged| *acknowledged >= posts);
        let _ = tokio::time::timeout(at_most, reached).await;
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
        self.moves();
    }

    /// A program has all its answers, and all that was said.
    pub(crate) fn settle(&self, user: u32) {
        self.waits(user, None);
        self.settled.send_modify(|settled| {
            settled.insert(user);
        });
        self.moves();
    }

    pub(crate) async fn all_settled(&self) {
        let all = self.programs() as usize;
        // The sender is here: there is no error.
        let _ = self.settled.subscribe().wait_for(|settled| settled.len() >= all).await;
    }

    pub(crate) fn waits(&self, user: u32, what: Option<String>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Some(what) => waiting.insert(user, what),
            None => waiting.remove(&user),
        };
    }

    /// Who waits for what, the first few.
    pub(crate) fn who_waits(&self) -> String {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let some = waiting.iter().take(5).map(|(user, what)| format!("user {user}: {what}"));
        format!(
            "{} of {} acknowledged; {}",
            self.acknowledged(),
            self.plan.posts,
            some.collect::<Vec<_>>().join("; ")
        )
    }

    pub(crate) fn is_late(&self) -> bool {
        self.plan.seconds_max.is_some_and(|most| self.began.elapsed() >= Duration::from_secs(most))
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}
