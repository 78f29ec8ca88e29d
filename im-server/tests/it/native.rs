//! The native protocol: each request with its replies and refusals, and what a session is told.

mod accounts;
mod amending;
mod around;
mod catching_up;
mod groups;
pub(crate) mod guests;
mod hello;
mod keeping;
mod long_away;
mod marks;
mod mentions;
mod messages;
mod moderation;
mod naming;
mod notices;
mod order;
mod reading;
mod receipts;
mod replay;
mod search;
mod typing;
mod with_text;
