//! The store on one SQLite file: one thread writes, a few read.

mod accounts;
mod amendments;
mod amends;
mod backup;
mod check;
mod erase;
mod export;
mod follow;
mod friends;
mod hooks;
mod membership;
mod open;
mod pages;
mod posts;
mod reader;
mod retention;
mod rows;
mod synced;
mod tokens;
mod tx;
mod writer;

use std::fs::File;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use rusqlite::ErrorCode;
use tokio::sync::oneshot;

use crate::store::{Durability, Feed, OpenError, StoreError};

pub(crate) use self::backup::copy;
pub(crate) use self::check::check;
pub(crate) use self::export::export;
use self::reader::Readers;
use self::tx::Tx;
use self::writer::Writer;

/// The database's name in a data folder.
const DATABASE: &str = "im.sqlite";

/// Whether there is a database in a folder.
pub(crate) fn is_there(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}

/// Most connections that read at the same time.
const READERS: usize = 2;

/// The open store. Verbs stand in the files beside this one, by their noun.
pub(crate) struct Store {
    writer: Option<Writer>,
    readers: Option<Readers>,
    threads: Vec<std::thread::JoinHandle<()>>,
    /// Locked while the store is open.
    lock: File,
}

/// The answer of a verb that has been handed over, and will be done even if nobody waits.
pub(crate) struct Receipt<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Future for Receipt<T> {
    type Output = Result<T, StoreError>;

    /// Ready once it is committed, or has failed.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.0).poll(context);
        answer.map(|answer| answer.unwrap_or_else(|_| Err(StoreError::Failed("the writer is gone".into()))))
    }
}

impl Store {
    /// Opens the database in a folder, made if need be, and brings its schema up to date. `bytes_max` bounds the size of
    /// the database, 0 is no bound.
    pub(crate) fn open(
        folder: &Path,
        bytes_max: u64,
        durability: Durability,
        feed: Feed,
    ) -> Result<Self, OpenError> {
        let lock = open::lock(folder)?;
        let file = folder.join(DATABASE);
        let database = |error: String| OpenError::Database { file: file.clone(), error };
        if let Some((has, knows)) = open::newer(&file).map_err(|error| database(error.to_string()))? {
            return Err(OpenError::Newer { file: file.clone(), has, knows });
        }
        let connection = open::for_writing(&file, bytes_max, durability).map_err(&database)?;
        let (readers, mut threads) = Readers::start(READERS, || open::for_reading(&file))
            .map_err(|error| database(error.to_string()))?;
        let (writer, thread) =
            Writer::start(connection, feed).map_err(|error| database(error.to_string()))?;
        threads.push(thread);
        Ok(Self { writer: Some(writer), readers: Some(readers), threads, lock })
    }

    /// Does all that was handed over, and closes the file.
    pub(crate) fn close(mut self) {
        self.writer = None;
        self.readers = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
        // Not left to the closing of the file: a child that this process is just starting still has it open.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder could not be released");
        }
    }

    fn submit<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Receipt<T>, StoreError> {
        let writer = self.writer.as_ref().ok_or(StoreError::Refused(im_proto::Refusal::Stopping))?;
        writer.submit(work).map(Receipt)
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work)?.await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.as_ref().ok_or(StoreError::Refused(im_proto::Refusal::Stopping))?;
        readers.read(work).await
    }
}

/// What an error of SQLite means to whoever asked.
#[allow(clippy::needless_pass_by_value, reason = "made for map_err")]
fn failure(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::TooBig,
        ) => StoreError::CannotStore(error.to_string()),
        _ => StoreError::Failed(error.to_string()),
    }
}
