//! How somebody stands to a conversation. Where nobody was ever moderated that is their role, and costs nothing more.

use im_proto::{ConversationId, Kind, Role, Timestamp, UserId};
use rusqlite::{Connection, params};

use crate::footing::Footing;
use crate::store::{Access, Account, StoreError};

use super::pages::one;
use super::posts::Destination;
use super::rows::{code_of_sanction, role};
use super::tx::Tx;

impl Access {
    /// Whether the rule lets somebody do it there.
    pub(super) fn ask(
        self,
        connection: &Connection,
        me: &Account,
        conversation: ConversationId,
        (kind, moderated): (Kind, bool),
    ) -> Result<Footing, StoreError> {
        let sql = "SELECT role FROM members WHERE user = ?1 AND conversation = ?2";
        let role = one(connection, sql, [me.id.0, conversation.0], |row| role(row, 0))?;
        self.ask_as(connection, me, conversation, (kind, moderated), role)
    }

    /// The same, of somebody whose role is known.
    pub(super) fn ask_as(
        self,
        connection: &Connection,
        me: &Account,
        conversation: ConversationId,
        (kind, moderated): (Kind, bool),
        role: Option<Role>,
    ) -> Result<Footing, StoreError> {
        let plain = Footing::new(kind, me.guest, role);
        let footing = if moderated { look(connection, me, conversation, plain, self.now)? } else { plain };
        // Operators may more than others only where others may nothing.
        match (self.rule)(&footing) {
            Err(_) if kind != Kind::Direct && is_operator(connection, me.id)? => {
                let footing = Footing { operator: true, ..footing };
                (self.rule)(&footing)?;
                Ok(footing)
            }
            decided => Ok(decided.map(|()| footing)?),
        }
    }
}

/// What is known of somebody beside their role, where there may be something.
pub(super) fn look(
    connection: &Connection,
    me: &Account,
    conversation: ConversationId,
    plain: Footing,
    now: Timestamp,
) -> Result<Footing, StoreError> {
    let (banned, muted) = sanctions(connection, me.id, conversation, now)?;
    let early = one(
        connection,
        "SELECT s.at + 1000 * c.slow_seconds > ?3 FROM slow_posts s JOIN conversations c ON c.id = s.conversation
         WHERE s.conversation = ?1 AND s.who = ?2",
        params![conversation.0, who(connection, me)?, now.0],
        |row| row.get(0),
    )?;
    Ok(Footing { banned, muted, early: early.unwrap_or(false), ..plain })
}

/// Whether somebody is kept out, and whether silent.
pub(super) fn sanctions(
    connection: &Connection,
    user: UserId,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<(bool, bool), StoreError> {
    let kinds = one(
        connection,
        "SELECT ifnull(max(kind = ?4), 0), ifnull(max(kind = ?5), 0) FROM (
             SELECT kind FROM sanctions WHERE conversation = ?1 AND user = ?2 AND ifnull(until > ?3, 1)
             UNION ALL
             SELECT kind FROM site_sanctions WHERE conversation = ?1 AND until > ?3
             AND site = (SELECT site FROM users WHERE id = ?2 AND password IS NULL)
         )",
        params![
            conversation.0,
            user.0,
            now.0,
            code_of_sanction(im_proto::SanctionKind::Ban),
            code_of_sanction(im_proto::SanctionKind::Mute)
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(kinds.unwrap_or_default())
}

/// Whether newcomers from an address are kept out.
pub(super) fn is_site_banned(
    connection: &Connection,
    conversation: ConversationId,
    site: Option<std::net::IpAddr>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(site) = site else { return Ok(false) };
    let sql =
        "SELECT 1 FROM site_sanctions WHERE conversation = ?1 AND site = ?2 AND kind = 0 AND until > ?3";
    let values = params![conversation.0, site.to_string(), now.0];
    Ok(one(connection, sql, values, |_| Ok(()))?.is_some())
}

pub(super) fn is_operator(connection: &Connection, user: UserId) -> Result<bool, StoreError> {
    let sql = "SELECT operator FROM users WHERE id = ?1 AND password IS NOT NULL";
    Ok(one(connection, sql, [user.0], |row| row.get(0))?.unwrap_or(false))
}

/// As whom slow mode knows somebody: a guest who takes another name is still at the same address.
fn who(connection: &Connection, me: &Account) -> Result<String, StoreError> {
    if me.guest {
        let sql = "SELECT site FROM users WHERE id = ?1";
        if let Some(site) = one(connection, sql, [me.id.0], |row| row.get::<_, Option<String>>(0))?.flatten()
        {
            return Ok(site);
        }
    }
    Ok(me.id.0.to_string())
}

/// Somebody has posted: where slow mode is, that is remembered as long as it matters.
pub(super) fn posted(
    tx: &Tx<'_>,
    author: &Account,
    destination: &Destination,
    conversation: ConversationId,
    at: Timestamp,
) -> Result<(), StoreError> {
    if !destination.moderated {
        return Ok(());
    }
    let sql = "SELECT slow_seconds FROM conversations WHERE id = ?1";
    let seconds: u64 = tx.row(sql, [conversation.0], |row| row.get(0))?.unwrap_or(0);
    if seconds == 0 {
        return Ok(());
    }
    let over = at.0.saturating_sub(1000 * seconds);
    tx.execute("DELETE FROM slow_posts WHERE conversation = ?1 AND at <= ?2", [conversation.0, over])?;
    tx.execute(
        "INSERT OR REPLACE INTO slow_posts (conversation, who, at) VALUES (?1, ?2, ?3)",
        params![conversation.0, who(tx.connection()?, author)?, at.0],
    )?;
    Ok(())
}
