//! im in the terminal: a full-screen client, and the same connection without a screen for scripts.
//!
//! The full screen is three parts that meet in [`terminal`]: [`app`] decides and is pure, [`view`] draws and changes
//! nothing, [`terminal`] owns the terminal, the clock, the files and the task that talks to the server. What is unsent is
//! kept on the disk by [`unsent`], sign-ins by [`tokens`]; [`secure`] knows servers again. [`headless`] has the subcommands. Both stand on [`connection`].
//!
//! A key goes this way: [`terminal`] reads it, [`app::update`] looks into the keymap (`app/keys`, made from a profile and
//! [`config`]) what it means, one arm of `app/acts.rs` calls the file of what it is about, and what is to be done outside comes
//! back as [`app::Action`]s for `terminal/outside.rs`. Then [`view`] draws the state, and `terminal/cells.rs` writes what differs.
//! A message goes this way: the server's frame is an input like a key; it joins the stretch of its log (`app/log.rs`, never with a
//! hole), its rows are made when it comes in sight (`app/rows.rs`, its marks read by `app/rich/`), and are kept while the
//! width stays the same.
//!
//! | in `app/` | files |
//! |---|---|
//! | what is known | `conversations`, `talk`, `log`, `amended`, `people`, `pending`, `mentions`, `receipts`, `typing` |
//! | what one writes | `composer`, `pasted`, `completion`, `amending`, `sent`, `outbox` and `failed`, `notes` (drafts) |
//! | where one looks | `scroll`, `sight`, `sought`, `marker`, `unread`, `going`, `meant`, `select/`, `search/`, `goto`, `jump/` |
//! | how it is laid out | `geometry`, `rows`, `message`, `wrap`, `rich/`, `links`, `emphasis`, `looks` |
//! | the server | `link` (dialling), `asked` and `replies`, `events`, `upkeep` (what is asked without a key), `pause` |
//!
//! The same `app` runs without a screen of cells in [`terminal`]'s plain mode, and without a server on the sample data of [`demo`].

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
pub mod secure;
pub mod terminal;
pub mod tokens;
pub mod unsent;
pub mod view;
pub mod wording;
