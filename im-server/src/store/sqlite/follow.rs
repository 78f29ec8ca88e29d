//! Where a session begins to follow: for each conversation a seq, found in the moment in which the heads are read.

use std::collections::HashMap;

use im_proto::{Conversation, ConversationId, Seq, UserId};
use rusqlite::{Connection, params};

use crate::store::{Followed, Since, StoreError};

use super::Store;
use super::moderation::abouts;
use super::pages::{one, rows};
use super::rows::{SELECT_CONVERSATION, conversation, within};

#[cfg(test)]
mod tests;

/// Finds, in each conversation of the member `?1`, the last event whose position is at most `?2`, not before the one
/// from where the search starts. Positions grow with the seqs of a log, which have no hole: halving finds it.
pub(super) const SEARCH: &str = "UNION ALL
     SELECT s.conversation, iif(e.id <= ?2, e.seq, s.low), iif(e.id <= ?2, s.high, e.seq - 1)
     FROM search s CROSS JOIN events e ON e.conversation = s.conversation AND e.seq = (s.low + s.high + 1) / 2
     WHERE s.low < s.high";

impl Store {
    /// All conversations a user is in, the one with the newest event first, each with where to begin; and the newest
    /// position, of the same moment.
    pub(crate) async fn followed(&self, user: UserId, since: Since) -> Result<Followed, StoreError> {
        self.read(move |connection| {
            let sql = format!("{SELECT_CONVERSATION} ORDER BY c.active DESC, c.id");
            let found =
                rows(connection, &sql, [user.0], |row| Ok((conversation(row)?, Seq(row.get("hidden")?))))?;
            let reached = match &since {
                Since::Position { position, .. } => reached(connection, user, *position)?,
                Since::Has(_) | Since::Now => HashMap::new(),
            };
            let begin = |conversation: &Conversation, hidden: Seq| {
                let named = |has: &HashMap<_, Seq>| has.get(&conversation.id).map(|seq| hidden.max(*seq));
                let from = match &since {
                    Since::Has(has) => named(has).unwrap_or(conversation.read),
                    Since::Now => conversation.head,
                    Since::Position { has, .. } => named(has)
                        .or_else(|| reached.get(&conversation.id).copied())
                        .unwrap_or(conversation.head),
                };
                from.min(conversation.head)
            };
            let conversations = found
                .into_iter()
                .map(|(conversation, hidden)| {
                    let from = begin(&conversation, hidden);
                    (conversation, from)
                })
                .collect();
            let abouts = abouts(connection, user)?;
            let position = one(connection, "SELECT ifnull(max(id), 0) FROM events", [], |row| row.get(0))?;
            Ok(Followed { conversations, position: position.unwrap_or(0), abouts })
        })
        .await
    }
}

/// The last event of each conversation whose position is at most this one.
fn reached(
    connection: &Connection,
    user: UserId,
    position: u64,
) -> Result<HashMap<ConversationId, Seq>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE search (conversation, low, high) AS (
             SELECT m.conversation, m.hidden, c.head FROM members m CROSS JOIN conversations c ON c.id = m.conversation
             WHERE m.user = ?1
             {SEARCH}
         )
         SELECT conversation, low FROM search WHERE low >= high"
    );
    let found = rows(connection, &sql, params![user.0, within(position)], |row| {
        Ok((ConversationId(row.get(0)?), Seq(row.get(1)?)))
    })?;
    Ok(found.into_iter().collect())
}
