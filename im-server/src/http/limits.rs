//! How often one address may ask: a bucket of tokens for each, which fills again as time goes by.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// So many requests a second of one address are answered: about a twentieth of what one core can do.
const REQUESTS_PER_SECOND: f64 = 1000.0;

/// And so many at once, after a silence.
const REQUESTS_AT_ONCE: f64 = 2000.0;

/// Most addresses that are remembered. When there are more, those are forgotten whose buckets are full again.
const ADDRESSES_MAX: usize = 10_000;

/// The buckets of all addresses.
#[derive(Default)]
pub(super) struct Rates {
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn filled(&self, now: Instant) -> f64 {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * REQUESTS_PER_SECOND;
        (self.tokens + filled).min(REQUESTS_AT_ONCE)
    }
}

impl Rates {
    /// Whether an address may ask now.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| bucket.filled(now) < REQUESTS_AT_ONCE);
            if buckets.len() >= ADDRESSES_MAX {
                return false; // so many at once is an attack
            }
        }
        let bucket = buckets.entry(address).or_insert(Bucket { tokens: REQUESTS_AT_ONCE, at: now });
        bucket.tokens = bucket.filled(now);
        bucket.at = now;
        let may = bucket.tokens >= 1.0;
        if may {
            bucket.tokens -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    fn taken(rates: &Rates, address: impl Into<IpAddr> + Copy, now: Instant) -> usize {
        (0..5000).take_while(|_| rates.take(address.into(), now)).count()
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let (rates, now) = (Rates::default(), Instant::now());
        assert_eq!(taken(&rates, Ipv4Addr::LOCALHOST, now), 2000);
        assert_eq!(taken(&rates, Ipv4Addr::LOCALHOST, now + Duration::from_millis(500)), 500);
        assert_eq!(taken(&rates, Ipv4Addr::LOCALHOST, now + Duration::from_secs(60)), 2000);
    }

    #[test]
    fn many_addresses_do_not_grow_it() {
        let (rates, now) = (Rates::default(), Instant::now());
        let address = |i: usize| Ipv4Addr::from_bits(u32::try_from(i).unwrap());
        assert!((0..ADDRESSES_MAX).all(|i| rates.take(address(i).into(), now)));
        assert!(!rates.take(address(ADDRESSES_MAX).into(), now));
        assert!(rates.take(address(1).into(), now), "who is known is served on");
        let later = now + Duration::from_secs(1);
        assert!(rates.take(address(ADDRESSES_MAX).into(), later));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }
}
