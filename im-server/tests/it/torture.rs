//! A short torture: the example's machinery, with the server that was just built. `cargo run --release --example im-torture`
//! does it for as long as one likes.

#[path = "../../examples/torture/machinery/mod.rs"]
mod machinery;

use std::path::PathBuf;

use machinery::{Plan, torture};

fn survives(seed: u64) {
    let server = PathBuf::from(env!("CARGO_BIN_EXE_im-server"));
    let plan = Plan { users: 20, rooms: 6, posts: 3_000, kills: 7, seed, server, seconds_max: None };
    match torture(plan) {
        Ok(report) => {
            assert!(report.acknowledged >= 3_000 && report.kills == 7, "{report:?}");
            assert!(report.posts >= report.acknowledged && report.duplicates > 0, "{report:?}");
            assert!(report.amended > 20, "{report:?}");
        }
        Err(violation) => panic!("seed {seed}: {violation}"),
    }
}

#[test]
fn nothing_is_lost_doubled_or_out_of_order_over_seven_kills() {
    survives(1);
}

#[test]
fn nor_is_it_with_another_seed() {
    survives(2);
}
