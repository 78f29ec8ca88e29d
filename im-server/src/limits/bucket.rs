//! How often something may happen: a bucket for each of those who do it, which fills again as time goes by.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Most buckets that are remembered. When there are more, those are forgotten that are full again.
const BUCKETS_MAX: usize = 64 * 1024;

/// Each lock is for this part of the buckets.
const SHARDS: usize = 16;

/// So many a second, and so many at once after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// A bucket fills by one in this time; at once where nothing is limited.
    one: Duration,
    /// It is full after this time.
    all: Duration,
}

impl Rate {
    /// `per_second` 0 is no limit.
    pub(crate) fn new(per_second: u32, at_once: u32) -> Self {
        let one = Duration::from_secs(1).checked_div(per_second).unwrap_or_default();
        Self { one, all: one.saturating_mul(at_once.max(1)) }
    }

    pub(crate) fn is_limited(self) -> bool {
        !self.one.is_zero()
    }
}

/// The buckets of all. One is known by the moment at which it will be full.
pub(crate) struct Buckets<K> {
    shards: [Mutex<HashMap<K, Instant>>; SHARDS],
    hasher: RandomState,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// Takes one out of a bucket. False, if it is empty.
    pub(crate) fn take(&self, key: K, rate: Rate, now: Instant) -> bool {
        if !rate.is_limited() {
            return true;
        }
        let shard = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default();
        let mut full_at = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= BUCKETS_MAX / SHARDS && !full_at.contains_key(&key) {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= BUCKETS_MAX / SHARDS {
                return false; // so many at once is an attack
            }
        }
        let at = full_at.entry(key).or_insert(now);
        let then = now.max(*at) + rate.one;
        let may = then <= now + rate.all;
        if may {
            *at = then;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(buckets: &Buckets<u32>, key: u32, now: Instant) -> usize {
        (0..5000).take_while(|_| buckets.take(key, Rate::new(1000, 2000), now)).count()
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        assert_eq!(taken(&buckets, 1, now), 2000);
        assert_eq!(taken(&buckets, 1, now + Duration::from_millis(500)), 500);
        assert_eq!(taken(&buckets, 2, now), 2000, "another's is another one");
        assert_eq!(taken(&buckets, 1, now + Duration::from_secs(60)), 2000);
    }

    #[test]
    fn without_a_rate_nothing_is_limited_and_nothing_remembered() {
        let buckets = Buckets::default();
        assert!((0..10_000).all(|_| buckets.take(1, Rate::new(0, 1), Instant::now())));
        assert!(buckets.shards.iter().all(|shard| shard.lock().unwrap().is_empty()));
    }

    #[test]
    fn many_keys_do_not_grow_it() {
        let (buckets, now, rate) = (Buckets::default(), Instant::now(), Rate::new(1, 1));
        let most = u32::try_from(BUCKETS_MAX).unwrap();
        let many = (0..2 * most).filter(|key| buckets.take(*key, rate, now)).count();
        let kept = || buckets.shards.iter().map(|shard| shard.lock().unwrap().len()).sum::<usize>();
        assert_eq!((many, kept()), (BUCKETS_MAX, BUCKETS_MAX));
        // Those that are full again make room.
        let later = now + Duration::from_secs(1);
        assert!((2 * most..2 * most + 1000).all(|key| buckets.take(key, rate, later)));
        assert!(kept() < BUCKETS_MAX);
    }
}
