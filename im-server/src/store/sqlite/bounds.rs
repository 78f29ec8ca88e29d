//! How many there may be of what people make. Asked in the transaction that makes one more, before it writes anything.

use std::sync::Arc;

use im_proto::{ConversationId, PendingKind, Refusal, UserId};
use rusqlite::{Params, params};

use crate::store::{Most, Step, StoreError, Subject};

use super::Store;
use super::accounts::LOBBY;
use super::posts::role_in;
use super::rows::code_of_pending;
use super::tx::Tx;

/// What is asked each time, because it may change.
pub(super) type Bounds = Arc<dyn Fn() -> Most + Send + Sync>;

impl Store {
    /// From now on there are bounds.
    #[must_use]
    pub(crate) fn bounded(mut self, most: impl Fn() -> Most + Send + Sync + 'static) -> Self {
        self.bounds = Arc::new(most);
        self
    }
}

/// Whether there is room for all that the steps make.
pub(super) fn check(
    tx: &Tx<'_>,
    conversation: Option<ConversationId>,
    subject: &Subject,
    steps: &[Step],
    most: &Most,
) -> Result<(), StoreError> {
    for step in steps {
        match (step, conversation) {
            (Step::Make(..), _) => one_more_room(tx, subject, most)?,
            (Step::Member(who, Some(_)), Some(conversation)) => {
                one_more_member(tx, conversation, who.id, most)?;
            }
            (Step::Pending(who, Some((kind, by))), Some(conversation)) if *kind != PendingKind::Rejection => {
                one_more_matter(tx, conversation, [who.id, by.id], most)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn one_more_room(tx: &Tx<'_>, subject: &Subject, most: &Most) -> Result<(), StoreError> {
    room_for(tx, most.rooms, "SELECT count(*) FROM conversations WHERE key IS NOT NULL", [])?;
    let those = "SELECT count(*) FROM conversations WHERE maker IS NOT NULL AND key IS NOT NULL AND by_guest";
    if subject.actor.guest {
        room_for(tx, most.rooms_of_guests, &format!("{those} = 1"), [])
    } else {
        room_for(tx, most.rooms_per_user, &format!("{those} = 0 AND maker = ?1"), [subject.actor.id.0])
    }
}

/// Who is in it already takes no more room; the lobby has room for all.
fn one_more_member(
    tx: &Tx<'_>,
    conversation: ConversationId,
    who: UserId,
    most: &Most,
) -> Result<(), StoreError> {
    if conversation == LOBBY || most.members == 0 || role_in(tx, conversation, who)?.is_some() {
        return Ok(());
    }
    room_for(tx, most.members, "SELECT members FROM conversations WHERE id = ?1", [conversation.0])
}

/// Both who waits and who asked for it are counted.
fn one_more_matter(
    tx: &Tx<'_>,
    conversation: ConversationId,
    whose: [UserId; 2],
    most: &Most,
) -> Result<(), StoreError> {
    for (column, who) in ["user", "by"].into_iter().zip(whose) {
        // But the one that takes the place of this one.
        let sql = format!(
            "SELECT count(*) FROM pending
             WHERE {column} = ?1 AND kind != ?2 AND NOT (user = ?3 AND conversation = ?4)"
        );
        let values = params![who.0, code_of_pending(PendingKind::Rejection), whose[0].0, conversation.0];
        room_for(tx, most.invitations, &sql, values)?;
    }
    Ok(())
}

/// `sql` counts those that there are; 0 is no bound.
fn room_for(tx: &Tx<'_>, most: u64, sql: &str, params: impl Params) -> Result<(), StoreError> {
    if most == 0 {
        return Ok(());
    }
    let count: u64 = tx.row(sql, params, |row| row.get(0))?.unwrap_or(0);
    if count < most { Ok(()) } else { Err(Refusal::TooMany.into()) }
}
