//! The built program from outside: what it says, what it obeys, how it stops, and that it loses nothing.

mod backup;
mod check;
mod deployed;
mod keeping;
mod killed;
mod logged;
mod managed;
mod monitored;
mod operating;
mod packaged;
mod power;
mod reloading;
mod search;
mod settings;
mod starting;
mod stopping;
