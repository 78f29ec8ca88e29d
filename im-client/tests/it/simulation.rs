//! Some seeds of the simulation: real clients and the real server on a network that delays, breaks and forgets.
//! `cargo run --release -p im-client --example simulation` does as many as one likes.

#[path = "../../examples/simulation/machinery/mod.rs"]
mod machinery;

use machinery::{Report, simulate};

fn survives(seeds: std::ops::Range<u64>) -> Vec<Report> {
    let simulated = |seed| simulate(seed, None).unwrap_or_else(|wrong| panic!("seed {seed}: {}", wrong.0));
    seeds.map(simulated).collect()
}

/// That it was a storm, and that there was something to lose in it.
fn stormy(reports: &[Report]) {
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    let count = reports.len() as u64;
    assert!(sum(|report| report.acknowledged) > 450 * count, "{reports:?}");
    assert!(sum(|report| report.connections) > 10 * count, "{reports:?}");
    assert!(sum(|report| report.broken) > count, "{reports:?}");
    assert!(sum(|report| report.duplicates) > 0, "{reports:?}");
    assert!(sum(|report| report.crashes) > 0 && sum(|report| report.restarts) > 0, "{reports:?}");
}

#[test]
fn whatever_the_network_does_nothing_is_lost_doubled_or_out_of_order() {
    stormy(&survives(1..11));
}

#[test]
fn nor_is_it_with_other_seeds() {
    stormy(&survives(11..21));
}

#[test]
fn a_seed_does_the_same_again_to_the_last_byte() {
    let (first, again) = (survives(100..102), survives(100..101));
    assert_eq!(first[..1], again);
    assert_ne!(first[0].digest, first[1].digest);
}
