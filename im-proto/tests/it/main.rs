//! The tests of im-proto through its public surface: the wire, names, typed commands, and the document about them.
#![allow(clippy::unwrap_used, reason = "a test that meets nothing where something must be has failed")]

mod asked;
mod document;
mod fold;
mod golden;
mod grammar;
mod hostile;
mod json;
mod memory;
mod names;
mod roundtrip;
mod said;
mod samples;
mod shown;
mod strategies;
mod values;
