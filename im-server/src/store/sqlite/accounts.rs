//! Accounts and tokens.

use im_proto::{Body, ConversationId, Refusal, Role, Timestamp, UserId, UserName};
use rusqlite::{OptionalExtension, params};

use crate::store::{Account, StoreError, TokenHash};

use super::rows::account;
use super::tx::Tx;
use super::{Store, failure};

/// The room that everyone starts in, made with the schema.
const LOBBY: ConversationId = ConversationId(1);

impl Store {
    /// Makes an account, signs its first device in, and lets it into the lobby.
    pub(crate) async fn create_user(
        &self,
        name: UserName,
        password: String,
        token: Option<TokenHash>,
        at: Timestamp,
    ) -> Result<Account, StoreError> {
        self.write(move |tx| {
            let (key, look) = (name.key(), name.look());
            if tx.row("SELECT 1 FROM users WHERE key = ?1", [key], |_| Ok(()))?.is_some() {
                return Err(Refusal::NameTaken.into());
            }
            if tx.row("SELECT 1 FROM users WHERE look = ?1", [&look], |_| Ok(()))?.is_some() {
                return Err(Refusal::LookAlike.into());
            }
            tx.execute(
                "INSERT INTO users (name, key, look, password, created) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![name.as_str(), key, look, password, at.0],
            )?;
            let account = Account { id: UserId(tx.last_id().0), name: name.clone() };
            if let Some(token) = token {
                insert_token(tx, account.id, token, at)?;
            }
            tx.enter(LOBBY, account.id, Role::Member, at)?;
            tx.append(LOBBY, at, &account, Body::Joined { by: None })?;
            Ok(account)
        })
        .await
    }

    pub(crate) async fn add_token(
        &self,
        user: UserId,
        token: TokenHash,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| insert_token(tx, user, token, at)).await
    }

    pub(crate) async fn drop_token(&self, token: TokenHash) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.execute("DELETE FROM tokens WHERE hash = ?1", [token])?;
            Ok(())
        })
        .await
    }

    /// The account of a token that is good.
    pub(crate) async fn user_by_token(&self, token: TokenHash) -> Result<Option<Account>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT u.id, u.name FROM tokens t JOIN users u ON u.id = t.user WHERE t.hash = ?1",
                )
                .and_then(|mut found| found.query_row([token], |row| account(row, 0, 1)).optional())
                .map_err(failure)
        })
        .await
    }

    /// The account of a name, and its password hash.
    pub(crate) async fn user_by_name(&self, name: UserName) -> Result<Option<(Account, String)>, StoreError> {
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT id, name, password FROM users WHERE key = ?1")
                .and_then(|mut found| {
                    found.query_row([name.key()], |row| Ok((account(row, 0, 1)?, row.get(2)?))).optional()
                })
                .map_err(failure)
        })
        .await
    }
}

fn insert_token(tx: &Tx<'_>, user: UserId, token: TokenHash, at: Timestamp) -> Result<(), StoreError> {
    tx.execute("INSERT INTO tokens (hash, user, created) VALUES (?1, ?2, ?3)", params![token, user.0, at.0])?;
    Ok(())
}
