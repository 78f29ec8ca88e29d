//! The threads that read, each with a connection of its own. Each session waits for one page at a time, so that the
//! queue is bounded by the number of sessions.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

use super::failure;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The readers, and their threads, which end when the last way to them is gone.
type Started = (Readers, Vec<JoinHandle<()>>);

/// The way to the readers.
pub(super) struct Readers {
    jobs: mpsc::Sender<Job>,
}

impl Readers {
    pub(super) fn start(
        count: usize,
        open: impl Fn() -> rusqlite::Result<Connection>,
    ) -> Result<Started, Box<dyn std::error::Error>> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Vec::with_capacity(count);
        for i in 0..count {
            let connection = open()?;
            let queue = Arc::clone(&queue);
            threads.push(std::thread::Builder::new().name(format!("im-reader-{i}")).spawn(move || {
                // The lock is held while waiting, and by one reader only: the others wait for the lock instead.
                while let Ok(job) = next(&queue) {
                    job(&connection);
                }
            })?);
        }
        Ok((Self { jobs }, threads))
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

fn next(queue: &Mutex<mpsc::Receiver<Job>>) -> Result<Job, mpsc::RecvError> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv()
}
