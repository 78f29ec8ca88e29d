//! How much waits in memory for peers who do not take it, or have not sent the rest of it, of all connections together. Nobody is
//! counted who takes what they are sent. When it is too much, those end for whom most waits.

use std::cmp::Reverse;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::{Hub, Mailbox};

/// The count, and its bound.
#[derive(Default)]
pub(crate) struct Waiting {
    bytes: AtomicUsize,
    /// 0 is no bound.
    bytes_max: AtomicUsize,
    exceeded: Notify,
}

/// What one request or response keeps in memory, as long as this lives.
pub(crate) struct Held {
    waiting: Arc<Waiting>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Waiting {
    /// So many bytes may wait from now on.
    pub(crate) fn allow(&self, bytes_max: u64) {
        self.bytes_max.store(usize::try_from(bytes_max).unwrap_or(usize::MAX), Ordering::Relaxed);
    }

    /// So many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn excess(&self, most: impl Fn(usize) -> usize) -> usize {
        match self.bytes_max.load(Ordering::Relaxed) {
            0 => 0,
            max => self.bytes().saturating_sub(most(max)),
        }
    }

    /// More than half of what may be is there: whoever has something to take gets nothing more.
    pub(crate) fn is_tight(&self) -> bool {
        self.excess(|max| max / 2) > 0
    }

    /// Keeps so many bytes more, if they fit.
    pub(crate) fn hold(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        (self.excess(|max| max.saturating_sub(bytes)) == 0).then(|| self.hold_anyway(bytes))
    }

    /// Keeps so many bytes more that are there already.
    pub(crate) fn hold_anyway(self: &Arc<Self>, bytes: usize) -> Held {
        self.add(bytes);
        Held { waiting: Arc::clone(self), bytes }
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if self.excess(|max| max) > 0 {
            self.exceeded.notify_one();
        }
    }
}

impl Hub {
    /// So many bytes wait for the peer of a session, which were so many before.
    pub(crate) fn waits(&self, mailbox: &Mailbox, before: usize, now: usize) {
        mailbox.waiting.store(now, Ordering::Relaxed);
        if now > before {
            self.waiting.add(now - before);
        } else {
            self.waiting.bytes.fetch_sub(before - now, Ordering::Relaxed);
        }
    }

    /// Sees to it, for as long as the server runs, that no more waits than may.
    pub(crate) async fn bound_waiting(&self) -> Infallible {
        loop {
            self.waiting.exceeded.notified().await;
            self.cut_worst();
        }
    }

    /// Ends those sessions for which most waits, until a quarter of what may be is free.
    fn cut_worst(&self) {
        let mut excess = self.waiting.excess(|max| max - max / 4);
        let mut worst: Vec<_> = {
            let state = self.state();
            let each = state.sessions.values();
            each.map(|mailbox| (mailbox.waiting.load(Ordering::Relaxed), Arc::clone(mailbox))).collect()
        };
        worst.retain(|(waiting, _)| *waiting > 0);
        worst.sort_unstable_by_key(|(waiting, _)| Reverse(*waiting));
        for (waiting, mailbox) in worst {
            if excess == 0 {
                return;
            }
            mailbox.cut(); // or it is about to end already
            excess = excess.saturating_sub(waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_end_for_whom_most_waits_and_no_others() {
        let hub = Hub::default();
        hub.waiting.allow(1000);
        let sessions: Vec<_> = [100, 500, 0, 300].map(|bytes| (bytes, hub.connect())).into();
        for (bytes, mailbox) in &sessions {
            hub.waits(mailbox, 0, *bytes);
        }
        let cut = || -> Vec<_> {
            sessions.iter().map(|(_, mailbox)| mailbox.take_closing().unwrap_or_default().cut).collect()
        };
        assert!(hub.waiting.is_tight());
        assert!(hub.waiting.hold(101).is_none());
        hub.waits(&sessions[0].1, 100, 200);
        hub.cut_worst();
        assert_eq!(cut(), [false, true, false, false]);
        hub.waits(&sessions[1].1, 500, 0);
        assert!(!hub.waiting.is_tight());
        let held = hub.waiting.hold(500);
        assert!(held.is_some() && hub.waiting.hold(1).is_none());
        drop(held);
        assert!(hub.waiting.hold(1).is_some());
    }

    #[test]
    fn without_a_bound_nobody_ends() {
        let hub = Hub::default();
        let mailbox = hub.connect();
        hub.waits(&mailbox, 0, usize::MAX / 2);
        hub.cut_worst();
        assert!(!hub.waiting.is_tight() && !mailbox.take_closing().unwrap_or_default().cut);
    }
}
