//! `cargo run --release --example stampede`: how much a server pays to take lines from some sockets and put them on many,
//! beside what the kernel alone asks for that.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to whoever started it")]

mod machinery;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::machinery::{Plan, Spelling, Target, Work, bare, grown, idle, rows, signins, stampede};

/// Lets many clients loose on a chat server, checks that each of them got every message exactly once and in order, and tells
/// what the server paid for it.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Messages from some to many
    Run(Run),
    /// Connections that are open and say nothing
    Idle(Idle),
    /// A log that has grown: what saying something costs at its end, how long it takes to start on it, and to read a page
    Grown {
        #[command(flatten)]
        whom: Whom,

        /// So many messages
        #[arg(long, default_value_t = 1_000_000)]
        events: u64,
    },
    /// Devices that come back by their tokens
    SignIns {
        #[command(flatten)]
        whom: Whom,

        /// So many times
        #[arg(long, default_value_t = 20_000)]
        count: usize,
    },
    /// What SQLite alone pays for a row, by one thread that waits for the disk after each batch
    Rows {
        /// So many rows
        #[arg(long, default_value_t = 100_000)]
        rows: u64,
        /// So many of them in a transaction
        #[arg(long, default_value_t = 32)]
        batch: u64,
        /// Where the file is made [default: the folder of temporary files]
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Be the bare loop: epoll, no parsing, no storage. What one of a group says is written to the others of it
    Bare {
        /// So many connections are a group, in the order in which they come
        #[arg(long)]
        group: usize,
    },
}

#[derive(Debug, clap::Args)]
struct Whom {
    /// The im-server to start [default: the one that was built with this program]
    #[arg(long, value_name = "PATH", conflicts_with = "addr")]
    server: Option<PathBuf>,

    /// A server that runs already
    #[arg(long, value_name = "ADDR", requires = "pid")]
    addr: Option<SocketAddr>,

    /// Its process, for what it pays
    #[arg(long, value_name = "PID")]
    pid: Option<u32>,

    /// How the clients speak
    #[arg(long, value_enum, default_value = "native")]
    dialect: Spelling,

    /// The name of the server in the report
    #[arg(long)]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Run {
    #[command(flatten)]
    whom: Whom,

    /// room: one says, all others hear. rooms: many rooms, whoever says something is chosen at random. direct: pairs
    #[arg(long, value_enum, default_value = "room")]
    work: Work,

    /// So many hear what is said in the room; in rooms, so many are in each; in direct, so many pairs
    #[arg(long, default_value_t = 100)]
    receivers: usize,

    /// So many rooms, with --work rooms
    #[arg(long, default_value_t = 100)]
    rooms: usize,

    /// So many messages of each room or pair are said and not yet heard by all, at most
    #[arg(long, default_value_t = 1)]
    in_flight: usize,

    /// So many messages in all; a tenth as many go before, to warm up
    #[arg(long, default_value_t = 2000)]
    messages: u64,

    /// So many bytes has each
    #[arg(long, default_value_t = 64)]
    bytes: usize,

    /// So many messages a second and no more; then the time to the last receiver is what counts
    #[arg(long)]
    rate: Option<f64>,

    /// So many times; the table shows medians
    #[arg(long, default_value_t = 5)]
    runs: usize,

    /// Measure the bare loop in each run too, so that the ratio is of one moment
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    bare: bool,
}

#[derive(Debug, clap::Args)]
struct Idle {
    #[command(flatten)]
    whom: Whom,

    /// So many
    #[arg(long, default_value_t = 20_000)]
    connections: usize,

    /// Come in by TLS
    #[arg(long)]
    tls: bool,
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Run(run) => target(&run.whom).and_then(|target| {
            let plan = Plan {
                work: run.work,
                receivers: run.receivers,
                rooms: run.rooms,
                in_flight: run.in_flight,
                messages: run.messages,
                bytes: run.bytes,
                rate: run.rate,
            };
            stampede(&target, &plan, run.runs, run.bare)
        }),
        Command::Idle(Idle { whom, connections, tls }) => {
            target(&whom).and_then(|target| idle(&target, connections, tls))
        }
        Command::Grown { whom, events } => target(&whom).and_then(|target| grown(&target, events)),
        Command::SignIns { whom, count } => target(&whom).and_then(|target| signins(&target, count)),
        Command::Rows { rows: count, batch, folder } => rows(count, batch, folder.as_deref()),
        Command::Bare { group } => bare(group),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn target(whom: &Whom) -> anyhow::Result<Target> {
    let Whom { server, addr, pid, dialect, name } = whom;
    let name = name.clone();
    match (addr, pid) {
        (Some(addr), Some(pid)) => Ok(Target::running(*addr, *pid, *dialect, name)),
        _ => {
            let server = server.clone().or_else(beside);
            let server = server.ok_or_else(|| anyhow::anyhow!("--server PATH is missing"))?;
            Ok(Target::started(server, *dialect, name))
        }
    }
}

/// Examples are built into a folder beside the programs.
fn beside() -> Option<PathBuf> {
    let me = std::env::current_exe().ok()?;
    Some(me.parent()?.parent()?.join("im-server"))
}
