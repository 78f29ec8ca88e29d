//! Who is in which conversation, what waits for an answer, and how far each has read.

use std::sync::Arc;

use im_proto::{ConversationId, PendingKind, Refusal, Role, Seq, Timestamp, UserId};
use rusqlite::params;

use crate::announcement::Announcement;
use crate::store::{Account, Facts, Receipt, Standing, Step, StoreError, Subject};

use super::accounts::alive;
use super::footing::{is_operator, is_site_banned, sanctions};
use super::moderation::{count_sanctions, moderate, tell_guests};
use super::posts::role_in;
use super::receipts::tell_other;
use super::rows::{account, code_of_role, kind, pending_kind};
use super::tx::Tx;
use super::{Store, bounds, mentions};

impl Store {
    /// Changes who is in a room or group: `decide` sees the facts and says what to do, in the one transaction that does it.
    pub(crate) async fn change(
        &self,
        subject: Subject,
        decide: impl Fn(&Facts) -> Result<Vec<Step>, Refusal> + Send + 'static,
    ) -> Result<ConversationId, StoreError> {
        let bounds = Arc::clone(&self.bounds);
        self.write(move |tx| {
            alive(tx, subject.actor.id)?;
            let found =
                tx.row("SELECT id, kind FROM conversations WHERE key = ?1", [subject.name.key()], |row| {
                    Ok((ConversationId(row.get(0)?), kind(row, 1)?))
                })?;
            let facts = match found {
                Some((conversation, kind)) => {
                    Facts { kind: Some(kind), ..facts(tx, conversation, &subject)? }
                }
                None => Facts { other: other(tx, None, &subject)?, ..NOTHING },
            };
            let steps = decide(&facts)?;
            let conversation = found.map(|(conversation, _)| conversation);
            bounds::check(tx, conversation, &subject, &steps, &bounds())?;
            apply(tx, conversation, &subject, steps)
        })
        .await
    }

    /// Moves a user's read mark forward, never back, and never past the head.
    pub(crate) fn mark(
        &self,
        user: UserId,
        conversation: ConversationId,
        read: Seq,
    ) -> Result<Receipt<()>, StoreError> {
        self.submit(move |tx| {
            let (head, before) = tx
                .row(
                    "SELECT c.head, m.read FROM members m JOIN conversations c ON c.id = m.conversation
                     WHERE m.user = ?1 AND m.conversation = ?2",
                    [user.0, conversation.0],
                    |row| Ok((Seq(row.get(0)?), Seq(row.get(1)?))),
                )?
                .ok_or(Refusal::NotMember)?;
            let read = read.min(head);
            if read <= before {
                return Ok(());
            }
            tx.execute(
                "UPDATE members SET read = ?3 WHERE user = ?1 AND conversation = ?2",
                params![user.0, conversation.0, read.0],
            )?;
            let unread = tx
                .row(
                    "SELECT c.posts - e.posts FROM conversations c JOIN events e ON e.conversation = c.id AND e.seq = ?2
                     WHERE c.id = ?1",
                    [conversation.0, read.0],
                    |row| row.get(0),
                )?
                .unwrap_or(0);
            tx.announce(Announcement::Read { user, conversation, read, unread });
            mentions::were_read(tx, user, conversation, before)?;
            tell_other(tx, user, conversation)
        })
    }
}

const NOTHING: Facts = Facts {
    kind: None,
    actor: Standing { role: None, pending: None, operator: false, banned: false, muted: false },
    other: None,
    owners: 0,
    heir: None,
    heir_of_other: None,
    topic_locked: false,
    sanctions: 0,
};

pub(super) fn facts(
    tx: &Tx<'_>,
    conversation: ConversationId,
    subject: &Subject,
) -> Result<Facts, StoreError> {
    let mut actor = standing(tx, conversation, subject.actor.id, subject.at)?;
    // Who is in already has nothing to do with others at their address.
    actor.banned |= actor.role.is_none()
        && is_site_banned(tx.connection()?, conversation, subject.from.map(|from| from.site), subject.at)?;
    let owners = tx
        .row(
            "SELECT count(*) FROM members WHERE conversation = ?1 AND role = ?2",
            params![conversation.0, code_of_role(Role::Owner)],
            |row| row.get(0),
        )?
        .unwrap_or(0);
    let heir = heir(tx, conversation, subject.actor.id)?;
    let other = other(tx, Some(conversation), subject)?;
    let heir_of_other = match &other {
        Some((other, standing)) if standing.role.is_some() => self::heir(tx, conversation, other.id)?,
        _ => None,
    };
    let sanctions = if other.is_some() { count_sanctions(tx, conversation)? } else { 0 };
    let sql = "SELECT topic_locked FROM conversations WHERE id = ?1";
    let topic_locked = tx.row(sql, [conversation.0], |row| row.get(0))?.unwrap_or(false);
    Ok(Facts { kind: None, actor, other, owners, heir, heir_of_other, topic_locked, sanctions })
}

/// Who would own it if somebody left.
fn heir(tx: &Tx<'_>, conversation: ConversationId, leaver: UserId) -> Result<Option<Account>, StoreError> {
    tx.row(
        "SELECT u.id, u.name, u.password IS NULL FROM members m JOIN users u ON u.id = m.user
         WHERE m.conversation = ?1 AND m.user != ?2 ORDER BY m.role DESC, m.since, m.user LIMIT 1",
        [conversation.0, leaver.0],
        |row| account(row, 0),
    )
}

fn other(
    tx: &Tx<'_>,
    conversation: Option<ConversationId>,
    subject: &Subject,
) -> Result<Option<(Account, Standing)>, StoreError> {
    let Some(name) = &subject.other else {
        return Ok(None);
    };
    let found =
        tx.row("SELECT id, name, password IS NULL FROM users WHERE key = ?1", [name.key()], |row| {
            account(row, 0)
        })?;
    let Some(account) = found else { return Ok(None) };
    let standing = match conversation {
        Some(conversation) => standing(tx, conversation, account.id, subject.at)?,
        None => Standing::default(),
    };
    Ok(Some((account, standing)))
}

fn standing(
    tx: &Tx<'_>,
    conversation: ConversationId,
    user: UserId,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let pending = tx.row(
        "SELECT p.kind, u.id, u.name, u.password IS NULL FROM pending p JOIN users u ON u.id = p.by
         WHERE p.user = ?1 AND p.conversation = ?2",
        [user.0, conversation.0],
        |row| Ok((pending_kind(row, 0)?, account(row, 1)?)),
    )?;
    let (banned, muted) = sanctions(tx.connection()?, user, conversation, now)?;
    let operator = is_operator(tx.connection()?, user)?;
    Ok(Standing { role: role_in(tx, conversation, user)?, pending, operator, banned, muted })
}

pub(super) fn apply(
    tx: &mut Tx<'_>,
    conversation: Option<ConversationId>,
    subject: &Subject,
    steps: Vec<Step>,
) -> Result<ConversationId, StoreError> {
    let mut conversation = conversation;
    for step in steps {
        let here = || conversation.ok_or(StoreError::Refused(Refusal::NoSuchRoom));
        match step {
            Step::Make(kind, may_be) => {
                if tx
                    .row("SELECT 1 FROM conversations WHERE look = ?1", [subject.name.look()], |_| Ok(()))?
                    .is_some()
                {
                    return Err(Refusal::LookAlike.into());
                }
                may_be?;
                conversation = Some(tx.make_named(kind, &subject.name, &subject.actor, subject.at)?);
            }
            Step::Member(account, None) => tx.leave(here()?, account.id)?,
            Step::Member(account, Some(role)) => match role_in(tx, here()?, account.id)? {
                Some(_) => tx.set_role(here()?, account.id, role)?,
                None => tx.enter(here()?, account.id, role, subject.at)?,
            },
            Step::Pending(account, matter) => {
                let matter = matter.map(|(kind, by): (PendingKind, Account)| (kind, by.id));
                tx.set_pending(here()?, account.id, matter, subject.at)?;
            }
            Step::Event(author, body) => {
                let puts_out = body.puts_out().map(|(name, guest)| (name.clone(), guest));
                let (seq, _) = tx.append(here()?, subject.at, &author, body)?;
                if let Some((name, true)) = puts_out {
                    tell_guests(tx, here()?, seq, &name, subject.at)?;
                }
            }
            Step::Retire => tx.retire(here()?)?,
            Step::Sanction(..)
            | Step::Lift(..)
            | Step::Topic(_)
            | Step::LockTopic(_)
            | Step::Slow(_)
            | Step::Audit(..) => {
                moderate(tx, here()?, subject, step)?;
            }
            Step::Keep(days) => {
                let conversation = here()?;
                let sql = "UPDATE conversations SET retention_days = ?2 WHERE id = ?1";
                tx.execute(sql, params![conversation.0, days])?;
                tx.announce(Announcement::Changed { conversation });
            }
        }
    }
    conversation.ok_or(StoreError::Refused(Refusal::NoSuchRoom))
}
