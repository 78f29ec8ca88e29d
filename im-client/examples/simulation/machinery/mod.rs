//! The simulation: real clients and the real server in one thread, on a network, a clock and a disk that a seed decides, and
//! the oracle of im-server's torture, which knows what was promised.

mod before;
mod connection;
mod course;
mod deeds;
mod device;
mod ends;
mod hearing;
mod judge;
mod machine;
mod network;
mod oracle;
mod weather;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use im_client::patience::{ANSWER_SECONDS_MAX, SILENCE_SECONDS_MAX};
use im_server::Server;
use tempfile::TempDir;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep};

use self::before::Before;
pub(crate) use self::course::Wrong;
use self::course::{Course, Phase};
use self::device::{Device, Ended};
use self::network::Network;
use self::oracle::Dice;

/// How long people do things and everything breaks, in milliseconds.
const STORM_MILLISECONDS: (u64, u64) = (20_000, 90_000);
/// When nobody waits for anything for so many seconds, whoever is not connected any more has noticed: a silence, a wait for an
/// answer, and some more.
const SETTLED_SECONDS: u64 = SILENCE_SECONDS_MAX + ANSWER_SECONDS_MAX + 5;
/// After so many seconds nothing has anything to wait for.
const CALM_SECONDS_MAX: u64 = 300;
/// Longest time without a server, in milliseconds.
const DOWN_MILLISECONDS_MAX: u64 = 20_000;

/// What came of a seed, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Report {
    /// All that ever arrived anywhere, and when, in one number.
    pub(crate) digest: u64,
    pub(crate) posts: u64,
    pub(crate) acknowledged: u64,
    /// Posts that were sent again, and answered as such.
    pub(crate) duplicates: u64,
    pub(crate) events: u64,
    pub(crate) connections: u64,
    pub(crate) broken: u64,
    pub(crate) crashes: u64,
    pub(crate) restarts: u64,
    pub(crate) bytes: u64,
    pub(crate) simulated_seconds: u64,
}

/// Does all that follows from a seed. What happens on a device that is watched is printed.
pub(crate) fn simulate(seed: u64, watched: Option<u32>) -> Result<Report, Wrong> {
    let before = Before::get();
    let runtime = before::runtime();
    let folder = TempDir::new().map_err(|error| Wrong(error.to_string()))?;
    before.lay_down(folder.path()).map_err(|error| Wrong(error.to_string()))?;
    // What a client shows stays on its thread.
    let report = LocalSet::new().block_on(&runtime, run(seed, watched, before, folder.path()))?;
    judge::check(folder.path())?;
    Ok(report)
}

async fn run(seed: u64, watched: Option<u32>, before: &Before, folder: &Path) -> Result<Report, Wrong> {
    let began = Instant::now();
    let mut dice = Dice::of(seed, u64::MAX - 3);
    let network = Network::new(seed);
    let mut daemon =
        Daemon { machine: machine::machine(seed, 1), network: Arc::clone(&network), running: None };
    let running = tokio::spawn(Arc::clone(&network).run());
    daemon.start(folder).await?;
    let count = dice.between(3, before.names.len() as u64);
    let devices = usize::try_from(count).unwrap_or_default();
    let course = Arc::new(Course::new(Arc::clone(&network), before.names.clone(), before.ledger()?, devices));
    network.be_calm(false);
    let mut living = JoinSet::new();
    for (at, token) in (0..).zip(before.tokens.iter().take(devices)) {
        living.spawn_local(Device::new(at, token.clone(), seed, &course, watched == Some(at))?.live());
    }
    let restarts = {
        let works = storm_and_calm(&course, &mut daemon, &mut dice, folder);
        tokio::select! {
            biased;
            wrong = somebody_is_wrong(&mut living) => return Err(wrong),
            done = works => done?,
        }
    };
    course.enter(Phase::Judge);
    let mut ended = Vec::new();
    while let Some(device) = living.join_next().await {
        ended.push(device.map_err(|error| Wrong(error.to_string()))??);
    }
    ended.sort_by_key(|device: &Ended| device.at);
    let (acknowledged, duplicates) = {
        let ledger = course.ledger();
        (ledger.acknowledged, ledger.duplicates)
    };
    let judged = judge::judge(&course, &ended, &before.tokens).await?;
    daemon.stop().await?;
    running.abort();
    let (connections, broken, bytes) = network.counts();
    Ok(Report {
        digest: network.digest(),
        posts: judged.posts,
        acknowledged,
        duplicates,
        events: judged.events,
        connections,
        broken,
        crashes: ended.iter().map(|device| device.crashes).sum(),
        restarts,
        bytes,
        simulated_seconds: began.elapsed().as_secs(),
    })
}

/// The first storm and what comes after it; how often the server was started again.
async fn storm_and_calm(
    course: &Course,
    daemon: &mut Daemon,
    dice: &mut Dice,
    folder: &Path,
) -> Result<u64, Wrong> {
    let restarts = dice.below(4);
    let storm = dice.between(STORM_MILLISECONDS.0, STORM_MILLISECONDS.1);
    for _ in 0..restarts {
        sleep(Duration::from_millis(dice.below(storm / restarts))).await;
        daemon.stop().await?;
        sleep(Duration::from_millis(dice.below(DOWN_MILLISECONDS_MAX))).await;
        daemon.start(folder).await?;
    }
    sleep(Duration::from_millis(dice.below(storm))).await;
    course.network.be_calm(true);
    course.enter(Phase::Calm);
    let mut settled_seconds = 0;
    for _ in 0..CALM_SECONDS_MAX {
        sleep(Duration::from_secs(1)).await;
        settled_seconds = if course.all_settled().is_ok() { settled_seconds + 1 } else { 0 };
        if settled_seconds >= SETTLED_SECONDS {
            return Ok(restarts);
        }
    }
    let who = course.all_settled().err().unwrap_or_default();
    Err(Wrong(format!("{CALM_SECONDS_MAX} s after the last storm something still waits: {who}")))
}

async fn somebody_is_wrong(living: &mut JoinSet<Result<Ended, Wrong>>) -> Wrong {
    match living.join_next().await {
        Some(Ok(Err(wrong))) => wrong,
        Some(Err(error)) => Wrong(error.to_string()),
        Some(Ok(Ok(_))) | None => Wrong("a client has ended by itself".to_owned()),
    }
}

/// The server, up or down.
struct Daemon {
    machine: im_server::Machine,
    network: Arc<Network>,
    running: Option<Arc<Server>>,
}

impl Daemon {
    async fn start(&mut self, folder: &Path) -> Result<(), Wrong> {
        let started = Server::start_on(self.machine, before::config(folder)).await;
        let server = Arc::new(started.map_err(|error| Wrong(error.to_string()))?);
        let serving = Arc::clone(&server);
        self.network.serve(Some(Arc::new(move |end| serving.serve(end))));
        self.running = Some(server);
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), Wrong> {
        self.network.serve(None);
        let Some(server) = self.running.take().and_then(Arc::into_inner) else {
            return Err(Wrong("the server is not there, or still in use".to_owned()));
        };
        server.stop().await;
        Ok(())
    }
}
