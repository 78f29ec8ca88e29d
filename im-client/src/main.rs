//! im-client: reads the command line, runs what it asks for, and ends with the code that says how it went.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use im_client::begin;
use im_client::cli::{Cli, Task};
use im_client::config::{self, Config};
use im_client::exit::Failure;
use im_client::headless::{self, output};
use im_proto::printable_lines;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // What is wrong is quoted, and may be what somebody else wrote.
        Err(error) if error.use_stderr() => {
            tell(&error.to_string());
            return Failure::Usage(String::new()).code();
        }
        Err(help) => help.exit(),
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn run(mut cli: Cli) -> anyhow::Result<()> {
    if cli.print_config {
        return Ok(output::say(config::default_file().trim_end())?);
    }
    let config = match Config::load(cli.common.config.as_deref()) {
        // It is what tells about it.
        Err(_) if matches!(cli.task, Some(Task::Doctor { .. })) => Config::default(),
        config => config.map_err(|error| Failure::Usage(error.to_string()))?,
    };
    cli.common.addr = cli.common.addr.or_else(|| config.server.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match cli.task.take() {
            Some(task) => headless::run(&cli.common, task).await,
            None => begin::run(&cli, config).await,
        }
    });
    // A read of standard input or of the terminal that is still under way must not hold up the end.
    runtime.shutdown_background();
    Ok(ended?)
}

fn report(error: &anyhow::Error) -> ExitCode {
    let Some(failure) = error.downcast_ref::<Failure>() else {
        tell(&format!("im-client: {error:#}"));
        return ExitCode::FAILURE;
    };
    if !failure.is_quiet() {
        tell(&format!("im-client: {failure}"));
    }
    failure.code()
}

/// The one place that says why the program ends. Whether anybody hears it does not matter: the terminal may be gone.
fn tell(why: &str) {
    let mut told = io::stderr();
    for line in printable_lines(why) {
        let _ = writeln!(told, "{line}");
    }
}
