//! How often one address may ask whether a name is taken: signing up has to say so, and nobody is to read the list of all names by it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use im_proto::{Refusal, Timestamp};

/// So many at once, after a silence, and then one in so many milliseconds.
const LOOKUPS_AT_ONCE: u64 = 1000;
const LOOKUP_MILLISECONDS: u64 = 1000;

/// Most addresses that are remembered; those are forgotten that may ask as often as anybody.
const ADDRESSES_MAX: usize = 10_000;

/// Until when each address has used what it may: a bucket, told as a moment.
#[derive(Debug, Default)]
pub(super) struct Lookups(Mutex<HashMap<IpAddr, u64>>);

impl Lookups {
    pub(super) fn take(&self, site: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        const FULL: u64 = LOOKUPS_AT_ONCE * LOOKUP_MILLISECONDS;
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= ADDRESSES_MAX && !used.contains_key(&site) {
            used.retain(|_, until| *until > now.0);
            if used.len() >= ADDRESSES_MAX {
                return Err(Refusal::Busy); // so many at once is an attack
            }
        }
        let until = used.entry(site).or_default();
        let next = (*until).max(now.0) + LOOKUP_MILLISECONDS;
        if next > now.0 + FULL {
            return Err(Refusal::TriedTooOften);
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn one_address_asks_so_often_and_nobody_else_waits_for_it() {
        let lookups = Lookups::default();
        let taken = |site: u32, at: u64| {
            let take = || lookups.take(Ipv4Addr::from_bits(site).into(), Timestamp(at));
            (0..5000).take_while(|_| take().is_ok()).count()
        };
        assert_eq!(taken(1, 1_000_000), 1000);
        assert_eq!(taken(1, 1_010_000), 10);
        assert_eq!(taken(2, 1_010_000), 1000);
        assert_eq!(taken(1, 9_000_000), 1000);
    }

    #[test]
    fn many_addresses_do_not_grow_it() {
        let lookups = Lookups::default();
        let take = |site: u32, at: u64| lookups.take(Ipv4Addr::from_bits(site).into(), Timestamp(at));
        assert!((0..10_000).all(|site| take(site, 1).is_ok()));
        assert_eq!(take(10_000, 1), Err(Refusal::Busy));
        assert_eq!(take(5, 1), Ok(()));
        assert_eq!(take(10_000, 1001), Ok(()));
        assert_eq!(lookups.0.lock().unwrap().len(), 2);
    }
}
