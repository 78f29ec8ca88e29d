//! JSON, HTTP and WebSockets from outside: what browsers, scripts and whoever plays with them may send, and what they get.

mod clean;
mod dialogues;
mod document;
mod edge;
#[cfg(target_os = "linux")]
mod floods;
mod frames;
pub(crate) mod http;
mod json;
mod limits;
mod machat;
mod messages;
mod rules;
mod signing;
pub(crate) mod socket;
pub(crate) mod talk;
