//! Filling the index behind the commits: in small steps, when nobody waits for the writer.
//!
//! A step is a transaction of its own, with the position up to which the index has everything. So a crash takes back a
//! step or none, and the next start goes on. What is not in the index yet is read by whoever searches.

use rusqlite::{Connection, params};
use tracing::warn;

use crate::store::StoreError;
use crate::store::sqlite::rows::{EDITED, POSTED};
use crate::store::sqlite::tx::Tx;

use super::TAIL_EVENTS_MAX;
use super::letters::{place, spaced};

/// So many events wait before it is worth a step.
const WAITING_EVENTS: u64 = 512;

/// Most events of a step. The index is merged for each step: with steps of 64 an event costs twice as much.
const STEP_EVENTS_MAX: u64 = 512;

/// A step ends after the text that brings it over this many bytes.
const STEP_BYTES_MAX: usize = 128 * 1024;

/// How far the index has come, and when it goes on.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Filling {
    /// All up to here is in the index.
    position: u64,
    /// The newest event.
    head: u64,
    /// It goes on when so many events wait. Once it has begun it goes on to the end.
    from: u64,
}

impl Filling {
    /// Looks how far it has come.
    pub(in crate::store::sqlite) fn begin(connection: &Connection) -> rusqlite::Result<Self> {
        let position = connection.query_row("SELECT position FROM search_filled", [], |row| row.get(0))?;
        let mut filling = Self { position, head: 0, from: WAITING_EVENTS };
        filling.look(connection)?;
        Ok(filling)
    }

    /// Looks for what has been committed.
    pub(in crate::store::sqlite) fn look(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut newest = connection.prepare_cached("SELECT ifnull(max(id), 0) FROM events")?;
        self.head = newest.query_row([], |row| row.get(0))?;
        Ok(())
    }

    /// Whether a step is worth it while nobody waits for the writer.
    pub(in crate::store::sqlite) fn is_due(&self) -> bool {
        self.waiting() >= self.from
    }

    /// Whether more waits than a search reads: then a step is taken after each commit, whoever waits.
    pub(in crate::store::sqlite) fn is_behind(&self) -> bool {
        self.is_due() && self.waiting() > u64::from(TAIL_EVENTS_MAX)
    }

    fn waiting(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }

    /// Takes a step.
    pub(in crate::store::sqlite) fn step(&mut self, connection: &Connection) {
        match take_step(connection, self.position) {
            Ok(position) => {
                self.position = position.unwrap_or(self.head);
                self.from = if self.waiting() == 0 { WAITING_EVENTS } else { 1 };
            }
            Err(error) => {
                // The disk is full, it may be. What is said meanwhile is found all the same, as far as a search reads.
                warn!(%error, "what was said is not in the search index yet; it is tried again later");
                self.from = self.waiting() + WAITING_EVENTS;
            }
        }
    }
}

/// Puts what comes after a position into the index. How far it has come; nothing where there was nothing.
fn take_step(connection: &Connection, after: u64) -> Result<Option<u64>, StoreError> {
    let tx = Tx::begin(connection)?;
    let done = put_in(&tx, after).and_then(|position| match position {
        Some(to) => tx.execute("UPDATE search_filled SET position = ?1", [to]).map(|_| position),
        None => Ok(None),
    });
    match done {
        Ok(position) => tx.commit().map(|_nothing_to_tell| position),
        Err(error) => {
            tx.rollback();
            Err(error)
        }
    }
}

fn put_in(tx: &Tx<'_>, after: u64) -> Result<Option<u64>, StoreError> {
    // Written so that each row is found by the one before it: the transaction cannot lend a statement.
    let next =
        "SELECT id, conversation, seq, kind, text, about FROM events WHERE id > ?1 ORDER BY id LIMIT 1";
    let (mut position, mut bytes) = (None, 0);
    for _ in 0..STEP_EVENTS_MAX {
        let from = position.unwrap_or(after);
        let found = tx.row(next, [from], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(3)?, row.get::<_, Option<String>>(4)?, row.get(5)?))
        })?;
        let Some((id, conversation, kind, text, about)) = found else { break };
        let (id, conversation): (u64, u64) = (id, conversation);
        if let Some(text) = text {
            bytes += text.len();
            put_in_one(tx, id, conversation, kind, &text, about)?;
        }
        position = Some(id);
        if bytes > STEP_BYTES_MAX {
            break;
        }
    }
    Ok(position)
}

fn put_in_one(
    tx: &Tx<'_>,
    id: u64,
    conversation: u64,
    kind: u8,
    text: &str,
    about: Option<u64>,
) -> Result<(), StoreError> {
    match kind {
        POSTED => tx.execute(
            "INSERT INTO search (rowid, place, text) VALUES (?1, ?2, ?3)",
            params![id, place(conversation), spaced(text)],
        )?,
        // A message that was taken out is not there any more, and stays out.
        EDITED => tx.execute(
            "UPDATE search SET text = ?3 WHERE rowid =
                 (SELECT id FROM events WHERE conversation = ?1 AND seq = ?2)",
            params![conversation, about, spaced(text)],
        )?,
        _ => 0,
    };
    Ok(())
}
