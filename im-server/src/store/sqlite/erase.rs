//! Taking a user out: in one transaction whatever makes them somebody, then in batches whatever they have said. What was
//! begun is gone on with after a restart.

use im_proto::{ConversationId, RoomName, Timestamp, UserId, UserName};
use rusqlite::params;
use sha2::{Digest, Sha256};

use crate::announcement::Announcement;
use crate::store::{Account, Batch, Facts, Leaving, StoreError, Subject};

use super::membership::{apply, facts};
use super::moderation::{By, audit};
use super::pages::rows;
use super::retention::shrunk;
use super::rows::{TOMBSTONE, code_of_kind, kind, room_name, user_name};
use super::tx::Tx;
use super::{Store, codes, mentions};

/// So many events one batch looks at, whoever has said them.
const BATCH_EVENTS: u64 = 2_000;

impl Store {
    /// Takes an account out, but for what it has said: that is left to [`Store::erase_some`]. `leave` says what leaving a
    /// room or group comes to.
    pub(crate) async fn erase(
        &self,
        user: UserId,
        by_operator: bool,
        at: Timestamp,
        leave: Leaving,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            erase(tx, user, at, leave)?;
            if by_operator { audit(tx, &By::machine(at), "delete-user", Some(user), None) } else { Ok(()) }
        })
        .await
    }

    /// Those whose words are still to be taken out.
    pub(crate) async fn half_erased(&self) -> Result<Vec<UserId>, StoreError> {
        let sql = "SELECT id FROM users WHERE erasing IS NOT NULL";
        self.read(|connection| rows(connection, sql, [], |row| row.get(0).map(UserId))).await
    }

    /// Takes out the next of what somebody who was erased has said.
    pub(crate) async fn erase_some(&self, user: UserId) -> Result<Batch, StoreError> {
        self.write(move |tx| erase_some(tx, user)).await
    }
}

/// What is kept of a name that nobody is to have again.
pub(super) fn imprint(name: &UserName) -> [u8; 32] {
    Sha256::digest(name.look()).into()
}

fn erase(tx: &mut Tx<'_>, user: UserId, at: Timestamp, leave: Leaving) -> Result<(), StoreError> {
    let sql = "SELECT name FROM users WHERE id = ?1 AND password IS NOT NULL";
    let name = tx.row(sql, [user.0], |row| user_name(row, 0))?.ok_or(im_proto::Refusal::NoSuchUser)?;
    tx.execute("INSERT OR IGNORE INTO erased_names (look) VALUES (?1)", [imprint(&name)])?;
    let me = Account { id: user, name: free_name(tx, user)?, guest: false };
    tx.execute(
        "UPDATE users SET name = ?2, key = ?3, look = ?4, password = NULL, suspended = NULL, erased = ?5,
         erasing = 0, operator = 0 WHERE id = ?1",
        params![user.0, me.name.as_str(), me.name.key(), me.name.look(), at.0],
    )?;
    // Before anything is told of the new name.
    tx.announce(Announcement::Erased { user });
    for sql in [
        "DELETE FROM tokens WHERE user = ?1",
        "DELETE FROM hooks WHERE user = ?1",
        "DELETE FROM friends WHERE user = ?1 OR friend = ?1",
        "UPDATE conversations SET awaited = 0 WHERE low = ?1 OR high = ?1",
        "DELETE FROM sanctions WHERE user = ?1",
        "UPDATE sanctions SET why = NULL WHERE by = ?1",
        "UPDATE conversations SET topic = NULL, topic_by = NULL WHERE topic_by = ?1",
    ] {
        tx.execute(sql, [user.0])?;
    }
    codes::forget(tx, user)?;
    let sql = "SELECT conversation, user FROM pending WHERE user = ?1 OR by = ?1";
    let pending = tx.rows(sql, [user.0], |row| Ok((ConversationId(row.get(0)?), UserId(row.get(1)?))))?;
    for (conversation, whose) in pending {
        tx.set_pending(conversation, whose, None, at)?;
    }
    leave_all(tx, &me, at, leave)
}

/// Leaves all rooms and groups as members leave them. Their place in direct conversations stays, for the other side.
fn leave_all(tx: &mut Tx<'_>, me: &Account, at: Timestamp, leave: Leaving) -> Result<(), StoreError> {
    let sql = "SELECT c.id, c.kind, c.name FROM members m JOIN conversations c ON c.id = m.conversation
         WHERE m.user = ?1 AND c.kind != ?2 ORDER BY c.id";
    let values = params![me.id.0, code_of_kind(im_proto::Kind::Direct)];
    let all =
        tx.rows(sql, values, |row| Ok((ConversationId(row.get(0)?), kind(row, 1)?, room_name(row, 2)?)))?;
    for (conversation, kind, name) in all {
        let name: RoomName = name;
        let subject = Subject { name, actor: me.clone(), other: None, at, from: None };
        let facts = Facts { kind: Some(kind), ..facts(tx, conversation, &subject)? };
        let steps = leave(me, &facts)?;
        apply(tx, Some(conversation), &subject, steps)?;
    }
    Ok(())
}

/// Such names are given to nobody; but somebody may have had one before that was so.
fn free_name(tx: &Tx<'_>, user: UserId) -> Result<UserName, StoreError> {
    for again in 0_u64.. {
        let name = UserName::erased(user.0, again);
        if tx.row("SELECT 1 FROM users WHERE key = ?1", [name.key()], |_| Ok(()))?.is_none() {
            return Ok(name);
        }
    }
    Err(StoreError::Failed("there is no name left".into()))
}

fn erase_some(tx: &mut Tx<'_>, user: UserId) -> Result<Batch, StoreError> {
    let sql = "SELECT u.erasing, (SELECT max(id) FROM events) FROM users u WHERE u.id = ?1 AND u.erasing IS NOT NULL";
    let found = tx.row(sql, [user.0], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Option<u64>>(1)?)))?;
    let Some((from, newest)) = found else { return Ok(Batch::default()) };
    // A message goes together with its edits, wherever those are.
    let edits =
        "FROM events m JOIN events e ON e.conversation = m.conversation AND e.about = m.seq AND e.kind = 9
         WHERE m.id > ?1 AND m.id <= ?2 AND m.author = ?3 AND m.message IS NOT NULL";
    let to = shrunk(from, from + BATCH_EVENTS, |to| {
        let sql = format!("SELECT count(*) {edits}");
        Ok(tx.row(&sql, [from, to, user.0], |row| row.get(0))?.unwrap_or(0))
    })?;
    let of = "id > ?1 AND id <= ?2 AND author = ?3";
    let sql = format!("SELECT DISTINCT conversation FROM events WHERE {of}");
    let gone = tx.rows(&sql, [from, to, user.0], |row| row.get(0).map(ConversationId))?;
    tx.execute(
        &format!("UPDATE events SET kind = ?4, text = NULL WHERE {of} AND text IS NOT NULL"),
        params![from, to, user.0, TOMBSTONE],
    )?;
    tx.execute(
        &format!("UPDATE events SET kind = ?4, text = NULL WHERE id IN (SELECT e.id {edits})"),
        params![from, to, user.0, TOMBSTONE],
    )?;
    tx.execute(
        &format!("UPDATE events SET remark = NULL WHERE {of} AND remark IS NOT NULL"),
        [from, to, user.0],
    )?;
    let messages = format!("(conversation, seq) IN (SELECT conversation, seq FROM events WHERE {of})");
    mentions::forget(tx, &messages, [from, to, user.0])?;
    for conversation in &gone {
        tx.announce(Announcement::Gone { conversation: *conversation });
    }
    let more = newest.is_some_and(|newest| to < newest);
    tx.execute("UPDATE users SET erasing = ?2 WHERE id = ?1", params![user.0, more.then_some(to)])?;
    Ok(Batch { more, gone })
}
