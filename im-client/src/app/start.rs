//! What a client begins with.

use im_proto::{Password, Token, UserName};
use jiff::tz::TimeZone;
use ratatui::layout::Size;

use super::looks::Looks;
use crate::config::Config;

/// How a client starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// The server.
    pub server: String,
    /// Whom to sign in as.
    pub user: Option<UserName>,
    /// What signs in without a password.
    pub token: Option<Token>,
    /// What signs in without asking for it.
    pub password: Option<Password>,
    /// Where the clocks on the wall show what.
    pub zone: TimeZone,
    /// The size of the terminal.
    pub size: Size,
    /// How the screen is to look.
    pub looks: Looks,
    /// What was configured.
    pub config: Config,
    /// Nothing is known on this device yet: it is asked for step by step.
    pub first_run: bool,
}
