//! What is done to a message that was said: edited, taken out, reacted to. The log only grows; but the text of what was
//! taken out is taken out of it.

use im_proto::{Address, Body, ConversationId, Kind, Reaction, Refusal, Seq, Text, UserId};
use rusqlite::params;

use crate::footing::Footing;
use crate::store::{About, Deleting, Editing, Reacting, StoreError};

use super::accounts::alive;
use super::moderation::{By, audit};
use super::posts::destination;
use super::rows::{EDITED, POSTED, REACTED, TOMBSTONE, UNREACTED, within};
use super::tx::Tx;
use super::{Store, mentions};

impl Store {
    /// Says in other words what was said. The same words again change nothing.
    pub(crate) async fn edit(&self, about: About, text: Text, allow: Editing) -> Result<(), StoreError> {
        self.write(move |tx| {
            let found = find(tx, &about)?;
            allow(about.me.guest, found.mine, edits(tx, &found)?)?;
            let now = found.text(tx)?.ok_or(Refusal::NoSuchMessage)?;
            if now != text.as_str() {
                append(tx, &about, &found, Body::Edited { of: about.seq, text: text.clone() })?;
                if found.kind != Kind::Direct {
                    mentions::rewrite(tx, found.conversation, about.seq, about.me.id, text.as_str())?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Takes a message out, with its edits. What is out already stays out.
    pub(crate) async fn delete(&self, about: About, allow: Deleting) -> Result<(), StoreError> {
        self.write(move |tx| {
            let found = find(tx, &about)?;
            allow(&found.footing, found.mine)?;
            if !found.is_gone {
                if !found.mine {
                    audit(tx, &by(&about), "delete", Some(UserId(found.author)), Some(found.conversation))?;
                }
                entomb(tx, found.conversation, about.seq)?;
                append(tx, &about, &found, Body::Deleted { of: about.seq })?;
                let message = [found.conversation.0, about.seq.0];
                mentions::forget(tx, "conversation = ?1 AND seq = ?2", message)?;
            }
            Ok(())
        })
        .await
    }

    /// Lets a reaction stand, or no longer.
    pub(crate) async fn react(
        &self,
        about: About,
        reaction: Reaction,
        on: bool,
        allow: Reacting,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let found = find(tx, &about)?;
            if found.is_gone {
                return Err(Refusal::NoSuchMessage.into());
            }
            if stands(tx, &about, &found, &reaction)? == on {
                return Ok(());
            }
            if on {
                let (standing, made) = reactions(tx, &about, &found)?;
                allow(standing, made)?;
            }
            let (of, reaction) = (about.seq, reaction.clone());
            let body = if on { Body::Reacted { of, reaction } } else { Body::Unreacted { of, reaction } };
            append(tx, &about, &found, body)
        })
        .await
    }
}

/// A message that something is to be done to.
struct Found {
    conversation: ConversationId,
    kind: Kind,
    seq: i64,
    author: u64,
    is_gone: bool,
    /// How the one who asks stands to it.
    footing: Footing,
    /// The one who asks has said it, by the account that they have now.
    mine: bool,
}

impl Found {
    /// What it says now.
    fn text(&self, tx: &Tx<'_>) -> Result<Option<String>, StoreError> {
        let edited = tx.row(
            "SELECT text FROM events WHERE conversation = ?1 AND about = ?2 AND kind = ?3 AND author = ?4
             ORDER BY id DESC LIMIT 1",
            params![self.conversation.0, self.seq, EDITED, self.author],
            |row| row.get(0),
        )?;
        if edited.is_some() {
            return Ok(edited);
        }
        let sql = "SELECT text FROM events WHERE conversation = ?1 AND seq = ?2";
        Ok(tx.row(sql, params![self.conversation.0, self.seq], |row| row.get(0))?.flatten())
    }
}

fn by(about: &About) -> By {
    By { user: Some(about.me.id), from: about.from, at: about.at, until: None, why: None }
}

/// The message that is meant, for somebody who is in the conversation and may see it.
fn find(tx: &Tx<'_>, about: &About) -> Result<Found, StoreError> {
    let About { me, of, seq, allow, .. } = about;
    alive(tx, me.id)?;
    let place = destination(tx, me, of, true)?;
    let conversation = match (place.conversation, of) {
        (Some(conversation), _) => conversation,
        (None, Address::User(_)) => return Err(Refusal::NoSuchMessage.into()), // they have not spoken yet
        (None, Address::Room(_)) => return Err(Refusal::NoSuchRoom.into()),
    };
    let footing = allow.ask(tx.connection()?, me, conversation, (place.kind, place.moderated))?;
    let sql = "SELECT hidden FROM members WHERE user = ?1 AND conversation = ?2";
    let hidden = tx.row(sql, [me.id.0, conversation.0], |row| row.get::<_, i64>(0))?.unwrap_or(0);
    let seq = within(seq.0);
    let (author, guest, code): (u64, bool, u8) = tx
        .row(
            "SELECT author, guest, kind FROM events
             WHERE conversation = ?1 AND seq = ?2 AND seq > ?3 AND message IS NOT NULL",
            params![conversation.0, seq, hidden],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?
        .ok_or(Refusal::NoSuchMessage)?;
    // A guest's name may be somebody else's account now: what the guest said is not theirs.
    let mine = author == me.id.0 && !guest && !me.guest;
    let (kind, is_gone) = (place.kind, code == TOMBSTONE);
    Ok(Found { conversation, kind, seq, author, is_gone, footing, mine })
}

fn edits(tx: &Tx<'_>, found: &Found) -> Result<u64, StoreError> {
    let edits = tx.row(
        "SELECT count(*) FROM events WHERE conversation = ?1 AND about = ?2 AND kind = ?3",
        params![found.conversation.0, found.seq, EDITED],
        |row| row.get(0),
    )?;
    Ok(edits.unwrap_or(0))
}

/// Whether a reaction of the one who asks stands.
fn stands(tx: &Tx<'_>, about: &About, found: &Found, reaction: &Reaction) -> Result<bool, StoreError> {
    let newest = tx.row(
        "SELECT kind FROM events WHERE conversation = ?1 AND about = ?2 AND kind IN (?3, ?4) AND author = ?5
         AND guest = ?6 AND text = ?7 ORDER BY id DESC LIMIT 1",
        params![
            found.conversation.0,
            found.seq,
            REACTED,
            UNREACTED,
            about.me.id.0,
            about.me.guest,
            reaction.as_str()
        ],
        |row| row.get::<_, u8>(0),
    )?;
    Ok(newest == Some(REACTED))
}

/// How many reactions of the one who asks stand there, and how many they ever made.
fn reactions(tx: &Tx<'_>, about: &About, found: &Found) -> Result<(u64, u64), StoreError> {
    let counted = tx.row(
        "SELECT count(*) FILTER (WHERE kind = ?3), count(*) FILTER (WHERE kind = ?4) FROM events
         WHERE conversation = ?1 AND about = ?2 AND kind IN (?3, ?4) AND author = ?5 AND guest = ?6",
        params![found.conversation.0, found.seq, REACTED, UNREACTED, about.me.id.0, about.me.guest],
        |row| Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?)),
    )?;
    // Each that was taken back stood before: the two alternate.
    let (made, taken_back) = counted.unwrap_or_default();
    Ok((made.saturating_sub(taken_back), made))
}

fn append(tx: &mut Tx<'_>, about: &About, found: &Found, body: Body) -> Result<(), StoreError> {
    let (seq, _) = tx.append(found.conversation, about.at, &about.me, body)?;
    // Nobody fetches this: while no post waits, no poll of a mailbox ever looks at it.
    tx.execute(
        "UPDATE members SET synced = ?2 WHERE conversation = ?1 AND synced = ?2 - 1
         AND user IN (SELECT low FROM conversations WHERE id = ?1 UNION ALL SELECT high FROM conversations WHERE id = ?1)",
        params![found.conversation.0, seq.0],
    )?;
    Ok(())
}

/// Takes the text of a message out of the log, and that of its edits. Numbers, authors, times and message ids stay.
pub(super) fn entomb(tx: &Tx<'_>, conversation: ConversationId, seq: Seq) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE events SET kind = ?3, text = NULL WHERE conversation = ?1 AND seq = ?2 AND kind = ?4",
        params![conversation.0, within(seq.0), TOMBSTONE, POSTED],
    )?;
    tx.execute(
        "UPDATE events SET kind = ?3, text = NULL WHERE conversation = ?1 AND about = ?2 AND kind = ?4",
        params![conversation.0, within(seq.0), TOMBSTONE, EDITED],
    )?;
    Ok(())
}
