//! A write transaction: the few ways in which anything is written, and what is to be told once it is committed.

use std::cell::Cell;
use std::sync::Arc;

use im_proto::{Body, ConversationId, Event, Kind, PendingKind, Role, RoomName, Seq, Timestamp, UserId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, params};
use tracing::error;

use crate::announcement::Announcement;
use crate::entry::Entry;
use crate::store::{Account, Post, Posted, StoreError};

use super::failure;
use super::posting::{self, Known};
use super::rows::{SELECT_QUOTE, body_columns, code_of_kind, code_of_pending, code_of_role, quote};

/// One transaction, from `BEGIN` to `COMMIT`.
pub(super) struct Tx<'c> {
    connection: &'c Connection,
    announcements: Vec<Announcement>,
    /// What holds as long as nothing but posts happens.
    known: Cell<Option<Box<Known<'c>>>>,
}

impl<'c> Tx<'c> {
    pub(super) fn begin(connection: &'c Connection) -> Result<Self, StoreError> {
        connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]))
            .map_err(failure)?;
        Ok(Self { connection, announcements: Vec::new(), known: Cell::default() })
    }

    /// Says something where nothing stands in the way. Nothing: it has to be looked at more closely, and nothing was written.
    pub(super) fn post_plainly(&mut self, post: &Post) -> Result<Option<Posted>, StoreError> {
        let mut known = self.known.take().unwrap_or_default();
        let posted = posting::plainly(self, &mut known, post);
        self.known.set(Some(known));
        posted
    }

    /// What has grown with posts is written before anything else is asked, and what was found out for them is forgotten.
    fn settle(&self) -> Result<(), StoreError> {
        self.known.take().map_or(Ok(()), |known| known.write(self.connection).map_err(failure))
    }

    /// Makes it durable, and hands out what may be told from now on.
    pub(super) fn commit(self) -> Result<Vec<Announcement>, StoreError> {
        if let Err(error) = self.settle() {
            self.rollback();
            return Err(error);
        }
        let committed = self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        match committed {
            Ok(_) => Ok(self.announcements),
            Err(error) => {
                die_if_sync_failed(&error);
                self.rollback();
                Err(failure(error))
            }
        }
    }

    pub(super) fn rollback(self) {
        // SQLite rolls back by itself on some errors, and then has no transaction to roll back.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            error!(%error, "a transaction could not be rolled back");
        }
    }

    /// To read by.
    pub(super) fn connection(&self) -> Result<&Connection, StoreError> {
        self.settle()?;
        Ok(self.connection)
    }

    /// The same between posts, which know what is not written yet.
    pub(super) fn within(&self) -> &'c Connection {
        self.connection
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        self.settle()?;
        self.connection.prepare_cached(sql).map_err(failure)
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.prepare(sql)?.execute(params).map_err(failure)
    }

    /// The first row, if there is one.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.prepare(sql)?.query_row(params, read).optional().map_err(failure)
    }

    /// All rows: for what is few.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.prepare(sql)?.query_map(params, read).and_then(Iterator::collect).map_err(failure)
    }

    pub(super) fn announce(&mut self, announcement: Announcement) {
        self.announcements.push(announcement);
    }

    /// Writes the next event of a log.
    pub(super) fn append(
        &mut self,
        conversation: ConversationId,
        at: Timestamp,
        author: &Account,
        body: Body,
    ) -> Result<(Seq, Timestamp), StoreError> {
        let is_post = matches!(body, Body::Posted { .. });
        // A clock that was set back does not make a log go back in time.
        let (seq, posts, at) = self
            .prepare(
                "UPDATE conversations SET head = head + 1, posts = posts + ?2, active = max(active, ?3) WHERE id = ?1
                 RETURNING head, posts, active",
            )?
            .query_row(params![conversation.0, is_post, at.0], |row| {
                Ok((Seq(row.get(0)?), row.get::<_, u64>(1)?, Timestamp(row.get(2)?)))
            })
            .map_err(failure)?;
        let columns = body_columns(&body);
        let subject = match columns.subject {
            Some(name) => {
                self.row("SELECT id FROM users WHERE key = ?1", [name.key()], |row| row.get::<_, u64>(0))?
            }
            None => None,
        };
        // What is inserted last has the highest number: one thread writes, and nothing is ever taken out.
        self.execute(
            "INSERT INTO events (conversation, seq, at, author, guest, kind, posts, subject, role, message, text, about,
                                 remark, amount, of_guest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            params![
                conversation.0,
                seq.0,
                at.0,
                author.id.0,
                author.guest,
                columns.kind,
                posts,
                subject,
                columns.role,
                columns.message,
                columns.text,
                columns.about,
                columns.remark,
                columns.amount,
                columns.of_guest
            ],
        )?;
        let position = self.last_id();
        if author.guest && columns.message.is_none() {
            self.execute("UPDATE users SET traced = 1 WHERE id = ?1 AND traced = 0", [author.id.0])?;
        }
        if let Some(subject) = subject {
            let sql = "UPDATE users SET traced = 1 WHERE id = ?1 AND password IS NULL AND traced = 0";
            self.execute(sql, [subject])?;
        }
        let quote = match columns.about {
            Some(about) => self.row(SELECT_QUOTE, [conversation.0, about], |row| quote(row, 0))?.flatten(),
            None => None,
        };
        let event = Event { conversation, seq, at, author: author.author(), body };
        self.announce(Announcement::Event(Arc::new(Entry::new(event, position, quote))));
        Ok((seq, at))
    }

    /// Makes a room or group.
    pub(super) fn make_named(
        &self,
        kind: Kind,
        name: &RoomName,
        maker: &Account,
        at: Timestamp,
    ) -> Result<ConversationId, StoreError> {
        self.execute(
            "INSERT INTO conversations (kind, name, key, look, created, active, maker, by_guest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)",
            params![
                code_of_kind(kind),
                name.as_str(),
                name.key(),
                name.look(),
                at.0,
                maker.id.0,
                maker.guest
            ],
        )?;
        Ok(ConversationId(self.last_id()))
    }

    /// Makes the direct conversation of two users, who may be one and the same.
    pub(super) fn make_direct(
        &mut self,
        a: UserId,
        b: UserId,
        at: Timestamp,
    ) -> Result<ConversationId, StoreError> {
        self.execute(
            "INSERT INTO conversations (kind, low, high, created, active) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![code_of_kind(Kind::Direct), a.min(b).0, a.max(b).0, at.0],
        )?;
        let conversation = ConversationId(self.last_id());
        self.enter(conversation, a, Role::Member, at)?;
        if a != b {
            self.enter(conversation, b, Role::Member, at)?;
        }
        Ok(conversation)
    }

    /// The number of the row that was inserted last.
    pub(super) fn last_id(&self) -> u64 {
        self.connection.last_insert_rowid().unsigned_abs()
    }

    /// Lets a user in; what is in the log already counts as read, and as fetched.
    pub(super) fn enter(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let after = self
            .prepare("UPDATE conversations SET members = members + 1 WHERE id = ?1 RETURNING head")?
            .query_row([conversation.0], |row| row.get(0).map(Seq))
            .map_err(failure)?;
        self.execute(
            "INSERT INTO members (user, conversation, role, since, read, synced) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            params![user.0, conversation.0, code_of_role(role), at.0, after.0],
        )?;
        self.announce(Announcement::Entered { user, conversation, after });
        Ok(())
    }

    pub(super) fn leave(&self, conversation: ConversationId, user: UserId) -> Result<(), StoreError> {
        let gone = self
            .execute("DELETE FROM members WHERE user = ?1 AND conversation = ?2", [user.0, conversation.0])?;
        self.execute("DELETE FROM mentions WHERE user = ?1 AND conversation = ?2", [user.0, conversation.0])?;
        self.execute(
            "UPDATE conversations SET members = members - ?2 WHERE id = ?1",
            params![conversation.0, gone],
        )?;
        Ok(())
    }

    /// Takes a room or group out of the name space. Its log stays.
    pub(super) fn retire(&self, conversation: ConversationId) -> Result<(), StoreError> {
        self.execute("UPDATE conversations SET key = NULL, look = NULL WHERE id = ?1", [conversation.0])?;
        self.execute("DELETE FROM pending WHERE conversation = ?1", [conversation.0])?;
        Ok(())
    }

    pub(super) fn set_role(
        &self,
        conversation: ConversationId,
        user: UserId,
        role: Role,
    ) -> Result<(), StoreError> {
        self.execute(
            "UPDATE members SET role = ?3 WHERE user = ?1 AND conversation = ?2",
            params![user.0, conversation.0, code_of_role(role)],
        )?;
        Ok(())
    }

    /// Lets a matter wait, or no longer; and tells those who are to answer it.
    pub(super) fn set_pending(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        matter: Option<(PendingKind, UserId)>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.execute("DELETE FROM pending WHERE user = ?1 AND conversation = ?2", [user.0, conversation.0])?;
        if let Some((kind, by)) = matter {
            self.execute(
                "INSERT INTO pending (user, conversation, kind, by, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![user.0, conversation.0, code_of_pending(kind), by.0, at.0],
            )?;
        }
        self.announce(Announcement::Pending { user });
        let mut answerers =
            self.prepare("SELECT user FROM members WHERE conversation = ?1 AND role >= ?2")?;
        let answerers = answerers
            .query_map(params![conversation.0, code_of_role(Role::Admin)], |row| row.get(0).map(UserId))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(failure)?;
        for user in answerers {
            self.announce(Announcement::Pending { user });
        }
        Ok(())
    }
}

/// After a failed sync nobody knows what is on the disk, and asking again may lie: only a new start may find out.
pub(super) fn die_if_sync_failed(error: &rusqlite::Error) {
    use rusqlite::ffi;
    if let Some(code) = error.sqlite_error()
        && matches!(code.extended_code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)
    {
        error!(%error, "the disk did not confirm a write; ending now, so that nothing is acknowledged that is not there");
        std::process::abort();
    }
}
