//! Reading the audit log. What is written into it is written by whatever does it, and never again.

use im_proto::{AUDIT_MAX, Audited, RoomName, Timestamp};
use rusqlite::{Row, params};

use crate::store::{Access, Account, StoreError};

use super::Store;
use super::footing::is_operator;
use super::pages::{find, rows};
use super::rows::{remark, room_name, site, user_name, within};

#[cfg(test)]
mod tests;

const SELECT: &str =
    "SELECT a.id, a.at, b.name, a.site, a.deed, u.name, c.name, a.until, a.why AS why FROM audit a
     LEFT JOIN users b ON b.id = a.by LEFT JOIN users u ON u.id = a.user
     LEFT JOIN conversations c ON c.id = a.conversation";

impl Store {
    /// What was done on the server before a row, newest first, and whether there is more. Whoever asks may see it.
    pub(crate) async fn audit(
        &self,
        before: Option<u64>,
        limit: u16,
    ) -> Result<(Vec<Audited>, bool), StoreError> {
        let limit = limit.clamp(1, AUDIT_MAX);
        let sql = format!("{SELECT} WHERE a.id < ?1 ORDER BY a.id DESC LIMIT ?2");
        let before = within(before.unwrap_or(u64::MAX));
        let found = self.read(move |connection| rows(connection, &sql, params![before, limit + 1], audited));
        Ok(page(found.await?, limit))
    }

    /// The same in one room or group, for somebody who may see it; without addresses, but for operators.
    pub(crate) async fn audit_of(
        &self,
        me: Account,
        of: RoomName,
        before: Option<u64>,
        limit: u16,
        allow: Access,
    ) -> Result<(Vec<Audited>, bool), StoreError> {
        let limit = limit.clamp(1, AUDIT_MAX);
        let before = within(before.unwrap_or(u64::MAX));
        let sql = format!(
            "{SELECT} WHERE a.conversation = ?3 AND a.id < ?1 AND (?4 OR a.deed NOT GLOB '*address')
             ORDER BY a.id DESC LIMIT ?2"
        );
        let found = self.read(move |connection| {
            let place = find(connection, me.id, &im_proto::Address::Room(of.clone()))?;
            place.ask(connection, &me, allow)?;
            let told = is_operator(connection, me.id)?;
            let mut found = rows(connection, &sql, params![before, limit + 1, place.id.0, told], audited)?;
            if !told {
                found.iter_mut().for_each(|row| row.from = None);
            }
            Ok(found)
        });
        Ok(page(found.await?, limit))
    }
}

fn page(mut found: Vec<Audited>, limit: u16) -> (Vec<Audited>, bool) {
    let more = found.len() > usize::from(limit);
    found.truncate(limit.into());
    (found, more)
}

fn audited(row: &Row<'_>) -> rusqlite::Result<Audited> {
    let user = |column| row.get::<_, Option<String>>(column)?.map(|_| user_name(row, column)).transpose();
    Ok(Audited {
        position: row.get(0)?,
        at: Timestamp(row.get(1)?),
        by: user(2)?,
        from: site(row, 3)?,
        deed: row.get(4)?,
        user: user(5)?,
        room: row.get::<_, Option<String>>(6)?.map(|_| room_name(row, 6)).transpose()?,
        until: row.get::<_, Option<u64>>(7)?.map(Timestamp),
        why: remark(row, "why")?,
    })
}
