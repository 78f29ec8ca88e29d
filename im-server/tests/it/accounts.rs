//! Accounts against whoever wants them: guessing, finding out who is there, sessions that are taken back, codes, invitations.

pub(crate) mod authenticator;
mod codes;
mod guessing;
mod registration;
mod sessions;
mod strangers;
mod suspended;
