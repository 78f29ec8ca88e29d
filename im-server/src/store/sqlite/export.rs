//! All that is kept about a user and that they may read, as JSON lines, piece by piece: no more than a page of a log is
//! ever in memory.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::Path;

use im_proto::{
    Address, Conversation, ConversationId, PAGE_EVENTS_MAX, Page, PendingKind, RoomName, Seq, Timestamp,
    UserId, UserName, json_line,
};
use rusqlite::{Connection, Row};
use serde::Serialize;

use crate::store::{BackupError, ExportError, Label, Next, Piece, StoreError};

use super::backup::Partial;
use super::hooks::hooks_of;
use super::pages::{events, one, rows};
use super::rows::{SELECT_CONVERSATION, conversation, label, pending_kind, room_name, user_name};
use super::{DATABASE, Store, open};

/// A line that is no event.
#[derive(Serialize)]
#[serde(tag = "export", rename_all = "kebab-case")]
enum Line {
    Account {
        name: UserName,
        created: Timestamp,
    },
    /// Without a label it is a device's that has signed in.
    Token {
        label: Option<Label>,
        created: Timestamp,
    },
    Webhook {
        label: Label,
        conversation: Address,
        created: Timestamp,
    },
    Friend {
        name: UserName,
        since: Timestamp,
    },
    /// What waits for an answer.
    Pending {
        group: RoomName,
        kind: PendingKind,
        by: UserName,
        at: Timestamp,
    },
    /// A conversation that they are in; its events follow.
    Conversation {
        #[serde(flatten)]
        conversation: Conversation,
        since: Timestamp,
        fetched: Seq,
    },
}

impl Store {
    /// The next piece of an export.
    pub(crate) async fn export(&self, user: UserId, next: Next) -> Result<Piece, StoreError> {
        self.read(move |connection| piece(connection, user, next)).await
    }
}

/// Writes all about the account of a name into a file that is not there yet, and is there only when it is whole. All of it
/// is of one moment.
pub(crate) fn export(
    folder: &Path,
    name: &UserName,
    to: &Path,
    stopped: impl Fn() -> bool,
) -> Result<u64, ExportError> {
    let from = folder.join(DATABASE);
    if !from.is_file() {
        return Err(BackupError::NoDatabase(folder.to_owned()).into());
    }
    let failed = |error: String| ExportError::Write { to: to.to_owned(), error };
    let connection = open::for_reading(&from).map_err(|error| failed(error.to_string()))?;
    let moment = connection.unchecked_transaction().map_err(|error| failed(error.to_string()))?;
    if !open::is_newest(&moment).map_err(|error| failed(error.to_string()))? {
        return Err(ExportError::Version);
    }
    let sql = "SELECT id FROM users WHERE key = ?1 AND password IS NOT NULL";
    let user = one(&moment, sql, [name.key()], |row| row.get(0).map(UserId));
    let user = user.map_err(|error| failed(error.to_string()))?;
    let user = user.ok_or_else(|| ExportError::NoSuchUser(name.clone()))?;
    let partial = Partial::begin(to)?;
    let bytes = match write_all(&moment, user, partial.file(), stopped) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(BackupError::Interrupted(to.to_owned()).into()),
        Err(error) => return Err(failed(error)),
    };
    partial.place(to)?;
    Ok(bytes)
}

/// Nothing: it was stopped.
fn write_all(
    moment: &Connection,
    user: UserId,
    to: &Path,
    stopped: impl Fn() -> bool,
) -> Result<Option<u64>, String> {
    let said = |error: std::io::Error| error.to_string();
    let mut file = BufWriter::new(OpenOptions::new().write(true).open(to).map_err(said)?);
    let (mut next, mut bytes) = (Some(Next::Account), 0);
    while let Some(from) = next {
        if stopped() {
            return Ok(None);
        }
        let piece = piece(moment, user, from).map_err(|error| error.to_string())?;
        file.write_all(&piece.lines).map_err(said)?;
        bytes += piece.lines.len() as u64;
        next = piece.next;
    }
    file.into_inner().map_err(|error| error.to_string())?.sync_all().map_err(said)?;
    Ok(Some(bytes))
}

fn piece(connection: &Connection, user: UserId, from: Next) -> Result<Piece, StoreError> {
    match from {
        Next::Account => {
            let lines = account(connection, user)?;
            Ok(Piece {
                lines: lines.iter().flat_map(line).collect(),
                next: Some(Next::Conversation(ConversationId(0))),
            })
        }
        Next::Conversation(after) => {
            let Some((found, hidden)) = membership(connection, user, after)? else {
                return Ok(Piece::default());
            };
            let Line::Conversation { conversation, .. } = &found else { return Ok(Piece::default()) };
            let next = Next::Events(conversation.id, conversation.address.clone(), hidden);
            Ok(Piece { lines: line(&found), next: Some(next) })
        }
        Next::Events(conversation, address, after) => {
            let sql = "SELECT 1 FROM members WHERE user = ?1 AND conversation = ?2";
            if one(connection, sql, [user.0, conversation.0], |_| Ok(()))?.is_none() {
                return Ok(Piece { lines: Vec::new(), next: Some(Next::Conversation(conversation)) }); // left meanwhile
            }
            let page = events(connection, conversation, after, Page::After(after), PAGE_EVENTS_MAX, None)?;
            let last = page.events.last().filter(|_| page.more).map(|entry| entry.event().seq);
            let next = match last {
                Some(last) => Next::Events(conversation, address.clone(), last),
                None => Next::Conversation(conversation),
            };
            let said = page.events.into_iter().map(|entry| entry.into_event().by_address(address.clone()));
            Ok(Piece { lines: said.flat_map(|event| line(&event)).collect(), next: Some(next) })
        }
    }
}

fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = json_line(value);
    line.push(b'\n');
    line
}

fn account(connection: &Connection, user: UserId) -> Result<Vec<Line>, StoreError> {
    let at = |row: &Row<'_>, column| row.get(column).map(Timestamp);
    let sql = "SELECT name, created FROM users WHERE id = ?1";
    let mut lines = rows(connection, sql, [user.0], |row| {
        Ok(Line::Account { name: user_name(row, 0)?, created: at(row, 1)? })
    })?;
    let sql = "SELECT label, created FROM tokens WHERE user = ?1 ORDER BY id";
    lines.extend(rows(connection, sql, [user.0], |row| {
        let named = row.get::<_, Option<String>>(0)?.map(|_| label(row, 0)).transpose()?;
        Ok(Line::Token { label: named, created: at(row, 1)? })
    })?);
    lines.extend(hooks_of(connection, user)?.into_iter().map(|hook| Line::Webhook {
        label: hook.label,
        conversation: hook.conversation,
        created: hook.created,
    }));
    let sql = "SELECT u.name, f.since FROM friends f JOIN users u ON u.id = f.friend WHERE f.user = ?1 ORDER BY f.id";
    lines.extend(rows(connection, sql, [user.0], |row| {
        Ok(Line::Friend { name: user_name(row, 0)?, since: at(row, 1)? })
    })?);
    let sql = "SELECT c.name, p.kind, b.name, p.at FROM pending p
         JOIN conversations c ON c.id = p.conversation JOIN users b ON b.id = p.by WHERE p.user = ?1 ORDER BY p.at";
    lines.extend(rows(connection, sql, [user.0], |row| {
        Ok(Line::Pending {
            group: room_name(row, 0)?,
            kind: pending_kind(row, 1)?,
            by: user_name(row, 2)?,
            at: at(row, 3)?,
        })
    })?);
    Ok(lines)
}

/// The conversation after one, as its member sees it, and up to which event it is hidden from them.
fn membership(
    connection: &Connection,
    user: UserId,
    after: ConversationId,
) -> Result<Option<(Line, Seq)>, StoreError> {
    let sql = "SELECT conversation, since, synced FROM members WHERE user = ?1 AND conversation > ?2
         ORDER BY conversation LIMIT 1";
    let found = one(connection, sql, [user.0, after.0], |row| {
        Ok((row.get::<_, u64>(0)?, Timestamp(row.get(1)?), Seq(row.get(2)?)))
    })?;
    let Some((id, since, fetched)) = found else { return Ok(None) };
    let sql = format!("{SELECT_CONVERSATION} AND m.conversation = ?2");
    one(connection, &sql, [user.0, id], |row| {
        let conversation = conversation(row)?;
        Ok((Line::Conversation { conversation, since, fetched }, Seq(row.get("hidden")?)))
    })
}
