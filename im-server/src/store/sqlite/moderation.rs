//! Who is kept out or silent, topics and slow mode, and what holds for the whole server. What is done is written into the audit
//! log in the same transaction.

use std::net::IpAddr;

use im_proto::{
    About, ConversationId, Deed, Refusal, Remark, SANCTIONS_MAX, Sanction, SanctionKind, Seq, Timestamp,
    UserId, UserName,
};
use rusqlite::{Connection, Row, params};

use crate::announcement::Announcement;
use crate::store::{Access, Account, AddressBan, Step, StoreError, Subject};

use super::Store;
use super::accounts::{alive, known};
use super::footing::{is_operator, look, sanctions};
use super::pages::{find, one, rows};
use super::rows::{code_of_kind, code_of_sanction, remark, site, user_name};
use super::tx::Tx;

/// Who did something, for the audit log.
pub(super) struct By {
    /// Nothing: on the machine itself.
    pub(super) user: Option<UserId>,
    pub(super) from: Option<IpAddr>,
    pub(super) at: Timestamp,
    pub(super) until: Option<Timestamp>,
    pub(super) why: Option<Remark>,
}

impl By {
    /// Whoever has the machine itself.
    pub(super) fn machine(at: Timestamp) -> Self {
        Self { user: None, from: None, at, until: None, why: None }
    }
}

/// Writes a row of the audit log. Guests who stand in it keep their rows: nobody else is to be taken for them.
pub(super) fn audit(
    tx: &Tx<'_>,
    by: &By,
    deed: &str,
    user: Option<UserId>,
    conversation: Option<ConversationId>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit (at, by, site, deed, user, conversation, until, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            by.at.0,
            by.user.map(|user| user.0),
            by.from.map(|from| from.to_string()),
            deed,
            user.map(|user| user.0),
            conversation.map(|conversation| conversation.0),
            by.until.map(|until| until.0),
            by.why.as_ref().map(Remark::as_str)
        ],
    )?;
    for guest in [by.user, user].into_iter().flatten() {
        let sql = "UPDATE users SET traced = 1 WHERE id = ?1 AND password IS NULL AND traced = 0";
        tx.execute(sql, [guest.0])?;
    }
    Ok(())
}

/// The steps of moderation.
pub(super) fn moderate(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    subject: &Subject,
    step: Step,
) -> Result<(), StoreError> {
    match step {
        Step::Sanction(kind, whom, until, why) => {
            put(tx, conversation, subject, (kind, &whom, until, why.as_ref()))
        }
        Step::Lift(kind, whom) => lift(tx, conversation, kind, &whom),
        Step::Topic(topic) => {
            let by = topic.as_ref().map(|_| subject.actor.id.0);
            let sql = "UPDATE conversations SET topic = ?2, topic_by = ?3 WHERE id = ?1";
            tx.execute(sql, params![conversation.0, topic.as_ref().map(Remark::as_str), by])?;
            Ok(())
        }
        Step::LockTopic(on) => {
            let sql = "UPDATE conversations SET topic_locked = ?2 WHERE id = ?1";
            tx.execute(sql, params![conversation.0, on])?;
            Ok(())
        }
        Step::Slow(seconds) => {
            let sql = "UPDATE conversations SET slow_seconds = ?2, moderated = 1 WHERE id = ?1";
            tx.execute(sql, params![conversation.0, seconds])?;
            tx.execute("DELETE FROM slow_posts WHERE conversation = ?1", [conversation.0])?;
            Ok(())
        }
        Step::Audit(deed, user, until, why) => {
            let by = By {
                user: Some(subject.actor.id),
                from: subject.from.map(|from| from.address),
                at: subject.at,
                until,
                why,
            };
            audit(tx, &by, deed, user.map(|user| user.id), Some(conversation))
        }
        _ => Ok(()), // is no step of moderation
    }
}

fn put(
    tx: &Tx<'_>,
    conversation: ConversationId,
    subject: &Subject,
    (kind, whom, until, why): (SanctionKind, &Account, Option<Timestamp>, Option<&Remark>),
) -> Result<(), StoreError> {
    let (at, by, code) = (subject.at.0, subject.actor.id.0, code_of_sanction(kind));
    let why = why.map(Remark::as_str);
    tx.execute("DELETE FROM sanctions WHERE conversation = ?1 AND until <= ?2", [conversation.0, at])?;
    tx.execute("DELETE FROM site_sanctions WHERE conversation = ?1 AND until <= ?2", [conversation.0, at])?;
    tx.execute(
        "INSERT OR REPLACE INTO sanctions (conversation, user, kind, guest, by, at, until, why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![conversation.0, whom.id.0, code, whom.guest, by, at, until.map(|until| until.0), why],
    )?;
    if whom.guest {
        // Another guest must not get this row, and with it what holds for this one.
        tx.execute("UPDATE users SET traced = 1 WHERE id = ?1", [whom.id.0])?;
        tx.execute(
            "INSERT OR REPLACE INTO site_sanctions (conversation, site, kind, user, by, at, until, why)
             SELECT ?1, site, ?3, id, ?4, ?5, ?6, ?7 FROM users WHERE id = ?2 AND site IS NOT NULL",
            params![conversation.0, whom.id.0, code, by, at, until.map(|until| until.0), why],
        )?;
    }
    tx.execute("UPDATE conversations SET moderated = 1 WHERE id = ?1", [conversation.0])?;
    Ok(())
}

fn lift(
    tx: &Tx<'_>,
    conversation: ConversationId,
    kind: SanctionKind,
    whom: &Account,
) -> Result<(), StoreError> {
    let of = params![conversation.0, whom.id.0, code_of_sanction(kind)];
    tx.execute("DELETE FROM sanctions WHERE conversation = ?1 AND user = ?2 AND kind = ?3", of)?;
    tx.execute("DELETE FROM site_sanctions WHERE conversation = ?1 AND user = ?2 AND kind = ?3", of)?;
    Ok(())
}

/// How many are kept out or silent in a conversation, with those of whom it is over.
pub(super) fn count_sanctions(tx: &Tx<'_>, conversation: ConversationId) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM sanctions WHERE conversation = ?1";
    Ok(tx.row(sql, [conversation.0], |row| row.get(0))?.unwrap_or(0))
}

/// Tells the sessions of a guest who was put out, and of all guests who are kept out together with them.
pub(super) fn tell_guests(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    at: Seq,
    name: &UserName,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((user, true)) = known(tx, name)? else { return Ok(()) };
    tx.announce(Announcement::Out { user, conversation, at });
    let sql = "SELECT u.id FROM site_sanctions s JOIN users u ON u.site = s.site
         WHERE s.conversation = ?1 AND s.user = ?2 AND s.kind = 0 AND s.until > ?3 AND u.password IS NULL AND u.id != ?2";
    let others = tx.rows(sql, [conversation.0, user.0, now.0], |row| row.get(0).map(UserId))?;
    for user in others {
        tx.announce(Announcement::Out { user, conversation, at });
    }
    Ok(())
}

impl Store {
    /// What holds in a conversation, as somebody sees it who may look.
    pub(crate) async fn about(
        &self,
        me: Account,
        of: im_proto::Address,
        allow: Access,
    ) -> Result<About, StoreError> {
        self.read(move |connection| {
            let place = find(connection, me.id, &of)?;
            place.ask(connection, &me, allow)?;
            about(connection, &me, place.id, allow.now)
        })
        .await
    }

    /// The same of a conversation that somebody is in.
    pub(crate) async fn about_here(
        &self,
        me: Account,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<About, StoreError> {
        self.read(move |connection| about(connection, &me, conversation, now)).await
    }

    /// Whether a guest is kept out of a room.
    pub(crate) async fn is_kept_out(
        &self,
        user: UserId,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(move |connection| Ok(sanctions(connection, user, conversation, now)?.0)).await
    }

    /// Who is kept out or silent in a room or group, newest first; and whether who asks is an operator.
    pub(crate) async fn sanctions(
        &self,
        me: Account,
        of: im_proto::RoomName,
        allow: Access,
    ) -> Result<Vec<Sanction>, StoreError> {
        self.read(move |connection| {
            let place = find(connection, me.id, &im_proto::Address::Room(of.clone()))?;
            place.ask(connection, &me, allow)?;
            let told = is_operator(connection, me.id)?;
            let mut found = rows(
                connection,
                "SELECT s.kind, u.name, s.guest, iif(s.guest, u.site, NULL), b.name, s.at, s.until, s.why AS why FROM sanctions s
                 JOIN users u ON u.id = s.user JOIN users b ON b.id = s.by
                 WHERE s.conversation = ?1 AND ifnull(s.until > ?2, 1)
                 UNION ALL
                 SELECT s.kind, NULL, 0, s.site, b.name, s.at, s.until, s.why FROM site_sanctions s
                 LEFT JOIN users b ON b.id = s.by WHERE s.conversation = ?1 AND s.until > ?2 AND s.user IS NULL AND ?4
                 ORDER BY 6 DESC LIMIT ?3",
                params![place.id.0, allow.now.0, SANCTIONS_MAX, told],
                sanction,
            )?;
            if !told {
                found.iter_mut().for_each(|sanction| sanction.address = None);
            }
            Ok(found)
        })
        .await
    }

    /// The addresses that are kept out of the server, newest first, for whoever may see them.
    pub(crate) async fn address_bans(&self, now: Timestamp) -> Result<Vec<Sanction>, StoreError> {
        self.read(move |connection| {
            rows(
                connection,
                "SELECT s.kind, NULL, 0, s.site, b.name, s.at, s.until, s.why AS why FROM site_sanctions s
                 LEFT JOIN users b ON b.id = s.by WHERE s.conversation = 0 AND s.until > ?1 ORDER BY s.at DESC LIMIT ?2",
                params![now.0, SANCTIONS_MAX],
                sanction,
            )
        })
        .await
    }

    /// All addresses that are kept out of the server, each until when.
    pub(crate) async fn banned_sites(&self, now: Timestamp) -> Result<Vec<(IpAddr, Timestamp)>, StoreError> {
        let sql = "SELECT site, until FROM site_sanctions WHERE conversation = 0 AND kind = 0 AND until > ?1";
        let found = self.read(move |connection| {
            rows(connection, sql, [now.0], |row| Ok((site(row, 0)?, Timestamp(row.get(1)?))))
        });
        Ok(found.await?.into_iter().filter_map(|(site, until)| Some((site?, until))).collect())
    }

    /// Keeps an address out of the server, or guests and newcomers from there out of one room; or no longer.
    pub(crate) async fn ban_address(&self, ban: AddressBan) -> Result<(), StoreError> {
        self.write(move |tx| ban_address(tx, &ban)).await
    }

    /// Whether an account is an operator of the server.
    pub(crate) async fn is_operator(&self, user: UserId) -> Result<bool, StoreError> {
        self.read(move |connection| is_operator(connection, user)).await
    }

    /// Closes the hatches, or opens them.
    pub(crate) async fn hatches(
        &self,
        by: Option<(Account, IpAddr)>,
        closed: bool,
        why: Option<Remark>,
        at: Timestamp,
        allow: fn(bool) -> Result<(), Refusal>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let by = operator(tx, by.as_ref(), at, why.clone(), allow)?;
            tx.execute("UPDATE server SET hatches_closed = ?1", [closed])?;
            audit(tx, &by, if closed { "close-hatches" } else { "open-hatches" }, None, None)?;
            tx.announce(Announcement::Hatches { closed });
            Ok(())
        })
        .await
    }

    /// Whether the hatches are closed.
    pub(crate) async fn hatches_closed(&self) -> Result<bool, StoreError> {
        let sql = "SELECT hatches_closed FROM server";
        self.read(move |connection| Ok(one(connection, sql, [], |row| row.get(0))?.unwrap_or(false))).await
    }

    /// The room or group of a name.
    pub(crate) async fn named(&self, name: im_proto::RoomName) -> Result<Option<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversations WHERE key = ?1";
        self.read(move |connection| one(connection, sql, [name.key()], |row| row.get(0).map(ConversationId)))
            .await
    }

    /// Forgets from where guests came before a moment.
    pub(crate) async fn forget_sites(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.execute(
                "UPDATE users SET site = NULL, site_at = NULL WHERE site IS NOT NULL AND site_at < ?1",
                [before.0],
            )?;
            Ok(())
        })
        .await
    }
}

/// Who acts as an operator, if they may; nobody is somebody on the machine itself.
fn operator(
    tx: &Tx<'_>,
    by: Option<&(Account, IpAddr)>,
    at: Timestamp,
    why: Option<Remark>,
    allow: fn(bool) -> Result<(), Refusal>,
) -> Result<By, StoreError> {
    if let Some((me, _)) = by {
        alive(tx, me.id)?;
        allow(is_operator(tx.connection()?, me.id)?)?;
    }
    Ok(By { user: by.map(|(me, _)| me.id), from: by.map(|(_, from)| *from), at, until: None, why })
}

fn ban_address(tx: &mut Tx<'_>, ban: &AddressBan) -> Result<(), StoreError> {
    let AddressBan { by, of, site, until, why, at, allow, one_more } = ban;
    let by = operator(tx, by.as_ref(), *at, why.clone(), *allow)?;
    let place = match of {
        Some(name) => {
            let sql = "SELECT id FROM conversations WHERE key = ?1 AND kind != ?2";
            let direct = code_of_kind(im_proto::Kind::Direct);
            let found = tx.row(sql, params![name.key(), direct], |row| row.get(0).map(ConversationId))?;
            Some(found.ok_or(Refusal::NoSuchRoom)?)
        }
        None => None,
    };
    let (conversation, text) = (place.map_or(0, |place| place.0), site.to_string());
    tx.execute("DELETE FROM site_sanctions WHERE conversation = ?1 AND until <= ?2", [conversation, at.0])?;
    let (ban, values) = (code_of_sanction(SanctionKind::Ban), params![conversation, text]);
    if let Some(until) = until {
        let sql = "SELECT count(*) FROM site_sanctions WHERE conversation = ?1";
        one_more(tx.row(sql, [conversation], |row| row.get(0))?.unwrap_or(0))?;
        tx.execute(
            "INSERT OR REPLACE INTO site_sanctions (conversation, site, kind, user, by, at, until, why)
             VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7)",
            params![
                conversation,
                text,
                ban,
                by.user.map(|by| by.0),
                at.0,
                until.0,
                why.as_ref().map(Remark::as_str)
            ],
        )?;
        tx.execute("UPDATE conversations SET moderated = 1 WHERE id = ?1", [conversation])?;
    } else if tx
        .execute("DELETE FROM site_sanctions WHERE conversation = ?1 AND site = ?2 AND kind = 0", values)?
        == 0
    {
        return Err(Refusal::NotSanctioned.into());
    }
    let both = why.as_ref().and_then(|why| Remark::parse(&format!("{text}: {why}")).ok());
    let why = both.or_else(|| Remark::parse(&text).ok());
    let deed = if until.is_some() { "ban-address" } else { "unban-address" };
    audit(tx, &By { until: *until, why, ..by }, deed, None, place)?;
    match place {
        None => tx.announce(Announcement::SiteBanned { site: *site, until: *until }),
        Some(conversation) if until.is_some() => {
            // Guests from there who are in it go; no event says so, since addresses are in none.
            let sql = "SELECT head FROM conversations WHERE id = ?1";
            let at = Seq(tx.row(sql, [conversation.0], |row| row.get(0))?.unwrap_or(0));
            let sql = "SELECT id FROM users WHERE site = ?1 AND password IS NULL";
            for user in tx.rows(sql, [&text], |row| row.get(0).map(UserId))? {
                tx.announce(Announcement::Out { user, conversation, at });
            }
        }
        Some(_) => {}
    }
    Ok(())
}

/// Whether anybody new is let in.
pub(super) fn hatches_open(tx: &Tx<'_>) -> Result<(), StoreError> {
    match tx.row("SELECT hatches_closed FROM server", [], |row| row.get(0))? {
        Some(true) => Err(Refusal::HatchesClosed.into()),
        _ => Ok(()),
    }
}

fn about(
    connection: &Connection,
    me: &Account,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<About, StoreError> {
    let sql = "SELECT topic, topic_locked, slow_seconds, moderated FROM conversations WHERE id = ?1";
    let found = one(connection, sql, [conversation.0], |row| {
        let about = About {
            topic: remark(row, "topic")?,
            topic_locked: row.get(1)?,
            slow_seconds: row.get(2)?,
            ..About::plain(conversation)
        };
        Ok((about, row.get::<_, bool>(3)?))
    })?;
    let (mut about, moderated) = found.ok_or(Refusal::NoSuchRoom)?;
    if moderated {
        let plain = crate::footing::Footing::new(im_proto::Kind::Room, me.guest, None);
        about.muted = look(connection, me, conversation, plain, now)?.muted;
        let sql = "SELECT until FROM sanctions WHERE conversation = ?1 AND user = ?2 AND kind = 1";
        let until =
            one(connection, sql, [conversation.0, me.id.0], |row| row.get::<_, Option<u64>>(0))?.flatten();
        about.muted_until = until.map(Timestamp).filter(|_| about.muted);
    }
    Ok(about)
}

/// What holds in the conversations of a user, where there is anything to tell.
pub(super) fn abouts(connection: &Connection, user: UserId) -> Result<Vec<About>, StoreError> {
    let sql = "SELECT c.id, c.topic, c.topic_locked, c.slow_seconds, s.user IS NOT NULL, s.until
         FROM members m JOIN conversations c ON c.id = m.conversation
         LEFT JOIN sanctions s ON s.conversation = c.id AND s.user = m.user AND s.kind = 1
         WHERE m.user = ?1 AND (c.topic IS NOT NULL OR c.topic_locked OR c.moderated) ORDER BY c.id";
    let found = rows(connection, sql, [user.0], |row| {
        Ok(About {
            topic: remark(row, "topic")?,
            topic_locked: row.get(2)?,
            slow_seconds: row.get(3)?,
            muted: row.get(4)?,
            muted_until: row.get::<_, Option<u64>>(5)?.map(Timestamp),
            ..About::plain(ConversationId(row.get(0)?))
        })
    })?;
    Ok(found.into_iter().filter(|about| !about.is_plain()).collect())
}

fn sanction(row: &Row<'_>) -> rusqlite::Result<Sanction> {
    let name = |column| row.get::<_, Option<String>>(column)?.map(|_| user_name(row, column)).transpose();
    let kind = if row.get::<_, u8>(0)? == code_of_sanction(SanctionKind::Ban) {
        SanctionKind::Ban
    } else {
        SanctionKind::Mute
    };
    Ok(Sanction {
        kind,
        user: name(1)?,
        is_guest: row.get(2)?,
        address: site(row, 3)?,
        by: name(4)?,
        at: Timestamp(row.get(5)?),
        until: row.get::<_, Option<u64>>(6)?.map(Timestamp),
        why: remark(row, "why")?,
    })
}

/// How the audit log calls what is done to somebody.
pub(crate) fn word(deed: Deed) -> &'static str {
    match deed {
        Deed::Kick => "kick",
        Deed::Ban => "ban",
        Deed::Unban => "unban",
        Deed::Mute => "mute",
        Deed::Unmute => "unmute",
    }
}
