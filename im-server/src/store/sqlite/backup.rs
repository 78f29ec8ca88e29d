//! A copy of the database, of one moment, while a server writes to it or while none runs.
//!
//! The pages are copied as they are, inside one read transaction. In WAL mode that holds up neither the writer nor the
//! readers, and what is committed meanwhile does not begin the copy again, as it would without the transaction. What it
//! costs: until the copy is made the write-ahead log is not emptied. (`VACUUM INTO` would be of one moment too, and smaller,
//! but it builds all tables and indexes anew, and so holds the log for many times as long.)

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, ffi};

use crate::store::BackupError;

use super::{DATABASE, open};

/// Pages that are copied before it is asked whether to go on.
const PAGES_AT_ONCE: i32 = 1024;

/// Copies the database of a data folder into a file that is not there yet, and is there only when it is whole. Its size in
/// bytes is returned. `stopped` is asked now and then.
pub(crate) fn copy(folder: &Path, to: &Path, stopped: impl Fn() -> bool) -> Result<u64, BackupError> {
    let from = folder.join(DATABASE);
    if !from.is_file() {
        return Err(BackupError::NoDatabase(folder.to_owned()));
    }
    let partial = Partial::begin(to)?;
    let sqlite = |error: rusqlite::Error| BackupError::Copy { to: to.to_owned(), error: error.to_string() };
    let file = |error: std::io::Error| BackupError::Copy { to: to.to_owned(), error: error.to_string() };
    let done = pages(&from, &partial.file, stopped).map_err(sqlite)?;
    if !done {
        return Err(BackupError::Interrupted(to.to_owned()));
    }
    make_whole(&partial.file).map_err(sqlite)?;
    let whole = File::open(&partial.file).map_err(file)?;
    whole.sync_all().map_err(file)?;
    let bytes = whole.metadata().map_err(file)?.len();
    partial.place(to)?;
    Ok(bytes)
}

/// Copies all pages. False: it was stopped.
fn pages(from: &Path, to: &Path, stopped: impl Fn() -> bool) -> rusqlite::Result<bool> {
    let from = open::for_reading(from)?;
    let moment = from.unchecked_transaction()?;
    // The moment is that of the first reading, not that of `BEGIN`.
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut to = for_filling(to)?;
    let copying = Backup::new(&moment, &mut to)?;
    loop {
        if stopped() {
            return Ok(false);
        }
        match copying.step(PAGES_AT_ONCE)? {
            StepResult::Done => return Ok(true),
            StepResult::More => {}
            // Nobody else knows the copy, and the transaction has what it needs of the original.
            _ => return Err(busy()),
        }
    }
}

/// Makes it one file: a database in WAL mode is one of three.
fn make_whole(file: &Path) -> rusqlite::Result<()> {
    for_filling(file)?.pragma_update_and_check(None, "journal_mode", "DELETE", |row| {
        match row.get_ref(0)?.as_str()? {
            "delete" => Ok(()),
            _ => Err(busy()),
        }
    })
}

fn busy() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)
}

/// A file that is thrown away if anything goes wrong needs no journal, and is synced once, when it is whole.
fn for_filling(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(connection)
}

/// The file that is written, under another name than the one it is to have. It vanishes unless it gets that.
pub(super) struct Partial {
    file: PathBuf,
    folder: PathBuf,
}

impl Partial {
    pub(super) fn begin(to: &Path) -> Result<Self, BackupError> {
        let failed = |error| BackupError::Place { to: to.to_owned(), error };
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let name = to.file_name().ok_or_else(|| failed(ErrorKind::InvalidInput.into()))?;
        let folder = match to.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).map_err(|error| failed(std::io::Error::other(error)))?;
        let unique = u64::from_ne_bytes(bits);
        let file = folder.join(format!(".{}.{unique:016x}.partial", name.to_string_lossy()));
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(failed)?;
        Ok(Self { file, folder })
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Gives it its name, on the disk too. Whatever has got that name meanwhile stays.
    pub(super) fn place(self, to: &Path) -> Result<(), BackupError> {
        let failed = |error| BackupError::Place { to: to.to_owned(), error };
        match std::fs::hard_link(&self.file, to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists(to.to_owned()));
            }
            // Not every file system has links; renaming would replace what is there.
            Err(_) if to.symlink_metadata().is_ok() => return Err(BackupError::Exists(to.to_owned())),
            Err(_) => std::fs::rename(&self.file, to).map_err(failed)?,
        }
        let _ = std::fs::remove_file(&self.file);
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // What was renamed is not there any more; what SQLite puts beside a file is there only after a failure.
        for beside in ["", "-journal", "-wal", "-shm"] {
            let mut file = self.file.clone().into_os_string();
            file.push(beside);
            let _ = std::fs::remove_file(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_interrupted_leaves_nothing() {
        let (data, copies) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        drop(open::for_writing(&data.path().join(DATABASE), 0, crate::store::Durability::Full).unwrap());
        let to = copies.path().join("copy");
        let files = || copies.path().read_dir().unwrap().count();
        // There is a file under another name, and it vanishes.
        let refused = copy(data.path(), &to, || files() == 1).unwrap_err();
        assert!(matches!(refused, BackupError::Interrupted(_)), "{refused}");
        assert_eq!(files(), 0);
        // Somebody else was quicker: theirs stays.
        let quicker = || std::fs::write(&to, "theirs").is_err();
        assert!(matches!(copy(data.path(), &to, quicker).unwrap_err(), BackupError::Exists(_)));
        assert_eq!((std::fs::read_to_string(&to).unwrap().as_str(), files()), ("theirs", 1));
    }

    #[test]
    fn the_writer_does_not_wait() {
        let (data, copies) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        let file = data.path().join(DATABASE);
        let writer = open::for_writing(&file, 0, crate::store::Durability::Full).unwrap();
        let lobby = "SELECT active FROM conversations WHERE id = 1";
        let active = |file: &Path| -> u64 {
            open::for_reading(file).unwrap().query_row(lobby, [], |row| row.get(0)).unwrap()
        };
        // Whoever waits for the copy, which waits for them, is refused instead.
        writer.busy_timeout(std::time::Duration::ZERO).unwrap();
        let write = || writer.execute("UPDATE conversations SET active = 7 WHERE id = 1", []) != Ok(1);
        let to = copies.path().join("copy");
        copy(data.path(), &to, write).unwrap();
        assert_eq!((active(&file), active(&to)), (7, 0), "it is of the moment before");
    }
}
