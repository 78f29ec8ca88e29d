//! Opening the database: the folder and its lock, the settings of a connection, the schema.

use std::ffi::c_int;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use crate::store::{Durability, OpenError};

use super::mentions;
use super::tx::die_if_sync_failed;

#[cfg(test)]
mod tests;

/// So long the write-ahead log grows before it is copied into the database.
const LOG_PAGES: c_int = 1000;

mod schema {
    // The path is taken from the crate's root.
    refinery::embed_migrations!("src/store/sqlite/schema");
}

/// What brings a schema up to date, in one transaction. Otherwise what a step does and that it was done would be two, and who is
/// killed between them could never start again.
pub(super) fn migrations() -> refinery::Runner {
    schema::migrations::runner().set_grouped(true)
}

/// The newest schema that this program knows.
fn known() -> i64 {
    migrations().get_migrations().iter().map(|known| i64::from(known.version())).max().unwrap_or(0)
}

/// The schema of a database; none where it has none yet.
fn version(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(sql, [], |row| row.get::<_, u64>(0))? == 0 {
        return Ok(None);
    }
    connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0))
}

/// Whether a database has the newest schema that is known.
pub(super) fn is_newest(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(version(connection)? == Some(known()))
}

/// The schema of a database and the newest that is known, where the database is of a newer program. It is only read.
pub(super) fn newer(file: &Path) -> rusqlite::Result<Option<(i64, i64)>> {
    if !file.exists() {
        return Ok(None);
    }
    let has = version(&for_reading(file)?)?;
    Ok(has.filter(|has| *has > known()).map(|has| (has, known())))
}

/// Makes the folder, for its owner only, and takes it for this process until the file is closed.
pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let failed = |error| OpenError::Folder { folder: folder.to_owned(), error };
    let missing = folder.ancestors().take_while(|folder| !folder.exists()).count();
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    // A new folder is on the disk when the one above it is: what is synced in a folder that is lost is lost with it.
    folder.ancestors().skip(1).take(missing).try_for_each(sync_folder).map_err(failed)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(folder.join("im.lock"))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let here = if folder == Path::new("") { Path::new(".") } else { folder };
    File::open(here)?.sync_all()
}

/// The connection that writes, with the newest schema.
pub(super) fn for_writing(file: &Path, bytes_max: u64, durability: Durability) -> Result<Connection, String> {
    // SQLite would make the file readable for everybody.
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| error.to_string())?;
    let mut connection = Connection::open(file).map_err(|error| error.to_string())?;
    settle(&connection, durability).map_err(|error| error.to_string())?;
    migrations().run(&mut connection).map_err(|error| error.to_string())?;
    // Only now: a database that is full gets the newest schema nevertheless.
    bound(&connection, bytes_max).map_err(|error| error.to_string())?;
    connection.wal_hook(Some(empty_the_log)).map_err(|error| error.to_string())?;
    Ok(connection)
}

fn settle(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    keep_statements(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: the log is synced at each commit. That is what an acknowledged post rests on. NORMAL: only before its pages
    // are copied into the database, so that a power cut takes the newest commits, and never one without all after it.
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was taken out is overwritten, not only unlinked.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "busy_timeout", 5_000)?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?; // KiB
    mentions::teach(connection)
}

/// Statements are prepared once. Without the second line SQLite prepares some anew whenever other values are bound, in the hope
/// of a better plan: a page of a log cost more by that than by being read.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// After a commit: copies the write-ahead log into the database when it is long enough. SQLite would do the same, and keep
/// quiet about a sync that fails.
fn empty_the_log(log: &mut Wal, pages: c_int) -> rusqlite::Result<()> {
    if pages >= LOG_PAGES
        && let Err(error) = log.checkpoint()
    {
        die_if_sync_failed(&error);
        tracing::debug!(%error, "the write-ahead log was not emptied; the next commit tries again");
    }
    Ok(()) // the commit has succeeded
}

fn bound(connection: &Connection, bytes_max: u64) -> rusqlite::Result<()> {
    if bytes_max > 0 {
        let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes_max / page).unwrap_or(i64::MAX).max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

/// A connection that cannot write.
pub(super) fn for_reading(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    keep_statements(&connection)?;
    connection.pragma_update(None, "busy_timeout", 5_000)?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?; // KiB
    mentions::teach(&connection)?;
    Ok(connection)
}
