//! What happened to the messages of a page after it, so that whoever has only the page reads them as they read now.

use std::collections::{BTreeMap, HashSet};

use im_proto::{AMENDMENTS_MAX, Author, Body, ConversationId, Event, Reaction, Seq};
use rusqlite::{Connection, params};

use crate::entry::Entry;
use crate::store::StoreError;

use super::failure;
use super::pages::one;
use super::rows::{EDITED, REACTED, SELECT_EVENT, UNREACTED, entry};

/// Most reactions, and reactions taken back, that are looked at for one page, the newest.
const REACTIONS_READ_MAX: usize = 8 * AMENDMENTS_MAX;

/// The edits that hold, found while a page is read: they count towards its size.
#[derive(Default)]
pub(super) struct Edits(BTreeMap<Seq, Event>);

impl Edits {
    /// Looks for the newest edit of a message, and says how many bytes it has.
    pub(super) fn look(&mut self, connection: &Connection, event: &Event) -> Result<usize, StoreError> {
        let Body::Posted { .. } = event.body else { return Ok(0) };
        let sql = format!(
            "{SELECT_EVENT} WHERE e.conversation = ?1 AND e.about = ?2 AND e.kind = ?3
             AND e.author = (SELECT author FROM events WHERE conversation = ?1 AND seq = ?2) ORDER BY e.id DESC LIMIT 1"
        );
        let newest = one(connection, &sql, params![event.conversation.0, event.seq.0, EDITED], entry)?;
        let Some(edit) = newest.map(Entry::into_event) else { return Ok(0) };
        let bytes = text_bytes(&edit);
        self.0.insert(edit.seq, edit);
        Ok(bytes)
    }

    /// With the reactions, in the order of the log: all of what happened after the page, or the newest of it.
    pub(super) fn amendments(
        self,
        connection: &Connection,
        conversation: ConversationId,
        page: &[Entry],
    ) -> Result<Vec<Event>, StoreError> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(Vec::new()) };
        let (first, last) = (first.event().seq, last.event().seq);
        let mut found = self.0;
        found.retain(|seq, _| *seq > last);
        let mut statement = connection
            .prepare_cached(&format!(
                "{SELECT_EVENT} WHERE e.conversation = ?1 AND e.about BETWEEN ?2 AND ?3 AND e.kind IN (?4, ?5)
                 AND e.seq > ?3 ORDER BY e.id DESC LIMIT ?6"
            ))
            .map_err(failure)?;
        let mut rows = statement
            .query(params![conversation.0, first.0, last.0, REACTED, UNREACTED, REACTIONS_READ_MAX])
            .map_err(failure)?;
        let mut settled: HashSet<(Seq, Reaction, Author)> = HashSet::new();
        while found.len() < AMENDMENTS_MAX
            && let Some(row) = rows.next().map_err(failure)?
        {
            let event = entry(row).map_err(failure)?.into_event();
            let Some((key, stands)) = reaction(&event) else { continue };
            let in_page = || page.iter().any(|e| reaction(e.event()).is_some_and(|(known, _)| known == key));
            // What was taken back is news only to whoever reads of it in the page.
            if !settled.contains(&key) && (stands || in_page()) {
                found.insert(event.seq, event);
            }
            settled.insert(key);
        }
        Ok(found.into_values().collect())
    }
}

/// How much of a page an event takes.
pub(super) fn text_bytes(event: &Event) -> usize {
    match &event.body {
        Body::Posted { text, .. } | Body::Edited { text, .. } => text.as_str().len(),
        Body::TopicSet { topic: Some(remark) }
        | Body::Kicked { why: Some(remark), .. }
        | Body::Banned { why: Some(remark), .. }
        | Body::Muted { why: Some(remark), .. } => remark.as_str().len(),
        _ => 0,
    }
}

/// Whose reaction to what it is, and whether it stands.
fn reaction(event: &Event) -> Option<((Seq, Reaction, Author), bool)> {
    match &event.body {
        Body::Reacted { of, reaction } => Some(((*of, reaction.clone(), event.author.clone()), true)),
        Body::Unreacted { of, reaction } => Some(((*of, reaction.clone(), event.author.clone()), false)),
        _ => None,
    }
}
