//! Where browsers are. They open connections before they need them, and would take a greeting for a broken answer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many connections speak HTTP, by the address that they come from. Those are open ones: there is an end to them.
#[derive(Default)]
pub(super) struct Browsers(Mutex<HashMap<IpAddr, usize>>);

/// A connection that speaks HTTP.
pub(super) struct Browsing<'a> {
    browsers: &'a Browsers,
    from: IpAddr,
}

impl Browsers {
    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more, until what comes back is dropped.
    pub(super) fn one(&self, from: IpAddr) -> Browsing<'_> {
        *self.open().entry(from).or_default() += 1;
        Browsing { browsers: self, from }
    }

    /// Whether some connection from there speaks HTTP.
    pub(super) fn are_at(&self, from: IpAddr) -> bool {
        self.open().contains_key(&from)
    }
}

impl Drop for Browsing<'_> {
    fn drop(&mut self) {
        let mut open = self.browsers.open();
        if let Some(count) = open.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_there_until_the_last_is_gone() {
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([192, 0, 2, 1]));
        let browsers = Browsers::default();
        let (first, second) = (browsers.one(here), browsers.one(here));
        assert!(browsers.are_at(here) && !browsers.are_at(there));
        drop(first);
        assert!(browsers.are_at(here));
        drop(second);
        assert!(!browsers.are_at(here) && browsers.open().is_empty());
    }
}
