//! What all who take part in a simulation share: the network, the books, and how far it is.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use im_client::connection::Dial;
use im_proto::{Address, RoomName, UserName};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::ends::ClientEnd;
use super::network::Network;
use super::oracle::{Ledger, Target, Violation};

/// Something that must not be, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) String);

impl From<Violation> for Wrong {
    fn from(violation: Violation) -> Self {
        Self(violation.to_string())
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// People do things, and everything breaks.
    Storm,
    /// Nothing new is said and nothing breaks any more: all that was said has to get where it should.
    Calm,
    /// It has; now it is judged.
    Judge,
}

/// What belongs to all.
pub(crate) struct Course {
    pub(super) network: Arc<Network>,
    /// Whose each device is.
    pub(super) names: Vec<UserName>,
    ledger: Mutex<Ledger>,
    phase: Mutex<Phase>,
    changed: Notify,
    /// Of each device that takes part: whether nothing waits there, else what does.
    settled: Mutex<Vec<Result<(), String>>>,
}

impl Course {
    pub(super) fn new(network: Arc<Network>, names: Vec<UserName>, ledger: Ledger, devices: usize) -> Self {
        let settled = Mutex::new(vec![Err("has not begun".to_owned()); devices]);
        let (phase, changed) = (Mutex::new(Phase::Storm), Notify::new());
        Self { network, names, ledger: Mutex::new(ledger), phase, changed, settled }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on. Who waits for that wakes in the order in which they began to wait; a channel would throw dice.
    pub(super) fn enter(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.changed.notify_waiters();
    }

    /// How far it is, and what is ready when that changes.
    pub(super) fn phase(&self) -> (Phase, Notified<'_>) {
        let changed = self.changed.notified();
        (*self.phase.lock().unwrap_or_else(PoisonError::into_inner), changed)
    }

    pub(super) fn set_settled(&self, at: u32, settled: Result<(), String>) {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)[at as usize] = settled;
    }

    /// Nothing waits anywhere, else who waits for what.
    pub(super) fn all_settled(&self) -> Result<(), String> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Where a post to this address goes, in the words of the ledger.
    pub(super) fn target(&self, to: &Address) -> Option<Target> {
        match to {
            Address::Room(name) if *name == RoomName::lobby() => Some(Target::Named(0)),
            Address::Room(name) => name.as_str().strip_prefix('r')?.parse().ok().map(Target::Named),
            Address::User(name) => {
                let at = self.names.iter().position(|user| user == name)?;
                u32::try_from(at).ok().map(Target::User)
            }
        }
    }
}

/// How somebody's devices are connected.
#[derive(Clone)]
pub(super) struct Simulated {
    pub(super) network: Arc<Network>,
    pub(super) who: u32,
}

impl Dial for Simulated {
    type Stream = ClientEnd;

    async fn dial(&self, _: &str) -> io::Result<ClientEnd> {
        self.network.dial(self.who).await
    }
}
