//! The store on one SQLite file: one thread writes, a few read.

mod accounts;
mod amendments;
mod amends;
mod around;
mod audit;
mod backup;
mod bounds;
mod check;
mod codes;
mod erase;
mod export;
mod follow;
mod footing;
mod friends;
mod hooks;
mod invitations;
mod listing;
mod membership;
mod mentions;
mod moderation;
mod open;
mod operator;
mod pages;
mod posting;
mod posts;
mod reader;
mod receipts;
mod retention;
mod rows;
mod search;
mod signing;
mod spare;
mod synced;
mod tokens;
mod tx;
mod writer;

use std::fs::File;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rusqlite::ErrorCode;
use tokio::sync::oneshot;

use crate::machine::{Machine, Work};
use crate::metrics::Commits;
use crate::store::{Durability, Feed, Most, OpenError, StoreError};

pub(crate) use self::backup::copy;
use self::bounds::Bounds;
pub(crate) use self::check::check;
pub(crate) use self::export::export;
pub(crate) use self::listing::Listed;
pub(crate) use self::moderation::word as deed_word;
use self::reader::Readers;
use self::search::Filling;
pub(crate) use self::search::{FoundPage, Search};
use self::tx::Tx;
use self::writer::Writer;

/// The database's name in a data folder.
const DATABASE: &str = "im.sqlite";

/// Those who read, each with a connection of its own.
const READERS: [&str; 2] = ["im-reader-0", "im-reader-1"];
/// Whether there is a database in a folder.
pub(crate) fn is_there(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}

/// The open store. Verbs stand in the files beside this one, by their noun.
pub(crate) struct Store {
    writer: Option<Writer>,
    readers: Option<Readers>,
    /// Each of the workers tells that it has done all.
    workers: Vec<oneshot::Receiver<()>>,
    /// How many there may be of what people make.
    bounds: Bounds,
    /// What the writer counts.
    pub(crate) commits: Commits,
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
        machine: Machine,
    ) -> Result<Self, OpenError> {
        let lock = open::lock(folder)?;
        let file = folder.join(DATABASE);
        let database = |error: String| OpenError::Database { file: file.clone(), error };
        if let Some((has, knows)) = open::newer(&file).map_err(|error| database(error.to_string()))? {
            return Err(OpenError::Newer { file: file.clone(), has, knows });
        }
        let connection = open::for_writing(&file, bytes_max, durability).map_err(&database)?;
        signing::forget_terminals(&connection).map_err(|error| database(error.to_string()))?;
        let mut workers = Vec::new();
        let mut start = |name, work: Work| {
            let (done, ended) = oneshot::channel();
            workers.push(ended);
            let work = async move {
                work.await;
                let _ = done.send(()); // whoever wants to know
            };
            (machine.work)(name, Box::pin(work)).map_err(|error| database(error.to_string()))
        };
        let (readers, queue) = Readers::new();
        for name in READERS {
            let connection = open::for_reading(&file).map_err(|error| database(error.to_string()))?;
            start(name, Box::pin(reader::read_until_closed(connection, Arc::clone(&queue))))?;
        }
        let (writer, queue) = Writer::new();
        let filling = Filling::begin(&connection).map_err(|error| database(error.to_string()))?;
        let commits = Commits::default();
        let writing = writer::write_until_closed(connection, queue, feed, commits.clone(), filling);
        start("im-writer", Box::pin(writing))?;
        let bounds: Bounds = Arc::new(Most::default);
        Ok(Self { writer: Some(writer), readers: Some(readers), workers, bounds, commits, lock })
    }

    /// Does all that was handed over, and closes the file. Whether that went well.
    pub(crate) async fn close(mut self) -> bool {
        self.writer = None;
        self.readers = None;
        let mut well = true;
        for worker in self.workers.drain(..) {
            well &= worker.await.is_ok(); // else it panicked
        }
        // Not left to the closing of the file: a child that this process is just starting still has it open.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder could not be released");
        }
        well
    }

    /// How many writes wait.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.writer.as_ref().map_or(0, Writer::waiting)
    }

    /// Goes once through the writer. Nothing is written.
    pub(crate) async fn writer_answers(&self) -> bool {
        self.write(|_| Ok(())).await.is_ok()
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
