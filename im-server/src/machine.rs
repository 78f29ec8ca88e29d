//! What a server takes from the machine it runs on, besides files and sockets: the time, random bits, and threads for what
//! blocks. A simulation brings its own.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use im_proto::Timestamp;

/// Work that blocks whoever does it, now and then, until it ends by itself.
pub type Work = BoxFuture<'static, ()>;

/// A machine, or what stands for one.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// The time.
    pub now: fn() -> Timestamp,
    /// Bits that nobody can guess.
    pub random: fn() -> [u8; 32],
    /// Does the work of that name, beside everything else.
    pub work: fn(&'static str, Work) -> io::Result<()>,
}

impl Machine {
    /// The one that this process runs on.
    pub const REAL: Self = Self { now, random, work: on_a_thread };
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Without random bits no account is safe: there is no going on.
#[allow(clippy::expect_used, reason = "a system without randomness cannot run a server")]
pub(crate) fn random() -> [u8; 32] {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).expect("the operating system has random bits");
    bits
}

/// Gives it a thread of its own, which wakes for nothing else.
fn on_a_thread(name: &'static str, work: Work) -> io::Result<()> {
    let waits = tokio::runtime::Builder::new_current_thread().build()?;
    std::thread::Builder::new().name(name.into()).spawn(move || waits.block_on(work))?;
    Ok(())
}
