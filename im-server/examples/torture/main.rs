//! `cargo run --release --example im-torture`: proves, or disproves, what the README promises, by killing the server in the
//! middle of everything, again and again.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to whoever started it")]

mod machinery;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use self::machinery::{Plan, Report, torture};

/// Kills im-server again and again while simulated users post and read, and judges what is left.
#[derive(Debug, Parser)]
struct Args {
    /// How many users; two of ten type, the others are programs
    #[arg(long, default_value_t = 60)]
    users: u32,

    /// How many rooms, and a third as many groups
    #[arg(long, default_value_t = 20)]
    rooms: u32,

    /// Goes on until so many posts are acknowledged …
    #[arg(long, default_value_t = 100_000)]
    posts: u64,

    /// … and the server was killed so often
    #[arg(long, default_value_t = 50)]
    kills: u64,

    /// What is done depends on nothing else, as far as the network lets it
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// The server [default: the one that was built with this program]
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,

    /// After so many seconds, begins nothing new and judges what there is
    #[arg(long, value_name = "SECONDS")]
    seconds_max: Option<u64>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let Some(server) = args.server.or_else(beside) else {
        eprintln!("--server PATH is missing");
        return ExitCode::from(2);
    };
    // It is started in a folder of its own.
    let server = std::path::absolute(&server).unwrap_or(server);
    if args.users < 5 || args.rooms < 1 {
        eprintln!("there are at least 5 users and 1 room");
        return ExitCode::from(2);
    }
    let (users, rooms, posts, kills, seed) = (args.users, args.rooms, args.posts, args.kills, args.seed);
    println!("seed {seed}: {users} users, {rooms} rooms, until {posts} posts and {kills} kills");
    match torture(Plan { users, rooms, posts, kills, seed, server, seconds_max: args.seconds_max }) {
        Ok(report) => {
            println!("{}", serde_json::to_string(&report).unwrap_or_default());
            println!("{}", summary(&report));
            ExitCode::SUCCESS
        }
        Err(violation) => {
            eprintln!("seed {seed}: {violation}");
            ExitCode::FAILURE
        }
    }
}

fn summary(report: &Report) -> String {
    let Report { acknowledged, posts, kills, reconnects, duplicates, events, seconds, conversations, .. } =
        report;
    format!(
        "{acknowledged} posts were acknowledged in {seconds} s, over {kills} kills and {reconnects} connections.\n\
         All of them are there, once, where it was said, in order: {posts} posts in {conversations} conversations.\n\
         {duplicates} were sent again and recognised; {events} events reached those who follow, with no hole and no double."
    )
}

/// Examples are built into a folder beside the programs.
fn beside() -> Option<PathBuf> {
    let me = std::env::current_exe().ok()?;
    Some(me.parent()?.parent()?.join("im-server"))
}
