//! Posting many in one transaction. What was looked up for a post holds for those after it, as long as nothing but posts
//! happens in between; and what grows with each of them is written once, before anything else is asked of the database.

use std::collections::HashMap;
use std::sync::Arc;

use im_proto::{Address, Body, ConversationId, Event, Kind, Role, Seq, Timestamp, UserId};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use crate::announcement::Announcement;
use crate::entry::Entry;
use crate::footing::Footing;
use crate::store::{Account, Post, Posted, StoreError};

use super::failure;
use super::rows::{body_columns, kind, role};
use super::tx::Tx;

#[cfg(test)]
mod tests;

/// Most places of one author that are known in a transaction.
const PLACES_MAX: usize = 16;

/// What posts have found out in a transaction.
#[derive(Default)]
pub(super) struct Known<'c> {
    places: HashMap<UserId, Vec<(Address, Place)>>,
    logs: HashMap<ConversationId, Log>,
    marks: HashMap<(UserId, ConversationId), Mark>,
    insert: Option<CachedStatement<'c>>,
}

/// Where an author speaks, who is neither erased nor suspended: nobody is kept out or silent there.
#[derive(Clone, Copy)]
struct Place {
    conversation: ConversationId,
    kind: Kind,
    role: Option<Role>,
    /// The other side is a guest.
    to_guest: bool,
}

/// The end of a log.
struct Log {
    head: Seq,
    posts: u64,
    active: Timestamp,
    changed: bool,
}

/// How far a member has read, and fetched.
struct Mark {
    read: Seq,
    synced: Seq,
    changed: bool,
}

/// Selects what a post to the user of the name `?2` by `?1` has to know; no row where it is not so simple.
const SELECT_DIRECT: &str =
    "SELECT c.id, c.kind, m.role, o.password IS NULL, c.head, c.posts, c.active, m.read, m.synced
     FROM users o CROSS JOIN users a
     CROSS JOIN conversations c ON c.low = min(o.id, a.id) AND c.high = max(o.id, a.id)
     CROSS JOIN members m ON m.user = a.id AND m.conversation = c.id
     WHERE o.key = ?2 AND a.id = ?1 AND a.erased IS NULL AND a.suspended IS NULL";

/// The same for the room or group of that name.
const SELECT_NAMED: &str = "SELECT c.id, c.kind, m.role, 0, c.head, c.posts, c.active, m.read, m.synced
     FROM conversations c CROSS JOIN users a
     LEFT JOIN members m ON m.user = a.id AND m.conversation = c.id
     WHERE c.key = ?2 AND c.moderated = 0 AND a.id = ?1 AND a.erased IS NULL AND a.suspended IS NULL";

/// Says something where nothing stands in the way. Nothing: it has to be looked at more closely, and nothing was written.
pub(super) fn plainly<'c>(
    tx: &mut Tx<'c>,
    known: &mut Known<'c>,
    post: &Post,
) -> Result<Option<Posted>, StoreError> {
    let Post { author, to, there, said } = post;
    let named = matches!(to, Address::Room(_));
    if said.reply_to.is_some() || (named && said.text.as_str().contains('@')) {
        return Ok(None);
    }
    let Some(place) = known.place(tx.within(), author, to)? else { return Ok(None) };
    let (conversation, footing) = (place.conversation, Footing::new(place.kind, author.guest, place.role));
    if (place.to_guest && !there) || (said.allow.rule)(&footing).is_err() {
        return Ok(None);
    }
    let Some(log) = known.logs.get_mut(&conversation) else { return Ok(None) };
    let mark = known.marks.get_mut(&(author.id, conversation));
    // Who has not read what the other one said reads it by this, which the other one is told.
    if !named && mark.as_ref().is_none_or(|mark| mark.read != log.head) {
        return Ok(None);
    }
    if let Some(pace) = &said.pace {
        if was_said(tx.within(), author, post)? {
            return Ok(None);
        }
        pace.ask(named.then_some(conversation), author.id)?;
    }
    let (seq, posts, at) = (log.head.next(), log.posts + 1, log.active.max(said.at));
    let body = Body::Posted { message: said.message, text: said.text.clone(), reply_to: None };
    if !insert(tx.within(), &mut known.insert, (conversation, seq, at, posts), author, &body)? {
        return Ok(None); // said already
    }
    *log = Log { head: seq, posts, active: at, changed: true };
    if let Some(mark) = mark {
        let synced = if mark.synced.next() == seq { seq } else { mark.synced };
        *mark = Mark { read: mark.read.max(seq), synced, changed: true };
    }
    let position = tx.last_id();
    let event = Event { conversation, seq, at, author: author.author(), body };
    tx.announce(Announcement::Event(Arc::new(Entry::new(event, position, None))));
    Ok(Some(Posted { conversation, seq, at, duplicate: false }))
}

/// Whether it was written. What is inserted last has the highest number: one thread writes, and nothing is ever taken out.
fn insert<'c>(
    connection: &'c Connection,
    statement: &mut Option<CachedStatement<'c>>,
    (conversation, seq, at, posts): (ConversationId, Seq, Timestamp, u64),
    author: &Account,
    body: &Body,
) -> Result<bool, StoreError> {
    let insert = match statement {
        Some(insert) => insert,
        None => statement.insert(
            connection
                .prepare_cached(
                    "INSERT INTO events (conversation, seq, at, author, guest, kind, posts, message, text)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                     ON CONFLICT (author, message) WHERE message IS NOT NULL DO NOTHING",
                )
                .map_err(failure)?,
        ),
    };
    let columns = body_columns(body);
    let values = params![
        conversation.0,
        seq.0,
        at.0,
        author.id.0,
        author.guest,
        columns.kind,
        posts,
        columns.message,
        columns.text
    ];
    Ok(insert.execute(values).map_err(failure)? > 0)
}

fn was_said(connection: &Connection, author: &Account, post: &Post) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM events WHERE author = ?1 AND message = ?2";
    connection
        .prepare_cached(sql)
        .and_then(|mut said| said.exists(params![author.id.0, post.said.message.0]))
        .map_err(failure)
}

impl Known<'_> {
    fn place(
        &mut self,
        connection: &Connection,
        author: &Account,
        to: &Address,
    ) -> Result<Option<Place>, StoreError> {
        let places = self.places.entry(author.id).or_default();
        if let Some((_, place)) = places.iter().find(|(address, _)| address == to) {
            return Ok(Some(*place));
        }
        let (sql, key) = match to {
            Address::User(name) => (SELECT_DIRECT, name.key()),
            Address::Room(name) => (SELECT_NAMED, name.key()),
        };
        let found = connection
            .prepare_cached(sql)
            .and_then(|mut found| found.query_row(params![author.id.0, key], found_place).optional())
            .map_err(failure)?;
        let Some((place, log, mark)) = found else { return Ok(None) };
        // What is known already is newer.
        self.logs.entry(place.conversation).or_insert(log);
        if let Some(mark) = mark {
            self.marks.entry((author.id, place.conversation)).or_insert(mark);
        }
        if places.len() == PLACES_MAX {
            places.clear();
        }
        places.push((to.clone(), place));
        Ok(Some(place))
    }

    /// Writes what has grown.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut grow = connection
            .prepare_cached("UPDATE conversations SET head = ?2, posts = ?3, active = ?4 WHERE id = ?1")?;
        for (conversation, log) in self.logs.iter().filter(|(_, log)| log.changed) {
            grow.execute([conversation.0, log.head.0, log.posts, log.active.0])?;
        }
        let mut mark = connection.prepare_cached(
            "UPDATE members SET read = ?3, synced = ?4 WHERE user = ?1 AND conversation = ?2",
        )?;
        for ((user, conversation), marks) in self.marks.iter().filter(|(_, mark)| mark.changed) {
            mark.execute([user.0, conversation.0, marks.read.0, marks.synced.0])?;
        }
        Ok(())
    }
}

fn found_place(row: &Row<'_>) -> rusqlite::Result<(Place, Log, Option<Mark>)> {
    let is_member = row.get_ref(2)? != ValueRef::Null;
    let place = Place {
        conversation: ConversationId(row.get(0)?),
        kind: kind(row, 1)?,
        role: if is_member { Some(role(row, 2)?) } else { None },
        to_guest: row.get(3)?,
    };
    let log =
        Log { head: Seq(row.get(4)?), posts: row.get(5)?, active: Timestamp(row.get(6)?), changed: false };
    let mark = if is_member {
        Some(Mark { read: Seq(row.get(7)?), synced: Seq(row.get(8)?), changed: false })
    } else {
        None
    };
    Ok((place, log, mark))
}
