//! How the client begins, with a screen or without one: with what was found on this device.

use std::env;
use std::ffi::OsStr;

use jiff::tz::TimeZone;
use ratatui::layout::Size;

use crate::app::Start;
use crate::app::looks::Looks;
use crate::cli::Common;
use crate::config::Config;
use crate::exit::Failure;
use crate::password;
use crate::terminal::disk::Disk;
use crate::terminal::{self, plain};
use crate::tokens::Tokens;
use crate::unsent::UnsentFolder;

/// Runs the client until somebody quits.
pub async fn run(common: &Common, config: Config, is_plain: bool) -> Result<(), Failure> {
    let tokens = Tokens::of_this_user();
    let found = match &tokens {
        Some(tokens) => {
            tokens.find(common.server(), common.user.as_ref()).map_err(Failure::io("the sign-ins"))?
        }
        None => None,
    };
    let start = Start {
        server: common.server().to_owned(),
        user: found.as_ref().map(|found| found.user.clone()).or_else(|| common.user.clone()),
        token: found.map(|found| found.token),
        password: password::given(common.password_file.as_deref())?,
        zone: TimeZone::system(),
        size: Size::default(),
        looks: Looks::of_environment(|name| env::var(name).ok()),
        config,
    };
    let disk = Disk::new(tokens, UnsentFolder::of_this_user());
    if is_plain || can_only_print(env::var_os("TERM").as_deref()) {
        plain::run(start, disk).await
    } else {
        let file = common.config.clone().or_else(Config::usual_file);
        Box::pin(terminal::run(start, disk, file)).await
    }
}

/// A terminal that says of itself that it can do nothing else, or nothing of itself at all.
pub fn can_only_print(term: Option<&OsStr>) -> bool {
    cfg!(unix) && term.is_none_or(|term| term.is_empty() || term == "dumb")
}
