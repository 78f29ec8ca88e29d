//! Peers that are broken, hostile, many or slow: each gets a clear refusal or is closed, and the server serves on.

pub(crate) mod clean;
mod crowds;
mod escapes;
#[cfg(target_os = "linux")]
mod flood;
mod frames;
mod lagging;
#[cfg(target_os = "linux")]
mod leaks;
mod lines;
mod manners;
#[cfg(target_os = "linux")]
pub(crate) mod measured;
mod no_guests;
#[cfg(target_os = "linux")]
mod readers;
#[cfg(target_os = "linux")]
mod slow;
