//! What the program does besides serving.

mod operating;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use im_proto::UserName;
use im_server::{Args, CheckReport, Command, Config, DEFAULT_FILE};
use tokio::runtime::Runtime;

use super::running::{signals, told_to_stop};
use super::say;

/// Nothing can be said about the database.
const COULD_NOT_LOOK: u8 = 2;

pub(crate) fn run(command: &Command, args: &Args) -> anyhow::Result<ExitCode> {
    match command {
        Command::Config => say(DEFAULT_FILE)?,
        Command::Backup { file } => back_up(&Config::load(args)?.data_dir, file)?,
        Command::Export { name, file } => export(&Config::load(args)?.data_dir, name, file)?,
        Command::Erase { name } => erase(args, name)?,
        Command::Fingerprint => fingerprint(&Config::load(args)?)?,
        Command::Check { json } => return check(args, *json),
        Command::User { verb, json } => return operating::user(args, verb, *json),
        Command::Room { verb, json } => return operating::room(args, verb, *json),
        Command::Ban { verb, json } => return operating::ban(args, verb, *json),
        Command::Hatches { verb, json } => return operating::hatches(args, verb, *json),
        Command::Audit { since, json } => return operating::audit(args, *since, *json),
        Command::Invite { verb, json } => return operating::invite(args, verb, *json),
        Command::Token { verb, json } => return operating::token(args, verb, *json),
    }
    Ok(ExitCode::SUCCESS)
}

fn back_up(data_dir: &Path, file: &Path) -> anyhow::Result<()> {
    let (_runtime, stopped) = until_stopped()?;
    let bytes = im_server::backup(data_dir, file, || stopped.load(Ordering::Relaxed))?;
    say(&format!("{bytes} bytes in {}\n", file.display()))
}

fn export(data_dir: &Path, name: &UserName, file: &Path) -> anyhow::Result<()> {
    let (_runtime, stopped) = until_stopped()?;
    let bytes = im_server::export(data_dir, name, file, || stopped.load(Ordering::Relaxed))?;
    say(&format!("{bytes} bytes in {}\n", file.display()))
}

/// A flag that is raised when the program is told to stop, for as long as the runtime is there.
fn until_stopped() -> anyhow::Result<(Runtime, Arc<AtomicBool>)> {
    let (runtime, stopped) = (Runtime::new()?, Arc::new(AtomicBool::new(false)));
    let (stop, signals) = (Arc::clone(&stopped), runtime.block_on(async { signals() })?);
    runtime.spawn(async move {
        told_to_stop(signals).await;
        stop.store(true, Ordering::Relaxed);
    });
    Ok((runtime, stopped))
}

fn fingerprint(config: &Config) -> anyhow::Result<()> {
    let fingerprint = im_server::fingerprint(config)?;
    say(&fingerprint.map_or("there is no certificate yet\n".to_owned(), |fingerprint| fingerprint + "\n"))
}

fn erase(args: &Args, name: &UserName) -> anyhow::Result<()> {
    Runtime::new()?.block_on(im_server::erase(Config::load(args)?, name))?;
    say(&format!("{name} is no more\n"))
}

fn check(args: &Args, json: bool) -> anyhow::Result<ExitCode> {
    let look = || -> anyhow::Result<CheckReport> { Ok(im_server::check(&Config::load(args)?.data_dir)?) };
    let report = match look() {
        Ok(report) => report,
        Err(error) => {
            complain(&error);
            return Ok(ExitCode::from(COULD_NOT_LOOK));
        }
    };
    if json {
        say(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        say(&report.to_string())?;
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// As an error that main returns is told, but for the exit code.
#[allow(clippy::print_stderr, reason = "the one place for it")]
fn complain(error: &anyhow::Error) {
    eprintln!("Error: {error}");
}
