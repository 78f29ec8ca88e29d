//! Webhooks: each posts into one conversation, as the user who made it, for whoever has its token.

use im_proto::{Address, Kind, Refusal, Role, Timestamp, UserId, UserName};
use rusqlite::{Connection, Row, params};

use crate::footing::Footing;
use crate::store::{Account, HookInfo, Hooking, Label, Posted, Said, StoreError, TokenHash};

use super::Store;
use super::accounts::alive;
use super::footing::look;
use super::pages::rows;
use super::posts::{Destination, destination, role_in, say};
use super::rows::{account, conversation_address, kind, label, user_name, within};
use super::tx::Tx;

/// Selects what [`info`] reads.
const SELECT_HOOK: &str = "SELECT h.id, h.label, h.created, c.kind, c.name, o.name
     FROM hooks h JOIN conversations c ON c.id = h.conversation
     LEFT JOIN users o ON o.id = iif(c.low = h.user, c.high, c.low)";

impl Store {
    /// Makes a webhook into a conversation, which is made if need be, where `allow` lets it.
    pub(crate) async fn make_hook(
        &self,
        me: Account,
        conversation: Address,
        token: TokenHash,
        label: Label,
        at: Timestamp,
        allow: Hooking,
    ) -> Result<HookInfo, StoreError> {
        self.write(move |tx| {
            alive(tx, me.id)?;
            // As if nobody were there: a webhook outlives the presence of whoever is a guest.
            let Destination { kind, conversation, other, kept, moderated } =
                destination(tx, &me, &conversation, false)?;
            let role = match conversation {
                Some(conversation) => role_in(tx, conversation, me.id)?,
                None => other.map(|_| Role::Member), // of what is about to be made
            };
            let plain = Footing::new(kind, me.guest, role);
            let footing = match conversation.filter(|_| moderated) {
                Some(conversation) => look(tx.connection()?, &me, conversation, plain, at)?,
                None => plain,
            };
            let sql = "SELECT count(*) FROM hooks WHERE user = ?1";
            let count = tx.row(sql, [me.id.0], |row| row.get(0))?.unwrap_or(0);
            allow(&footing, kept.is_some(), count)?;
            let conversation = match (conversation, other) {
                (Some(conversation), _) => conversation,
                (None, Some(other)) => tx.make_direct(me.id, other, at)?,
                (None, None) => return Err(Refusal::NoSuchRoom.into()),
            };
            tx.execute(
                "INSERT INTO hooks (hash, user, conversation, label, created) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![token, me.id.0, conversation.0, label.as_str(), at.0],
            )?;
            let made = tx.row(&format!("{SELECT_HOOK} WHERE h.id = ?1"), [tx.last_id()], info)?;
            made.ok_or_else(|| StoreError::Failed("a webhook that was made is not there".into()))
        })
        .await
    }

    /// The webhooks of a user, oldest first.
    pub(crate) async fn hooks(&self, user: UserId) -> Result<Vec<HookInfo>, StoreError> {
        self.read(move |connection| hooks_of(connection, user)).await
    }

    pub(crate) async fn drop_hook(&self, user: UserId, id: u64) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "DELETE FROM hooks WHERE id = ?1 AND user = ?2";
            match tx.execute(sql, params![within(id), user.0])? {
                0 => Err(Refusal::NoSuchToken.into()),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Posts as the user who made the webhook, if they still may. Who is at the other side of a direct conversation is
    /// returned, too.
    pub(crate) async fn post_by_hook(
        &self,
        hook: TokenHash,
        said: Said,
    ) -> Result<(Posted, Option<UserName>), StoreError> {
        self.write(move |tx| {
            let (author, destination, other) = found(tx, hook)?.ok_or(Refusal::BadToken)?;
            // Their read mark stays: a machine that speaks for somebody has not shown them anything.
            Ok((say(tx, &author, &destination, &said)?, other))
        })
        .await
    }
}

pub(super) fn hooks_of(connection: &Connection, user: UserId) -> Result<Vec<HookInfo>, StoreError> {
    rows(connection, &format!("{SELECT_HOOK} WHERE h.user = ?1 ORDER BY h.id"), [user.0], info)
}

/// As whom a webhook posts, where, and who is at the other side of a direct conversation.
fn found(
    tx: &Tx<'_>,
    hook: TokenHash,
) -> Result<Option<(Account, Destination, Option<UserName>)>, StoreError> {
    tx.row(
        "SELECT u.id, u.name, u.password IS NULL, c.id, c.kind, o.id, o.name, c.moderated
         FROM hooks h JOIN users u ON u.id = h.user JOIN conversations c ON c.id = h.conversation
         LEFT JOIN users o ON o.id = iif(c.low = h.user, c.high, c.low)
         WHERE h.hash = ?1",
        [hook],
        |row| {
            let other: Option<u64> = row.get(5)?;
            let destination = Destination {
                kind: kind(row, 4)?,
                conversation: Some(im_proto::ConversationId(row.get(3)?)),
                other: other.map(UserId),
                kept: None, // no webhook is made to a guest, and no account becomes one
                moderated: row.get(7)?,
            };
            let name = other.map(|_| user_name(row, 6)).transpose()?;
            Ok((account(row, 0)?, destination, name))
        },
    )
}

fn info(row: &Row<'_>) -> rusqlite::Result<HookInfo> {
    let kind: Kind = kind(row, 3)?;
    Ok(HookInfo {
        id: row.get(0)?,
        label: label(row, 1)?,
        conversation: conversation_address(row, kind, 4, 5)?,
        created: Timestamp(row.get(2)?),
    })
}
