//! Posting, and finding the conversation that an address means.

use im_proto::{Address, Body, ConversationId, Kind, Refusal, Role, Seq, Timestamp, UserId, UserName};
use rusqlite::params;

use crate::footing::Footing;
use crate::store::{Account, Post, Posted, Receipt, Said, StoreError};

use super::accounts::{alive, insert, is_gone, known};
use super::receipts::tell_other;
use super::rows::{kind, role, within};
use super::tx::Tx;
use super::{Store, footing, mentions};

/// A post that is in the log.
struct Earlier {
    conversation: ConversationId,
    seq: Seq,
    at: Timestamp,
    text: Option<String>,
    reply_to: Option<u64>,
}

impl Store {
    /// Hands a post over. Posts are written in the order of these calls; the receipt's answer comes after the commit.
    pub(crate) fn post(&self, post: Post) -> Result<Receipt<Posted>, StoreError> {
        self.submit(move |tx| write(tx, &post))
    }

    /// The direct conversation with somebody, made if need be: an account, or a guest who is `there`.
    pub(crate) async fn open_direct(
        &self,
        user: UserId,
        other: UserName,
        there: bool,
        at: Timestamp,
    ) -> Result<ConversationId, StoreError> {
        self.write(move |tx| {
            alive(tx, user)?;
            let (other, guest) = receiver(tx, &other)?;
            match direct(tx, user, other)? {
                Some((conversation, _)) => Ok(conversation),
                None if guest && !there => Err(Refusal::NoSuchUser.into()),
                None => tx.make_direct(user, other, at),
            }
        })
        .await
    }

    /// The direct conversation with somebody who may not be known yet: what is said in it is kept, be they a guest.
    pub(crate) async fn open_awaited(
        &self,
        user: UserId,
        other: UserName,
        may_come: Result<(), Refusal>,
        at: Timestamp,
    ) -> Result<ConversationId, StoreError> {
        self.write(move |tx| {
            alive(tx, user)?;
            let other = match known(tx, &other)? {
                // Nobody will ever come by that name.
                None | Some((_, true)) if is_gone(tx, &other)? => return Err(Refusal::NoSuchUser.into()),
                Some((id, _)) => id,
                None => {
                    may_come?;
                    insert(tx, &other, None, at)?
                }
            };
            let conversation = match direct(tx, user, other)? {
                Some((conversation, _)) => conversation,
                None => tx.make_direct(user, other, at)?,
            };
            tx.execute("UPDATE conversations SET awaited = 1 WHERE id = ?1", [conversation.0])?;
            Ok(conversation)
        })
        .await
    }
}

/// Where a post goes.
pub(super) struct Destination {
    pub(super) kind: Kind,
    /// Nothing where two people have not spoken yet.
    pub(super) conversation: Option<ConversationId>,
    /// The other side of a direct conversation.
    pub(super) other: Option<UserId>,
    /// Where the other side is a guest who is away: whether they are awaited.
    pub(super) kept: Option<bool>,
    /// Somebody may be kept out or silent there.
    pub(super) moderated: bool,
}

fn write(tx: &mut Tx<'_>, post: &Post) -> Result<Posted, StoreError> {
    if let Some(posted) = tx.post_plainly(post)? {
        return Ok(posted);
    }
    let Post { author, to, there, said } = post;
    let destination = destination(tx, author, to, *there)?;
    let posted = say(tx, author, &destination, said)?;
    if !posted.duplicate {
        read_by_author(tx, author.id, destination.kind, &posted)?;
    }
    Ok(posted)
}

/// Who speaks has read what was said before.
fn read_by_author(tx: &mut Tx<'_>, author: UserId, kind: Kind, posted: &Posted) -> Result<(), StoreError> {
    let mark = [author.0, posted.conversation.0, posted.seq.0];
    if kind == Kind::Direct {
        // They had read it all: that they have what they say themselves is no news.
        let next = "UPDATE members SET read = ?3 WHERE user = ?1 AND conversation = ?2 AND read = ?3 - 1";
        if tx.execute(next, mark)? > 0 {
            return Ok(());
        }
    }
    tx.execute("UPDATE members SET read = max(read, ?3) WHERE user = ?1 AND conversation = ?2", mark)?;
    if kind == Kind::Direct {
        tell_other(tx, author, posted.conversation)?;
    }
    Ok(())
}

/// Says something where the author may, unless it was said already.
pub(super) fn say(
    tx: &mut Tx<'_>,
    author: &Account,
    destination: &Destination,
    said: &Said,
) -> Result<Posted, StoreError> {
    let Said { message, text, reply_to, at, allow, keep, pace } = said;
    alive(tx, author.id)?;
    if let Some(earlier) = earlier(tx, author, message.0)? {
        // What was taken out since is compared no more: its text is gone.
        let is_same = earlier.text.as_deref().is_none_or(|earlier| earlier == text.as_str())
            && earlier.reply_to == reply_to.map(|seq| seq.0);
        return if Some(earlier.conversation) == destination.conversation && is_same {
            let Earlier { conversation, seq, at, .. } = earlier;
            Ok(Posted { conversation, seq, at, duplicate: true })
        } else {
            Err(Refusal::MessageIdUsed.into())
        };
    }
    if let Some(awaited) = destination.kept {
        keep(awaited, waiting(tx, destination)?)?;
    }
    let conversation = match (destination.conversation, destination.other) {
        (Some(conversation), _) => {
            let there = (destination.kind, destination.moderated);
            allow.ask(tx.connection()?, author, conversation, there)?;
            if let Some(pace) = pace {
                pace.ask((destination.kind != Kind::Direct).then_some(conversation), author.id)?;
            }
            conversation
        }
        (None, Some(other)) => {
            // Both are members of what is about to be made.
            (allow.rule)(&Footing::new(destination.kind, author.guest, Some(Role::Member)))?;
            pace.as_ref().map_or(Ok(()), |pace| pace.ask(None, author.id))?;
            tx.make_direct(author.id, other, *at)?
        }
        (None, None) => return Err(Refusal::NoSuchRoom.into()),
    };
    if let Some(seq) = reply_to {
        is_message(tx, conversation, *seq)?;
    }
    let body = Body::Posted { message: *message, text: text.clone(), reply_to: *reply_to };
    let (seq, at) = tx.append(conversation, *at, author, body)?;
    if destination.kind != Kind::Direct && text.as_str().contains('@') {
        mentions::rewrite(tx, conversation, seq, author.id, text.as_str())?;
    }
    // Nobody fetches what they have said: while nothing of others waits, no poll ever looks at it.
    tx.execute(
        "UPDATE members SET synced = ?3 WHERE user = ?1 AND conversation = ?2 AND synced = ?3 - 1",
        [author.id.0, conversation.0, seq.0],
    )?;
    footing::posted(tx, author, destination, conversation, said.at)?;
    Ok(Posted { conversation, seq, at, duplicate: false })
}

pub(super) fn destination(
    tx: &Tx<'_>,
    author: &Account,
    to: &Address,
    there: bool,
) -> Result<Destination, StoreError> {
    match to {
        Address::User(name) => {
            let (other, guest) = receiver(tx, name)?;
            let (conversation, awaited) = direct(tx, author.id, other)?.unzip();
            let kept = (guest && !there).then_some(awaited.unwrap_or(false));
            Ok(Destination { kind: Kind::Direct, conversation, other: Some(other), kept, moderated: false })
        }
        Address::Room(name) => {
            let sql = "SELECT id, kind, moderated FROM conversations WHERE key = ?1";
            let (id, kind, moderated) = tx
                .row(sql, [name.key()], |row| Ok((ConversationId(row.get(0)?), kind(row, 1)?, row.get(2)?)))?
                .ok_or(Refusal::NoSuchRoom)?;
            Ok(Destination { kind, conversation: Some(id), other: None, kept: None, moderated })
        }
    }
}

/// How many posts wait for the other side of a direct conversation.
fn waiting(tx: &Tx<'_>, destination: &Destination) -> Result<u64, StoreError> {
    let (Some(conversation), Some(other)) = (destination.conversation, destination.other) else {
        return Ok(0);
    };
    let waiting = tx.row(
        "SELECT c.posts - ifnull((SELECT e.posts FROM events e WHERE e.conversation = c.id AND e.seq = m.read), 0)
         FROM members m JOIN conversations c ON c.id = m.conversation WHERE m.user = ?1 AND m.conversation = ?2",
        [other.0, conversation.0],
        |row| row.get(0),
    )?;
    Ok(waiting.unwrap_or(0))
}

fn earlier(tx: &Tx<'_>, author: &Account, message: [u8; 16]) -> Result<Option<Earlier>, StoreError> {
    tx.row(
        "SELECT conversation, seq, at, text, about FROM events WHERE author = ?1 AND message = ?2",
        params![author.id.0, message],
        |row| {
            Ok(Earlier {
                conversation: ConversationId(row.get(0)?),
                seq: Seq(row.get(1)?),
                at: Timestamp(row.get(2)?),
                text: row.get(3)?,
                reply_to: row.get(4)?,
            })
        },
    )
}

/// Whether that is a message, or was one: what is answered may be taken out meanwhile.
fn is_message(tx: &Tx<'_>, conversation: ConversationId, seq: Seq) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM events WHERE conversation = ?1 AND seq = ?2 AND message IS NOT NULL";
    tx.row(sql, params![conversation.0, within(seq.0)], |_| Ok(()))?.ok_or(Refusal::NoSuchMessage.into())
}

/// Who is behind a name, and whether they are a guest.
fn receiver(tx: &Tx<'_>, name: &UserName) -> Result<(UserId, bool), StoreError> {
    known(tx, name)?.ok_or(StoreError::Refused(Refusal::NoSuchUser))
}

/// The direct conversation of two, and whether the guest in it is awaited.
fn direct(tx: &Tx<'_>, a: UserId, b: UserId) -> Result<Option<(ConversationId, bool)>, StoreError> {
    let sql = "SELECT id, awaited FROM conversations WHERE low = ?1 AND high = ?2";
    tx.row(sql, [a.min(b).0, a.max(b).0], |row| Ok((ConversationId(row.get(0)?), row.get(1)?)))
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
