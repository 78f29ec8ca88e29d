//! A conversation that somebody on this node follows: its newest events, and who listens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use im_proto::{Body, ConversationId, Event, Seq, UserId};

use crate::entry::Entry;

use super::{Mailbox, SessionId};

/// Most events in a ring.
const RING_EVENTS_MAX: usize = 256;

/// The texts in a ring have at most so many bytes, but for its newest event.
const RING_BYTES_MAX: usize = 256 * 1024;

/// The live end of one log.
pub(crate) struct Topic {
    conversation: ConversationId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Events with no hole between them. Older ones are in the store.
    ring: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// The newest event that was here: what of it and before it is in the ring no more is in the store.
    newest: Seq,
    /// In the order in which they came: who is told first does not hang on chance.
    listeners: BTreeMap<SessionId, Listener>,
}

struct Listener {
    mailbox: Arc<Mailbox>,
    user: UserId,
    /// Was told that there is something, and has not looked since.
    told: bool,
}

/// What a look into the ring found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All there is was taken.
    Caught,
    /// There is more than was asked for.
    More,
    /// Nothing happened since somebody here follows the conversation; what happened before is in the store.
    Empty,
    /// The next event is no longer in the ring, whose newest is this one: look into the store.
    Behind { newest: Seq },
}

impl Topic {
    pub(super) fn new(conversation: ConversationId) -> Self {
        Self { conversation, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn conversation(&self) -> ConversationId {
        self.conversation
    }

    pub(super) fn listen(&self, mailbox: &Arc<Mailbox>, user: UserId) {
        self.state()
            .listeners
            .insert(mailbox.session(), Listener { mailbox: Arc::clone(mailbox), user, told: false });
    }

    /// Whether nobody listens any more.
    pub(super) fn unlisten(&self, session: SessionId) -> bool {
        let mut state = self.state();
        state.listeners.remove(&session);
        state.listeners.is_empty()
    }

    /// Takes the next event in, and names those who have to be told.
    pub(super) fn push(&self, entry: Arc<Entry>, awake: &mut Vec<Arc<Mailbox>>) {
        let mut state = self.state();
        let is_next = state.ring.back().is_none_or(|last| last.event().seq.next() == entry.event().seq);
        if !is_next || matches!(entry.event().body, Body::Deleted { .. }) {
            // A hole, an event twice, or something was taken out that may be here: the store has the truth, and readers go
            // there for what is not here.
            state.ring.clear();
            state.bytes = 0;
        }
        state.bytes += size(entry.event());
        state.newest = entry.event().seq;
        state.ring.push_back(entry);
        while state.ring.len() > RING_EVENTS_MAX || (state.bytes > RING_BYTES_MAX && state.ring.len() > 1) {
            if let Some(oldest) = state.ring.pop_front() {
                state.bytes -= size(oldest.event());
            }
        }
        for listener in state.listeners.values_mut().filter(|listener| !listener.told) {
            listener.told = true;
            awake.push(Arc::clone(&listener.mailbox));
        }
    }

    /// Forgets what is in memory: the log is not what it was.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.ring.clear();
        state.bytes = 0;
    }

    /// Takes the events after one, at most so many.
    pub(crate) fn read(
        &self,
        session: SessionId,
        after: Seq,
        most: usize,
        taken: &mut Vec<Arc<Entry>>,
    ) -> Reading {
        let mut state = self.state();
        if let Some(listener) = state.listeners.get_mut(&session) {
            listener.told = false;
        }
        let oldest = match state.ring.front().map(|entry| entry.event().seq) {
            Some(oldest) if oldest <= after.next() => oldest,
            None if after >= state.newest => return Reading::Empty,
            _ => return Reading::Behind { newest: state.newest },
        };
        let skipped = usize::try_from(after.next().0 - oldest.0).unwrap_or(usize::MAX);
        let left = state.ring.len().saturating_sub(skipped);
        taken.extend(state.ring.iter().skip(skipped).take(most).cloned());
        if left > most { Reading::More } else { Reading::Caught }
    }

    /// The users who listen.
    pub(super) fn listening(&self) -> BTreeSet<UserId> {
        self.state().listeners.values().map(|listener| listener.user).collect()
    }

    /// The mailboxes of those who listen, if they are at most so many.
    pub(super) fn few_listeners(&self, most: usize) -> Vec<Arc<Mailbox>> {
        let state = self.state();
        if state.listeners.len() > most {
            return Vec::new();
        }
        state.listeners.values().map(|listener| Arc::clone(&listener.mailbox)).collect()
    }

    /// The same, without those of one user.
    pub(super) fn few_others(&self, most: usize, user: UserId) -> Vec<Arc<Mailbox>> {
        let state = self.state();
        if state.listeners.len() > most {
            return Vec::new();
        }
        let others = state.listeners.values().filter(|listener| listener.user != user);
        others.map(|listener| Arc::clone(&listener.mailbox)).collect()
    }
}

fn size(event: &Event) -> usize {
    match &event.body {
        Body::Posted { text, .. } | Body::Edited { text, .. } => text.as_str().len(),
        _ => 0,
    }
}
