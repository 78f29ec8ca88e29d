//! Peers that take nothing, or little, on a clock that the tests hold.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use im_proto::{Hello, Timestamp};
use tempfile::TempDir;
use tokio::time::{Sleep, sleep};

use crate::dialect::Output;
use crate::dialect::native::Native;
use crate::policy::Policies;
use crate::service::Sources;
use crate::store::{Durability, Store};

use super::*;

/// Takes a byte now and then, or never, and says nothing.
struct Slow {
    every: Option<Duration>,
    next: std::pin::Pin<Box<Sleep>>,
    taken: Arc<AtomicU64>,
}

impl Slow {
    fn new(every: Option<Duration>) -> Self {
        Self { every, next: Box::pin(sleep(every.unwrap_or(Duration::MAX))), taken: Arc::default() }
    }
}

impl Carriage for Slow {
    fn write(&mut self, output: &mut Output) -> io::Result<()> {
        if !self.next.is_elapsed() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.next = Box::pin(sleep(self.every.unwrap_or(Duration::MAX)));
        self.taken.fetch_add(1, Ordering::Relaxed);
        output.advance(1);
        Ok(())
    }

    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.next.poll_unpin(context).map(Ok)
    }

    fn poll_readable(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn read(&mut self, _: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        std::future::ready(()).boxed()
    }
}

/// What a session comes to whose peer says hello, and after how long; and how many bytes the peer took.
async fn outcome(slow: Slow) -> (String, u64, u64) {
    let folder = TempDir::new().unwrap();
    let store =
        Store::open(folder.path(), 0, Durability::Process, Box::new(|_| ()), crate::machine::Machine::REAL)
            .unwrap();
    let hub = Arc::new(Hub::default());
    let sources = Sources { now: || Timestamp(0), random: || [0; 32] };
    let service = Arc::new(Service::new(store, Arc::clone(&hub), sources, Policies::default()));
    let (metrics, taken, began) = (Arc::<Metrics>::default(), Arc::clone(&slow.taken), Instant::now());
    let session =
        Session::new(service, hub, Arc::clone(&metrics), Peer::HERE, Box::new(Native::new()), Box::new(slow));
    session.run(&Hello::OURS.to_bytes()).await;
    (metrics.ends(), began.elapsed().as_secs(), taken.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_for_thirty_seconds_is_closed_and_counted() {
    assert_eq!(outcome(Slow::new(None)).await, ("stalled=1".into(), STALL_SECONDS, 0));
}

#[tokio::test(start_paused = true)]
async fn who_takes_a_byte_now_and_then_has_not_stalled() {
    let slow = Slow::new(Some(Duration::from_secs(STALL_SECONDS - 1)));
    let (ends, seconds, taken) = outcome(slow).await;
    // The answer to the hello was taken, byte by byte, and then nobody signed in.
    assert_eq!(ends, "sign-in-timeout=1");
    assert!(
        taken >= Hello::BYTES as u64 && seconds >= Limits::default().sign_in_seconds_max.get(),
        "{taken} bytes in {seconds} s"
    );
}

/// What the documents say, in seconds.
const STALL_SECONDS: u64 = 30;
