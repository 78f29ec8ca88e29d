//! Who is mentioned in what is said in rooms and groups: kept right in each transaction that says, changes or takes out
//! something, so that what is unread of it is a count of rows after the mark.

use std::collections::{BTreeMap, BTreeSet};

use im_proto::{Body, ConversationId, FOUND_MAX, Found, PAGE_BYTES_MAX, Seq, UserId, mentions};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Params, params};

use crate::announcement::{Announcement, Mentioned};
use crate::store::{Access, Account, FoundPage, StoreError};

use super::rows::{self, SELECT_CONVERSATION, within};
use super::search::{all_places, as_it_reads_now};
use super::tx::Tx;
use super::{Store, pages};

impl Store {
    /// The messages that mention somebody before a position, newest first.
    pub(crate) async fn mentions(
        &self,
        me: Account,
        before: Option<u64>,
        limit: u16,
        allow: Access,
    ) -> Result<FoundPage, StoreError> {
        self.read(move |connection| found(connection, &me, before, limit, allow)).await
    }
}

fn found(
    connection: &Connection,
    me: &Account,
    before: Option<u64>,
    limit: u16,
    allow: Access,
) -> Result<FoundPage, StoreError> {
    let places = all_places(connection, me, allow)?;
    let limit = usize::from(limit.clamp(1, FOUND_MAX));
    let sql =
        "SELECT position FROM mentions WHERE user = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3";
    let before = within(before.unwrap_or(u64::MAX));
    let positions: Vec<u64> =
        pages::rows(connection, sql, params![me.id.0, before, limit + 1], |row| row.get(0))?;
    let mut page = FoundPage { found: Vec::new(), more: false };
    let mut bytes = 0;
    for position in positions {
        if page.found.len() == limit || bytes > PAGE_BYTES_MAX {
            page.more = true;
            break;
        }
        let found = as_it_reads_now(connection, &places, position)?;
        bytes += found.as_ref().map_or(0, text_bytes);
        page.found.extend(found);
    }
    Ok(page)
}

fn text_bytes(found: &Found) -> usize {
    match &found.event.body {
        Body::Posted { text, .. } => text.as_str().len(),
        _ => 0,
    }
}

/// A message of a room or group says this from now on. Those whom it mentions, or mentions no more, are told.
pub(super) fn rewrite(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    seq: Seq,
    author: UserId,
    text: &str,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM mentions WHERE conversation = ?1 AND seq = ?2 RETURNING user";
    let before = tx.rows(sql, [conversation.0, seq.0], |row| row.get(0).map(UserId))?;
    let before: BTreeSet<UserId> = before.into_iter().collect();
    let mut now = BTreeSet::new();
    for mention in mentions(text) {
        let sql = "SELECT m.user FROM users u JOIN members m ON m.user = u.id
             WHERE u.key = ?1 AND m.conversation = ?2 AND u.id != ?3";
        let values = params![mention.name.key(), conversation.0, author.0];
        now.extend(tx.row(sql, values, |row| row.get(0).map(UserId))?);
    }
    for user in &now {
        tx.execute(
            "INSERT INTO mentions (user, conversation, seq, position)
             SELECT ?1, conversation, seq, id FROM events WHERE conversation = ?2 AND seq = ?3",
            [user.0, conversation.0, seq.0],
        )?;
    }
    before.symmetric_difference(&now).try_for_each(|user| tell_if_unread(tx, *user, conversation, seq))
}

/// Messages were taken out: those of which this is true. Whom they mention is told.
pub(super) fn forget(tx: &mut Tx<'_>, which: &str, params: impl Params) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM mentions WHERE {which} RETURNING user, conversation, seq");
    let gone = tx
        .rows(&sql, params, |row| Ok((UserId(row.get(0)?), ConversationId(row.get(1)?), Seq(row.get(2)?))))?;
    let mut newest = BTreeMap::new();
    for (user, conversation, seq) in gone {
        let known = newest.entry((user, conversation)).or_insert(seq);
        *known = seq.max(*known);
    }
    newest.into_iter().try_for_each(|((user, conversation), seq)| tell_if_unread(tx, user, conversation, seq))
}

/// Something changed about the mention of a user in an event. Of what they have read already it is no news.
fn tell_if_unread(
    tx: &mut Tx<'_>,
    user: UserId,
    conversation: ConversationId,
    seq: Seq,
) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM members WHERE user = ?1 AND conversation = ?2 AND read < ?3";
    match tx.row(sql, [user.0, conversation.0, seq.0], |_| Ok(()))? {
        Some(()) => tell(tx, user, conversation),
        None => Ok(()),
    }
}

/// A member has read on after this event.
pub(super) fn were_read(
    tx: &mut Tx<'_>,
    user: UserId,
    conversation: ConversationId,
    before: Seq,
) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM mentions WHERE user = ?1 AND conversation = ?2 AND seq > ?3 LIMIT 1";
    match tx.row(sql, [user.0, conversation.0, before.0], |_| Ok(()))? {
        Some(()) => tell(tx, user, conversation),
        None => Ok(()),
    }
}

fn tell(tx: &mut Tx<'_>, user: UserId, conversation: ConversationId) -> Result<(), StoreError> {
    let sql = format!("{SELECT_CONVERSATION} AND m.conversation = ?2");
    if let Some(about) = tx.row(&sql, [user.0, conversation.0], rows::conversation)? {
        let now = Mentioned { head: about.head, read: about.read, mentions: about.mentions };
        tx.announce(Announcement::Mentioned { user, conversation, now });
    }
    Ok(())
}

/// Lets SQL ask whom a text mentions: `mentioned(text)` is a JSON list of names, as they are compared.
pub(super) fn teach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("mentioned", 1, flags, |context| {
        let text: String = context.get(0)?;
        let names: BTreeSet<_> =
            mentions(&text).into_iter().map(|found| found.name.key().to_owned()).collect();
        // Names hold nothing that JSON would escape: letters, digits and a few signs.
        Ok(format!("[{}]", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",")))
    })
}
