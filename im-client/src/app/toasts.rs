//! What is told in passing: a few lines that go away by themselves.

use std::collections::VecDeque;
use std::time::Duration;

/// How long a toast stays, in seconds.
const TOAST_SECONDS: u64 = 5;
/// Most toasts at once: the oldest gives way.
const TOASTS_MAX: usize = 4;
/// Most that are kept to be read later: the oldest gives way.
const KEPT_MAX: usize = 200;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// It is about something that did not work.
    pub is_error: bool,
    /// When it was told, counted from the start of the program.
    pub at: Duration,
    until: Duration,
}

/// All that are shown now, and those that were, oldest first.
#[derive(Debug, Default)]
pub struct Toasts {
    shown: VecDeque<Toast>,
    kept: VecDeque<Toast>,
}

impl Toasts {
    /// All that are shown now.
    pub fn iter(&self) -> impl Iterator<Item = &Toast> {
        self.shown.iter()
    }

    /// All that were told, the newest first.
    pub fn kept(&self) -> impl Iterator<Item = &Toast> {
        self.kept.iter().rev()
    }

    pub(super) fn tell(&mut self, text: impl Into<String>, now: Duration) {
        self.push(text.into(), false, now);
    }

    pub(super) fn complain(&mut self, text: impl Into<String>, now: Duration) {
        self.push(text.into(), true, now);
    }

    fn push(&mut self, text: String, is_error: bool, now: Duration) {
        // Said again, it only stays longer.
        self.shown.retain(|toast| toast.text != text);
        if self.shown.len() == TOASTS_MAX {
            self.shown.pop_front();
        }
        let toast = Toast { text, is_error, at: now, until: now + Duration::from_secs(TOAST_SECONDS) };
        if self.kept.len() == KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(toast.clone());
        self.shown.push_back(toast);
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.shown.iter().map(|toast| toast.until).min()
    }

    pub(super) fn expire(&mut self, now: Duration) {
        self.shown.retain(|toast| toast.until > now);
    }
}
