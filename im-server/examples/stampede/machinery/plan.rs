//! What is to be done.

use clap::ValueEnum;
use serde::Serialize;

/// Who talks to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Work {
    /// One says, all others hear.
    Room,
    /// Many rooms, in which anybody says something.
    Rooms,
    /// Pairs, of whom one says and the other hears.
    Direct,
}

/// One run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) work: Work,
    pub(crate) receivers: usize,
    pub(crate) rooms: usize,
    pub(crate) in_flight: usize,
    pub(crate) messages: u64,
    pub(crate) bytes: usize,
    pub(crate) rate: Option<f64>,
}

impl Plan {
    /// How many groups there are, and how many clients each has.
    pub(super) fn groups(&self) -> (usize, usize) {
        match self.work {
            Work::Room => (1, self.receivers + 1),
            Work::Rooms => (self.rooms, self.receivers),
            Work::Direct => (self.receivers, 2),
        }
    }
}
