//! Taking out what is older than it may be: in batches, so that nobody's post waits for more than one of them. The rows
//! stay, with their numbers, authors, times and message ids; the texts go.

use im_proto::{ConversationId, Timestamp};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::{Batch, StoreError};

use super::pages::rows;
use super::rows::{EDITED, REACTED, TOMBSTONE, UNREACTED, within};
use super::tx::Tx;
use super::{Store, mentions};

#[cfg(test)]
mod tests;

/// Most events that one batch looks at, and most reactions to them that it takes out.
const BATCH_EVENTS_MAX: usize = 500;

/// Most edits that a batch takes out, but of a single message.
const BATCH_EDITS_MAX: u64 = 2_000;

/// Most conversations that are named at once.
const NAMED_MAX: usize = 256;

/// Before this moment everything in the conversation `c` is too old: `?2` is now, `?3` the days that hold for all. The
/// shorter time holds; nothing where there is none.
const BEFORE: &str = "?2 - 86400000 * min(ifnull(c.retention_days, ?3), ifnull(?3, c.retention_days))";

impl Store {
    /// The conversations after one in which something is too old, in the order of their numbers; not all at once.
    pub(crate) async fn too_old(
        &self,
        after: ConversationId,
        days: Option<u16>,
        now: Timestamp,
    ) -> Result<Vec<ConversationId>, StoreError> {
        // Times of a log do not go back: the first event that was not looked at is the oldest.
        let sql = format!(
            "SELECT c.id, {BEFORE} AS before FROM conversations c WHERE c.id > ?1 AND EXISTS (
                 SELECT 1 FROM events e WHERE e.conversation = c.id AND e.seq = c.forgotten + 1 AND e.at < before
             ) ORDER BY c.id LIMIT ?4"
        );
        self.read(move |connection| {
            let values = params![after.0, within(now.0), days, NAMED_MAX];
            rows(connection, &sql, values, |row| row.get(0).map(ConversationId))
        })
        .await
    }

    /// Takes the next of what is too old out of a conversation.
    pub(crate) async fn forget_some(
        &self,
        conversation: ConversationId,
        days: Option<u16>,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.write(move |tx| forget_some(tx, conversation, days, now)).await
    }
}

fn forget_some(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    days: Option<u16>,
    now: Timestamp,
) -> Result<Batch, StoreError> {
    // Asked here again: an owner may have changed their mind.
    let sql = format!(
        "SELECT c.forgotten, (
             SELECT max(seq) FROM (
                 SELECT e.seq, e.at FROM events e WHERE e.conversation = c.id AND e.seq > c.forgotten
                 ORDER BY e.seq LIMIT ?4
             ) WHERE at < {BEFORE}
         ) FROM conversations c WHERE c.id = ?1"
    );
    let values = params![conversation.0, within(now.0), days, BATCH_EVENTS_MAX];
    let found = tx.row(&sql, values, |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Option<u64>>(1)?)))?;
    let Some((from, Some(to))) = found else { return Ok(Batch::default()) };
    // A message goes together with its edits; of the reactions it may have more than fit a batch.
    let to = shrunk(from, to, |to| {
        let sql = "SELECT count(*) FROM events WHERE conversation = ?1 AND about > ?2 AND about <= ?3 AND kind = ?4";
        Ok(tx.row(sql, params![conversation.0, from, to, EDITED], |row| row.get(0))?.unwrap_or(0))
    })?;
    let mut gone = tx.execute(
        "UPDATE events SET kind = ?4, text = NULL WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3 AND text IS NOT NULL",
        params![conversation.0, from, to, TOMBSTONE],
    )?;
    gone += tx.execute(
        "UPDATE events SET kind = ?4, text = NULL WHERE conversation = ?1 AND about > ?2 AND about <= ?3 AND kind = ?5",
        params![conversation.0, from, to, TOMBSTONE, EDITED],
    )?;
    let reactions = tx.execute(
        "UPDATE events SET kind = ?4, text = NULL WHERE id IN (
             SELECT id FROM events WHERE conversation = ?1 AND about > ?2 AND about <= ?3 AND kind IN (?5, ?6) LIMIT ?7
         )",
        params![conversation.0, from, to, TOMBSTONE, REACTED, UNREACTED, BATCH_EVENTS_MAX],
    )?;
    gone += reactions;
    if reactions < BATCH_EVENTS_MAX {
        tx.execute("UPDATE conversations SET forgotten = ?2 WHERE id = ?1", [conversation.0, to])?;
    }
    if gone > 0 {
        tx.announce(Announcement::Gone { conversation });
        let messages = [conversation.0, from, to];
        mentions::forget(tx, "conversation = ?1 AND seq > ?2 AND seq <= ?3", messages)?;
    }
    Ok(Batch { more: true, gone: if gone > 0 { vec![conversation] } else { Vec::new() } })
}

/// How far a batch goes that was to go from one number to another, so that no more edits than may be are part of it. Of one
/// message there are not too many.
pub(super) fn shrunk(
    from: u64,
    to: u64,
    edits: impl Fn(u64) -> Result<u64, StoreError>,
) -> Result<u64, StoreError> {
    let mut to = to;
    while to > from + 1 && edits(to)? > BATCH_EDITS_MAX {
        to = from + (to - from) / 2;
    }
    Ok(to)
}
