//! How much each of the two of a direct conversation has of it, and what the other one is told about that.

use im_proto::{ConversationId, Receipts, Seq, UserId};
use rusqlite::{Row, params};

use crate::announcement::Announcement;
use crate::store::{Receipt, Received, StoreError};

use super::Store;
use super::rows::within;
use super::tx::Tx;

impl Store {
    /// Devices have received what was said in direct conversations, up to these events. All else that is named is passed
    /// over: other conversations, and those in which somebody is not.
    pub(crate) fn received(&self, all: Vec<Received>) -> Result<Receipt<()>, StoreError> {
        self.submit(move |tx| all.iter().try_for_each(|received| receive(tx, received)))
    }
}

/// Only what nothing else says yet is written: where nobody has received more, nothing is, and no commit is waited for.
fn receive(tx: &mut Tx<'_>, &(user, conversation, upto): &Received) -> Result<(), StoreError> {
    let moved = tx.execute(
        "UPDATE members SET received = min(?3, c.head)
         FROM (SELECT id, head FROM conversations WHERE id = ?2 AND kind = 0) c
         WHERE user = ?1 AND conversation = ?2 AND max(received, read, synced) < min(?3, c.head)",
        params![user.0, within(conversation.0), within(upto.0)],
    )?;
    if moved > 0 {
        tell_other(tx, user, conversation)?;
    }
    Ok(())
}

/// A user has more of a conversation than before: if it is direct, the other one is told.
pub(super) fn tell_other(
    tx: &mut Tx<'_>,
    user: UserId,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    // Of what is hidden from the other one they are told nothing, not even how much somebody has of it.
    let told = tx.row(
        "SELECT max(m.received, m.read, m.synced), m.read, o.hidden, o.user
         FROM members m CROSS JOIN conversations c ON c.id = m.conversation
         CROSS JOIN members o ON o.conversation = c.id AND o.user = iif(c.low = m.user, c.high, c.low)
         WHERE m.user = ?1 AND m.conversation = ?2 AND c.kind = 0 AND o.user != m.user",
        [user.0, conversation.0],
        |row| Ok((receipts(row, 0)?, UserId(row.get(3)?))),
    )?;
    if let Some((receipts, user)) = told
        && receipts != Receipts::default()
    {
        tx.announce(Announcement::Receipts { user, conversation, receipts });
    }
    Ok(())
}

/// What one of the two is told that the other has: how far it was received, how far it was read, and up to where all is
/// hidden from the one who is told, in this order from a column on.
pub(super) fn receipts(row: &Row<'_>, first: usize) -> rusqlite::Result<Receipts> {
    let hidden: u64 = row.get(first + 2)?;
    let seen = |upto: u64| if upto > hidden { Seq(upto) } else { Seq::ZERO };
    Ok(Receipts { received: seen(row.get(first)?), read: seen(row.get(first + 1)?) })
}
