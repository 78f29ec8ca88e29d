//! Reading: pages of logs, conversations, members, what waits for an answer.

use im_proto::{
    Address, Conversation, ConversationId, PAGE_BYTES_MAX, PAGE_EVENTS_MAX, Page, Pending, PendingKind,
    Refusal, Role, RoomName, Seq, UserId,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use crate::store::{Account, EventPage, StoreError};

use super::rows::{
    SELECT_CONVERSATION, SELECT_EVENT, account, code_of_pending, code_of_role, conversation, event,
    pending_kind, role, room_name, user_name,
};
use super::{Store, failure};

/// Most members that are looked at for one list of people.
const MEMBERS_MAX: u32 = 10_000;

impl Store {
    /// A page of a log that the user is allowed to read by their role in it.
    pub(crate) async fn history(
        &self,
        user: UserId,
        of: Address,
        page: Page,
        limit: u16,
        allow: fn(Option<Role>) -> Result<(), Refusal>,
    ) -> Result<EventPage, StoreError> {
        self.read(move |connection| {
            let (conversation, role) = find(connection, user, &of)?;
            allow(role)?;
            events(connection, conversation, page, limit)
        })
        .await
    }

    /// The events right after one, for a session that follows the conversation.
    pub(crate) async fn after(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<EventPage, StoreError> {
        self.read(move |connection| events(connection, conversation, Page::After(seq), PAGE_EVENTS_MAX)).await
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

    /// The number of the conversation that an address means to a user, and their role in it.
    pub(crate) async fn find(
        &self,
        user: UserId,
        address: Address,
    ) -> Result<(ConversationId, Option<Role>), StoreError> {
        self.read(move |connection| find(connection, user, &address)).await
    }

    /// The members of a room or group, and how many there are in all, if the user is one of them.
    pub(crate) async fn members(
        &self,
        user: UserId,
        name: RoomName,
        allow: fn(Option<Role>) -> Result<(), Refusal>,
    ) -> Result<(Vec<(Account, Role)>, u64), StoreError> {
        self.read(move |connection| {
            let (conversation, my_role) = find(connection, user, &Address::Room(name.clone()))?;
            allow(my_role)?;
            let members = rows(
                connection,
                "SELECT u.id, u.name, m.role FROM members m JOIN users u ON u.id = m.user
                 WHERE m.conversation = ?1 LIMIT ?2",
                params![conversation.0, MEMBERS_MAX],
                |row| Ok((account(row, 0, 1)?, role(row, 2)?)),
            )?;
            let total = one(
                connection,
                "SELECT members FROM conversations WHERE id = ?1",
                [conversation.0],
                |row| row.get(0),
            )?;
            Ok((members, total.unwrap_or(0)))
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

fn find(
    connection: &Connection,
    user: UserId,
    address: &Address,
) -> Result<(ConversationId, Option<Role>), StoreError> {
    let found = match address {
        Address::Room(name) => {
            one(connection, "SELECT id FROM conversations WHERE key = ?1", [name.key()], |row| row.get(0))?
                .ok_or(Refusal::NoSuchRoom)?
        }
        Address::User(name) => {
            let other: u64 =
                one(connection, "SELECT id FROM users WHERE key = ?1", [name.key()], |row| row.get(0))?
                    .ok_or(Refusal::NoSuchUser)?;
            let pair = [user.0.min(other), user.0.max(other)];
            one(connection, "SELECT id FROM conversations WHERE low = ?1 AND high = ?2", pair, |row| {
                row.get(0)
            })?
            .ok_or(Refusal::NotMember)?
        }
    };
    let role = one(
        connection,
        "SELECT role FROM members WHERE user = ?1 AND conversation = ?2",
        [user.0, found],
        |row| role(row, 0),
    )?;
    Ok((ConversationId(found), role))
}

fn events(
    connection: &Connection,
    conversation: ConversationId,
    page: Page,
    limit: u16,
) -> Result<EventPage, StoreError> {
    let (condition, seq, order) = match page {
        Page::Newest => ("e.seq <= ?2", i64::MAX.unsigned_abs(), "DESC"),
        Page::Before(seq) => ("e.seq < ?2", seq.0.min(i64::MAX.unsigned_abs()), "DESC"),
        Page::After(seq) => ("e.seq > ?2", seq.0.min(i64::MAX.unsigned_abs()), "ASC"),
    };
    let limit = usize::from(limit.clamp(1, PAGE_EVENTS_MAX));
    let sql =
        format!("{SELECT_EVENT} WHERE e.conversation = ?1 AND {condition} ORDER BY e.seq {order} LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let mut found = statement.query(params![conversation.0, seq, limit + 1]).map_err(failure)?;
    let (mut taken, mut bytes, mut more) = (Vec::new(), 0, false);
    while let Some(row) = found.next().map_err(failure)? {
        if taken.len() == limit || bytes > PAGE_BYTES_MAX {
            more = true;
            break;
        }
        let next = event(row).map_err(failure)?;
        if let im_proto::Body::Posted { text, .. } = &next.body {
            bytes += text.as_str().len();
        }
        taken.push(next);
    }
    if order == "DESC" {
        taken.reverse();
    }
    Ok(EventPage { conversation, events: taken, more })
}

fn one<T>(
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

fn rows<T>(
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
