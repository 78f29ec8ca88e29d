//! The machine that the server believes to run on: its time is the simulated one, its random bits come from the seed, and
//! what the store does takes as long as a disk that has good and bad moments.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use im_proto::Timestamp;
use im_server::{Machine, Work};
use tokio::time::{Instant, Sleep, sleep};

use super::oracle::Dice;

/// 2026-11-21T10:00:00Z, when what was before a simulation began; a day later the simulation does.
const BEGINS: u64 = 1_795_255_200_000;

const DAY_MILLISECONDS: u64 = 86_400_000;

/// One piece of work in so many is held up by a disk with other things to do.
const HICCUP_ONE_IN: u64 = 150;
const HICCUP_MILLISECONDS_MAX: u64 = 3_000;

/// It is this thread's: a simulation does all on one.
struct Simulated {
    began: Instant,
    /// The time then.
    at: u64,
    dice: Dice,
    /// What a piece of work takes, mostly.
    work_milliseconds_max: u64,
}

thread_local! {
    static MACHINE: RefCell<Option<Simulated>> = const { RefCell::new(None) };
}

/// A machine for a simulation that begins now, so many days after the first day.
pub(crate) fn machine(seed: u64, days: u64) -> Machine {
    let mut dice = Dice::of(seed, u64::MAX - 1);
    let work_milliseconds_max = [0, 2, 30][dice.index(3)];
    let at = BEGINS + days * DAY_MILLISECONDS;
    let simulated = Simulated { began: Instant::now(), at, dice, work_milliseconds_max };
    MACHINE.with_borrow_mut(|machine| *machine = Some(simulated));
    Machine { now, random, work }
}

fn with<T>(what: impl FnOnce(&mut Simulated) -> T) -> T {
    MACHINE.with_borrow_mut(|machine| what(machine.as_mut().expect("a simulation has begun on this thread")))
}

/// The simulated time.
pub(crate) fn now() -> Timestamp {
    let (at, passed) = with(|machine| (machine.at, machine.began.elapsed()));
    Timestamp(at + u64::try_from(passed.as_millis()).unwrap_or_default())
}

fn random() -> [u8; 32] {
    let throws: [u64; 4] = with(|machine| std::array::from_fn(|_| machine.dice.throw()));
    std::array::from_fn(|at| throws[at / 8].to_le_bytes()[at % 8])
}

/// Done by turns with everything else, as a task: two pieces of work never race.
fn work(_: &'static str, work: Work) -> io::Result<()> {
    tokio::spawn(Slow { work, begun: false, takes: None });
    Ok(())
}

/// Work that takes its time whenever there is something to do.
struct Slow {
    work: Work,
    begun: bool,
    takes: Option<Pin<Box<Sleep>>>,
}

impl Future for Slow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.begun {
            let takes = self.takes.get_or_insert_with(|| Box::pin(sleep(takes())));
            ready!(takes.as_mut().poll(context));
            self.takes = None;
        }
        self.begun = true;
        self.work.as_mut().poll(context)
    }
}

fn takes() -> Duration {
    with(|machine| {
        let hiccup = machine.work_milliseconds_max > 0 && machine.dice.one_in(HICCUP_ONE_IN);
        let most = if hiccup { HICCUP_MILLISECONDS_MAX } else { machine.work_milliseconds_max };
        Duration::from_millis(machine.dice.below(most + 1))
    })
}
