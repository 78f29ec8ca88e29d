//! What may change while the server runs: read anew by whoever asks, each time.

use std::sync::{Arc, PoisonError, RwLock};

use crate::limits::Limits;
use crate::naming::Naming;

/// Who makes accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Anybody.
    #[default]
    Open,
    /// Whoever was invited: they know a code.
    Invite,
    /// Only operators.
    Closed,
}

/// What holds now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Who makes accounts.
    pub(crate) registration: Registration,
    /// Whether people without an account are let in.
    pub(crate) guests: bool,
    /// Whether passwords are taken that could be read on the way.
    pub(crate) passwords_in_plaintext: bool,
    /// What is said anywhere is kept for so many days only.
    pub(crate) retention_days: Option<u16>,
    /// Most connections at the same time.
    pub(crate) connections_max: usize,
    /// How much anybody may have.
    pub(crate) limits: Limits,
    /// What new names may be.
    pub(crate) naming: Naming,
}

/// Where it is found. One change is seen by all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies(Arc<RwLock<Arc<Policy>>>);

impl Policies {
    pub(crate) fn new(policy: Policy) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(policy))))
    }

    /// From now on this holds.
    pub(crate) fn change(&self, policy: Policy) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// What holds now; whoever acts on it takes it once, so that one deed is done by one policy.
    pub(crate) fn now(&self) -> Arc<Policy> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
