//! Where the page begins that shows what was said around a moment.

use im_proto::{ConversationId, PAGE_BYTES_MAX, Seq, Timestamp};
use rusqlite::{Connection, params};

use crate::entry::Entry;
use crate::store::StoreError;

use super::amendments::{Edits, text_bytes};
use super::failure;
use super::pages::one;
use super::rows::{SELECT_EVENT, entry};

/// The event after which the page begins: half of it, or what there is, was before the moment, and if there is not as much
/// after it, more.
pub(super) fn start(
    connection: &Connection,
    conversation: ConversationId,
    hidden: Seq,
    moment: Timestamp,
    limit: usize,
) -> Result<Seq, StoreError> {
    let sql = "SELECT head FROM conversations WHERE id = ?1";
    let head = one(connection, sql, [conversation.0], |row| row.get(0))?.unwrap_or(0);
    let last = last_before(connection, conversation, hidden.0, head, moment)?;
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let after = head.saturating_sub(last).min(limit - limit / 2);
    // Half of what a page holds at most, so that the moment is in it.
    let sql =
        format!("{SELECT_EVENT} WHERE e.conversation = ?1 AND e.seq BETWEEN ?2 AND ?3 ORDER BY e.seq DESC");
    let earliest = (last + 1).saturating_sub(limit - after).max(hidden.0 + 1);
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let mut before = statement.query(params![conversation.0, earliest, last]).map_err(failure)?;
    let (mut start, mut bytes, mut edits) = (last, 0, Edits::default());
    while let Some(row) = before.next().map_err(failure)? {
        let event = entry(row).map(Entry::into_event).map_err(failure)?;
        bytes += text_bytes(&event) + edits.look(connection, &event)?;
        if bytes > PAGE_BYTES_MAX / 2 {
            break;
        }
        start = event.seq.0 - 1;
    }
    Ok(Seq(start))
}

/// The last event before a moment. Times grow with the numbers of a log, which have no hole: halving finds it.
fn last_before(
    connection: &Connection,
    conversation: ConversationId,
    mut low: u64,
    mut high: u64,
    moment: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "SELECT at FROM events WHERE conversation = ?1 AND seq = ?2";
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let at: Option<u64> = one(connection, sql, [conversation.0, middle], |row| row.get(0))?;
        if at.is_some_and(|at| at < moment.0) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}
