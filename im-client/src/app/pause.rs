//! A server that is too busy for a post: how long nothing is sent, and how carefully one goes on.

use std::time::Duration;

use crate::patience::redial_wait;

/// Most messages on their way at once.
const ON_THEIR_WAY_MAX: usize = 16;

/// Who posted too often waits so long, in milliseconds, and up to a quarter more.
const AGAIN_MS: u64 = 1100;

/// The server was too busy for a post: how long nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pause {
    /// So many times in a row.
    attempt: u32,
    until: Duration,
}

impl Pause {
    /// Too busy, at this moment.
    pub(super) fn refused(&mut self, now: Duration, dice: u64) {
        // What was on its way together is refused together: that counts once.
        if self.is_over(now) {
            self.attempt += 1;
            self.until = now + redial_wait(self.attempt, dice);
        }
    }

    /// Posts came too often: what comes within a second after the last of them does, too.
    pub(super) fn lasts(&mut self, now: Duration, dice: u64) {
        let again = now + Duration::from_millis(AGAIN_MS + dice % (AGAIN_MS / 4));
        self.until = self.until.max(again);
    }

    /// A post was taken.
    pub(super) fn taken(&mut self, now: Duration) {
        if self.is_over(now) {
            *self = Self::default();
        }
    }

    /// Something may be sent.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        now >= self.until
    }

    /// When something may be sent, if not now.
    pub(super) fn deadline(&self, now: Duration) -> Option<Duration> {
        (!self.is_over(now)).then_some(self.until)
    }

    /// Most messages on their way at once: after a pause one shows whether the server has room for all the others.
    pub(super) fn on_their_way_max(&self) -> usize {
        if self.attempt > 0 { 1 } else { ON_THEIR_WAY_MAX }
    }
}
