//! The logs, each from its first event to its newest, and what is said about them elsewhere.

use rusqlite::{Connection, Row};

use super::Rule;
use crate::store::Invariant;
use crate::store::sqlite::rows::{POSTED, SELECT_EVENT, TOMBSTONE, entry};

pub(super) const RULES: [Rule; 7] = [
    ("seqs", "the events of a conversation are numbered 1, 2, 3 … without a hole"),
    ("heads", "a conversation's head is the number of its newest event"),
    ("running-counts", "each event knows how many posts there are up to it"),
    ("posts", "each conversation knows how many posts it has"),
    ("times", "no event is older than the one before it"),
    ("active", "each conversation knows when its newest event came"),
    ("positions", "what is later in a conversation is later among all events"),
];

pub(super) const READABLE: Rule = ("readable", "each event can be read");

/// All conversations, each with its events in order: by the index that finds the pages of history, so that nothing is
/// sorted.
pub(super) const SELECT_LOGS: &str =
    "SELECT c.id, c.head, c.posts, c.created, c.active, e.seq, e.kind, e.posts, e.at, e.id, e.message IS NOT NULL
     FROM conversations c LEFT JOIN events e ON e.conversation = c.id
     ORDER BY c.id, e.seq";

pub(super) fn logs(moment: &Connection, found: &mut [Invariant; 7]) -> rusqlite::Result<()> {
    let mut statement = moment.prepare(SELECT_LOGS)?;
    let mut rows = statement.query([])?;
    let mut log: Option<Log> = None;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if log.as_ref().is_some_and(|log| log.id != id)
            && let Some(log) = log.take()
        {
            log.end(found);
        }
        let log = match &mut log {
            Some(log) => log,
            none => none.insert(Log::begin(row)?),
        };
        if let Some(seq) = row.get(5)? {
            log.event(seq, row, found)?;
        }
    }
    if let Some(log) = log {
        log.end(found);
    }
    Ok(())
}

/// One log, as far as it was read.
struct Log {
    id: i64,
    head: i64,
    posts: i64,
    active: i64,
    /// Of what was read: the last number, the posts, the last time, the last position.
    seq: i64,
    counted: i64,
    at: Option<i64>,
    position: i64,
    created: i64,
}

impl Log {
    fn begin(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (id, head, posts) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (created, active) = (row.get(3)?, row.get(4)?);
        Ok(Self { id, head, posts, active, seq: 0, counted: 0, at: None, position: 0, created })
    }

    fn event(&mut self, seq: i64, row: &Row<'_>, found: &mut [Invariant; 7]) -> rusqlite::Result<()> {
        let [seqs, _, running, _, times, _, positions] = found;
        let (kind, posts, at, position): (u8, i64, i64, i64) =
            (row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?);
        // What was taken out still counts.
        let is_post = kind == POSTED || (kind == TOMBSTONE && row.get(10)?);
        let (id, before) = (self.id, self.seq);
        if seq == before + 1 {
            self.counted += i64::from(is_post);
            let counted = self.counted;
            if posts != counted {
                running.violated(|| format!("conversation {id}, event {seq}: says {posts}, it is {counted}"));
            }
        } else {
            seqs.violated(|| format!("conversation {id}: after {before} comes {seq}"));
            self.counted = posts; // nobody knows what is missing
        }
        if let Some(earlier) = self.at.filter(|earlier| *earlier > at) {
            times.violated(|| format!("conversation {id}, event {seq}: is of {at}, after one of {earlier}"));
        }
        if position <= self.position {
            let earlier = self.position;
            positions
                .violated(|| format!("conversation {id}, event {seq}: {position} comes after {earlier}"));
        }
        (self.seq, self.at, self.position) = (seq, Some(at), position);
        Ok(())
    }

    fn end(self, found: &mut [Invariant; 7]) {
        let Self { id, head, posts, active, seq, counted, at, created, position: _ } = self;
        let [_, heads, _, counts, _, actives, _] = found;
        if head != seq {
            // Then the newest event is not there, or not told of: nobody knows what would be right for the others.
            heads.violated(|| format!("conversation {id}: says {head}, it is {seq}"));
            return;
        }
        if posts != counted {
            counts.violated(|| format!("conversation {id}: says {posts}, it is {counted}"));
        }
        // Where nothing was said yet it is the time of its making.
        let newest = at.unwrap_or(created);
        if active != newest {
            actives.violated(|| format!("conversation {id}: says {active}, it is {newest}"));
        }
    }
}

/// Whether the code that reads events reads each of them: one that it does not makes a page of history unreadable.
pub(super) fn readable(moment: &Connection, [readable]: &mut [Invariant; 1]) -> rusqlite::Result<()> {
    let mut statement = moment.prepare(SELECT_EVENT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Err(error) = entry(row) {
            let (conversation, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
            readable.violated(|| format!("conversation {conversation}, event {seq}: {error}"));
        }
    }
    Ok(())
}
