//! What is kept: over a restart all of it, and on a full disk all that was acknowledged.

mod awaited;
mod full;
mod restart;
