//! Finding what was said, by words: in the index, and in what happened since it was filled.
//!
//! The index knows the words of all conversations. It is asked for those of the conversations that somebody is in, and what
//! it answers is looked at once more in the log, of the same moment.

mod filling;
mod letters;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use im_proto::{Address, Body, FOUND_MAX, Found, PAGE_BYTES_MAX, Text, Words};
use rusqlite::{Connection, params};

use crate::footing::Footing;
use crate::store::{Access, Account, StoreError};

use super::pages::{find, one, rows};
use super::rows::{EDITED, POSTED, SELECT_EVENT, conversation_address, entry, kind, role, text, within};
use super::{Store, failure};

pub(super) use self::filling::Filling;
pub(super) use self::letters::{place, spaced};

/// Most events that are read because they are not in the index yet: the newest. The index is filled as fast as that.
const TAIL_EVENTS_MAX: u32 = 4096;

/// What is read of them ends after the text that brings it over this many bytes.
const TAIL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most conversations that the index is asked for by name. Whoever is in more is in most of what it would find.
const PLACES_MAX: usize = 200;

/// What a search is about.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) words: Words,
    /// Only in this conversation.
    pub(crate) of: Option<Address>,
    /// Only before this position.
    pub(crate) before: Option<u64>,
    pub(crate) limit: u16,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FoundPage {
    pub(crate) found: Vec<Found>,
    pub(crate) more: bool,
}

/// Where somebody may search.
pub(super) struct Place {
    address: Address,
    /// Events up to here are not for them.
    hidden: u64,
}

pub(super) type Places = BTreeMap<u64, Place>;

impl Store {
    /// The messages with all of these words that somebody may read, newest first.
    pub(crate) async fn search(
        &self,
        me: Account,
        search: Search,
        allow: Access,
    ) -> Result<FoundPage, StoreError> {
        self.read(move |connection| found(connection, &me, &search, allow)).await
    }
}

fn found(
    connection: &Connection,
    me: &Account,
    search: &Search,
    allow: Access,
) -> Result<FoundPage, StoreError> {
    let places = match &search.of {
        Some(of) => one_place(connection, me, of, allow)?,
        None => all_places(connection, me, allow)?,
    };
    let limit = usize::from(search.limit.clamp(1, FOUND_MAX));
    let before = within(search.before.unwrap_or(u64::MAX));
    let Some(asked) = letters::expression(search.words.as_str()).filter(|_| !places.is_empty()) else {
        return Ok(FoundPage { found: Vec::new(), more: false });
    };
    let mut positions = matching(connection, tail(connection, &places)?, &asked)?;
    positions.retain(|position| within(*position) < before);
    positions.extend(indexed(connection, &places, &asked, before, limit + 1)?);
    let (mut found, mut bytes, mut more) = (Vec::new(), 0, false);
    for position in positions.into_iter().rev() {
        if found.len() == limit || bytes > PAGE_BYTES_MAX {
            more = true;
            break;
        }
        found.extend(as_it_reads_now(connection, &places, position)?.inspect(|found| {
            bytes += if let Body::Posted { text, .. } = &found.event.body { text.as_str().len() } else { 0 };
        }));
    }
    Ok(FoundPage { found, more })
}

fn one_place(
    connection: &Connection,
    me: &Account,
    of: &Address,
    allow: Access,
) -> Result<Places, StoreError> {
    let place = find(connection, me.id, of)?;
    place.ask(connection, me, allow)?;
    Ok(Places::from([(place.id.0, Place { address: of.clone(), hidden: place.hidden.0 })]))
}

/// Selects the conversations of the member `?1`.
const SELECT_PLACES: &str = "SELECT c.id, c.kind, c.name, o.name, m.role, m.hidden
     FROM members m JOIN conversations c ON c.id = m.conversation
     LEFT JOIN users o ON o.id = iif(c.low = m.user, c.high, c.low)
     WHERE m.user = ?1";

pub(super) fn all_places(connection: &Connection, me: &Account, allow: Access) -> Result<Places, StoreError> {
    let all = rows(connection, SELECT_PLACES, [me.id.0], |row| {
        let kind = kind(row, 1)?;
        let place = Place { address: conversation_address(row, kind, 2, 3)?, hidden: row.get(5)? };
        // Members are kept out of nothing.
        Ok((row.get(0)?, place, (allow.rule)(&Footing::new(kind, me.guest, Some(role(row, 4)?)))))
    })?;
    Ok(all.into_iter().filter_map(|(id, place, allowed)| allowed.ok().map(|()| (id, place))).collect())
}

/// Selects what was said and edited after the position up to which the index has everything, newest first.
const SELECT_TAIL: &str = "SELECT id, conversation, seq, kind, text, about FROM events
     WHERE id > (SELECT position FROM search_filled) ORDER BY id DESC LIMIT ?1";

const SELECT_MESSAGE: &str = "SELECT id, seq FROM events WHERE conversation = ?1 AND seq = ?2 AND kind = ?3";

/// What messages say now about which something happened since the index was filled, each with its position.
fn tail(connection: &Connection, places: &Places) -> Result<Vec<(u64, String)>, StoreError> {
    let mut statement = connection.prepare_cached(SELECT_TAIL).map_err(failure)?;
    let mut events = statement.query([TAIL_EVENTS_MAX]).map_err(failure)?;
    let (mut texts, mut seen, mut bytes) = (Vec::new(), HashSet::new(), 0);
    while let Some(row) = events.next().map_err(failure)? {
        let read = || -> rusqlite::Result<_> {
            let conversation: u64 = row.get(1)?;
            let (kind, text): (u8, Option<String>) = (row.get(3)?, row.get(4)?);
            let of: Option<u64> = if kind == EDITED { row.get(5)? } else { row.get(2)? };
            Ok((conversation, kind, of, text))
        };
        let (conversation, kind, of, text) = read().map_err(failure)?;
        let (Some(place), Some(text), Some(of)) = (places.get(&conversation), text, of) else { continue };
        if of <= place.hidden || (kind != POSTED && kind != EDITED) {
            continue;
        }
        bytes += text.len();
        let message = one(connection, SELECT_MESSAGE, params![conversation, of, POSTED], |row| row.get(0))?;
        // The newest edit comes first: what the message said before is not what it says now.
        if let Some(message) = message
            && seen.insert(message)
        {
            texts.push((message, text));
        }
        if bytes > TAIL_BYTES_MAX {
            break;
        }
    }
    Ok(texts)
}

/// Which of some texts an index like ours finds: the words are made by the same rules.
fn matching(
    connection: &Connection,
    texts: Vec<(u64, String)>,
    asked: &str,
) -> Result<BTreeSet<u64>, StoreError> {
    if texts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let made: Option<String> =
        one(connection, "SELECT sql FROM sqlite_schema WHERE name = 'search'", [], |row| row.get(0))?;
    let work = || -> rusqlite::Result<BTreeSet<u64>> {
        let index = Connection::open_in_memory()?;
        index.execute_batch(&made.unwrap_or_default())?;
        let all = index.unchecked_transaction()?;
        let mut put = all.prepare("INSERT INTO search (rowid, text) VALUES (?1, ?2)")?;
        for (position, text) in texts {
            put.execute(params![position, spaced(&text)])?;
        }
        let mut found = all.prepare("SELECT rowid FROM search WHERE search MATCH ?1")?;
        found.query_map([asked], |row| row.get(0))?.collect()
    };
    work().map_err(failure)
}

/// Selects what the index finds, newest first.
const SELECT_INDEXED: &str =
    "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC";

/// Selects where a message is, unless it was edited since the index was filled: then the index has what it said before.
const SELECT_WHERE: &str = "SELECT conversation, seq FROM events e WHERE id = ?1 AND NOT EXISTS (
         SELECT 1 FROM events a WHERE a.conversation = e.conversation AND a.about = e.seq AND a.kind = ?2
         AND a.id > (SELECT position FROM search_filled))";

/// The same, asked of some conversations only.
fn within_places(conversations: impl IntoIterator<Item = u64>, asked: &str) -> String {
    let names: Vec<_> = conversations.into_iter().map(place).collect();
    format!("place : ({}) AND {asked}", names.join(" OR "))
}

/// The newest that the index finds, so many.
fn indexed(
    connection: &Connection,
    places: &Places,
    asked: &str,
    before: i64,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let asked = match places.len() {
        0..=PLACES_MAX => within_places(places.keys().copied(), asked),
        _ => asked.to_owned(),
    };
    let mut statement = connection.prepare_cached(SELECT_INDEXED).map_err(failure)?;
    let mut rows = statement.query(params![asked, before]).map_err(failure)?;
    let mut found = Vec::new();
    while found.len() < limit
        && let Some(row) = rows.next().map_err(failure)?
    {
        let position: u64 = row.get(0).map_err(failure)?;
        let at: Option<(u64, u64)> =
            one(connection, SELECT_WHERE, params![position, EDITED], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let theirs = at.is_some_and(|(conversation, seq)| {
            places.get(&conversation).is_some_and(|place| seq > place.hidden)
        });
        if theirs {
            found.push(position);
        }
    }
    Ok(found)
}

/// Selects the newest edit of a message.
const SELECT_EDIT: &str = "SELECT text FROM events WHERE conversation = ?1 AND about = ?2 AND kind = ?3
     AND author = (SELECT author FROM events WHERE conversation = ?1 AND seq = ?2) ORDER BY id DESC LIMIT 1";

pub(super) fn as_it_reads_now(
    connection: &Connection,
    places: &Places,
    position: u64,
) -> Result<Option<Found>, StoreError> {
    let sql = format!("{SELECT_EVENT} WHERE e.id = ?1");
    let Some(mut event) = one(connection, &sql, [position], entry)?.map(crate::entry::Entry::into_event)
    else {
        return Ok(None);
    };
    let place = places.get(&event.conversation.0);
    let (Body::Posted { text: says, .. }, Some(place)) = (&mut event.body, place) else { return Ok(None) };
    let newest: Option<Text> =
        one(connection, SELECT_EDIT, params![event.conversation.0, event.seq.0, EDITED], |row| text(row, 0))?;
    if let Some(newest) = newest {
        *says = newest;
    }
    Ok(Some(Found { address: place.address.clone(), position, event }))
}
