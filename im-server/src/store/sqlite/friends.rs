//! Friends: whom a user has put on their list.

use im_proto::{Refusal, Timestamp, UserId};
use rusqlite::params;

use crate::store::{OneMore, StoreError};

use super::Store;
use super::accounts::alive;
use super::pages::rows;
use super::rows::within;

impl Store {
    /// Puts an account on a user's list, once. The number of its place there is returned.
    pub(crate) async fn add_friend(
        &self,
        user: UserId,
        friend: UserId,
        at: Timestamp,
        allow: OneMore,
    ) -> Result<u64, StoreError> {
        self.write(move |tx| {
            alive(tx, user)?;
            let sql = "SELECT 1 FROM users WHERE id = ?1 AND password IS NOT NULL";
            if friend == user || tx.row(sql, [within(friend.0)], |_| Ok(()))?.is_none() {
                return Err(Refusal::NoSuchUser.into());
            }
            let sql = "SELECT id FROM friends WHERE user = ?1 AND friend = ?2";
            if let Some(id) = tx.row(sql, [user.0, friend.0], |row| row.get(0))? {
                return Ok(id);
            }
            let sql = "SELECT count(*) FROM friends WHERE user = ?1";
            allow(tx.row(sql, [user.0], |row| row.get(0))?.unwrap_or(0))?;
            let sql = "INSERT INTO friends (user, friend, since) VALUES (?1, ?2, ?3)";
            tx.execute(sql, params![user.0, friend.0, at.0])?;
            Ok(tx.last_id())
        })
        .await
    }

    /// Whom a user has put on their list, in that order.
    pub(crate) async fn friends(&self, user: UserId) -> Result<Vec<UserId>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT friend FROM friends WHERE user = ?1 ORDER BY id";
            rows(connection, sql, [user.0], |row| row.get(0).map(UserId))
        })
        .await
    }
}
