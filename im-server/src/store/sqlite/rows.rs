//! How values stand in columns. The codes are in the database for ever: they are added to, never changed.

use std::net::IpAddr;

use im_proto::{
    Address, Author, Body, Conversation, ConversationId, Event, Kind, MessageId, PendingKind, Reaction,
    Remark, Role, RoomName, SanctionKind, Seq, Text, Timestamp, UserId, UserName,
};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type, ValueRef};

use crate::entry::{Entry, Quote};
use crate::store::{Account, Label};

use super::receipts::receipts;

pub(super) fn code_of_kind(kind: Kind) -> u8 {
    match kind {
        Kind::Direct => 0,
        Kind::Group => 1,
        Kind::Room => 2,
    }
}

pub(super) fn code_of_role(role: Role) -> u8 {
    match role {
        Role::Member => 0,
        Role::Admin => 1,
        Role::Owner => 2,
    }
}

pub(super) fn code_of_sanction(kind: SanctionKind) -> u8 {
    match kind {
        SanctionKind::Ban => 0,
        SanctionKind::Mute => 1,
    }
}

pub(super) fn code_of_pending(kind: PendingKind) -> u8 {
    match kind {
        PendingKind::Invitation => 0,
        PendingKind::Request => 1,
        PendingKind::Rejection => 2,
    }
}

/// The columns of an event that differ from kind to kind.
#[derive(Default)]
pub(super) struct BodyColumns<'a> {
    pub(super) kind: u8,
    pub(super) subject: Option<&'a UserName>,
    pub(super) role: Option<u8>,
    pub(super) message: Option<&'a [u8]>,
    pub(super) text: Option<&'a str>,
    /// The message that it is about.
    pub(super) about: Option<u64>,
    /// A topic, or why.
    pub(super) remark: Option<&'a str>,
    /// Until when, how many seconds, or whether.
    pub(super) amount: Option<u64>,
    /// Whether the subject was a guest.
    pub(super) of_guest: Option<bool>,
}

const CREATED: u8 = 0;
pub(super) const POSTED: u8 = 1;
const JOINED: u8 = 2;
const LEFT: u8 = 3;
const INVITED: u8 = 4;
const ASKED: u8 = 5;
const INVITATION_DECLINED: u8 = 6;
const REQUEST_DECLINED: u8 = 7;
const ROLE_SET: u8 = 8;
pub(super) const EDITED: u8 = 9;
pub(super) const DELETED: u8 = 10;
pub(super) const REACTED: u8 = 11;
pub(super) const UNREACTED: u8 = 12;
/// A message, or an edit of one, whose text was taken out.
pub(super) const TOMBSTONE: u8 = 13;
const TOPIC_SET: u8 = 14;
const TOPIC_LOCKED: u8 = 15;
const SLOW_MODE: u8 = 16;
const KICKED: u8 = 17;
const BANNED: u8 = 18;
const UNBANNED: u8 = 19;
const MUTED: u8 = 20;
const UNMUTED: u8 = 21;

pub(super) fn body_columns(body: &Body) -> BodyColumns<'_> {
    let about = |kind, subject| BodyColumns { kind, subject, ..BodyColumns::default() };
    let amends =
        |kind, of: Seq, text| BodyColumns { kind, text, about: Some(of.0), ..BodyColumns::default() };
    match body {
        Body::Created => about(CREATED, None),
        Body::Posted { message, text, reply_to } => BodyColumns {
            kind: POSTED,
            message: Some(&message.0),
            text: Some(text.as_str()),
            about: reply_to.map(|seq| seq.0),
            ..BodyColumns::default()
        },
        Body::Joined { by } => about(JOINED, by.as_ref()),
        Body::Left => about(LEFT, None),
        Body::Invited { user } => about(INVITED, Some(user)),
        Body::Asked => about(ASKED, None),
        Body::InvitationDeclined { by } => about(INVITATION_DECLINED, Some(by)),
        Body::RequestDeclined { user } => about(REQUEST_DECLINED, Some(user)),
        Body::RoleSet { user, role } => {
            BodyColumns { role: Some(code_of_role(*role)), ..about(ROLE_SET, Some(user)) }
        }
        Body::Edited { of, text } => amends(EDITED, *of, Some(text.as_str())),
        Body::Deleted { of } => amends(DELETED, *of, None),
        Body::Reacted { of, reaction } => amends(REACTED, *of, Some(reaction.as_str())),
        Body::Unreacted { of, reaction } => amends(UNREACTED, *of, Some(reaction.as_str())),
        Body::Tombstone { of } => {
            BodyColumns { kind: TOMBSTONE, about: of.map(|of| of.0), ..BodyColumns::default() }
        }
        moderated => moderation_columns(moderated),
    }
}

fn moderation_columns(body: &Body) -> BodyColumns<'_> {
    let of = |kind, user, guest: &bool| BodyColumns {
        kind,
        subject: Some(user),
        of_guest: Some(*guest),
        ..BodyColumns::default()
    };
    let amount = |kind, amount| BodyColumns { kind, amount: Some(amount), ..BodyColumns::default() };
    match body {
        Body::TopicSet { topic } => BodyColumns {
            kind: TOPIC_SET,
            remark: topic.as_ref().map(Remark::as_str),
            ..BodyColumns::default()
        },
        Body::TopicLocked { on } => amount(TOPIC_LOCKED, u64::from(*on)),
        Body::SlowMode { seconds } => amount(SLOW_MODE, u64::from(*seconds)),
        Body::Kicked { user, is_guest, why } => {
            BodyColumns { remark: why.as_ref().map(Remark::as_str), ..of(KICKED, user, is_guest) }
        }
        Body::Banned { user, is_guest, until, why } => BodyColumns {
            remark: why.as_ref().map(Remark::as_str),
            amount: until.map(|until| until.0),
            ..of(BANNED, user, is_guest)
        },
        Body::Muted { user, is_guest, until, why } => BodyColumns {
            remark: why.as_ref().map(Remark::as_str),
            amount: until.map(|until| until.0),
            ..of(MUTED, user, is_guest)
        },
        Body::Unbanned { user, is_guest } => of(UNBANNED, user, is_guest),
        Body::Unmuted { user, is_guest } => of(UNMUTED, user, is_guest),
        _ => BodyColumns::default(), // has columns of its own, above
    }
}

/// Selects what [`entry`] reads: the event, and of the message that it is about the author and the beginning, as it reads now.
/// Edits are kind 9.
pub(super) const SELECT_EVENT: &str =
    "SELECT e.conversation, e.seq, e.at, a.name, e.kind, s.name, e.role, e.message, e.text, e.guest, e.id, e.about,
            w.name, substr(ifnull((SELECT n.text FROM events n WHERE n.conversation = q.conversation AND n.about = q.seq
                                   AND n.kind = 9 AND n.author = q.author ORDER BY n.id DESC LIMIT 1), q.text), 1, 64),
            e.remark, e.amount, e.of_guest
     FROM events e JOIN users a ON a.id = e.author LEFT JOIN users s ON s.id = e.subject
     LEFT JOIN events q ON q.conversation = e.conversation AND q.seq = e.about AND e.kind != 9
     LEFT JOIN users w ON w.id = q.author";

/// Selects what [`quote`] reads of a message, in [`SELECT_EVENT`]'s columns.
pub(super) const SELECT_QUOTE: &str =
    "SELECT w.name, substr(ifnull((SELECT n.text FROM events n WHERE n.conversation = q.conversation AND n.about = q.seq
                                   AND n.kind = 9 AND n.author = q.author ORDER BY n.id DESC LIMIT 1), q.text), 1, 64)
     FROM events q JOIN users w ON w.id = q.author WHERE q.conversation = ?1 AND q.seq = ?2";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let subject = || -> rusqlite::Result<UserName> { user_name(row, 5) };
    let body = match row.get(4)? {
        CREATED => Body::Created,
        POSTED => {
            Body::Posted { message: MessageId(row.get(7)?), text: text(row, 8)?, reply_to: about(row)? }
        }
        JOINED => Body::Joined { by: row.get::<_, Option<String>>(5)?.map(|_| subject()).transpose()? },
        LEFT => Body::Left,
        INVITED => Body::Invited { user: subject()? },
        ASKED => Body::Asked,
        INVITATION_DECLINED => Body::InvitationDeclined { by: subject()? },
        REQUEST_DECLINED => Body::RequestDeclined { user: subject()? },
        ROLE_SET => Body::RoleSet { user: subject()?, role: role(row, 6)? },
        EDITED => Body::Edited { of: amended(row)?, text: text(row, 8)? },
        DELETED => Body::Deleted { of: amended(row)? },
        REACTED => Body::Reacted { of: amended(row)?, reaction: reaction(row, 8)? },
        UNREACTED => Body::Unreacted { of: amended(row)?, reaction: reaction(row, 8)? },
        // What was a message itself may have answered another one, which is nobody's business any more.
        TOMBSTONE if row.get_ref(7)? != ValueRef::Null => Body::Tombstone { of: None },
        TOMBSTONE => Body::Tombstone { of: Some(amended(row)?) },
        code => moderation(row, code, subject)?,
    };
    let event = Event {
        conversation: ConversationId(row.get(0)?),
        seq: Seq(row.get(1)?),
        at: Timestamp(row.get(2)?),
        author: Author { name: user_name(row, 3)?, guest: row.get(9)? },
        body,
    };
    Ok(Entry::new(event, row.get(10)?, quote(row, 12)?))
}

/// What a moderator did.
fn moderation(
    row: &Row<'_>,
    code: u8,
    subject: impl Fn() -> rusqlite::Result<UserName>,
) -> rusqlite::Result<Body> {
    let amount = || row.get::<_, Option<u64>>("amount");
    let until = || Ok::<_, rusqlite::Error>(amount()?.map(Timestamp));
    let is_guest = || row.get("of_guest");
    Ok(match code {
        TOPIC_SET => Body::TopicSet { topic: remark(row, "remark")? },
        TOPIC_LOCKED => Body::TopicLocked { on: row.get("amount")? },
        SLOW_MODE => Body::SlowMode { seconds: row.get("amount")? },
        KICKED => Body::Kicked { user: subject()?, is_guest: is_guest()?, why: remark(row, "remark")? },
        BANNED => {
            let (is_guest, until, why) = (is_guest()?, until()?, remark(row, "remark")?);
            Body::Banned { user: subject()?, is_guest, until, why }
        }
        UNBANNED => Body::Unbanned { user: subject()?, is_guest: is_guest()? },
        MUTED => {
            let (is_guest, until, why) = (is_guest()?, until()?, remark(row, "remark")?);
            Body::Muted { user: subject()?, is_guest, until, why }
        }
        UNMUTED => Body::Unmuted { user: subject()?, is_guest: is_guest()? },
        code => return Err(unknown(4, code)),
    })
}

/// A topic or a reason, where there is one.
pub(super) fn remark(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Remark>> {
    let raw: Option<String> = row.get(column)?;
    raw.map(|raw| Remark::parse(&raw).map_err(|error| bad(0, Box::new(error)))).transpose()
}

/// An address that somebody came from, where there is one.
pub(super) fn site(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<IpAddr>> {
    let raw: Option<String> = row.get(column)?;
    raw.map(|raw| raw.parse().map_err(|error| bad(column, Box::new(error)))).transpose()
}

/// The message that an event is about, from its author and how it begins.
pub(super) fn quote(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Quote>> {
    if row.get_ref(first)? == ValueRef::Null {
        return Ok(None);
    }
    Ok(Some(Quote { author: user_name(row, first)?, text: row.get(first + 1)? }))
}

fn about(row: &Row<'_>) -> rusqlite::Result<Option<Seq>> {
    Ok(row.get::<_, Option<u64>>(11)?.map(Seq))
}

fn amended(row: &Row<'_>) -> rusqlite::Result<Seq> {
    row.get(11).map(Seq)
}

/// Selects what [`conversation`] reads: conversations as their member `?1` sees them, and what is hidden from them.
pub(super) const SELECT_CONVERSATION: &str = "SELECT c.id, c.kind, c.name, o.name, m.role, c.head, c.active, m.read,
            c.posts - ifnull((SELECT e.posts FROM events e WHERE e.conversation = c.id AND e.seq = m.read), 0), c.members,
            o.name IS NOT NULL AND o.password IS NULL AND o.erased IS NULL,
            max(other.received, other.read, other.synced), other.read, m.hidden, c.retention_days,
            (SELECT count(*) FROM mentions n WHERE n.user = m.user AND n.conversation = c.id AND n.seq > m.read) AS mentions
     FROM members m JOIN conversations c ON c.id = m.conversation
     LEFT JOIN users o ON o.id = iif(c.low = m.user, c.high, c.low)
     LEFT JOIN members other ON other.user = o.id AND other.conversation = c.id AND other.user != m.user
     WHERE m.user = ?1";

pub(super) fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let kind = kind(row, 1)?;
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        address: conversation_address(row, kind, 2, 3)?,
        kind,
        role: role(row, 4)?,
        head: Seq(row.get(5)?),
        active: Timestamp(row.get(6)?),
        read: Seq(row.get(7)?),
        unread: row.get(8)?,
        members: row.get(9)?,
        guest: row.get(10)?,
        receipts: row.get::<_, Option<u64>>(11)?.map(|_| receipts(row, 11)).transpose()?,
        retention_days: row.get("retention_days")?,
        mentions: row.get("mentions")?,
    })
}

/// The address of a conversation, from the columns of its own name and of the other side's.
pub(super) fn conversation_address(
    row: &Row<'_>,
    kind: Kind,
    name: usize,
    other: usize,
) -> rusqlite::Result<Address> {
    match kind {
        Kind::Direct => user_name(row, other).map(Address::User),
        Kind::Group | Kind::Room => room_name(row, name).map(Address::Room),
    }
}

/// An account from an id, a name, and whether it is a guest's, in this order from a column on.
pub(super) fn account(row: &Row<'_>, first: usize) -> rusqlite::Result<Account> {
    Ok(Account { id: UserId(row.get(first)?), name: user_name(row, first + 1)?, guest: row.get(first + 2)? })
}

/// Reads a room as a guest sees it, who is no member: all of it is read, and it has no role.
pub(super) const SELECT_ROOM: &str =
    "SELECT id, kind, name, head, active, members, retention_days FROM conversations WHERE id = ?1";

pub(super) fn room(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let head = Seq(row.get(3)?);
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        address: Address::Room(room_name(row, 2)?),
        kind: kind(row, 1)?,
        role: Role::Member,
        head,
        active: Timestamp(row.get(4)?),
        read: head,
        unread: 0,
        members: row.get(5)?,
        guest: false,
        receipts: None,
        retention_days: row.get("retention_days")?,
        mentions: 0,
    })
}

pub(super) fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<Kind> {
    let code = row.get(column)?;
    let kinds = [Kind::Direct, Kind::Group, Kind::Room];
    kinds.into_iter().find(|kind| code_of_kind(*kind) == code).ok_or_else(|| unknown(column, code))
}

pub(super) fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let code = row.get(column)?;
    Role::ALL.into_iter().find(|role| code_of_role(*role) == code).ok_or_else(|| unknown(column, code))
}

pub(super) fn pending_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<PendingKind> {
    let code = row.get(column)?;
    let kinds = [PendingKind::Invitation, PendingKind::Request, PendingKind::Rejection];
    kinds.into_iter().find(|kind| code_of_pending(*kind) == code).ok_or_else(|| unknown(column, code))
}

pub(super) fn user_name(row: &Row<'_>, column: usize) -> rusqlite::Result<UserName> {
    let raw = row.get_ref(column)?.as_str().map_err(|error| bad(column, Box::new(error)))?;
    UserName::parse(raw).map_err(|error| bad(column, Box::new(error)))
}

pub(super) fn room_name(row: &Row<'_>, column: usize) -> rusqlite::Result<RoomName> {
    let raw = row.get_ref(column)?.as_str().map_err(|error| bad(column, Box::new(error)))?;
    RoomName::parse(raw).map_err(|error| bad(column, Box::new(error)))
}

pub(super) fn label(row: &Row<'_>, column: usize) -> rusqlite::Result<Label> {
    let raw = row.get_ref(column)?.as_str().map_err(|error| bad(column, Box::new(error)))?;
    Label::parse(raw).map_err(|error| bad(column, Box::new(error)))
}

pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Text> {
    let raw = row.get_ref(column)?.as_str().map_err(|error| bad(column, Box::new(error)))?;
    Text::parse(raw).map_err(|error| bad(column, Box::new(error)))
}

fn reaction(row: &Row<'_>, column: usize) -> rusqlite::Result<Reaction> {
    let raw = row.get_ref(column)?.as_str().map_err(|error| bad(column, Box::new(error)))?;
    Reaction::parse(raw).map_err(|error| bad(column, Box::new(error)))
}

/// A number that somebody outside has named. There is nothing behind the highest one that a column holds.
pub(super) fn within(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unknown(column: usize, code: u8) -> rusqlite::Error {
    bad(column, Box::new(FromSqlError::OutOfRange(code.into())))
}

fn bad(column: usize, error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error)
}
