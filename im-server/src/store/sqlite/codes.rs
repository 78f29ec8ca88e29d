//! Codes as a second factor: what they are made with, which were used, and recovery codes.

use im_proto::{Refusal, Timestamp, UserId};
use rusqlite::params;

use crate::store::{GivenCode, StoreError, TokenHash};

use super::Store;
use super::signing::still;
use super::tx::Tx;

impl Store {
    /// Keeps what codes are to be made with, until a code confirms it. `password` is the hash that was looked at.
    pub(crate) async fn set_up_codes(
        &self,
        user: UserId,
        password: String,
        secret: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            still(tx, user, &password)?;
            if are_on(tx, user)? {
                return Err(Refusal::CodesOn.into());
            }
            let sql = "INSERT OR REPLACE INTO codes (user, secret, confirmed, step) VALUES (?1, ?2, 0, 0)";
            tx.execute(sql, params![user.0, secret])?;
            Ok(())
        })
        .await
    }

    /// Asks for codes from now on, if this is one, and keeps what recovers.
    pub(crate) async fn confirm_codes(
        &self,
        user: UserId,
        code: GivenCode,
        recovery: Vec<TokenHash>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "SELECT 1 FROM codes WHERE user = ?1 AND confirmed = 0";
            tx.row(sql, [user.0], |_| Ok(()))?.ok_or(Refusal::NothingPending)?;
            spend(tx, user, &code, at)?;
            tx.execute("UPDATE codes SET confirmed = 1 WHERE user = ?1", [user.0])?;
            for hash in &recovery {
                let sql = "INSERT INTO recovery_codes (user, hash) VALUES (?1, ?2)";
                tx.execute(sql, params![user.0, hash])?;
            }
            Ok(())
        })
        .await
    }

    /// Asks for no more codes, if this is one. `password` is the hash that was looked at.
    pub(crate) async fn end_codes(
        &self,
        user: UserId,
        password: String,
        code: GivenCode,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            still(tx, user, &password)?;
            if !are_on(tx, user)? {
                return Err(Refusal::NothingPending.into());
            }
            spend(tx, user, &code, at)?;
            forget(tx, user)
        })
        .await
    }
}

/// Whether a user is asked for codes.
pub(super) fn are_on(tx: &Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM codes WHERE user = ?1 AND confirmed != 0";
    Ok(tx.row(sql, [user.0], |_| Ok(()))?.is_some())
}

/// Takes a code, which is good no more.
pub(super) fn spend(tx: &Tx<'_>, user: UserId, code: &GivenCode, at: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT secret, step FROM codes WHERE user = ?1";
    let found = tx.row(sql, [user.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
    let (secret, used) = found.ok_or(Refusal::WrongCode)?;
    if let Some(step) = code.digits.and_then(|digits| (code.step)(&secret, digits, at, used)) {
        tx.execute("UPDATE codes SET step = ?2 WHERE user = ?1", [user.0, step])?;
        return Ok(());
    }
    let sql = "DELETE FROM recovery_codes WHERE user = ?1 AND hash = ?2";
    match tx.execute(sql, params![user.0, code.recovery])? {
        0 => Err(Refusal::WrongCode.into()),
        _ => Ok(()),
    }
}

/// What a user has of codes.
pub(super) fn forget(tx: &Tx<'_>, user: UserId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM codes WHERE user = ?1", [user.0])?;
    tx.execute("DELETE FROM recovery_codes WHERE user = ?1", [user.0])?;
    Ok(())
}
