//! Taking out what is older than it may be: in batches, so that nobody's post waits for more than one of them. The rows
//! stay, with their numbers, authors, times and message ids; the texts go.

use im_proto::{ConversationId, Timestamp};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::{Batch, StoreError};

use super::Store;
use super::pages::rows;
use super::rows::{EDITED, REACTED, TOMBSTONE, UNREACTED, within};
use super::tx::Tx;

#[cfg(test)]
mod tests;

/// Most events that one batch looks at, and most that it takes out because of what they are about.
const BATCH_EVENTS_MAX: usize = 500;

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
    // What is about them goes first: as long as there is more of it, it is found again.
    let about = tx.execute(
        "UPDATE events SET kind = ?4, text = NULL WHERE id IN (
             SELECT id FROM events WHERE conversation = ?1 AND about > ?2 AND about <= ?3 AND kind IN (?5, ?6, ?7)
             LIMIT ?8
         )",
        params![conversation.0, from, to, TOMBSTONE, EDITED, REACTED, UNREACTED, BATCH_EVENTS_MAX],
    )?;
    let messages = if about < BATCH_EVENTS_MAX {
        let sql = "UPDATE conversations SET forgotten = ?2 WHERE id = ?1";
        tx.execute(sql, [conversation.0, to])?;
        tx.execute(
            "UPDATE events SET kind = ?4, text = NULL
             WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3 AND text IS NOT NULL",
            params![conversation.0, from, to, TOMBSTONE],
        )?
    } else {
        0
    };
    let gone = about + messages > 0;
    if gone {
        tx.announce(Announcement::Gone { conversation });
    }
    Ok(Batch { more: true, gone: if gone { vec![conversation] } else { Vec::new() } })
}
