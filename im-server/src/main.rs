//! The daemon: reads its configuration, serves until it is told to stop, and puts everything away.

use std::io::Write;

use anyhow::Context;
use clap::Parser;
use im_server::{Args, Command, Config, DEFAULT_FILE, Manner, Server};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if args.command == Some(Command::Config) {
        return say(DEFAULT_FILE);
    }
    let config = Config::load(&args)?;
    let filter = EnvFilter::try_new(&config.log).with_context(|| format!("log = {:?}", config.log))?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_target(false).init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    // Before anything is open, so that a signal is never missed.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let data_dir = config.data_dir.clone();
    let server = Server::start(config).await?;
    say(&greeting(&server, &data_dir))?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

fn greeting(server: &Server, data_dir: &std::path::Path) -> String {
    let mut lines = format!("im-server {}\n", env!("CARGO_PKG_VERSION"));
    for (manner, addr) in server.addresses() {
        let only = if *manner == Manner::Any { String::new() } else { format!(" ({})", manner.word()) };
        lines += &format!("listening on {addr}{only}\n");
    }
    let (addr, data) = (server.address(), data_dir.display());
    lines
        + &format!(
            "data in {data}\ntry:  telnet {} {}\n      im-client --addr {addr}\n",
            addr.ip(),
            addr.port()
        )
}

/// The only words on standard output. Whoever closed it does not want them.
fn say(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
