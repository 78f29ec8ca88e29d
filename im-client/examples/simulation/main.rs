//! `cargo run --release -p im-client --example simulation -- --seeds 1..1000`: real clients and the real server on a simulated
//! network, once for each seed. What goes wrong names the seed that does it again.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to whoever started it")]

mod machinery;

use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;

use self::machinery::{Report, simulate};

/// Simulates a bad network between real clients and the real server, and judges what is left.
#[derive(Debug, Parser)]
struct Args {
    /// From the first up to, but not with, the last
    #[arg(long, default_value = "1..201", value_parser = seeds)]
    seeds: Range<u64>,

    /// How many at the same time [default: one on each processor]
    #[arg(long)]
    threads: Option<usize>,

    /// Prints what the client on this device hears and does
    #[arg(long, value_name = "DEVICE")]
    watch: Option<u32>,

    /// Prints a line for each seed
    #[arg(long)]
    verbose: bool,
}

fn seeds(written: &str) -> Result<Range<u64>, String> {
    let number = |number: &str| number.parse::<u64>().map_err(|error| error.to_string());
    match written.split_once("..") {
        Some((first, last)) => Ok(number(first)?..number(last)?),
        None => number(written).map(|seed| seed..seed + 1),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let began = Instant::now();
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let next = AtomicU64::new(args.seeds.start);
    let work = || {
        let (mut sum, mut wrong) = (Report::default(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !args.seeds.contains(&seed) {
                return (sum, wrong);
            }
            match simulate(seed, args.watch) {
                Ok(report) => {
                    if args.verbose {
                        println!("seed {seed}: {report:?}");
                    }
                    sum = add(sum, report);
                }
                Err(found) => {
                    eprintln!("seed {seed}: {}", found.0);
                    wrong.push(seed);
                }
            }
        }
    };
    let (mut sum, mut wrong) = (Report::default(), Vec::new());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.unwrap_or(1)).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let (one, more) = worker.join().unwrap_or_else(|_| (Report::default(), vec![u64::MAX]));
            sum = add(sum, one);
            wrong.extend(more);
        }
    });
    println!("{}", summary(&args.seeds, &sum, began.elapsed().as_secs()));
    if wrong.is_empty() {
        return ExitCode::SUCCESS;
    }
    wrong.sort_unstable();
    eprintln!("wrong: {wrong:?}; `--seeds SEED --watch DEVICE` does one again");
    ExitCode::FAILURE
}

fn add(sum: Report, one: Report) -> Report {
    Report {
        digest: sum.digest ^ one.digest,
        posts: sum.posts + one.posts,
        acknowledged: sum.acknowledged + one.acknowledged,
        duplicates: sum.duplicates + one.duplicates,
        events: sum.events + one.events,
        connections: sum.connections + one.connections,
        broken: sum.broken + one.broken,
        crashes: sum.crashes + one.crashes,
        restarts: sum.restarts + one.restarts,
        bytes: sum.bytes + one.bytes,
        simulated_seconds: sum.simulated_seconds + one.simulated_seconds,
    }
}

fn summary(seeds: &Range<u64>, sum: &Report, seconds: u64) -> String {
    let Report { acknowledged, duplicates, connections, broken, crashes, restarts, .. } = sum;
    let (count, hours) = (seeds.end.saturating_sub(seeds.start), sum.simulated_seconds / 3600);
    format!(
        "{count} seeds, {hours} simulated hours in {seconds} s: {acknowledged} posts were acknowledged, {duplicates} of \
         them again, over {connections} connections of which {broken} broke, {crashes} crashes of clients and {restarts} \
         restarts of the server. Digest {:016x}",
        sum.digest
    )
}
