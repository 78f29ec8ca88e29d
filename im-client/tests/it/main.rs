//! The tests of im-client, through what anybody may use: what it decides as data, what it shows as screens, and the
//! whole program in a terminal against a real server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod amended;
mod amending;
mod boxes;
#[cfg(unix)]
mod budgets;
mod clicks;
mod commands;
mod composing;
mod config;
#[cfg(unix)]
mod corrected;
#[cfg(unix)]
mod crashes;
#[cfg(unix)]
mod demo;
#[cfg(unix)]
mod doctor;
mod drafts;
#[cfg(unix)]
mod ending;
#[cfg(unix)]
mod errands;
#[cfg(unix)]
mod escapes;
mod finding;
#[cfg(unix)]
mod first_run;
#[cfg(unix)]
mod flows;
#[cfg(unix)]
mod full_screen;
mod guests;
#[cfg(unix)]
mod headless;
mod hello;
mod hostile;
#[cfg(target_os = "linux")]
mod idle;
mod jump;
mod keys;
mod link;
mod log;
mod looks;
#[cfg(unix)]
mod manual;
mod mentioned;
mod mentions;
mod network;
#[cfg(unix)]
mod notified;
mod notify;
mod outbox;
mod output;
#[cfg(unix)]
mod plain;
#[cfg(unix)]
mod pty;
mod reading;
mod recalled;
mod receipts;
#[cfg(unix)]
mod reloaded;
mod rich;
mod rig;
mod screens;
mod scroll;
mod search;
mod select;
mod several;
mod sign_in;
mod simulation;
mod sizes;
#[cfg(unix)]
mod suspended;
#[cfg(unix)]
mod tls;
mod tokens;
mod typing;
mod unsent;
mod when;
#[cfg(unix)]
mod world;
mod wrap;
