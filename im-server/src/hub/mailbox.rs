//! What a session has to look at: flags and numbers, never messages, so that it is bounded by what the session follows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use im_proto::{Author, ConversationId, Receipts, Refusal, Seq, UserName};
use tokio::sync::Notify;

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
    mail: Mutex<Mail>,
    something: Notify,
    /// The peer shows who is writing.
    wants_typing: AtomicBool,
    /// So many bytes wait in memory for the peer, or of it.
    pub(super) waiting: AtomicUsize,
    is_cut: AtomicBool,
}

/// All that was left since the session last looked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    /// Conversations with new events, each once.
    pub(crate) moved: Vec<ConversationId>,
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
            mail: Mutex::default(),
            something: Notify::new(),
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

    /// Waits until there is something to take.
    pub(crate) async fn something(&self) {
        self.something.notified().await;
    }

    /// Takes all there is.
    pub(crate) fn take(&self) -> Mail {
        std::mem::take(&mut *self.mail())
    }

    /// Whether a conversation has something that was not taken.
    pub(crate) fn has_moved(&self) -> bool {
        let mail = self.mail();
        !mail.moved.is_empty() || !mail.entered.is_empty()
    }

    /// Takes nothing but what ends the session.
    pub(crate) fn take_closing(&self) -> Mail {
        let mut mail = self.mail();
        let (closing, revoked) = (mail.closing.take(), std::mem::take(&mut mail.revoked));
        Mail { closing, revoked, cut: std::mem::take(&mut mail.cut), ..Mail::default() }
    }

    /// Takes the conversations that the user has entered.
    pub(crate) fn take_entered(&self) -> BTreeMap<ConversationId, Seq> {
        std::mem::take(&mut self.mail().entered)
    }

    /// Forgets what was left for somebody who is not signed in here any more.
    pub(crate) fn forget(&self) {
        let mut mail = self.mail();
        *mail = Mail { closing: mail.closing.take(), cut: mail.cut, ..Mail::default() };
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, word: impl FnOnce(&mut Mail)) {
        word(&mut self.mail());
        self.something.notify_one();
    }

    /// The topic sees to it that each conversation is left once until the session has looked.
    pub(super) fn moved(&self, conversation: ConversationId) {
        self.leave(|mail| mail.moved.push(conversation));
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
