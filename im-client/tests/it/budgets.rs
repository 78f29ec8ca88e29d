//! How fast the client is in a terminal, coarsely: what a quarter of the attempts keep, so that a busy machine fails nobody and
//! a wait that somebody built in fails at once. `cargo run --release --example budgets` has the numbers.

use std::time::{Duration, Instant};

use crate::pty::Pty;
use crate::world::World;

/// From the start of the program to something to see.
const FIRST_FRAME: Duration = Duration::from_millis(50);
/// From a key to what it does.
const KEY: Duration = Duration::from_millis(8);
/// From the server's word to the screen of who does nothing.
const MESSAGE: Duration = Duration::from_millis(16);
/// A build without optimisation, and a machine that others use, may take so many times as long.
const UNOPTIMISED: u32 = 4;

/// So often a budget is tried to be kept: a machine that is busy for a while keeps none.
const ROUNDS: usize = 5;

/// Whether a quarter of some attempts keeps a budget in any round; or how long it took in each.
fn keeps(
    budget: Duration,
    times: usize,
    mut once: impl FnMut(usize) -> Duration,
) -> Result<(), Vec<Duration>> {
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        took.push(quarter(times, |n| once(round * times + n)));
        if took[round] < budget * UNOPTIMISED {
            return Ok(());
        }
    }
    Err(took)
}

/// What the quickest quarter of some attempts needs at most.
fn quarter(times: usize, mut once: impl FnMut(usize) -> Duration) -> Duration {
    let mut all: Vec<Duration> = (0..times).map(&mut once).collect();
    all.sort();
    all[times / 4]
}

fn elapsed(what: impl FnOnce()) -> Duration {
    let began = Instant::now();
    what();
    began.elapsed()
}

#[test]
fn there_is_something_to_see_at_once() {
    let world = World::new();
    world.accounts(&["alice"]);
    let start = |_| elapsed(|| Pty::client(&world, &["--user", "alice"], 120, 36).shows("Message"));
    keeps(FIRST_FRAME, 8, start).unwrap();
}

#[test]
fn keys_and_messages_are_on_the_screen_at_once() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = Pty::client(&world, &["--user", "alice"], 120, 36);
    let bob = Pty::client(&world, &["--user", "bob"], 120, 36);
    alice.is_in();
    bob.is_in();
    let mut written = String::new();
    let key = quarter(40, |n| {
        let letter = char::from(b'a' + u8::try_from(n % 26).unwrap());
        written.push(letter);
        elapsed(|| {
            alice.type_text(&letter.to_string());
            alice.shows(&written);
        })
    });
    assert!(key < KEY * UNOPTIMISED, "{key:?}");
    alice.type_text("\r");
    // With the server's commit, and back.
    let message = |n| {
        let said = format!("message {n:03}");
        alice.type_text(&said);
        alice.shows(&said);
        elapsed(|| {
            alice.type_text("\r");
            bob.shows(&said);
        })
    };
    keeps(MESSAGE, 20, message).unwrap();
}
