//! im-client: reads the command line, runs what it asks for, and ends with the code that says how it went.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use im_client::app::Start;
use im_client::cli::{Cli, Common};
use im_client::exit::Failure;
use im_client::terminal::disk::Disk;
use im_client::tokens::Tokens;
use im_client::unsent::UnsentFolder;
use im_client::view::theme::Theme;
use im_client::{headless, password, terminal};
use jiff::tz::TimeZone;
use ratatui::layout::Size;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match cli.task {
            Some(task) => headless::run(&cli.common, task).await,
            None => full_screen(&cli.common).await,
        }
    });
    // A read of standard input or of the terminal that is still under way must not hold up the end.
    runtime.shutdown_background();
    Ok(ended?)
}

async fn full_screen(common: &Common) -> Result<(), Failure> {
    let tokens = Tokens::of_this_user();
    let found = match &tokens {
        Some(tokens) => {
            tokens.find(&common.addr, common.user.as_ref()).map_err(Failure::io("the sign-ins"))?
        }
        None => None,
    };
    let start = Start {
        server: common.addr.clone(),
        user: found.as_ref().map(|found| found.user.clone()).or_else(|| common.user.clone()),
        token: found.map(|found| found.token),
        password: password::given(common.password_file.as_deref())?,
        zone: TimeZone::system(),
        size: Size::default(),
    };
    let theme = match env::var_os("NO_COLOR") {
        Some(set) if !set.is_empty() => Theme::colourless(),
        _ => Theme::dark(),
    };
    terminal::run(start, Disk::new(tokens, UnsentFolder::of_this_user()), theme).await
}

fn report(error: &anyhow::Error) -> ExitCode {
    // The one place that says why the program ends. Whether anybody hears it does not matter: the terminal may be gone.
    let mut told = io::stderr();
    let Some(failure) = error.downcast_ref::<Failure>() else {
        let _ = writeln!(told, "im-client: {error:#}");
        return ExitCode::FAILURE;
    };
    if !failure.is_quiet() {
        let _ = writeln!(told, "im-client: {failure}");
    }
    failure.code()
}
