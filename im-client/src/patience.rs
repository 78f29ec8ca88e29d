//! How long a client waits: before it dials again, before it asks whether the server is still there, and for the
//! answer. Pure: the time and the dice are given.

use std::time::Duration;

/// Longest wait before dialling again, in seconds.
pub const REDIAL_SECONDS_MAX: u64 = 30;
/// Longest silence before the server is asked for a sign of life, in seconds.
pub const SILENCE_SECONDS_MAX: u64 = 30;
/// Longest wait for that sign, in seconds: then the link is dead.
pub const ANSWER_SECONDS_MAX: u64 = 10;
/// Longest wait for a connection and for the server's hello, in seconds.
pub const DIAL_SECONDS_MAX: u64 = 10;

/// Longest wait that a server that stops may ask for, in seconds.
pub const COME_BACK_SECONDS_MAX: u64 = 120;

const FIRST_WAIT_MS: u64 = 500;

/// How long to wait before attempt number `attempt` (the first is 1): twice as long each time up to a cap, and of that
/// some part between half and all, so that a thousand clients do not come back in one moment.
pub fn redial_wait(attempt: u32, dice: u64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let whole = (FIRST_WAIT_MS << doublings).min(REDIAL_SECONDS_MAX * 1000);
    let half = whole / 2;
    Duration::from_millis(half + dice % (half + 1))
}

/// How long to wait before dialling a server that has stopped and said so.
pub fn come_back_wait(after_milliseconds: u32) -> Duration {
    let asked = Duration::from_millis(after_milliseconds.into());
    asked.min(Duration::from_secs(COME_BACK_SECONDS_MAX))
}

/// Whether the other side is still there. Moments are counted from any fixed start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    heard: Duration,
    asked: Option<Duration>,
}

/// What a [`Heartbeat`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// Nothing yet.
    Wait,
    /// Ask for a sign of life now.
    Ask,
    /// There was none: the link is dead.
    Dead,
}

impl Heartbeat {
    /// The other side was heard just now.
    pub fn new(now: Duration) -> Self {
        Self { heard: now, asked: None }
    }

    /// The other side was heard just now.
    pub fn heard(&mut self, now: Duration) {
        *self = Self::new(now);
    }

    /// The other side has just been asked.
    pub fn asked(&mut self, now: Duration) {
        self.asked.get_or_insert(now);
    }

    /// When to look again.
    pub fn deadline(&self) -> Duration {
        match self.asked {
            Some(asked) => asked + Duration::from_secs(ANSWER_SECONDS_MAX),
            None => self.heard + Duration::from_secs(SILENCE_SECONDS_MAX),
        }
    }

    /// What is due now.
    pub fn beat(&self, now: Duration) -> Beat {
        match (now >= self.deadline(), self.asked) {
            (false, _) => Beat::Wait,
            (true, None) => Beat::Ask,
            (true, Some(_)) => Beat::Dead,
        }
    }
}
