//! The daemon: reads its configuration, serves until it is told to stop, and puts everything away.

mod commands;
mod logs;
mod running;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use im_proto::printable_lines;
use im_server::{Args, Config, Manner, Server};
use tokio::runtime::Runtime;

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Some(command) = &args.command {
        return commands::run(command, &args);
    }
    let config = Config::load(&args)?;
    let logs = logs::Logs::begin(&config)?;
    Runtime::new()?.block_on(running::serve(config, &args, &logs))?;
    Ok(ExitCode::SUCCESS)
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
    if let Some(addr) = server.metrics_address() {
        lines += &format!("metrics on http://{addr}/metrics\n");
    }
    let (addr, data) = (server.address(), data_dir.display());
    let (ip, port) = (addr.ip(), addr.port());
    lines += &format!("data in {data}\ntry:  telnet {ip} {port}\n      im-client --addr {addr}\n");
    lines + &format!("      http://{addr}/ in a browser\n")
}

/// The only words on standard output: lines of characters that show, whatever they are about. Whoever closed it does not want them.
fn say(text: &str) -> anyhow::Result<()> {
    let lines: String = printable_lines(text).map(|line| format!("{line}\n")).collect();
    match std::io::stdout().lock().write_all(lines.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
