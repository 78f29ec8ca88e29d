//! The server from outside: over real sockets, by real programs.

mod harness;
mod terminal;
mod terminals;
mod tidy;
mod transcripts;
