//! The mailbox that is fetched: direct messages after `members.synced`, handed out until they are confirmed.

use im_proto::{ConversationId, Kind, PAGE_BYTES_MAX, PAGE_EVENTS_MAX, Timestamp, UserId};
use rusqlite::params;

use crate::store::{StoreError, Unsynced};

use super::follow::SEARCH;
use super::receipts::tell_other;
use super::rows::{POSTED, code_of_kind, text, user_name, within};
use super::{Store, failure};

#[cfg(test)]
mod tests;

/// The posts of others that the user `?1` has not confirmed, at most `?2`. Asked once a second by each open page: where
/// nothing is new it reads the user's memberships and no event. Of each conversation with news it looks at no more posts
/// than fit the answer, and reads the texts of those only that are in it.
const SELECT_UNSYNCED: &str = "SELECT e.id, e.author, u.name, e.guest, e.at, e.text
     FROM (
         SELECT e.id FROM members m CROSS JOIN conversations c ON c.id = m.conversation
         CROSS JOIN events e ON e.id IN (
             SELECT n.id FROM events n
             WHERE n.conversation = m.conversation AND n.seq > max(m.synced, m.hidden)
             AND n.author != ?1 AND n.kind = ?4
             ORDER BY n.seq LIMIT ?2
         )
         WHERE m.user = ?1 AND c.kind = ?3 AND c.head > max(m.synced, m.hidden)
         ORDER BY e.id LIMIT ?2
     ) found
     JOIN events e ON e.id = found.id JOIN users u ON u.id = e.author
     ORDER BY e.id";

impl Store {
    /// The oldest direct messages for a user that are not confirmed, as many as fit a page.
    pub(crate) async fn unsynced(&self, user: UserId) -> Result<Vec<Unsynced>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(SELECT_UNSYNCED).map_err(failure)?;
            let bounds = params![user.0, PAGE_EVENTS_MAX, code_of_kind(Kind::Direct), POSTED];
            let mut found = statement.query(bounds).map_err(failure)?;
            let (mut taken, mut bytes) = (Vec::new(), 0);
            while bytes <= PAGE_BYTES_MAX
                && let Some(row) = found.next().map_err(failure)?
            {
                let next = unsynced(row).map_err(failure)?;
                bytes += next.text.as_str().len();
                taken.push(next);
            }
            Ok(taken)
        })
        .await
    }

    /// A user has fetched all direct messages up to a position.
    pub(crate) async fn confirm_synced(&self, user: UserId, position: u64) -> Result<(), StoreError> {
        let sql = confirming();
        self.write(move |tx| {
            let values = params![user.0, within(position), code_of_kind(Kind::Direct), POSTED];
            for conversation in tx.rows(&sql, values, |row| row.get(0).map(ConversationId))? {
                tell_other(tx, user, conversation)?;
            }
            Ok(())
        })
        .await
    }
}

/// Moves the user `?1` to the last event up to the position `?2` in each direct conversation, and past what they said after
/// it: nobody fetches that.
fn confirming() -> String {
    format!(
        "WITH RECURSIVE search (conversation, low, high) AS (
             SELECT m.conversation, max(m.synced, m.hidden), c.head
             FROM members m CROSS JOIN conversations c ON c.id = m.conversation
             WHERE m.user = ?1 AND c.kind = ?3 AND c.head > m.synced
             {SEARCH}
         )
         UPDATE members SET synced = found.synced
         FROM (
             SELECT s.conversation, ifnull(
                 (SELECT n.seq - 1 FROM events n WHERE n.conversation = s.conversation AND n.seq > s.low
                  AND n.author != ?1 AND n.kind = ?4 ORDER BY n.seq LIMIT 1),
                 (SELECT c.head FROM conversations c WHERE c.id = s.conversation)
             ) AS synced
             FROM search s WHERE s.low >= s.high
         ) found
         WHERE members.user = ?1 AND members.conversation = found.conversation
         AND members.synced < found.synced
         RETURNING conversation"
    )
}

fn unsynced(row: &rusqlite::Row<'_>) -> rusqlite::Result<Unsynced> {
    Ok(Unsynced {
        position: row.get(0)?,
        from: UserId(row.get(1)?),
        name: user_name(row, 2)?,
        guest: row.get(3)?,
        at: Timestamp(row.get(4)?),
        text: text(row, 5)?,
    })
}
