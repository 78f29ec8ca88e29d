//! What the writer does: batches, how long they take, what was said, and whether the disk takes it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// After so many seconds without another failure the disk is taken to be well again: only who writes finds out.
const UNWELL_SECONDS: u64 = 60;

/// The counters of the one who writes.
#[derive(Debug, Clone)]
pub(crate) struct Commits {
    seconds: Histogram,
    verbs: Histogram,
    /// Events that were committed.
    pub(crate) events: Counter,
    /// Those of them that say something.
    pub(crate) posts: Counter,
    failures: Counter,
    /// Milliseconds from `began` to the last failure, and one; 0 if something was stored after it.
    failed: std::sync::Arc<AtomicU64>,
    began: Instant,
}

impl Default for Commits {
    fn default() -> Self {
        Self {
            seconds: Histogram::new(exponential_buckets(0.000_1, 2.0, 18)), // 0.1 ms to 13 s
            verbs: Histogram::new(exponential_buckets(1.0, 2.0, 11)),
            events: Counter::default(),
            posts: Counter::default(),
            failures: Counter::default(),
            failed: std::sync::Arc::default(),
            began: Instant::now(),
        }
    }
}

impl Commits {
    pub(super) fn register(&self, registry: &mut Registry) {
        let about = "How long a batch of writes took, from its beginning to the disk";
        registry.register_with_unit("commit", about, Unit::Seconds, self.seconds.clone());
        registry.register("commit_verbs", "How many writes a batch had", self.verbs.clone());
        registry.register("events", "Events that were committed", self.events.clone());
        registry.register("posts", "Messages that were committed", self.posts.clone());
        let about = "Batches that were not stored: the disk is full, read-only or broken";
        registry.register("commit_failures", about, self.failures.clone());
    }

    fn since_the_beginning(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A batch is on the disk. `wrote` says that there was anything to put there.
    pub(crate) fn committed(&self, verbs: usize, took: Duration, wrote: bool) {
        self.seconds.observe(took.as_secs_f64());
        self.verbs.observe(f64::from(u32::try_from(verbs).unwrap_or(u32::MAX)));
        if wrote && self.failed.load(Ordering::Relaxed) != 0 {
            self.failed.store(0, Ordering::Relaxed);
        }
    }

    /// The disk did not take something.
    pub(crate) fn failed(&self) {
        self.failures.inc();
        self.failed.store(self.since_the_beginning() + 1, Ordering::Relaxed);
    }

    /// Whether what was to be stored lately was.
    pub(crate) fn are_well(&self) -> bool {
        match self.failed.load(Ordering::Relaxed) {
            0 => true,
            at => self.since_the_beginning() >= at + UNWELL_SECONDS * 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_unwell_until_something_was_stored() {
        let commits = Commits::default();
        assert!(commits.are_well());
        commits.failed();
        assert!(!commits.are_well());
        commits.committed(1, Duration::ZERO, false);
        assert!(!commits.are_well(), "nothing was stored by that");
        commits.committed(1, Duration::ZERO, true);
        assert!(commits.are_well());
    }
}
