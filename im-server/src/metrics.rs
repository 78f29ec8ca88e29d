//! What the server counts for whoever runs it: why connections ended. It is told in the log when the server stops.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use im_proto::Refusal;

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

/// The counters of this node, since it started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    ended: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more ended, for this reason. How many there are now comes back.
    pub(crate) fn ended(&self, end: End) -> u64 {
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
