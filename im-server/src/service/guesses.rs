//! How often a password may be guessed: the longer somebody is wrong, the longer they wait. Counted for a name at an address, for
//! an address, and, softer, for a name wherever it is guessed, so that nobody can shut somebody else out for long.
//!
//! Names that nobody has are counted as others are: a delay tells nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use im_proto::{Refusal, Timestamp, UserName};

/// What is counted is forgotten when so many seconds went by without a wrong guess.
const FORGET_SECONDS: u64 = 24 * 60 * 60;

/// Most names at an address, addresses and names that are remembered, each; of more, those are forgotten who guessed least.
const GUESSERS_MAX: usize = 10_000;

/// When it becomes slow, and how slow.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// So many wrong guesses come without a delay; then it is one second, and doubles with each.
    free: u32,
    /// Most seconds that one has to wait.
    seconds_max: u64,
}

/// One name from one address: somebody who forgot, or who guesses.
const ONE: Pace = Pace { free: 20, seconds_max: 5 * 60 };

/// Any names from one address. Many people may share one.
const ADDRESS: Pace = Pace { free: 100, seconds_max: 60 };

/// One name from wherever it was never signed in. The owner waits with those who guess, so it is not long.
const NAME: Pace = Pace { free: 100, seconds_max: 30 };

/// The second factor of one name. Who comes here knows the password: nobody is shut out by strangers.
const CODE: Pace = Pace { free: 5, seconds_max: 60 * 60 };

/// All that is remembered of wrong guesses.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    all: Mutex<All>,
}

#[derive(Debug, Default)]
struct All {
    pairs: Table<(String, IpAddr)>,
    addresses: Table<IpAddr>,
    names: Table<String>,
    codes: Table<String>,
    /// From where names have been signed in: when.
    known: HashMap<(String, IpAddr), Timestamp>,
}

/// Wrong guesses by whatever they are counted by.
#[derive(Debug)]
struct Table<K>(HashMap<K, Wrong>);

#[derive(Debug, Clone, Copy)]
struct Wrong {
    /// How often, with those that are being looked at.
    count: u32,
    last: Timestamp,
}

/// A guess that is being looked at. Dropped, it was wrong.
#[derive(Debug)]
pub(super) struct Guess<'a> {
    guesses: &'a Guesses,
    name: String,
    site: IpAddr,
    began: Timestamp,
    /// Nothing was ever signed in by this name from there.
    strange: bool,
    is_right: bool,
}

impl Guesses {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody may guess now. `known`: the name is signed in somewhere at this address.
    pub(super) fn begin(
        &self,
        name: &UserName,
        site: IpAddr,
        known: bool,
        now: Timestamp,
    ) -> Result<Guess<'_>, Refusal> {
        let name = name.key().to_owned();
        let mut all = self.all();
        let pair = (name.clone(), site);
        let known = known || all.known.contains_key(&pair);
        let others_may = known || all.addresses.may(&site, ADDRESS, now) && all.names.may(&name, NAME, now);
        if !(others_may && all.pairs.may(&pair, ONE, now)) {
            return Err(Refusal::TriedTooOften);
        }
        all.pairs.wrong(pair, now);
        if !known {
            all.names.wrong(name.clone(), now);
        }
        Ok(Guess { guesses: self, name, site, began: now, strange: !known, is_right: false })
    }

    /// Somebody is signed in from there, without a guess.
    pub(super) fn knows(&self, name: &UserName, site: IpAddr, now: Timestamp) {
        self.all().knows((name.key().to_owned(), site), now);
    }

    /// Whether a code may be guessed now. It counts as wrong until it is known to be right.
    pub(super) fn begin_code(&self, name: &UserName, now: Timestamp) -> Result<(), Refusal> {
        let (name, mut all) = (name.key().to_owned(), self.all());
        if !all.codes.may(&name, CODE, now) {
            return Err(Refusal::TriedTooOften);
        }
        all.codes.wrong(name, now);
        Ok(())
    }

    /// The code was right.
    pub(super) fn right_code(&self, name: &UserName) {
        self.all().codes.0.remove(name.key());
    }
}

impl Guess<'_> {
    /// It was not looked at, or it was right and more is to come: nothing is forgotten of those before it.
    pub(super) fn take_back(mut self) {
        self.is_right = true;
        let mut all = self.guesses.all();
        all.pairs.take_back(&(self.name.clone(), self.site));
        if self.strange {
            all.names.take_back(&self.name);
        }
    }

    /// It was right: who comes from here is known, and was never wrong.
    pub(super) fn signs_in(mut self, now: Timestamp) {
        self.is_right = true;
        let mut all = self.guesses.all();
        if self.strange {
            all.names.take_back(&self.name);
        }
        let pair = (self.name.clone(), self.site);
        all.pairs.0.remove(&pair);
        all.knows(pair, now);
    }
}

impl Drop for Guess<'_> {
    fn drop(&mut self) {
        if !self.is_right {
            self.guesses.all().addresses.wrong(self.site, self.began);
        }
    }
}

impl All {
    fn knows(&mut self, pair: (String, IpAddr), now: Timestamp) {
        if self.known.len() >= GUESSERS_MAX && !self.known.contains_key(&pair) {
            forget_oldest(&mut self.known, |at| *at);
        }
        self.known.insert(pair, now);
    }
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Table<K> {
    fn may(&self, who: &K, pace: Pace, now: Timestamp) -> bool {
        self.0
            .get(who)
            .is_none_or(|wrong| now.0 >= wrong.last.0 + pace.delay_ms(wrong.count) || wrong.is_old(now))
    }

    fn wrong(&mut self, who: K, now: Timestamp) {
        if self.0.len() >= GUESSERS_MAX && !self.0.contains_key(&who) {
            self.0.retain(|_, wrong| !wrong.is_old(now));
            if self.0.len() >= GUESSERS_MAX {
                forget_oldest(&mut self.0, |wrong| (wrong.count, wrong.last));
            }
        }
        let wrong = self.0.entry(who).or_insert(Wrong { count: 0, last: now });
        if wrong.is_old(now) {
            wrong.count = 0;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last = now;
    }

    fn take_back(&mut self, who: &K) {
        if let Some(wrong) = self.0.get_mut(who) {
            wrong.count = wrong.count.saturating_sub(1);
            if wrong.count == 0 {
                self.0.remove(who);
            }
        }
    }
}

impl Wrong {
    fn is_old(self, now: Timestamp) -> bool {
        now.0 >= self.last.0 + FORGET_SECONDS * 1000
    }
}

impl Pace {
    fn delay_ms(self, count: u32) -> u64 {
        let doubled =
            count.checked_sub(self.free).map_or(0, |over| 1_u64.checked_shl(over).unwrap_or(u64::MAX));
        doubled.min(self.seconds_max) * 1000
    }
}

/// Makes room by a tenth, so that it is not looked for again at once.
fn forget_oldest<K: Eq + Hash + Clone, V, R: Ord + Copy>(table: &mut HashMap<K, V>, rank: impl Fn(&V) -> R) {
    let mut ranks: Vec<R> = table.values().map(&rank).collect();
    let (_, border, _) = ranks.select_nth_unstable(GUESSERS_MAX / 10);
    let border = *border;
    let mut left = GUESSERS_MAX / 10;
    table.retain(|_, value| {
        let goes = left > 0 && rank(value) <= border;
        left -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn site(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    fn name(name: &str) -> UserName {
        name.parse().unwrap()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp(1_000_000_000 + seconds * 1000)
    }

    /// Guesses wrongly as often as one may, once a second for so long. How often that was.
    fn guessed(
        guesses: &Guesses,
        who: &str,
        from: impl Fn(u64) -> IpAddr,
        seconds: std::ops::Range<u64>,
    ) -> u32 {
        let mut count = 0;
        for second in seconds {
            while let Ok(guess) = guesses.begin(&name(who), from(second), false, at(second)) {
                drop(guess);
                count += 1;
            }
        }
        count
    }

    #[test]
    fn who_is_wrong_waits_longer_and_longer_and_not_for_ever() {
        let guesses = Guesses::default();
        assert_eq!(guessed(&guesses, "ann", |_| site(1), 0..1), 20);
        // 1, 2, 4 … 256 s, and then every five minutes.
        assert_eq!(guessed(&guesses, "ann", |_| site(1), 1..600), 9);
        assert_eq!(guessed(&guesses, "ann", |_| site(1), 600..86_400), 286);
        let later = at(86_400 + FORGET_SECONDS);
        guesses.begin(&name("ann"), site(1), false, later).unwrap().signs_in(later);
        assert_eq!(guessed(&guesses, "ann", |_| site(1), 200_000..200_001), 20, "all is forgotten");
    }

    #[test]
    fn a_crowd_that_guesses_one_name_is_slow_and_the_owner_comes_in_from_where_they_came_in() {
        let guesses = Guesses::default();
        guesses.begin(&name("ann"), site(7), false, at(0)).unwrap().signs_in(at(0));
        let crowd = |second| site(1000 + u32::try_from(second).unwrap() % 5000);
        let wrong = guessed(&guesses, "ann", crowd, 0..3600);
        assert!((200..250).contains(&wrong), "{wrong}: a hundred, and then one in 30 s");
        guesses.begin(&name("Ann"), site(7), false, at(3600)).unwrap().signs_in(at(3600));
        // Or from where a device of theirs is, as the store knows.
        assert!(guesses.begin(&name("ann"), site(8), false, at(3600)).is_err());
        assert!(guesses.begin(&name("ann"), site(8), true, at(3600)).is_ok());
        let soon =
            (3600..3631).find(|second| guesses.begin(&name("ann"), site(9), false, at(*second)).is_ok());
        assert!(soon.is_some(), "and from anywhere when nobody is faster");
    }

    #[test]
    fn an_address_that_guesses_many_names_is_slow_and_nobody_else_is() {
        let guesses = Guesses::default();
        let one = |i: u32| guesses.begin(&name(&format!("user{i}")), site(1), false, at(0));
        let wrong = (0..10_000).filter(|i| one(*i).map(drop).is_ok()).count();
        assert_eq!(wrong, 100);
        assert!(guesses.begin(&name("user1"), site(2), false, at(0)).is_ok());
    }

    #[test]
    fn those_on_their_way_count_and_those_that_were_right_do_not() {
        let guesses = Guesses::default();
        let one = || guesses.begin(&name("ann"), site(1), false, at(0));
        let mut on_their_way: Vec<_> = (0..20).map(|_| one().unwrap()).collect();
        assert_eq!(one().err(), Some(Refusal::TriedTooOften));
        on_their_way.pop().unwrap().take_back();
        let next = one().unwrap();
        next.take_back();
        on_their_way.pop().unwrap().signs_in(at(0));
        assert_eq!(guesses.all().pairs.0.len(), 0);
    }

    #[test]
    fn codes_are_guessed_slower_still() {
        let guesses = Guesses::default();
        let tried = |range: std::ops::Range<u64>| {
            range.filter(|second| guesses.begin_code(&name("ann"), at(*second)).is_ok()).count()
        };
        assert_eq!(tried(0..5), 5);
        let day = tried(5..86_400);
        assert!((20..45).contains(&day), "{day}");
        guesses.right_code(&name("ann"));
        assert_eq!(tried(86_400..86_405), 5, "once it was right");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_who_guesses_most_is_forgotten_last() {
        let guesses = Guesses::default();
        let wrong = |who: &str, from: u32| {
            drop(guesses.begin(&name(who), site(from), false, at(0)));
        };
        (0..400).for_each(|i| wrong("ann", i / 20));
        (0..30_000).for_each(|i| wrong(&format!("user{i}"), 1000 + i));
        let mut all = guesses.all();
        assert!(all.pairs.0.len() <= GUESSERS_MAX && all.addresses.0.len() <= GUESSERS_MAX);
        assert!(all.names.0.len() <= GUESSERS_MAX);
        assert!(!all.names.may(&"ann".into(), NAME, at(0)));
        assert!(!all.pairs.may(&("ann".into(), site(1)), ONE, at(0)));
        for i in 0..30_000 {
            all.knows((String::new(), site(i)), at(u64::from(i)));
        }
        assert!(all.known.len() <= GUESSERS_MAX && all.known.contains_key(&(String::new(), site(29_999))));
    }
}
