//! What a session follows: a cursor for each conversation, over the ring of its newest events and the log behind it.
//! No event is kept for the session; a slow one is behind, and catches up by pages.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use im_proto::{Conversation, ConversationId, Kind, Seq, UserId};

use crate::dialect::Place;
use crate::entry::Entry;
use crate::hub::{Hub, Mailbox, Reading, Topic};

/// Most events that are taken from a ring at once.
const TAKE_EVENTS_MAX: usize = 64;

/// Where a session is in one log.
struct Cursor {
    topic: Arc<Topic>,
    place: Place,
    /// The newest event that was written.
    at: Seq,
    /// All that was committed before the session began to listen is known to be written.
    reached_live: bool,
    /// The user is known to have been in it right after this event: an earlier departure was followed by a return.
    inside_at: Seq,
    /// By this event the user, a guest, is put out of it.
    leaves_at: Option<Seq>,
}

/// What to do next.
pub(super) enum Next {
    /// Write these.
    Events(ConversationId, Vec<Arc<Entry>>),
    /// Read the events after this one from the store.
    Page(ConversationId, Seq),
    /// Too much was said since: look where the log ends now, to go on from there.
    Lag(ConversationId),
}

/// The conversations that a session follows.
#[derive(Default)]
pub(super) struct Following {
    cursors: HashMap<ConversationId, Cursor>,
    /// Conversations in which there may be something to write, each once.
    ready: VecDeque<ConversationId>,
    /// The one whose page is being read.
    paging: Option<ConversationId>,
    /// That page is not what the log says any more.
    stale: bool,
}

impl Following {
    /// Follows a conversation from after an event on. Events up to `kept_until` were there before the session.
    pub(super) fn begin(
        &mut self,
        hub: &Hub,
        user: UserId,
        mailbox: &Arc<Mailbox>,
        conversation: &Conversation,
        at: Seq,
        kept_until: Seq,
    ) {
        let topic = hub.follow(user, conversation.id, mailbox);
        let place = Place { address: conversation.address.clone(), kind: conversation.kind, kept_until };
        // The head is of a moment before the session listened: the first look goes to the store.
        let cursor = Cursor { topic, place, at, reached_live: false, inside_at: kept_until, leaves_at: None };
        self.cursors.insert(conversation.id, cursor);
        self.moved(conversation.id);
    }

    pub(super) fn place(&self, conversation: ConversationId) -> Option<&Place> {
        self.cursors.get(&conversation).map(|cursor| &cursor.place)
    }

    pub(super) fn contains(&self, conversation: ConversationId) -> bool {
        self.cursors.contains_key(&conversation)
    }

    /// The user is in a conversation right after this event, whatever the session has not written yet.
    pub(super) fn inside(&mut self, conversation: ConversationId, at: Seq) {
        if let Some(cursor) = self.cursors.get_mut(&conversation) {
            cursor.inside_at = cursor.inside_at.max(at);
        }
    }

    /// Whether the user is out since this event, which says that they left.
    pub(super) fn is_out(&self, conversation: ConversationId, left: Seq) -> bool {
        self.cursors.get(&conversation).is_some_and(|cursor| cursor.inside_at < left)
    }

    /// The user is out of it when this event was written.
    pub(super) fn leave_at(&mut self, conversation: ConversationId, at: Seq) {
        if let Some(cursor) = self.cursors.get_mut(&conversation).filter(|cursor| cursor.inside_at < at) {
            cursor.leaves_at = Some(cursor.leaves_at.map_or(at, |before| before.min(at)));
        }
    }

    /// Whether the user is out of it by an event up to this one.
    pub(super) fn leaves_before(&self, conversation: ConversationId, head: Seq) -> bool {
        let leaves = self.cursors.get(&conversation).and_then(|cursor| cursor.leaves_at);
        leaves.is_some_and(|at| at <= head)
    }

    /// There may be something new in a conversation.
    pub(super) fn moved(&mut self, conversation: ConversationId) {
        if !self.ready.contains(&conversation) {
            self.ready.push_back(conversation);
        }
    }

    /// Whether everything that is known of was written.
    pub(super) fn is_still(&self) -> bool {
        self.ready.is_empty() && self.paging.is_none()
    }

    /// What is to be written or read next, if anything. A session that may not be further behind than `lag_events_max`
    /// is told so.
    pub(super) fn next(&mut self, mailbox: &Mailbox, lag_events_max: Option<u64>) -> Option<Next> {
        // A conversation whose page is being read has its turn when the page is there.
        let turns = self.ready.len();
        for _ in 0..turns {
            let id = self.ready.pop_front()?;
            if self.paging == Some(id) {
                self.ready.push_back(id);
                continue;
            }
            let Some(cursor) = self.cursors.get(&id) else {
                continue;
            };
            let mut taken = Vec::new();
            let reading = cursor.topic.read(mailbox.session(), cursor.at, TAKE_EVENTS_MAX, &mut taken);
            let mut behind = 0;
            match reading {
                Reading::Empty if cursor.reached_live => continue,
                Reading::Empty => {}
                Reading::Behind { newest } => behind = newest.0 - cursor.at.0,
                Reading::Caught | Reading::More => {
                    if reading == Reading::More {
                        self.ready.push_back(id);
                    }
                    if taken.is_empty() {
                        continue;
                    }
                    return Some(Next::Events(id, taken));
                }
            }
            if self.paging.is_some() {
                self.ready.push_back(id); // one page at a time
                continue;
            }
            self.paging = Some(id);
            let lags = lag_events_max.is_some_and(|most| behind > most);
            return Some(if lags { Next::Lag(id) } else { Next::Page(id, cursor.at) });
        }
        if self.ready.is_empty() {
            self.ready = VecDeque::new(); // an idle session owns no queue
        }
        None
    }

    /// Messages of a conversation were taken out of its log.
    pub(super) fn read_again(&mut self, conversation: ConversationId) {
        self.stale |= self.paging == Some(conversation);
    }

    /// Whether the page that is being read has what is gone meanwhile.
    pub(super) fn is_stale(&self, conversation: ConversationId) -> bool {
        self.stale && self.paging == Some(conversation)
    }

    /// A page that was asked for is there, or could not be read.
    pub(super) fn paged(&mut self, conversation: ConversationId, reached_end: bool) {
        self.paging = None;
        self.stale = false;
        if let Some(cursor) = self.cursors.get_mut(&conversation) {
            cursor.reached_live |= reached_end;
            self.moved(conversation);
        }
    }

    /// Passes over what was said up to the end of the log, of which the user is known to be a member. How many events that
    /// are is returned.
    pub(super) fn skip(&mut self, conversation: ConversationId, head: Seq) -> u64 {
        self.inside(conversation, head);
        self.cursors.get_mut(&conversation).map_or(0, |cursor| {
            let skipped = head.0.saturating_sub(cursor.at.0);
            cursor.at = cursor.at.max(head);
            skipped
        })
    }

    /// How far a conversation was written.
    pub(super) fn at(&self, conversation: ConversationId) -> Option<Seq> {
        self.cursors.get(&conversation).map(|cursor| cursor.at)
    }

    /// An event is about to be written: where it is, and whether the user is out of it since then; or nothing if it was
    /// written already or is not followed.
    pub(super) fn advance(&mut self, conversation: ConversationId, to: Seq) -> Option<(&Place, bool)> {
        let cursor = self.cursors.get_mut(&conversation)?;
        if to <= cursor.at {
            return None;
        }
        cursor.at = to;
        Some((&cursor.place, cursor.leaves_at.is_some_and(|at| at <= to)))
    }

    pub(super) fn end(&mut self, conversation: ConversationId, hub: &Hub, mailbox: &Mailbox) {
        if let Some(cursor) = self.cursors.remove(&conversation) {
            hub.unfollow(&cursor.topic, mailbox.session());
        }
    }

    /// How far each room was written.
    pub(super) fn rooms(&self) -> HashMap<ConversationId, Seq> {
        let rooms = self.cursors.iter().filter(|(_, cursor)| cursor.place.kind == Kind::Room);
        rooms.map(|(id, cursor)| (*id, cursor.at)).collect()
    }

    /// Ends all direct conversations.
    pub(super) fn end_direct(&mut self, hub: &Hub, mailbox: &Mailbox) {
        let direct = self.cursors.iter().filter(|(_, cursor)| cursor.place.kind == Kind::Direct);
        let direct: Vec<_> = direct.map(|(id, _)| *id).collect();
        direct.into_iter().for_each(|id| self.end(id, hub, mailbox));
    }

    /// Follows all of it as somebody else.
    pub(super) fn follow_as(&mut self, hub: &Hub, user: UserId, mailbox: &Arc<Mailbox>) {
        for (id, cursor) in &mut self.cursors {
            cursor.topic = hub.follow(user, *id, mailbox);
        }
    }

    pub(super) fn end_all(&mut self, hub: &Hub, mailbox: &Mailbox) {
        for (_, cursor) in std::mem::take(&mut self.cursors) {
            hub.unfollow(&cursor.topic, mailbox.session());
        }
        *self = Self::default();
    }
}
