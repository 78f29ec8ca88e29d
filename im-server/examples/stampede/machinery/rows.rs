//! The other floor: what SQLite alone asks for a row that is safe on disk, by one thread that does nothing else.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};
use serde::Serialize;

use super::process;

/// As much text as a message of the other runs has.
const TEXT: &str = "................................................................";

#[derive(Serialize)]
struct Rows {
    work: &'static str,
    rows: u64,
    batch: u64,
    seconds: f64,
    rows_per_second: f64,
    cpu_us_per_row: f64,
}

/// Inserts rows in transactions of so many, each synced, into a table of the log's shape.
pub(crate) fn rows(rows: u64, batch: u64, folder: Option<&Path>) -> anyhow::Result<()> {
    let folder = match folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let connection = Connection::open(folder.path().join("rows.sqlite"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE events (
             id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
             author INTEGER NOT NULL, text TEXT NOT NULL
         );
         CREATE UNIQUE INDEX events_by_seq ON events (conversation, seq);",
    )?;
    let (began, paid) = (Instant::now(), process::own_cpu()?);
    let mut done = 0;
    while done < rows {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        {
            let mut insert = connection.prepare_cached(
                "INSERT INTO events (conversation, seq, at, author, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for row in done..rows.min(done + batch) {
                insert.execute(params![row % 50, row / 50, row, row % 100, TEXT])?;
            }
        }
        connection.execute_batch("COMMIT")?;
        done += batch;
    }
    let (seconds, paid) = (began.elapsed().as_secs_f64(), process::own_cpu()? - paid);
    let told = Rows {
        work: "rows",
        rows,
        batch,
        seconds,
        rows_per_second: rows as f64 / seconds,
        cpu_us_per_row: paid * 1e6 / rows as f64,
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}
