//! What only whoever has the machine does. Each is a row of the audit log, in the same transaction.

use im_proto::{Body, ConversationId, Refusal, RoomName, Timestamp, UserId, UserName};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::StoreError;

use super::accounts::{alive, known};
use super::moderation::{By, audit};
use super::rows::{account, within};
use super::signing::replace_password;
use super::tx::Tx;
use super::{Store, codes};

impl Store {
    /// Makes an account an operator, or an operator an account like any other.
    pub(crate) async fn set_operator(
        &self,
        name: UserName,
        on: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let Some((user, false)) = known(tx, &name)? else { return Err(Refusal::NoSuchUser.into()) };
            alive(tx, user)?;
            tx.execute("UPDATE users SET operator = ?2 WHERE id = ?1", params![user.0, on])?;
            let deed = if on { "make-operator" } else { "unmake-operator" };
            audit(tx, &By::machine(at), deed, Some(user), None)
        })
        .await
    }

    /// Suspends an account, and ends what is connected as it, or lets it in again.
    pub(crate) async fn suspend(&self, user: UserId, on: bool, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| {
            // Who is suspended already is so since then.
            let sql = "UPDATE users SET suspended = iif(?2 IS NULL, NULL, ifnull(suspended, ?2))
                 WHERE id = ?1 AND password IS NOT NULL";
            if tx.execute(sql, params![user.0, on.then_some(at.0)])? == 0 {
                return Err(Refusal::NoSuchUser.into());
            }
            if on {
                tx.announce(Announcement::Suspended { user });
            }
            let deed = if on { "suspend" } else { "unsuspend" };
            audit(tx, &By::machine(at), deed, Some(user), None)
        })
        .await
    }

    /// Gives a user another password. Whatever is signed in as they ends. No codes are asked for any more unless `codes` are kept.
    pub(crate) async fn set_password(
        &self,
        user: UserId,
        password: String,
        codes: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            replace_password(tx, user, &password, None)?;
            if !codes {
                codes::forget(tx, user)?;
            }
            let deed = if codes { "set-password" } else { "set-password-drop-codes" };
            audit(tx, &By::machine(at), deed, Some(user), None)
        })
        .await
    }

    /// Takes any token of a user back, and ends what lives by it.
    pub(crate) async fn revoke_any_token(
        &self,
        user: UserId,
        id: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM tokens WHERE id = ?1 AND user = ?2 RETURNING hash";
            let token = tx.row(sql, params![within(id), user.0], |row| row.get(0))?;
            let token = token.ok_or(Refusal::NoSuchToken)?;
            tx.announce(Announcement::Revoked { user, token });
            audit(tx, &By::machine(at), "revoke-token", Some(user), None)
        })
        .await
    }

    /// Ends a room or group: everybody in it leaves, in the log, and its name is free again. The log stays.
    pub(crate) async fn dissolve(&self, room: RoomName, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| {
            let conversation = tx
                .row("SELECT id FROM conversations WHERE key = ?1", [room.key()], |row| {
                    row.get(0).map(ConversationId)
                })?
                .ok_or(Refusal::NoSuchRoom)?;
            everybody_leaves(tx, conversation, at)?;
            tx.retire(conversation)?;
            audit(tx, &By::machine(at), "delete-room", None, Some(conversation))
        })
        .await
    }
}

fn everybody_leaves(tx: &mut Tx<'_>, conversation: ConversationId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT u.id, u.name, u.password IS NULL FROM members m JOIN users u ON u.id = m.user
               WHERE m.conversation = ?1 ORDER BY m.user";
    for member in tx.rows(sql, [conversation.0], |row| account(row, 0))? {
        tx.leave(conversation, member.id)?;
        tx.append(conversation, at, &member, Body::Left)?;
    }
    Ok(())
}
