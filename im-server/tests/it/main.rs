//! The server from outside: over real sockets, by real programs.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says where it was"
)]

mod accounts;
mod api;
mod asks;
mod browser;
mod child;
mod daemon;
mod dependencies;
mod fuzz;
mod harness;
mod hostile;
mod instructions;
mod kept;
mod limits;
mod manners;
mod native;
mod netcat;
mod program;
mod security;
mod terminal;
mod terminals;
mod tidy;
mod tls;
mod torture;
mod transcripts;
mod web;
