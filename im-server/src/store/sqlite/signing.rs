//! Signing in, what an account is signed in with, and its password.

use im_proto::{Refusal, SESSIONS_MAX, Timestamp, UserId, UserName};
use rusqlite::{Connection, params};

use crate::announcement::Announcement;
use crate::store::{GivenCode, NewSession, SessionInfo, StoreError, TERMINAL, TokenHash};

use super::codes::{are_on, spend};
use super::pages::rows;
use super::rows::within;
use super::tokens::insert_token;
use super::tx::Tx;
use super::{Store, failure};

impl Store {
    /// Signs a device in whose user has given the password of this hash, and a code where codes are asked for.
    pub(crate) async fn sign_in(
        &self,
        user: UserId,
        password: String,
        session: NewSession,
        code: Option<GivenCode>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            still(tx, user, &password)?;
            let sql = "SELECT 1 FROM users WHERE id = ?1 AND suspended IS NOT NULL";
            if tx.row(sql, [user.0], |_| Ok(()))?.is_some() {
                return Err(Refusal::Suspended.into());
            }
            match &code {
                _ if !are_on(tx, user)? => {}
                Some(code) => spend(tx, user, code, at)?,
                None => return Err(Refusal::CodeNeeded.into()),
            }
            insert_token(tx, user, session.token, None, Some(&session), at).map(|_| ())
        })
        .await
    }

    /// Gives an account another password, if `old` is the hash of the one it has, or whatever it has. Whatever is signed in
    /// ends, but for `keep`; so do webhooks: who had the password may have made any of them.
    pub(crate) async fn change_password(
        &self,
        user: UserId,
        old: String,
        new: String,
        keep: Option<TokenHash>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            still(tx, user, &old)?;
            replace_password(tx, user, &new, keep)
        })
        .await
    }

    /// Where somebody is signed in, who was here last first.
    pub(crate) async fn sessions(&self, user: UserId) -> Result<Vec<SessionInfo>, StoreError> {
        self.read(move |connection| {
            let sql =
                "SELECT id, hash, ifnull(device, ''), created, ifnull(seen, created), ifnull(address, '')
                 FROM tokens WHERE user = ?1 AND label IS NULL ORDER BY 5 DESC, id DESC LIMIT ?2";
            rows(connection, sql, params![user.0, within(SESSIONS_MAX as u64)], |row| {
                Ok(SessionInfo {
                    id: row.get(0)?,
                    token: row.get(1)?,
                    device: row.get(2)?,
                    since: Timestamp(row.get(3)?),
                    seen: Timestamp(row.get(4)?),
                    address: row.get(5)?,
                })
            })
        })
        .await
    }

    /// Signs a device out, and ends what lives by it.
    pub(crate) async fn end_session(&self, user: UserId, id: u64) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM tokens WHERE id = ?1 AND user = ?2 AND label IS NULL RETURNING hash";
            let token = tx.row(sql, params![within(id), user.0], |row| row.get(0))?;
            let token = token.ok_or(Refusal::NoSuchSession)?;
            tx.announce(Announcement::Revoked { user, token });
            Ok(())
        })
        .await
    }

    /// Remembers that a device was here. Nobody waits for it.
    pub(crate) fn seen(&self, token: TokenHash, address: String, at: Timestamp) {
        let sql = "UPDATE tokens SET seen = ?2, address = ?3 WHERE hash = ?1";
        let _ = self.submit(move |tx| tx.execute(sql, params![token, at.0, address])); // or the next time
    }

    /// Forgets the session of a terminal that has gone. Nobody waits for it.
    pub(crate) fn forget_terminal(&self, token: TokenHash) {
        let sql = "DELETE FROM tokens WHERE hash = ?1 AND device = ?2";
        let _ = self.submit(move |tx| tx.execute(sql, params![token, TERMINAL])); // or at the next start
    }

    /// From where an account is signed in; nothing where there is no such account, by the same work.
    pub(crate) async fn addresses(&self, name: UserName) -> Result<Vec<String>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT DISTINCT t.address FROM users u JOIN tokens t ON t.user = u.id
                 WHERE u.key = ?1 AND u.password IS NOT NULL AND t.address IS NOT NULL LIMIT ?2";
            rows(connection, sql, params![name.key(), within(SESSIONS_MAX as u64)], |row| row.get(0))
        })
        .await
    }
}

/// Terminals that were connected when the server ended are not any more.
pub(super) fn forget_terminals(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM tokens WHERE device = ?1", [TERMINAL]).map_err(failure)?;
    Ok(())
}

/// Whether the password that was looked at is the password still.
pub(super) fn still(tx: &Tx<'_>, user: UserId, password: &str) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND password = ?2";
    let same = tx.row(sql, params![user.0, password], |_| Ok(()))?;
    Ok(same.ok_or(Refusal::WrongPassword)?)
}

/// Another password: whatever came by the old one ends, but for the session that asked.
pub(super) fn replace_password(
    tx: &mut Tx<'_>,
    user: UserId,
    password: &str,
    keep: Option<TokenHash>,
) -> Result<(), StoreError> {
    let sql = "UPDATE users SET password = ?2 WHERE id = ?1 AND password IS NOT NULL";
    if tx.execute(sql, params![user.0, password])? == 0 {
        return Err(Refusal::NoSuchUser.into());
    }
    tx.execute("DELETE FROM hooks WHERE user = ?1", [user.0])?;
    let sql = "DELETE FROM tokens WHERE user = ?1 AND hash IS NOT ?2 RETURNING hash";
    for token in tx.rows(sql, params![user.0, keep], |row| row.get(0))? {
        tx.announce(Announcement::Revoked { user, token });
    }
    Ok(())
}
