//! Posting, and finding the conversation that an address means.

use im_proto::{Address, Body, ConversationId, Refusal, Role, Seq, Timestamp, UserId, UserName};
use rusqlite::params;

use crate::store::{Account, Post, Posted, Receipt, StoreError};

use super::Store;
use super::rows::role;
use super::tx::Tx;

/// A post that is in the log.
struct Earlier {
    conversation: ConversationId,
    seq: Seq,
    at: Timestamp,
    text: String,
}

impl Store {
    /// Hands a post over. Posts are written in the order of these calls; the receipt's answer comes after the commit.
    pub(crate) fn post(&self, post: Post) -> Result<Receipt<Posted>, StoreError> {
        self.submit(move |tx| write(tx, &post))
    }

    /// The direct conversation of two users, made if need be.
    pub(crate) async fn open_direct(
        &self,
        user: UserId,
        other: UserName,
        at: Timestamp,
    ) -> Result<ConversationId, StoreError> {
        self.write(move |tx| {
            let other = user_id(tx, &other)?;
            match direct(tx, user, other)? {
                Some(conversation) => Ok(conversation),
                None => tx.make_direct(user, other, at),
            }
        })
        .await
    }
}

fn write(tx: &mut Tx<'_>, post: &Post) -> Result<Posted, StoreError> {
    let Post { author, to, message, text, at, allow } = post;
    let (other, conversation) = match to {
        Address::User(name) => {
            let other = user_id(tx, name)?;
            (Some(other), direct(tx, author.id, other)?)
        }
        Address::Room(name) => {
            let found =
                tx.row("SELECT id FROM conversations WHERE key = ?1", [name.key()], |row| row.get(0))?;
            (None, Some(found.map(ConversationId).ok_or(Refusal::NoSuchRoom)?))
        }
    };
    if let Some(earlier) = earlier(tx, author, message.0)? {
        return if Some(earlier.conversation) == conversation && earlier.text == text.as_str() {
            let Earlier { conversation, seq, at, .. } = earlier;
            Ok(Posted { conversation, seq, at, duplicate: true })
        } else {
            Err(Refusal::MessageIdUsed.into())
        };
    }
    let conversation = match (conversation, other) {
        (Some(conversation), _) => {
            allow(role_in(tx, conversation, author.id)?)?;
            conversation
        }
        (None, Some(other)) => {
            // Both are members of what is about to be made.
            allow(Some(Role::Member))?;
            tx.make_direct(author.id, other, *at)?
        }
        (None, None) => return Err(Refusal::NoSuchRoom.into()),
    };
    let body = Body::Posted { message: *message, text: text.clone() };
    let (seq, at) = tx.append(conversation, *at, author, body)?;
    // Who speaks has read what was said before.
    tx.execute(
        "UPDATE members SET read = max(read, ?3) WHERE user = ?1 AND conversation = ?2",
        params![author.id.0, conversation.0, seq.0],
    )?;
    Ok(Posted { conversation, seq, at, duplicate: false })
}

fn earlier(tx: &Tx<'_>, author: &Account, message: [u8; 16]) -> Result<Option<Earlier>, StoreError> {
    tx.row(
        "SELECT conversation, seq, at, text FROM events WHERE author = ?1 AND message = ?2",
        params![author.id.0, message],
        |row| {
            Ok(Earlier {
                conversation: ConversationId(row.get(0)?),
                seq: Seq(row.get(1)?),
                at: Timestamp(row.get(2)?),
                text: row.get(3)?,
            })
        },
    )
}

fn user_id(tx: &Tx<'_>, name: &UserName) -> Result<UserId, StoreError> {
    tx.row("SELECT id FROM users WHERE key = ?1", [name.key()], |row| row.get(0).map(UserId))?
        .ok_or(StoreError::Refused(Refusal::NoSuchUser))
}

fn direct(tx: &Tx<'_>, a: UserId, b: UserId) -> Result<Option<ConversationId>, StoreError> {
    tx.row("SELECT id FROM conversations WHERE low = ?1 AND high = ?2", [a.min(b).0, a.max(b).0], |row| {
        row.get(0).map(ConversationId)
    })
}

pub(super) fn role_in(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
) -> Result<Option<Role>, StoreError> {
    tx.row(
        "SELECT role FROM members WHERE user = ?1 AND conversation = ?2",
        [user.0, conversation.0],
        |row| role(row, 0),
    )
}
