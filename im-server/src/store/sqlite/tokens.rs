//! Tokens: those of devices that have signed in, and those of bots, which have labels.

use im_proto::{Refusal, Timestamp, UserId};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::{Account, Label, NewSession, OneMore, StoreError, TERMINAL, TokenHash, TokenInfo};

use super::Store;
use super::accounts::alive;
use super::pages::{one, rows};
use super::rows::{account, label, within};
use super::tx::Tx;

impl Store {
    /// Forgets devices of a user beyond so many: those that signed in longest ago, and of these the ones that are not here first.
    pub(crate) fn forget_devices(
        &self,
        user: UserId,
        most: u64,
        here: Vec<TokenHash>,
    ) -> Result<(), StoreError> {
        if most == 0 {
            return Ok(());
        }
        self.submit(move |tx| {
            // Terminals go by themselves.
            let sql = "SELECT hash FROM tokens WHERE user = ?1 AND label IS NULL AND device IS NOT ?2
                 ORDER BY created DESC, id DESC";
            let newest: Vec<TokenHash> = tx.rows(sql, params![user.0, TERMINAL], |row| row.get(0))?;
            let excess = newest.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
            // What has just signed in stays in any case.
            let mut oldest: Vec<_> = newest.into_iter().skip(1).collect();
            oldest.reverse();
            oldest.sort_by_key(|token| here.contains(token));
            for token in oldest.into_iter().take(excess) {
                tx.execute("DELETE FROM tokens WHERE hash = ?1", [token])?;
                tx.announce(Announcement::Revoked { user, token });
            }
            Ok(())
        })
        .map(drop)
    }

    /// Keeps the token of a bot, if its owner may have one more.
    pub(crate) async fn make_token(
        &self,
        user: UserId,
        token: TokenHash,
        label: Label,
        at: Timestamp,
        allow: OneMore,
    ) -> Result<TokenInfo, StoreError> {
        self.write(move |tx| {
            let sql = "SELECT count(*) FROM tokens WHERE user = ?1 AND label IS NOT NULL";
            allow(tx.row(sql, [user.0], |row| row.get(0))?.unwrap_or(0))?;
            let id = insert_token(tx, user, token, Some(&label), None, at)?;
            Ok(TokenInfo { id, label: label.clone(), created: at })
        })
        .await
    }

    /// The tokens of a user's bots, oldest first.
    pub(crate) async fn tokens(&self, user: UserId) -> Result<Vec<TokenInfo>, StoreError> {
        self.read(move |connection| {
            let sql =
                "SELECT id, label, created FROM tokens WHERE user = ?1 AND label IS NOT NULL ORDER BY id";
            rows(connection, sql, [user.0], |row| {
                Ok(TokenInfo { id: row.get(0)?, label: label(row, 1)?, created: Timestamp(row.get(2)?) })
            })
        })
        .await
    }

    /// Takes the token of a bot back, and ends what lives by it.
    pub(crate) async fn revoke_token(&self, user: UserId, id: u64) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM tokens WHERE id = ?1 AND user = ?2 AND label IS NOT NULL RETURNING hash";
            let token = tx.row(sql, params![within(id), user.0], |row| row.get(0))?;
            let token = token.ok_or(Refusal::NoSuchToken)?;
            tx.announce(Announcement::Revoked { user, token });
            Ok(())
        })
        .await
    }

    /// Forgets a token, and ends what lives by it.
    pub(crate) async fn drop_token(&self, token: TokenHash) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM tokens WHERE hash = ?1 RETURNING user";
            if let Some(user) = tx.row(sql, [token], |row| row.get(0).map(UserId))? {
                tx.announce(Announcement::Revoked { user, token });
            }
            Ok(())
        })
        .await
    }

    /// The account of a token that is good, and when it was here last.
    pub(crate) async fn user_by_token(
        &self,
        token: TokenHash,
    ) -> Result<Option<(Account, Timestamp)>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT u.id, u.name, 0, ifnull(t.seen, 0) FROM tokens t JOIN users u ON u.id = t.user
                 WHERE t.hash = ?1 AND u.suspended IS NULL";
            one(connection, sql, [token], |row| Ok((account(row, 0)?, Timestamp(row.get(3)?))))
        })
        .await
    }
}

/// The number of the token is returned.
pub(super) fn insert_token(
    tx: &Tx<'_>,
    user: UserId,
    token: TokenHash,
    label: Option<&Label>,
    session: Option<&NewSession>,
    at: Timestamp,
) -> Result<u64, StoreError> {
    alive(tx, user)?;
    let device = session.map(|session| session.device);
    let address = session.map(|session| session.address.to_string());
    tx.execute(
        "INSERT INTO tokens (hash, user, label, created, device, seen, address) VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6)",
        params![token, user.0, label.map(Label::as_str), at.0, device, address],
    )?;
    Ok(tx.last_id())
}
