//! Invitations: whoever knows the code of one makes an account.

use im_proto::{Refusal, Timestamp};
use rusqlite::params;

use crate::store::{InvitationInfo, OneMore, StoreError, TokenHash};

use super::Store;
use super::moderation::{By, audit};
use super::pages::{one, rows};
use super::rows::within;
use super::tx::Tx;

/// Finds the invitation of the hash `?1`, if it can be used at `?2`.
const SELECT_GOOD: &str = "SELECT 1 FROM invitations WHERE hash = ?1 AND uses > 0 AND expires > ?2";

impl Store {
    /// Keeps an invitation of which only the hash is known. Those that are too old make room.
    pub(crate) async fn invite(
        &self,
        hash: TokenHash,
        uses: u32,
        expires: Timestamp,
        at: Timestamp,
        allow: OneMore,
    ) -> Result<InvitationInfo, StoreError> {
        self.write(move |tx| {
            tx.execute("DELETE FROM invitations WHERE expires <= ?1 OR uses = 0", [at.0])?;
            allow(tx.row("SELECT count(*) FROM invitations", [], |row| row.get(0))?.unwrap_or(0))?;
            let sql = "INSERT INTO invitations (hash, uses, created, expires) VALUES (?1, ?2, ?3, ?4)";
            tx.execute(sql, params![hash, uses, at.0, within(expires.0)])?;
            let made = InvitationInfo { id: tx.last_id(), uses, created: at, expires };
            audit(tx, &By { until: Some(expires), ..By::machine(at) }, "invite", None, None)?;
            Ok(made)
        })
        .await
    }

    /// Those that can be used, oldest first.
    pub(crate) async fn invitations(&self, at: Timestamp) -> Result<Vec<InvitationInfo>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT id, uses, created, expires FROM invitations WHERE uses > 0 AND expires > ?1 ORDER BY id";
            rows(connection, sql, [at.0], |row| {
                let (created, expires) = (Timestamp(row.get(2)?), Timestamp(row.get(3)?));
                Ok(InvitationInfo { id: row.get(0)?, uses: row.get(1)?, created, expires })
            })
        })
        .await
    }

    /// Takes one back.
    pub(crate) async fn revoke_invitation(&self, id: u64, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| match tx.execute("DELETE FROM invitations WHERE id = ?1", [within(id)])? {
            0 => Err(Refusal::BadInvitation.into()),
            _ => audit(tx, &By::machine(at), "revoke-invitation", None, None),
        })
        .await
    }

    /// Whether one can be used now.
    pub(crate) async fn invites(&self, hash: TokenHash, at: Timestamp) -> Result<bool, StoreError> {
        self.read(move |connection| {
            Ok(one(connection, SELECT_GOOD, params![hash, at.0], |_| Ok(()))?.is_some())
        })
        .await
    }
}

/// Whether an invitation can be used. Nothing is written before that is known: what is refused changes nothing.
pub(super) fn is_good(tx: &Tx<'_>, hash: TokenHash, at: Timestamp) -> Result<(), StoreError> {
    let good = tx.row(SELECT_GOOD, params![hash, at.0], |_| Ok(()))?;
    Ok(good.ok_or(Refusal::BadInvitation)?)
}

/// Uses a good invitation up by one.
pub(super) fn spend(tx: &Tx<'_>, hash: TokenHash) -> Result<(), StoreError> {
    tx.execute("UPDATE invitations SET uses = uses - 1 WHERE hash = ?1", [hash]).map(|_| ())
}
