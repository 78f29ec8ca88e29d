//! Accounts as operators see them: all of them, and those that are suspended.

use im_proto::{Refusal, Timestamp, UserId};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::{StoreError, UserInfo};

use super::Store;
use super::pages::rows;
use super::rows::{user_name, within};

impl Store {
    /// Suspends an account, and ends what is connected as it, or lets it in again.
    pub(crate) async fn suspend(&self, user: UserId, since: Option<Timestamp>) -> Result<(), StoreError> {
        self.write(move |tx| {
            // Who is suspended already is so since then.
            let sql = "UPDATE users SET suspended = iif(?2 IS NULL, NULL, ifnull(suspended, ?2))
                 WHERE id = ?1 AND password IS NOT NULL";
            if tx.execute(sql, params![user.0, since.map(|since| since.0)])? == 0 {
                return Err(Refusal::NoSuchUser.into());
            }
            if since.is_some() {
                tx.announce(Announcement::Suspended { user });
            }
            Ok(())
        })
        .await
    }

    /// At most so many accounts after a number, in the order in which they were made.
    pub(crate) async fn users(&self, after: UserId, most: u64) -> Result<Vec<UserInfo>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT u.id, u.name, u.created, u.suspended, ifnull(c.confirmed, 0) FROM users u
                 LEFT JOIN codes c ON c.user = u.id
                 WHERE u.id > ?1 AND u.password IS NOT NULL ORDER BY u.id LIMIT ?2";
            rows(connection, sql, [within(after.0), within(most)], |row| {
                Ok(UserInfo {
                    id: UserId(row.get(0)?),
                    name: user_name(row, 1)?,
                    created: Timestamp(row.get(2)?),
                    suspended: row.get::<_, Option<u64>>(3)?.map(Timestamp),
                    codes: row.get(4)?,
                })
            })
        })
        .await
    }
}
