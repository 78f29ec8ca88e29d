//! The built program from outside: what it says, what it obeys, how it stops, and that it loses nothing.

mod backup;
mod check;
mod keeping;
mod killed;
mod monitored;
mod operating;
mod power;
mod search;
mod settings;
mod starting;
mod stopping;
