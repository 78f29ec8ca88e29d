//! The server from outside: over real sockets, by real programs.

mod harness;
mod tidy;
mod transcripts;
