//! im in the terminal: a full-screen client, and the same connection without a screen for scripts.
//!
//! The full screen is three parts that meet in [`terminal`]: [`app`] decides and is pure, [`view`] draws and changes
//! nothing, [`terminal`] owns the terminal, the clock, the files and the task that talks to the server. What is unsent is
//! kept on the disk by [`unsent`], sign-ins by [`tokens`]. [`headless`] has the subcommands. Both stand on [`connection`].

pub mod app;
pub mod begin;
pub mod cli;
pub mod config;
pub mod connection;
pub mod demo;
pub mod exit;
pub mod headless;
pub mod paint;
pub mod password;
pub mod patience;
mod private;
pub mod terminal;
pub mod tokens;
pub mod unsent;
pub mod view;
pub mod wording;
