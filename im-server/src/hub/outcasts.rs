//! The addresses from which nobody is let in: a copy of what the store keeps, for whoever comes. The rule about them is asked before
//! anybody says who they are, when nothing may cost anything.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};

use im_proto::Timestamp;

/// Addresses, each until when.
#[derive(Debug, Default)]
pub(crate) struct Outcasts(RwLock<HashMap<IpAddr, Timestamp>>);

impl Outcasts {
    /// An address is kept out until then, or no longer.
    pub(crate) fn put(&self, site: IpAddr, until: Option<Timestamp>) {
        let mut sites = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match until {
            Some(until) => drop(sites.insert(site, until)),
            None => drop(sites.remove(&site)),
        }
    }

    /// Whether an address is kept out now. The time is asked only if it matters.
    pub(crate) fn has(&self, site: IpAddr, now: impl FnOnce() -> Timestamp) -> bool {
        let sites = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sites.get(&site).is_some_and(|until| *until > now())
    }
}
