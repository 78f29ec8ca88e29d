//! What the server counts for whoever runs it. Ends are told in the log, too, when the server stops.
//!
//! Whoever counts something often has its counter: one addition, nothing is looked up. Only ends, refusals and answers by
//! HTTP are looked up, once each.

mod commits;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use im_proto::Refusal;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(crate) use self::commits::Commits;

/// Why a session ended, or a connection that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer said so, or said all that it had to say.
    Left,
    /// The peer was gone.
    Gone,
    /// The server closed it.
    Closed(Refusal),
    /// Too much waited for all peers together, and most for this one.
    Cut,
    /// There was no place for it.
    NoPlace,
    /// There was no place for another one of its address.
    NoPlaceForAddress,
}

impl End {
    fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Gone => "gone",
            Self::Closed(reason) => reason.code(),
            Self::Cut => "cut",
            Self::NoPlace => "no-place",
            Self::NoPlaceForAddress => "no-place-for-address",
        }
    }
}

/// One label, with words of this program only: a peer cannot make up values.
type By = [(&'static str, &'static str); 1];

/// The counters of this node, since it started.
#[derive(Debug)]
pub(crate) struct Metrics {
    ended: Mutex<BTreeMap<&'static str, u64>>,
    ends: Family<By, Counter>,
    refusals: Family<By, Counter>,
    sessions: Family<By, Gauge>,
    responses: Family<[(&'static str, u16); 1], Counter>,
    /// Connections that were taken.
    pub(crate) accepted: Counter,
    /// Events that were written to sessions.
    pub(crate) deliveries: Counter,
    /// How often a terminal was so far behind that it went on with what is new.
    pub(crate) laggards: Counter,
    registry: Registry,
}

/// A session that is there; it is not any more when this is dropped.
#[derive(Debug)]
pub(crate) struct Present(Gauge);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new(&Commits::default())
    }
}

impl Metrics {
    pub(crate) fn new(commits: &Commits) -> Self {
        let mut registry = Registry::with_prefix("im");
        commits.register(&mut registry);
        let (ends, refusals, responses) = (Family::default(), Family::default(), Family::default());
        let (sessions, accepted, deliveries) = (Family::default(), Counter::default(), Counter::default());
        let laggards = Counter::default();
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        registry.register("sessions", "Sessions that are there, by what they speak", sessions.clone());
        registry.register("connections_accepted", "Connections that were taken", accepted.clone());
        registry.register("ended", "Sessions and connections that ended, by reason", ends.clone());
        registry.register("refused", "Requests that were refused, by code", refusals.clone());
        registry.register("http_responses", "Answers by HTTP, by status", responses.clone());
        registry.register("deliveries", "Events that were written to sessions", deliveries.clone());
        registry.register(
            "laggards",
            "Terminals that were too far behind and went on with what is new",
            laggards.clone(),
        );
        let ended = Mutex::default();
        Self { ended, ends, refusals, sessions, responses, accepted, deliveries, laggards, registry }
    }

    /// All of it, to be written out.
    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more session, for as long as what is returned is there.
    pub(crate) fn session(&self, dialect: &'static str) -> Present {
        let sessions = self.sessions.get_or_create(&[("dialect", dialect)]).clone();
        sessions.inc();
        Present(sessions)
    }

    /// One more request was refused.
    pub(crate) fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", code)]).inc();
    }

    /// One more answer by HTTP.
    pub(crate) fn responded(&self, status: u16) {
        self.responses.get_or_create(&[("status", status)]).inc();
    }

    /// One more ended, for this reason. How many there are now comes back.
    pub(crate) fn ended(&self, end: End) -> u64 {
        self.ends.get_or_create(&[("reason", end.word())]).inc();
        let mut counts = self.counts();
        let count = counts.entry(end.word()).or_default();
        *count += 1;
        *count
    }

    /// How many ended for each reason there was: `gone=3 left=12 stalled=1`.
    pub(crate) fn ends(&self) -> String {
        let each: Vec<_> = self.counts().iter().map(|(word, count)| format!("{word}={count}")).collect();
        if each.is_empty() { "none".into() } else { each.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_by_itself() {
        let metrics = Metrics::default();
        assert_eq!(metrics.ends(), "none");
        let ends = [End::Gone, End::Left, End::Closed(Refusal::Stalled), End::Gone];
        assert_eq!(ends.map(|end| metrics.ended(end)), [1, 1, 1, 2]);
        assert_eq!(metrics.ends(), "gone=2 left=1 stalled=1");
    }
}
