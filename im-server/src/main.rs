//! The daemon: reads its configuration, serves until it is told to stop, and puts everything away.

mod commands;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use im_server::{Args, Config, Manner, Server};
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(command) = &args.command {
        return commands::run(command, &args);
    }
    let config = Config::load(&args)?;
    let filter = EnvFilter::try_new(&config.log).with_context(|| format!("log = {:?}", config.log))?;
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_target(false).init();
    Runtime::new()?.block_on(serve(config))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let signals = signals()?;
    let data_dir = config.data_dir.clone();
    let server = Server::start(config).await?;
    say(&greeting(&server, &data_dir))?;
    told_to_stop(signals).await;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

/// Begun before anything is open, so that none is missed.
fn signals() -> std::io::Result<[Signal; 2]> {
    Ok([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?])
}

async fn told_to_stop([mut interrupt, mut terminate]: [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

fn greeting(server: &Server, data_dir: &Path) -> String {
    let mut lines = format!("im-server {}\n", env!("CARGO_PKG_VERSION"));
    for (manner, addr) in server.addresses() {
        let only = if *manner == Manner::Any { String::new() } else { format!(" ({})", manner.word()) };
        lines += &format!("listening on {addr}{only}\n");
    }
    if let Some(fingerprint) = server.fingerprint() {
        lines += &format!("certificate {fingerprint}\n");
    }
    let (addr, data) = (server.address(), data_dir.display());
    let (ip, port) = (addr.ip(), addr.port());
    lines += &format!("data in {data}\ntry:  telnet {ip} {port}\n      im-client --addr {addr}\n");
    lines + &format!("      http://{addr}/ in a browser\n")
}

/// The only words on standard output. Whoever closed it does not want them.
fn say(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
