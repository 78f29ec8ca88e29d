//! Accounts that are suspended.

use im_proto::{Refusal, Timestamp, UserId};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::StoreError;

use super::Store;

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
}
