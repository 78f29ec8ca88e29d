//! What is told in passing: a few lines that go away by themselves.

use std::collections::VecDeque;
use std::time::Duration;

/// How long a toast stays, in seconds.
const TOAST_SECONDS: u64 = 5;
/// Most toasts at once: the oldest gives way.
const TOASTS_MAX: usize = 4;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// It is about something that did not work.
    pub is_error: bool,
    until: Duration,
}

/// All that are shown now, oldest first.
#[derive(Debug, Default)]
pub struct Toasts(VecDeque<Toast>);

impl Toasts {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Toast> {
        self.0.iter()
    }

    pub(super) fn tell(&mut self, text: impl Into<String>, now: Duration) {
        self.push(text.into(), false, now);
    }

    pub(super) fn complain(&mut self, text: impl Into<String>, now: Duration) {
        self.push(text.into(), true, now);
    }

    fn push(&mut self, text: String, is_error: bool, now: Duration) {
        // Said again, it only stays longer.
        self.0.retain(|toast| toast.text != text);
        if self.0.len() == TOASTS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Toast { text, is_error, until: now + Duration::from_secs(TOAST_SECONDS) });
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.0.iter().map(|toast| toast.until).min()
    }

    pub(super) fn expire(&mut self, now: Duration) {
        self.0.retain(|toast| toast.until > now);
    }
}
