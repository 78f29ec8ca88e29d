//! A log that has grown: whether saying something costs more at its end than at its beginning, how long it takes to start on
//! it, and to read a page of it, wherever.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::load::Load;
use super::plan::{Plan, Work};
use super::process::{Server, Target};
use super::quantile;
use super::speech::{Native, Part, Place, Run, Speech};

/// The first so many messages are held against the last so many.
const COMPARED: u64 = 10_000;

/// So many are said and not yet heard, while the log grows.
const IN_FLIGHT: usize = 64;

/// So many starts, of which the median counts.
const STARTS: usize = 5;

/// So many pages, of so many events each.
const PAGES: u64 = 2000;
const PAGE_EVENTS: u16 = 50;

#[derive(Serialize)]
struct Grown<'a> {
    server: &'a str,
    work: &'static str,
    events: u64,
    first_cpu_us_per_message: f64,
    last_cpu_us_per_message: f64,
    start_ms: f64,
    page_p50_us: f64,
    page_p99_us: f64,
}

/// Lets a log grow to so many messages.
pub(crate) fn grown(target: &Target, events: u64) -> anyhow::Result<()> {
    anyhow::ensure!(events >= 2 * COMPARED, "fewer than {} show nothing", 2 * COMPARED);
    let home = tempfile::tempdir()?;
    let server = target.up_in(home.path())?;
    let plan = Plan {
        work: Work::Room,
        receivers: 1,
        rooms: 1,
        in_flight: IN_FLIGHT,
        messages: events,
        bytes: 64,
        rate: None,
    };
    let mut load = Load::enter(server.addr, target.dialect, &plan)?;
    let first = paid(&server, &mut load, COMPARED)?;
    load.drive(events - 2 * COMPARED)?;
    let last = paid(&server, &mut load, COMPARED)?;
    let run = load.run();
    drop(load);
    server.stop()?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let server = target.up_in(home.path())?;
        starts.push(began.elapsed());
        server.stop()?;
    }
    starts.sort_unstable();
    let mut pages = pages(&target.up_in(home.path())?, run, events)?;
    pages.sort_unstable();
    let told = Grown {
        server: target.name(),
        work: "grown",
        events,
        first_cpu_us_per_message: first,
        last_cpu_us_per_message: last,
        start_ms: quantile(&starts, 50) / 1e3,
        page_p50_us: quantile(&pages, 50),
        page_p99_us: quantile(&pages, 99),
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// What the server pays for each of so many messages, in microseconds.
fn paid(server: &Server, load: &mut Load, messages: u64) -> anyhow::Result<f64> {
    let before = server.cpu()?;
    load.drive(messages)?;
    Ok((server.cpu()? - before) * 1e6 / messages as f64)
}

/// How long it took to get each page, as whoever asked has seen it.
fn pages(server: &Server, run: Run, events: u64) -> anyhow::Result<Vec<Duration>> {
    let mut reader = Native::new(Part { run, number: 2, place: Place::Room(0), speaks: false });
    let mut stream = TcpStream::connect(server.addr)?;
    stream.set_nodelay(true)?;
    reader.enter(&mut stream)?;
    let mut at = 0;
    let mut times = Vec::new();
    for _ in 0..PAGES {
        // Here and there, the same in each run.
        at = (at + 7_919 * events / PAGES + 104_729) % (events - u64::from(PAGE_EVENTS));
        let began = Instant::now();
        let page = reader.page(&mut stream, at, PAGE_EVENTS)?;
        times.push(began.elapsed());
        anyhow::ensure!(page == usize::from(PAGE_EVENTS), "{page} events after {at}");
    }
    Ok(times)
}
