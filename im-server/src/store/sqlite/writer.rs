//! The one thread that writes: it takes all that waits, does it in one transaction, commits, and only then tells.

use std::ops::ControlFlow;
use std::time::Instant;

use im_proto::Body;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use crate::announcement::Announcement;
use crate::metrics::Commits;
use crate::store::{Feed, StoreError};

use super::search::Filling;
use super::tx::{Tx, die_if_sync_failed};

/// Most verbs that may wait for the writer.
pub(super) const WRITE_QUEUE_MAX: usize = 16 * 1024;

/// Most verbs in one commit.
const BATCH_VERBS_MAX: usize = 1024;

/// Something to be done in a transaction. It may be done twice: again alone, when the batch it was part of failed.
pub(super) trait Job: Send {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError>;
    /// Tells whoever waits, after the commit or its failure.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

/// A verb, its result once it was run, and who waits for it.
struct Verb<T, F> {
    work: F,
    result: Option<Result<T, StoreError>>,
    waiting: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Verb<T, F>
where
    T: Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let result = (self.work)(tx);
        // A refusal is a result like any other: verbs refuse before they write.
        let failure = match &result {
            Err(StoreError::Refused(_)) | Ok(_) => Ok(()),
            Err(failure) => Err(failure.clone()),
        };
        self.result = Some(result);
        failure
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let result = match (failure, self.result) {
            (Some(failure), _) => Err(failure),
            (None, Some(result)) => result,
            (None, None) => Err(StoreError::Failed("a verb was not run".into())),
        };
        // Whoever asked may be gone: what was stored stays stored.
        let _ = self.waiting.send(result);
    }
}

/// What waits for the writer.
pub(super) type Queue = mpsc::Receiver<Box<dyn Job>>;

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn new() -> (Self, Queue) {
        let (jobs, queue) = mpsc::channel(WRITE_QUEUE_MAX);
        (Self { jobs }, queue)
    }

    /// Hands a verb over at once, so that verbs are done in the order of these calls; the answer comes later.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (waiting, answer) = oneshot::channel();
        self.jobs.try_send(Box::new(Verb { work, result: None, waiting })).map_err(
            |refused| match refused {
                mpsc::error::TrySendError::Full(_) => StoreError::Refused(im_proto::Refusal::Busy),
                mpsc::error::TrySendError::Closed(_) => StoreError::Refused(im_proto::Refusal::Stopping),
            },
        )?;
        Ok(answer)
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }
}

/// Writes until all ways to it are gone and all that waited is done.
pub(super) async fn write_until_closed(
    connection: Connection,
    mut queue: Queue,
    feed: Feed,
    commits: Commits,
    mut filling: Filling,
) {
    loop {
        let first = match fill_until_asked(&connection, &mut queue, &mut filling) {
            Some(job) => Some(job),
            None => queue.recv().await,
        };
        let Some(first) = first else { break };
        let mut batch = vec![first];
        while batch.len() < BATCH_VERBS_MAX
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        write_batch(&connection, batch, &feed, &commits);
        if let Err(error) = filling.look(&connection) {
            warn!(%error, "nobody knows what is to be put into the search index");
        }
        if filling.is_behind() {
            filling.step(&connection);
        }
    }
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize") {
        die_if_sync_failed(&error);
        warn!(%error, "the last checkpoint failed; the next start does it");
    }
}

/// Fills the search index, step by step, until it has all or somebody wants something: that is the next verb.
fn fill_until_asked(
    connection: &Connection,
    queue: &mut Queue,
    filling: &mut Filling,
) -> Option<Box<dyn Job>> {
    while filling.is_due() {
        match queue.try_recv() {
            Ok(job) => return Some(job),
            Err(mpsc::error::TryRecvError::Disconnected) => return None,
            Err(mpsc::error::TryRecvError::Empty) => filling.step(connection),
        }
    }
    None
}

/// One transaction for all; if it fails, one for each, so that nobody pays for another's failure.
fn write_batch(connection: &Connection, mut batch: Vec<Box<dyn Job>>, feed: &Feed, commits: &Commits) {
    match write_together(connection, &mut batch, feed, commits) {
        Ok(()) => batch.into_iter().for_each(|job| job.answer(None)),
        Err(failure) if batch.len() == 1 => {
            error!(error = %failure, "nothing was stored");
            if matches!(failure, StoreError::CannotStore(_)) {
                commits.failed();
            }
            batch.into_iter().for_each(|job| job.answer(Some(failure.clone())));
        }
        Err(_) => batch.into_iter().for_each(|job| write_batch(connection, vec![job], feed, commits)),
    }
}

fn write_together(
    connection: &Connection,
    batch: &mut [Box<dyn Job>],
    feed: &Feed,
    commits: &Commits,
) -> Result<(), StoreError> {
    let began = Instant::now();
    let mut tx = Tx::begin(connection)?;
    let outcome = batch.iter_mut().try_for_each(|job| match job.run(&mut tx) {
        Ok(()) => ControlFlow::Continue(()),
        Err(failure) => ControlFlow::Break(failure),
    });
    if let ControlFlow::Break(failure) = outcome {
        tx.rollback();
        return Err(failure);
    }
    let announcements = tx.commit()?;
    commits.committed(batch.len(), began.elapsed(), !announcements.is_empty());
    count(&announcements, commits);
    if !announcements.is_empty() {
        feed(announcements);
    }
    Ok(())
}

fn count(announcements: &[Announcement], commits: &Commits) {
    let events = announcements.iter().filter_map(|announcement| match announcement {
        Announcement::Event(entry) => Some(entry.event()),
        _ => None,
    });
    let (posts, all) = events.fold((0, 0), |(posts, all), event| {
        (posts + u64::from(matches!(event.body, Body::Posted { .. })), all + 1)
    });
    commits.posts.inc_by(posts);
    commits.events.inc_by(all);
}
