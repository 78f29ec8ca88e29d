//! What was said and is not sent yet, and what is half written, on this device's disk: for each server and user a folder that only its owner may
//! read. Each run of the client has a queue of its own in it, under a lock that ends with the run, so that two never
//! write or send the same; the next run takes over what was left behind.

mod journal;
mod line;
mod notes;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use im_proto::UserName;

use crate::app::{Change, Notes, Unsent};
use crate::private;
use journal::{Journal, Told};

/// Most runs at once, of one user at one server, that keep what they say.
const QUEUES_MAX: u32 = 16;

/// All folders.
#[derive(Debug, Clone)]
pub struct UnsentFolder {
    folder: PathBuf,
}

/// What was left behind.
#[derive(Debug, Default)]
pub struct Left {
    /// The messages, in the order they were said.
    pub unsent: Vec<Unsent>,
    /// Where those are that cannot be read.
    pub damaged: Vec<PathBuf>,
    /// What was half written, and the like.
    pub notes: Notes,
}

/// The queue of this run.
#[derive(Debug)]
pub struct Queue {
    journal: Journal,
    notes: PathBuf,
    /// Held as long as the queue is.
    _lock: Lock,
}

impl UnsentFolder {
    /// In the platform's folder for what programs remember.
    pub fn of_this_user() -> Option<Self> {
        Some(Self::in_folder(private::folder()?.join("unsent")))
    }

    /// In some folder, which is made when it is needed.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// A queue for what a user says at a server from now on, which begins with what nobody sends any more.
    pub fn open(&self, server: &str, user: &UserName) -> io::Result<(Queue, Left)> {
        let folder = self.folder.join(private::server_name(server)).join(private::file_name(user.key()));
        private::make_folder(&folder)?;
        let mut claims = Vec::new();
        for number in 1..=QUEUES_MAX {
            claims.extend(Claim::of(&folder, number, claims.is_empty())?);
        }
        let mut left = Left::default();
        for claim in &claims {
            let told = claim.read(&mut left.damaged)?;
            left.unsent = merged(left.unsent, told.unsent);
            left.notes = notes::merged(left.notes, notes::read(&claim.notes())?);
        }
        let mut claims = claims.into_iter();
        let Some(claim) = claims.next() else {
            return Err(io::Error::other(format!("{QUEUES_MAX} clients of {user} are running")));
        };
        let notes = claim.notes();
        let Claim { path, lock } = claim;
        let journal = Journal::begin(path, &left.unsent)?;
        notes::write(&notes, &left.notes)?;
        for taken_over in claims {
            // It says nothing that is not said above: if it cannot be removed, it is read once more.
            let _ = fs::remove_file(&taken_over.path);
            let _ = fs::remove_file(taken_over.notes());
        }
        Ok((Queue { journal, notes, _lock: lock }, left))
    }
}

impl Queue {
    /// Writes changes down. What was said is on the disk when this returns.
    pub fn keep(&mut self, changes: &[Change]) -> io::Result<()> {
        self.journal.write(changes)
    }

    /// Writes down what is half written, in the place of what was written down of that before.
    pub fn keep_notes(&self, notes: &Notes) -> io::Result<()> {
        notes::write(&self.notes, notes)
    }
}

/// A journal that no other run writes.
struct Claim {
    path: PathBuf,
    lock: Lock,
}

/// A locked file.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    /// At once, even where a program that was started in this moment has the file, too.
    fn drop(&mut self) {
        // Closing the file does it otherwise.
        let _ = self.0.unlock();
    }
}

impl Claim {
    /// Claims the journal with a number, if nobody has; one that never was only if it `may_be_new`.
    fn of(folder: &Path, number: u32, may_be_new: bool) -> io::Result<Option<Self>> {
        // The lock is a file of its own that is never removed: whoever holds it may replace the journal.
        let locked = folder.join(format!("{number}.lock"));
        if !may_be_new && !locked.try_exists()? {
            return Ok(None);
        }
        let lock = private::open(&locked)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: folder.join(format!("{number}.journal")), lock: Lock(lock) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Where the notes of the same run are.
    fn notes(&self) -> PathBuf {
        self.path.with_extension("notes")
    }

    /// What it says. What cannot be read is put aside before the journal is written anew.
    fn read(&self, damaged: &mut Vec<PathBuf>) -> io::Result<Told> {
        let told = journal::read(&self.path)?;
        if told.unreadable > 0 {
            let aside = self.path.with_extension("damaged");
            fs::copy(&self.path, &aside)?;
            damaged.push(aside);
        }
        Ok(told)
    }
}

/// Two queues as one, by the time of day. Each keeps its order, and a message that is in both is there once: a run died
/// while it took the other over.
fn merged(one: Vec<Unsent>, other: Vec<Unsent>) -> Vec<Unsent> {
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(next) = match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if b.at < a.at => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    } {
        if seen.insert(next.message) {
            all.push(next);
        }
    }
    all
}
