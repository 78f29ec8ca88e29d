//! What holds of any bytes whatsoever, for each fuzz target. The targets call it, and so does the test suite
//! (`im-server/tests/it/fuzz.rs`, which includes this file), with what is kept in `corpus/` and with mutations of it.

pub mod command;
pub mod configuration;
#[path = "../../../im-proto/tests/escapes/mod.rs"]
pub mod escapes;
pub mod frame;
pub mod json;
pub mod sanitiser;
pub mod search;
pub mod telnet;

/// A target: its name, and what panics where something does not hold.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("command", command::holds),
    ("configuration", configuration::holds),
    ("frame", frame::holds),
    ("json", json::holds),
    ("sanitiser", sanitiser::holds),
    ("search", search::holds),
    ("telnet", telnet::holds),
];
