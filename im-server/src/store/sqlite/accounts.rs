//! Accounts, and the names of guests.

use im_proto::{Body, ConversationId, Refusal, Role, Timestamp, UserId, UserName};
use rusqlite::{OptionalExtension, params};

use crate::store::{Account, Admission, NewSession, StoreError};

use super::erase::imprint;
use super::moderation::{By, audit, hatches_open};
use super::pages::one;
use super::rows::{account, within};
use super::tokens::insert_token;
use super::tx::Tx;
use super::{Store, failure, invitations};

/// The room that everyone starts in, made with the schema.
pub(super) const LOBBY: ConversationId = ConversationId(1);

impl Store {
    /// Makes an account, signs its first device in, and lets it into the lobby.
    pub(crate) async fn create_user(
        &self,
        name: UserName,
        password: String,
        session: Option<NewSession>,
        admission: Admission,
        at: Timestamp,
    ) -> Result<Account, StoreError> {
        self.write(move |tx| {
            match admission {
                Admission::Open => hatches_open(tx)?,
                Admission::Invited(invitation) => {
                    invitations::is_good(tx, invitation, at)?;
                    hatches_open(tx)?;
                }
                Admission::Operator => {}
            }
            let id = match take(tx, &name)? {
                Some(id) => {
                    let sql =
                        "UPDATE users SET name = ?2, password = ?3, created = ?4, site = NULL, site_at = NULL
                         WHERE id = ?1";
                    tx.execute(sql, params![id.0, name.as_str(), password, at.0])?;
                    // Of a guest who had the name; whoever comes from their address is kept out all the same.
                    tx.execute("DELETE FROM sanctions WHERE user = ?1", [id.0])?;
                    id
                }
                None => insert(tx, &name, Some(&password), at)?,
            };
            let account = Account { id, name: name.clone(), guest: false };
            match admission {
                Admission::Open => {}
                Admission::Invited(invitation) => invitations::spend(tx, invitation)?,
                Admission::Operator => audit(tx, &By::machine(at), "add-user", Some(id), None)?,
            }
            if let Some(session) = &session {
                insert_token(tx, account.id, session.token, None, Some(session), at)?;
            }
            tx.enter(LOBBY, account.id, Role::Member, at)?;
            tx.append(LOBBY, at, &account, Body::Joined { by: None })?;
            Ok(account)
        })
        .await
    }

    /// The account of a name, and its password hash.
    pub(crate) async fn user_by_name(&self, name: UserName) -> Result<Option<(Account, String)>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT id, name, 0, password FROM users WHERE key = ?1 AND password IS NOT NULL",
                )
                .and_then(|mut found| {
                    found.query_row([name.key()], |row| Ok((account(row, 0)?, row.get(3)?))).optional()
                })
                .map_err(failure)
        })
        .await
    }

    /// Whether an account looks like this.
    pub(crate) async fn is_look_taken(&self, look: String) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT 1 FROM users WHERE look = ?1 AND password IS NOT NULL";
            Ok(one(connection, sql, [look], |_| Ok(()))?.is_some())
        })
        .await
    }

    /// The account of a number.
    pub(crate) async fn user_by_number(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT id, name, 0 FROM users WHERE id = ?1 AND password IS NOT NULL";
            one(connection, sql, [within(user.0)], |row| account(row, 0))
        })
        .await
    }
}

/// The number behind a name, and whether it is a guest's.
pub(super) fn known(tx: &Tx<'_>, name: &UserName) -> Result<Option<(UserId, bool)>, StoreError> {
    tx.row("SELECT id, password IS NULL FROM users WHERE key = ?1", [name.key()], |row| {
        Ok((UserId(row.get(0)?), row.get(1)?))
    })
}

/// Whether a user is still there: what they asked may have waited while they were erased or suspended.
pub(super) fn alive(tx: &Tx<'_>, user: UserId) -> Result<(), StoreError> {
    let sql = "SELECT erased IS NOT NULL FROM users WHERE id = ?1 AND (erased IS NOT NULL OR suspended IS NOT NULL)";
    match tx.row(sql, [user.0], |row| row.get(0))? {
        Some(true) => Err(Refusal::BadToken.into()),
        Some(false) => Err(Refusal::Suspended.into()),
        None => Ok(()),
    }
}

/// Whether a name was that of somebody who was erased, or looks like it, or like what such people are called now.
pub(super) fn is_gone(tx: &Tx<'_>, name: &UserName) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM erased_names WHERE look = ?1";
    Ok(name.looks_erased() || tx.row(sql, [imprint(name)], |_| Ok(()))?.is_some())
}

/// Takes a name that is no account's and looks like none. Where guests have used it, it has a number, and a past that is
/// not for whoever has it now.
pub(super) fn take(tx: &Tx<'_>, name: &UserName) -> Result<Option<UserId>, StoreError> {
    let before = known(tx, name)?;
    if is_gone(tx, name)? {
        return Err(Refusal::NameTaken.into());
    }
    if matches!(before, Some((_, false))) {
        return Err(Refusal::NameTaken.into());
    }
    let sql = "SELECT 1 FROM users WHERE look = ?1 AND password IS NOT NULL";
    if tx.row(sql, [name.look()], |_| Ok(()))?.is_some() {
        return Err(Refusal::LookAlike.into());
    }
    if let Some((id, _)) = before {
        hide_read(tx, id)?;
    }
    Ok(before.map(|(id, _)| id))
}

pub(super) fn insert(
    tx: &Tx<'_>,
    name: &UserName,
    password: Option<&str>,
    at: Timestamp,
) -> Result<UserId, StoreError> {
    tx.execute(
        "INSERT INTO users (name, key, look, password, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name.as_str(), name.key(), name.look(), password, at.0],
    )?;
    Ok(UserId(tx.last_id()))
}

/// Somebody else has the name now: what was read under it is not theirs, what still waits is.
fn hide_read(tx: &Tx<'_>, user: UserId) -> Result<(), StoreError> {
    tx.execute("UPDATE members SET hidden = read WHERE user = ?1", [user.0])?;
    Ok(())
}
