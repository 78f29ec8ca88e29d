//! Those who read, each with a connection of its own. Each session waits for one page at a time, so that the
//! queue is bounded by the number of sessions.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::store::StoreError;

use super::failure;

pub(super) type Job = Box<dyn FnOnce(&Connection) + Send>;

/// What waits for any of them.
pub(super) type Queue = Arc<Mutex<mpsc::UnboundedReceiver<Job>>>;

/// The way to the readers.
pub(super) struct Readers {
    jobs: mpsc::UnboundedSender<Job>,
}

impl Readers {
    pub(super) fn new() -> (Self, Queue) {
        let (jobs, queue) = mpsc::unbounded_channel();
        (Self { jobs }, Arc::new(Mutex::new(queue)))
    }

    /// Reads in one transaction: what it sees is of one moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (waiting, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection
                .unchecked_transaction()
                .map_err(failure)
                .and_then(|_ended_when_dropped| work(connection));
            let _ = waiting.send(result); // whoever asked may be gone
        });
        self.jobs.send(job).map_err(|_| StoreError::Failed("the readers are gone".into()))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Failed("a reader is gone".into())))
    }
}

/// Reads until the last way to the readers is gone.
pub(super) async fn read_until_closed(connection: Connection, queue: Queue) {
    // Of several that have nothing to do one waits for work, the others for its turn to wait.
    while let Some(job) = next(&queue).await {
        job(&connection);
    }
}

async fn next(queue: &Mutex<mpsc::UnboundedReceiver<Job>>) -> Option<Job> {
    queue.lock().await.recv().await
}
