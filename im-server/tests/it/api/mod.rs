//! What scripts and bots use: the HTTP API, its stream of events, tokens, webhooks, goTalk's routes, and the document that
//! describes it.

mod account;
mod amending;
mod asking;
mod call;
mod document;
mod events;
mod form;
mod gotalk;
mod hooks;
mod messages;
mod own;
mod readme;
mod resuming;
mod schema;
mod search;
mod slow;
mod stream;
mod synced;
mod tokens;
