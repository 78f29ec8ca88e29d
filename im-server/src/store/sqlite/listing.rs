//! Lists for an operator, a page at a time.

use im_proto::{Refusal, RoomName, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::{ListedMember, ListedRoom, ListedToken, ListedUser, StoreError};

use super::pages::rows;
use super::rows::{kind, role, room_name, user_name, within};
use super::{Store, failure};

/// Rows on a page.
const PAGE_ROWS_MAX: u32 = 200;

const SELECT_ROOM: &str =
    "SELECT id, name, kind, members, posts, created, active, retention_days FROM conversations";

/// A page, and whether there is more behind it.
pub(crate) type Listed<T> = (Vec<T>, bool);

impl Store {
    /// Accounts, in the order of their making.
    pub(crate) async fn list_users(&self, after: u64) -> Result<Listed<ListedUser>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT id, name, created, suspended FROM users WHERE password IS NOT NULL AND id > ?1
                       ORDER BY id LIMIT ?2";
            Ok(page(rows(connection, sql, params![within(after), PAGE_ROWS_MAX + 1], |row| {
                Ok(ListedUser {
                    id: row.get(0)?,
                    name: user_name(row, 1)?,
                    created: Timestamp(row.get(2)?),
                    suspended: row.get::<_, Option<u64>>(3)?.map(Timestamp),
                })
            })?))
        })
        .await
    }

    /// Rooms and groups that have a name still, in the order of their making.
    pub(crate) async fn list_rooms(&self, after: u64) -> Result<Listed<ListedRoom>, StoreError> {
        self.read(move |connection| {
            let sql = format!("{SELECT_ROOM} WHERE key IS NOT NULL AND id > ?1 ORDER BY id LIMIT ?2");
            Ok(page(rows(connection, &sql, params![within(after), PAGE_ROWS_MAX + 1], listed_room)?))
        })
        .await
    }

    /// One room or group, and who is in it.
    pub(crate) async fn list_members(
        &self,
        room: RoomName,
        after: u64,
    ) -> Result<(ListedRoom, Listed<ListedMember>), StoreError> {
        self.read(move |connection| {
            let about = named(connection, &room)?;
            let sql = "SELECT u.id, u.name, m.role, m.since FROM members m JOIN users u ON u.id = m.user
                       WHERE m.conversation = ?1 AND m.user > ?2 ORDER BY m.user LIMIT ?3";
            let found = rows(connection, sql, params![about.id, within(after), PAGE_ROWS_MAX + 1], |row| {
                let (name, role) = (user_name(row, 1)?, role(row, 2)?);
                Ok(ListedMember { id: row.get(0)?, name, role, since: Timestamp(row.get(3)?) })
            })?;
            Ok((about, page(found)))
        })
        .await
    }

    /// The sign-ins of a user, oldest first: devices and bots.
    pub(crate) async fn list_tokens(
        &self,
        user: UserId,
        after: u64,
    ) -> Result<Listed<ListedToken>, StoreError> {
        self.read(move |connection| {
            let sql =
                "SELECT id, label, created FROM tokens WHERE user = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
            Ok(page(rows(connection, sql, params![user.0, within(after), PAGE_ROWS_MAX + 1], |row| {
                Ok(ListedToken { id: row.get(0)?, label: row.get(1)?, created: Timestamp(row.get(2)?) })
            })?))
        })
        .await
    }
}

fn named(connection: &Connection, room: &RoomName) -> Result<ListedRoom, StoreError> {
    let sql = format!("{SELECT_ROOM} WHERE key = ?1");
    let found = connection
        .prepare_cached(&sql)
        .and_then(|mut found| found.query_row([room.key()], listed_room).optional())
        .map_err(failure)?;
    found.ok_or(StoreError::Refused(Refusal::NoSuchRoom))
}

fn listed_room(row: &Row<'_>) -> rusqlite::Result<ListedRoom> {
    Ok(ListedRoom {
        id: row.get(0)?,
        name: room_name(row, 1)?,
        kind: kind(row, 2)?,
        members: row.get(3)?,
        posts: row.get(4)?,
        created: Timestamp(row.get(5)?),
        active: Timestamp(row.get(6)?),
        retention_days: row.get(7)?,
    })
}

fn page<T>(mut rows: Vec<T>) -> Listed<T> {
    let most = PAGE_ROWS_MAX as usize;
    let more = rows.len() > most;
    rows.truncate(most);
    (rows, more)
}
