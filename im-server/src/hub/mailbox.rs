//! What a session has to look at: flags and numbers, never messages, so that it is bounded by what the session follows.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use im_proto::{Author, ConversationId, Receipts, Refusal, Seq, UserName};

use crate::announcement::Mentioned;

use super::SessionId;

/// Most people whose coming and going a mailbox holds; beyond that it only says that one has to ask.
const PRESENCE_MAX: usize = 256;

/// Most writers that a mailbox holds; of others nothing is told.
const TYPING_MAX: usize = 64;

/// Where the hub leaves word for one session.
pub(crate) struct Mailbox {
    session: SessionId,
    /// From where the session came.
    site: IpAddr,
    left: Mutex<Left>,
    /// The peer shows who is writing.
    wants_typing: AtomicBool,
    /// So many bytes wait in memory for the peer, or of it.
    pub(super) waiting: AtomicUsize,
    is_cut: AtomicBool,
}

/// All that was left since the session last looked. What comes with each message is small and apart from the rest.
#[derive(Default)]
struct Left {
    /// Conversations with new events, each once.
    moved: Vec<ConversationId>,
    /// Anything else.
    mail: Option<Box<Mail>>,
    /// Something was left since the session last waited for it.
    something: bool,
    /// Who waits.
    waiting: Option<Waker>,
}

impl Left {
    fn mail(&mut self) -> &mut Mail {
        self.mail.get_or_insert_default()
    }
}

/// What was left besides conversations that have moved.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    /// Conversations that the user is in from now on, and the last event before.
    pub(crate) entered: BTreeMap<ConversationId, Seq>,
    /// Rooms that the guest was put out of, by which event.
    pub(crate) out: BTreeMap<ConversationId, Seq>,
    /// What waits for an answer has changed.
    pub(crate) pending: bool,
    /// The user has read up to here, and so many posts are unread.
    pub(crate) read: BTreeMap<ConversationId, (Seq, u64)>,
    /// How many unread messages mention the user.
    pub(crate) mentioned: BTreeMap<ConversationId, Mentioned>,
    /// How much the other ones of direct conversations have of them.
    pub(crate) receipts: BTreeMap<ConversationId, Receipts>,
    /// Conversations of which messages were taken out.
    pub(crate) forgotten: BTreeSet<ConversationId>,
    /// Conversations about which something changed.
    pub(crate) changed: BTreeSet<ConversationId>,
    /// Who is writing.
    pub(crate) typing: BTreeMap<(ConversationId, UserName), Author>,
    /// Who came and went.
    pub(crate) presence: BTreeMap<UserName, (bool, Author)>,
    /// Guests who have another name, before and now.
    pub(crate) renamed: Vec<(UserName, UserName)>,
    /// More came and went than are named.
    pub(crate) presence_stale: bool,
    /// The token that the session came with is good no longer.
    pub(crate) revoked: bool,
    /// The session ends at once.
    pub(crate) cut: bool,
    /// The session is to end.
    pub(crate) closing: Option<Refusal>,
}

impl Mailbox {
    pub(super) fn new(session: SessionId, site: IpAddr) -> Self {
        Self {
            session,
            site,
            left: Mutex::default(),
            wants_typing: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            is_cut: AtomicBool::new(false),
        }
    }

    pub(crate) fn session(&self) -> SessionId {
        self.session
    }

    pub(super) fn site(&self) -> IpAddr {
        self.site
    }

    /// Waits until there is something to take. Of those who wait the last one is woken.
    pub(crate) async fn something(&self) {
        poll_fn(|context| self.poll_something(context)).await;
    }

    fn poll_something(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut left = self.left();
        if std::mem::take(&mut left.something) {
            return Poll::Ready(());
        }
        if !left.waiting.as_ref().is_some_and(|waiting| waiting.will_wake(context.waker())) {
            left.waiting = Some(context.waker().clone());
        }
        Poll::Pending
    }

    /// Takes the conversations that have moved.
    pub(crate) fn take_moved(&self) -> Vec<ConversationId> {
        std::mem::take(&mut self.left().moved)
    }

    /// Takes all there is besides.
    pub(crate) fn take(&self) -> Option<Box<Mail>> {
        let mut left = self.left();
        left.something = !left.moved.is_empty();
        left.mail.take()
    }

    /// Whether a conversation has something that was not taken.
    pub(crate) fn has_moved(&self) -> bool {
        let left = self.left();
        !left.moved.is_empty() || left.mail.as_ref().is_some_and(|mail| !mail.entered.is_empty())
    }

    /// Takes nothing but what ends the session.
    pub(crate) fn take_closing(&self) -> Option<Box<Mail>> {
        let mut left = self.left();
        let mail = left.mail.as_mut()?;
        let (closing, revoked) = (mail.closing.take(), std::mem::take(&mut mail.revoked));
        Some(Box::new(Mail { closing, revoked, cut: std::mem::take(&mut mail.cut), ..Mail::default() }))
    }

    /// Takes the conversations that the user has entered.
    pub(crate) fn take_entered(&self) -> BTreeMap<ConversationId, Seq> {
        self.left().mail.as_mut().map(|mail| std::mem::take(&mut mail.entered)).unwrap_or_default()
    }

    /// Forgets what was left for somebody who is not signed in here any more.
    pub(crate) fn forget(&self) {
        let mut left = self.left();
        left.moved = Vec::new();
        if let Some(mail) = &mut left.mail {
            **mail = Mail { closing: mail.closing.take(), cut: mail.cut, ..Mail::default() };
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, word: impl FnOnce(&mut Mail)) {
        self.wake_with(|left| word(left.mail()));
    }

    fn wake_with(&self, word: impl FnOnce(&mut Left)) {
        let waiting = {
            let mut left = self.left();
            word(&mut left);
            left.something = true;
            left.waiting.take()
        };
        if let Some(waiting) = waiting {
            waiting.wake(); // not under the lock
        }
    }

    /// The topic sees to it that each conversation is left once until the session has looked.
    pub(super) fn moved(&self, conversation: ConversationId) {
        self.wake_with(|left| left.moved.push(conversation));
    }

    pub(super) fn entered(&self, conversation: ConversationId, after: Seq) {
        self.leave(|mail| {
            mail.entered.insert(conversation, after);
        });
    }

    pub(super) fn out(&self, conversation: ConversationId, at: Seq) {
        self.leave(|mail| {
            mail.out.insert(conversation, at);
        });
    }

    pub(super) fn pending_changed(&self) {
        self.leave(|mail| mail.pending = true);
    }

    pub(super) fn read(&self, conversation: ConversationId, read: Seq, unread: u64) {
        self.leave(|mail| {
            mail.read.insert(conversation, (read, unread));
        });
    }

    pub(super) fn mentioned(&self, conversation: ConversationId, now: Mentioned) {
        self.leave(|mail| {
            mail.mentioned.insert(conversation, now);
        });
    }

    pub(super) fn receipts(&self, conversation: ConversationId, receipts: Receipts) {
        self.leave(|mail| {
            mail.receipts.insert(conversation, receipts);
        });
    }

    pub(super) fn forgotten(&self, conversation: ConversationId) {
        self.leave(|mail| {
            mail.forgotten.insert(conversation);
        });
    }

    pub(super) fn changed(&self, conversation: ConversationId) {
        self.leave(|mail| {
            mail.changed.insert(conversation);
        });
    }

    pub(super) fn revoked(&self) {
        self.leave(|mail| mail.revoked = true);
    }

    pub(super) fn presence(&self, who: &Author, online: bool) {
        self.leave(|mail| {
            if mail.presence.len() < PRESENCE_MAX || mail.presence.contains_key(&who.name) {
                mail.presence.insert(who.name.clone(), (online, who.clone()));
            } else {
                mail.presence_stale = true;
            }
        });
    }

    /// The peer wants to be told who is writing.
    pub(crate) fn wants_typing(&self) {
        self.wants_typing.store(true, Ordering::Relaxed);
    }

    pub(super) fn typing(&self, conversation: ConversationId, who: &Author) {
        if self.wants_typing.load(Ordering::Relaxed) {
            self.leave(|mail| {
                if mail.typing.len() < TYPING_MAX {
                    mail.typing.insert((conversation, who.name.clone()), who.clone());
                }
            });
        }
    }

    pub(super) fn renamed(&self, from: &UserName, to: &UserName) {
        self.leave(|mail| {
            if mail.renamed.len() < PRESENCE_MAX {
                mail.renamed.push((from.clone(), to.clone()));
            } else {
                mail.presence_stale = true;
            }
        });
    }

    /// Ends the session at once: what waits for its peer is given up. False, if it is about to end so.
    pub(super) fn cut(&self) -> bool {
        let is_first = !self.is_cut.swap(true, Ordering::Relaxed);
        if is_first {
            self.leave(|mail| mail.cut = true);
        }
        is_first
    }

    pub(crate) fn close(&self, reason: Refusal) {
        self.leave(|mail| mail.closing = Some(reason));
    }
}
