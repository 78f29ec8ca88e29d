//! JSON, HTTP and WebSockets from outside: what browsers, scripts and whoever plays with them may send, and what they get.

mod dialogues;
mod http;
mod json;
mod machat;
mod messages;
mod socket;
mod talk;
