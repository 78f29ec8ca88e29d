//! The native protocol: each request with its replies and refusals, and what a session is told.

mod accounts;
mod amending;
mod catching_up;
mod groups;
pub(crate) mod guests;
mod hello;
mod keeping;
mod messages;
mod notices;
mod order;
mod reading;
mod replay;
mod with_text;
