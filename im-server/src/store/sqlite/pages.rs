//! Reading: pages of logs, conversations, members, what waits for an answer.

use im_proto::{
    Address, Conversation, ConversationId, Kind, PAGE_BYTES_MAX, PAGE_EVENTS_MAX, Page, Pending, PendingKind,
    Refusal, Role, RoomName, Seq, UserId,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::store::{Access, Account, EventPage, Members, Place, StoreError};

use super::amendments::{Edits, text_bytes};
use super::rows::{
    SELECT_CONVERSATION, SELECT_EVENT, SELECT_ROOM, account, code_of_pending, code_of_role, conversation,
    entry, kind, pending_kind, role, room, room_name, user_name,
};
use super::{Store, around, failure};

/// Most members that are looked at for one list of people.
const MEMBERS_MAX: u32 = 10_000;

impl Store {
    /// A page of a log that the user is allowed to read by their role in it.
    pub(crate) async fn history(
        &self,
        me: Account,
        of: Address,
        page: Page,
        limit: u16,
        allow: Access,
    ) -> Result<EventPage, StoreError> {
        self.read(move |connection| {
            let found = find(connection, me.id, &of)?;
            found.ask(connection, &me, allow)?;
            events(connection, found.id, found.hidden, page, limit, Some(Edits::default()))
        })
        .await
    }

    /// The events right after one, for a session that follows the conversation.
    pub(crate) async fn after(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<EventPage, StoreError> {
        self.read(move |connection| {
            events(connection, conversation, Seq::ZERO, Page::After(seq), PAGE_EVENTS_MAX, None)
        })
        .await
    }

    /// All conversations a user is in, the one with the newest event first.
    pub(crate) async fn conversations(&self, user: UserId) -> Result<Vec<Conversation>, StoreError> {
        self.read(move |connection| {
            let sql = format!("{SELECT_CONVERSATION} ORDER BY c.active DESC, c.id");
            rows(connection, &sql, [user.0], conversation)
        })
        .await
    }

    /// One conversation as its member sees it.
    pub(crate) async fn conversation(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        self.read(move |connection| {
            let sql = format!("{SELECT_CONVERSATION} AND m.conversation = ?2");
            Ok(rows(connection, &sql, [user.0, id.0], conversation)?.pop())
        })
        .await
    }

    /// A room as a guest sees it, who is no member.
    pub(crate) async fn room(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        self.read(move |connection| one(connection, SELECT_ROOM, [id.0], room)).await
    }

    /// The conversation that an address means to somebody who may do something there.
    pub(crate) async fn find(
        &self,
        me: Account,
        address: Address,
        allow: Access,
    ) -> Result<Place, StoreError> {
        self.read(move |connection| {
            let found = find(connection, me.id, &address)?;
            found.ask(connection, &me, allow)?;
            Ok(found)
        })
        .await
    }

    /// The members of a room or group, and how many there are in all, if the user is one of them.
    pub(crate) async fn members(
        &self,
        me: Account,
        name: RoomName,
        allow: Access,
    ) -> Result<Members, StoreError> {
        self.read(move |connection| {
            let found = find(connection, me.id, &Address::Room(name.clone()))?;
            found.ask(connection, &me, allow)?;
            let members = rows(
                connection,
                "SELECT u.id, u.name, u.password IS NULL, m.role FROM members m JOIN users u ON u.id = m.user
                 WHERE m.conversation = ?1 LIMIT ?2",
                params![found.id.0, MEMBERS_MAX],
                |row| Ok((account(row, 0)?, role(row, 3)?)),
            )?;
            let sql = "SELECT members FROM conversations WHERE id = ?1";
            let total = one(connection, sql, [found.id.0], |row| row.get(0))?.unwrap_or(0);
            Ok(Members { conversation: found.id, members, total })
        })
        .await
    }

    /// All that waits for an answer of a user, oldest first.
    pub(crate) async fn pending(&self, user: UserId) -> Result<Vec<Pending>, StoreError> {
        self.read(move |connection| {
            rows(
                connection,
                "SELECT c.name, p.kind, b.name, p.at FROM pending p
                 JOIN conversations c ON c.id = p.conversation JOIN users b ON b.id = p.by
                 WHERE p.user = ?1 AND p.kind != ?2
                 UNION ALL
                 SELECT c.name, p.kind, b.name, p.at FROM members m
                 JOIN pending p ON p.conversation = m.conversation AND p.kind = ?2
                 JOIN conversations c ON c.id = p.conversation JOIN users b ON b.id = p.by
                 WHERE m.user = ?1 AND m.role >= ?3
                 ORDER BY 4, 1, 3",
                params![user.0, code_of_pending(PendingKind::Request), code_of_role(Role::Admin)],
                |row| {
                    Ok(Pending {
                        group: room_name(row, 0)?,
                        kind: pending_kind(row, 1)?,
                        by: user_name(row, 2)?,
                        at: im_proto::Timestamp(row.get(3)?),
                    })
                },
            )
        })
        .await
    }
}

impl Place {
    pub(super) fn ask(self, connection: &Connection, me: &Account, allow: Access) -> Result<(), StoreError> {
        let there = (self.kind, self.moderated);
        allow.ask_as(connection, me, self.id, there, self.role).map(|_| ())
    }
}

pub(super) fn find(connection: &Connection, user: UserId, address: &Address) -> Result<Place, StoreError> {
    let (id, kind, moderated) = match address {
        Address::Room(name) => {
            let sql = "SELECT id, kind, moderated FROM conversations WHERE key = ?1";
            one(connection, sql, [name.key()], |row| Ok((row.get(0)?, kind(row, 1)?, row.get(2)?)))?
                .ok_or(Refusal::NoSuchRoom)?
        }
        Address::User(name) => {
            let sql = "SELECT id FROM users WHERE key = ?1";
            let other: u64 =
                one(connection, sql, [name.key()], |row| row.get(0))?.ok_or(Refusal::NoSuchUser)?;
            let sql = "SELECT id FROM conversations WHERE low = ?1 AND high = ?2";
            let pair = [user.0.min(other), user.0.max(other)];
            let id = one(connection, sql, pair, |row| row.get(0))?.ok_or(Refusal::NotMember)?;
            (id, Kind::Direct, false)
        }
    };
    let sql = "SELECT role, hidden FROM members WHERE user = ?1 AND conversation = ?2";
    let member = one(connection, sql, [user.0, id], |row| Ok((role(row, 0)?, Seq(row.get(1)?))))?;
    let (role, hidden) = member.unzip();
    Ok(Place { id: ConversationId(id), kind, role, hidden: hidden.unwrap_or(Seq::ZERO), moderated })
}

/// With `edits`, the page comes with its amendments: for those who do not hear what happened after it.
pub(super) fn events(
    connection: &Connection,
    conversation: ConversationId,
    hidden: Seq,
    page: Page,
    limit: u16,
    mut edits: Option<Edits>,
) -> Result<EventPage, StoreError> {
    let limit = usize::from(limit.clamp(1, PAGE_EVENTS_MAX));
    let (condition, seq, order) = match page {
        Page::Newest => ("e.seq <= ?2", i64::MAX.unsigned_abs(), "DESC"),
        Page::Before(seq) => ("e.seq < ?2", seq.0.min(i64::MAX.unsigned_abs()), "DESC"),
        Page::After(seq) => ("e.seq > ?2", seq.0.min(i64::MAX.unsigned_abs()), "ASC"),
        Page::Around(moment) => {
            let start = around::start(connection, conversation, hidden, moment, limit)?;
            ("e.seq > ?2", start.0, "ASC")
        }
    };
    let sql = format!(
        "{SELECT_EVENT} WHERE e.conversation = ?1 AND {condition} AND e.seq > ?4 ORDER BY e.seq {order} LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let mut found = statement.query(params![conversation.0, seq, limit + 1, hidden.0]).map_err(failure)?;
    let (mut taken, mut bytes, mut more) = (Vec::new(), 0, false);
    while let Some(row) = found.next().map_err(failure)? {
        if taken.len() == limit || bytes > PAGE_BYTES_MAX {
            more = true;
            break;
        }
        let next = entry(row).map_err(failure)?;
        bytes += text_bytes(next.event());
        if let Some(edits) = &mut edits {
            bytes += edits.look(connection, next.event())?;
        }
        taken.push(next);
    }
    if order == "DESC" {
        taken.reverse();
    }
    let amendments = match edits {
        Some(edits) => edits.amendments(connection, conversation, &taken)?,
        None => Vec::new(),
    };
    Ok(EventPage { conversation, events: taken, more, amendments })
}

pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(params, read).optional())
        .map_err(failure)
}

pub(super) fn rows<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(params, read)?.collect())
        .map_err(failure)
}
