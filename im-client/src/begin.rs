//! How the client begins, with a screen or without one: with what was found on this device.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use im_proto::Token;
use jiff::tz::TimeZone;
use ratatui::layout::Size;

use crate::app::Start;
use crate::app::looks::Looks;
use crate::cli::{Cli, Common};
use crate::config::Config;
use crate::demo::Demo;
use crate::exit::Failure;
use crate::password;
use crate::terminal::disk::Disk;
use crate::terminal::{self, plain};
use crate::tokens::Tokens;
use crate::unsent::UnsentFolder;

/// Runs the client until somebody quits.
pub async fn run(cli: &Cli, config: Config) -> Result<(), Failure> {
    let is_plain = cli.plain || can_only_print(env::var_os("TERM").as_deref());
    let (start, disk, demo) = if cli.demo { sample(config)? } else { of_this_device(&cli.common, config)? };
    if is_plain {
        plain::run(start, disk, demo, cli.common.dialer()).await
    } else {
        let file = cli.common.config.clone().or_else(Config::usual_file);
        Box::pin(terminal::run(start, disk, demo, file, cli.common.dialer())).await
    }
}

fn of_this_device(common: &Common, config: Config) -> Result<(Start, Disk, Option<Demo>), Failure> {
    let file = common.config.clone().or_else(Config::usual_file);
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
        first_run: is_first_run(common, &config, tokens.as_ref(), file.as_deref()),
        config,
    };
    Ok((start, Disk::new(tokens, UnsentFolder::of_this_user()).configured_at(file), None))
}

/// Nobody said anything about a server or a user, and nobody was ever here.
fn is_first_run(common: &Common, config: &Config, tokens: Option<&Tokens>, file: Option<&Path>) -> bool {
    common.addr.is_none()
        && common.user.is_none()
        && config.server.is_none()
        && !file.is_some_and(Path::exists)
        && tokens.is_some_and(Tokens::is_empty)
}

fn sample(config: Config) -> Result<(Start, Disk, Option<Demo>), Failure> {
    let demo =
        Demo::new(terminal::wall()).ok_or_else(|| Failure::Failed("the sample is broken".to_owned()))?;
    let start = Start {
        server: "hub.example".to_owned(),
        user: Some(demo.me().clone()),
        token: Some(Token::new([0; 32])),
        password: None,
        zone: TimeZone::system(),
        size: Size::default(),
        looks: Looks::of_environment(|name| env::var(name).ok()),
        first_run: false,
        config,
    };
    Ok((start, Disk::new(None, None), Some(demo)))
}

/// A terminal that says of itself that it can do nothing else, or nothing of itself at all.
pub fn can_only_print(term: Option<&OsStr>) -> bool {
    cfg!(unix) && term.is_none_or(|term| term.is_empty() || term == "dumb")
}
