//! What guests leave behind and nobody needs: names without anything under them, and rooms in which nobody said anything.

use std::net::IpAddr;

use im_proto::{ConversationId, Timestamp, UserId, UserName};
use rusqlite::params;

use crate::store::{Account, Spare, StoreError};

use super::Store;
use super::accounts::{insert, take};
use super::moderation::hatches_open;
use super::pages::rows;
use super::rows::within;
use super::tx::Tx;

/// Of a row of `users u` that is a guest's: nothing refers to it.
const TRACELESS: &str = "u.password IS NULL AND u.erased IS NULL AND u.traced = 0
    AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user = u.id)
    AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.user = u.id)
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.author = u.id AND e.message IS NOT NULL)";

/// Most that are looked up at once.
const SPARE_MAX: usize = 1024;

impl Store {
    /// Gives a name to a guest, by which they are known until they go. It must not be an account's, nor look like one. The row of a name
    /// that nobody has and nothing refers to becomes theirs. Also returned is what they leave to others, and the spare row if it
    /// was not needed.
    pub(crate) async fn guest(
        &self,
        name: UserName,
        site: IpAddr,
        at: Timestamp,
        spare: Option<Spare>,
    ) -> Result<(Account, Spare, Option<Spare>), StoreError> {
        self.write(move |tx| {
            let (account, row, left) = guest(tx, &name, at, spare)?;
            let sql = "UPDATE users SET site = ?2, site_at = ?3 WHERE id = ?1";
            tx.execute(sql, params![account.id.0, site.to_string(), at.0])?;
            Ok((account, row, left))
        })
        .await
    }

    /// Rows that nobody needs, of guests who came before a moment and are gone.
    pub(crate) async fn spare_guests(&self, before: Timestamp) -> Result<Vec<Spare>, StoreError> {
        let sql = format!("SELECT id, created FROM users u WHERE created < ?1 AND {TRACELESS} LIMIT ?2");
        self.read(move |connection| {
            rows(connection, &sql, params![within(before.0), SPARE_MAX], |row| {
                Ok(Spare { id: UserId(row.get(0)?), since: Timestamp(row.get(1)?) })
            })
        })
        .await
    }

    /// Rooms that guests made before a moment, in which nobody is a member and nothing was ever said.
    pub(crate) async fn empty_rooms(&self, before: Timestamp) -> Result<Vec<ConversationId>, StoreError> {
        let sql = format!("SELECT id FROM conversations WHERE {EMPTY} AND active < ?1 LIMIT ?2");
        self.read(move |connection| {
            rows(connection, &sql, params![within(before.0), SPARE_MAX], |row| row.get(0).map(ConversationId))
        })
        .await
    }

    /// Gives the name of such a room back.
    pub(crate) async fn retire_empty(
        &self,
        room: ConversationId,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = format!("SELECT 1 FROM conversations WHERE id = ?1 AND {EMPTY} AND active < ?2");
            match tx.row(&sql, params![room.0, within(before.0)], |_| Ok(()))? {
                Some(()) => tx.retire(room),
                None => Ok(()),
            }
        })
        .await
    }
}

fn guest(
    tx: &Tx<'_>,
    name: &UserName,
    at: Timestamp,
    spare: Option<Spare>,
) -> Result<(Account, Spare, Option<Spare>), StoreError> {
    let account = |id| Account { id, name: name.clone(), guest: true };
    hatches_open(tx)?;
    if let Some(id) = take(tx, name)? {
        // As this guest spells it. Who had the name before leaves it to nobody any more.
        let sql =
            "UPDATE users SET name = ?2, created = max(?3, created + 1) WHERE id = ?1 RETURNING created";
        let values = params![id.0, name.as_str(), at.0];
        let since = tx.row(sql, values, |row| row.get(0))?.unwrap_or(at.0);
        return Ok((account(id), Spare { id, since: Timestamp(since) }, spare));
    }
    if let Some(spare) = spare
        && let Some(since) = becomes(tx, spare, name, at)?
    {
        return Ok((account(spare.id), Spare { since, ..spare }, None));
    }
    let id = insert(tx, name, None, at)?;
    Ok((account(id), Spare { id, since: at }, None))
}

const EMPTY: &str = "by_guest = 1 AND maker IS NOT NULL AND key IS NOT NULL AND posts = 0 AND members = 0";

/// Gives a row another name, if nobody has taken it meanwhile and nothing refers to it. Since when it is theirs.
fn becomes(
    tx: &Tx<'_>,
    spare: Spare,
    name: &UserName,
    at: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = format!(
        "UPDATE users AS u SET name = ?3, key = ?4, look = ?5, created = max(?6, created + 1)
         WHERE id = ?1 AND created = ?2 AND {TRACELESS} RETURNING created"
    );
    let values = params![spare.id.0, spare.since.0, name.as_str(), name.key(), name.look(), at.0];
    tx.row(&sql, values, |row| row.get(0).map(Timestamp))
}
