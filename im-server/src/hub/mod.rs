//! Who is connected to this node, what just happened, and who must wake to hear it.
//!
//! The hub keeps no messages for anybody. It holds, for each conversation that somebody here follows, a ring of the
//! newest events, and for each session a mailbox that says which conversations moved. Each lock is held for a few
//! instructions, never while waiting and never while many are woken.

mod claims;
mod mailbox;
mod outcasts;
mod presence;
mod receipts;
mod topic;
mod typing;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use im_proto::{Author, ConversationId, Refusal, Timestamp, UserId, UserName};

use crate::announcement::{Announcement, TokenHash};

pub(crate) use self::claims::{Claim, Claims};
pub(crate) use self::mailbox::{Mail, Mailbox};
pub(crate) use self::outcasts::Outcasts;
use self::presence::Comings;
use self::receipts::Untold;
pub(crate) use self::topic::{Reading, Topic};
use self::typing::Writers;
pub(crate) use self::waiting::{Held, Waiting};

/// Names a session on this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionId(pub(crate) u64);

/// The sessions of this node and what they follow.
#[derive(Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    comings: Comings,
    untold: Untold,
    writers: Writers,
    /// The names of guests.
    pub(crate) claims: Claims,
    /// What waits in memory for peers.
    pub(crate) waiting: Arc<Waiting>,
    /// The addresses that are kept out of the server.
    pub(crate) outcasts: Outcasts,
}

#[derive(Default)]
struct State {
    last_session: u64,
    /// All sessions were ended, for this reason.
    closed: Option<Refusal>,
    /// So many sessions were ended with that.
    closed_together: usize,
    /// No guest may be here.
    hatches_closed: bool,
    /// All sessions, signed in or not.
    sessions: BTreeMap<SessionId, Arc<Mailbox>>,
    topics: HashMap<ConversationId, Arc<Topic>>,
    online: BTreeMap<UserId, Online>,
    /// The names of those who are online.
    names: HashSet<UserName>,
}

struct Online {
    who: Author,
    /// Each with the token that it came with.
    sessions: Vec<(Arc<Mailbox>, Option<TokenHash>)>,
    /// What any of the sessions follows: where to tell that the user came or went.
    topics: BTreeSet<ConversationId>,
    /// One of the sessions has begun to follow, and others were told.
    follows: bool,
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session begins, nobody knows from where.
    #[cfg(test)]
    pub(crate) fn connect(&self) -> Arc<Mailbox> {
        self.connect_from(std::net::Ipv4Addr::LOCALHOST.into())
    }

    /// A session begins, from an address.
    pub(crate) fn connect_from(&self, site: IpAddr) -> Arc<Mailbox> {
        let mut state = self.state();
        state.last_session += 1;
        let id = SessionId(state.last_session);
        let mailbox = Arc::new(Mailbox::new(id, site));
        if let Some(reason) = state.closed {
            mailbox.close(reason);
        }
        state.sessions.insert(id, Arc::clone(&mailbox));
        mailbox
    }

    /// A session ends. It has signed out and follows nothing.
    pub(crate) fn disconnect(&self, session: SessionId) {
        self.state().sessions.remove(&session);
    }

    /// A session is signed in as a user, or came as a guest.
    pub(crate) fn arrive(
        &self,
        user: UserId,
        who: &Author,
        token: Option<TokenHash>,
        mailbox: &Arc<Mailbox>,
    ) {
        let mut state = self.state();
        if who.guest && state.hatches_closed {
            mailbox.close(Refusal::HatchesClosed); // they came in that very moment
        }
        state.names.insert(who.name.clone());
        let online = state.online.entry(user).or_insert_with(|| Online {
            who: who.clone(),
            sessions: Vec::new(),
            topics: BTreeSet::new(),
            follows: false,
        });
        online.sessions.push((Arc::clone(mailbox), token));
    }

    /// A session is no longer signed in as a user.
    pub(crate) fn depart(&self, user: UserId, session: SessionId) {
        if let Some(gone) = self.remove(user, session) {
            if gone.who.guest {
                self.tell_coming(user, &gone.who, false, &gone.topics); // nobody comes back as the same guest
            } else {
                self.comings.gone(user, &gone.who, gone.topics);
            }
        }
    }

    fn remove(&self, user: UserId, session: SessionId) -> Option<Online> {
        let mut state = self.state();
        let online = state.online.get_mut(&user)?;
        online.sessions.retain(|(mailbox, _)| mailbox.session() != session);
        if !online.sessions.is_empty() {
            return None;
        }
        let gone = state.online.remove(&user)?;
        state.names.remove(&gone.who.name);
        Some(gone)
    }

    /// A guest has another name, and so another number, from now on. Those who listen where they are hear of it.
    pub(crate) fn rename(&self, from: UserId, to: UserId, who: &Author, mailbox: &Arc<Mailbox>) {
        let Some(before) = self.remove(from, mailbox.session()) else { return };
        self.arrive(to, who, None, mailbox); // guests have no token
        self.comings.renamed(from, to, who);
        for listener in
            self.few_listeners(&before.topics).values().filter(|m| m.session() != mailbox.session())
        {
            listener.renamed(&before.who.name, &who.name);
        }
    }

    /// A session of a user follows a conversation from now on: its mailbox is told when the conversation moves.
    pub(crate) fn follow(
        &self,
        user: UserId,
        conversation: ConversationId,
        mailbox: &Arc<Mailbox>,
    ) -> Arc<Topic> {
        let mut state = self.state();
        if let Some(online) = state.online.get_mut(&user) {
            online.topics.insert(conversation);
        }
        let topic = state.topics.entry(conversation).or_insert_with(|| Arc::new(Topic::new(conversation)));
        // Under the hub's lock, so that the topic cannot be forgotten in between.
        topic.listen(mailbox, user);
        Arc::clone(topic)
    }

    /// A session follows a conversation no longer.
    pub(crate) fn unfollow(&self, topic: &Topic, session: SessionId) {
        let mut state = self.state();
        if topic.unlisten(session) {
            state.topics.remove(&topic.conversation());
        }
    }

    /// Tells what was committed, in the order of the commits.
    pub(crate) fn publish(&self, announcements: Vec<Announcement>) {
        let mut awake = Vec::new();
        for announcement in announcements {
            match announcement {
                Announcement::Event(entry) => {
                    if let Some(topic) = self.topic(entry.event().conversation) {
                        topic.push(entry, &mut awake);
                        for mailbox in awake.drain(..) {
                            mailbox.moved(topic.conversation());
                        }
                    }
                }
                Announcement::Entered { user, conversation, after } => {
                    self.each_session(user, |mailbox, _| mailbox.entered(conversation, after));
                }
                Announcement::Pending { user } => {
                    self.each_session(user, |mailbox, _| mailbox.pending_changed());
                }
                Announcement::Revoked { user, token } => self.each_session(user, |mailbox, came_with| {
                    if came_with == Some(token) {
                        mailbox.revoked();
                    }
                }),
                Announcement::Gone { conversation } => {
                    if let Some(topic) = self.topic(conversation) {
                        topic.clear();
                    }
                }
                Announcement::Changed { conversation } => {
                    self.each_listener(conversation, |mailbox| mailbox.changed(conversation));
                }
                Announcement::Erased { user } => {
                    // Their name is in what anybody has said to them, too.
                    let topics: Vec<_> = self.state().topics.values().cloned().collect();
                    topics.iter().for_each(|topic| topic.clear());
                    self.each_session(user, |mailbox, _| mailbox.revoked());
                }
                Announcement::Suspended { user } => {
                    self.each_session(user, |mailbox, _| mailbox.close(Refusal::Suspended));
                }
                Announcement::Out { user, conversation, at } => {
                    self.each_session(user, |mailbox, _| mailbox.out(conversation, at));
                }
                Announcement::Hatches { closed } => self.hatches(closed),
                Announcement::SiteBanned { site, until } => self.ban(site, until),
                Announcement::Read { user, conversation, read, unread } => {
                    self.each_session(user, |mailbox, _| mailbox.read(conversation, read, unread));
                }
                Announcement::Mentioned { user, conversation, now } => {
                    self.each_session(user, |mailbox, _| mailbox.mentioned(conversation, now));
                }
                Announcement::Receipts { user, conversation, receipts } => {
                    self.received(user, conversation, receipts);
                }
            }
        }
    }

    /// Messages of a conversation were taken out, and no more are for now: whoever has a copy reads it anew.
    pub(crate) fn tell_forgotten(&self, conversation: ConversationId) {
        self.each_listener(conversation, |mailbox| mailbox.forgotten(conversation));
    }

    fn topic(&self, conversation: ConversationId) -> Option<Arc<Topic>> {
        self.state().topics.get(&conversation).cloned()
    }

    fn each_listener(&self, conversation: ConversationId, tell: impl Fn(&Mailbox)) {
        let listeners = self.topic(conversation).map(|topic| topic.few_listeners(usize::MAX));
        listeners.unwrap_or_default().iter().for_each(|mailbox| tell(mailbox));
    }

    fn each_session(&self, user: UserId, tell: impl Fn(&Mailbox, Option<TokenHash>)) {
        let sessions = self.state().online.get(&user).map(|online| online.sessions.clone());
        sessions.unwrap_or_default().iter().for_each(|(mailbox, token)| tell(mailbox, *token));
    }

    /// A session of a user begins to follow. Whether it is the first that does, since the user came.
    pub(crate) fn is_first_to_follow(&self, user: UserId) -> bool {
        self.state().online.get_mut(&user).is_some_and(|online| !std::mem::replace(&mut online.follows, true))
    }

    /// The tokens that a user is here with.
    pub(crate) fn tokens_of(&self, user: UserId) -> Vec<TokenHash> {
        let state = self.state();
        let sessions = state.online.get(&user).into_iter().flat_map(|online| &online.sessions);
        sessions.filter_map(|(_, token)| *token).collect()
    }

    pub(crate) fn is_online(&self, user: &UserName) -> bool {
        self.state().names.contains(user)
    }

    /// Of some users, those who are online.
    pub(crate) fn online_among(&self, users: impl Iterator<Item = UserId>) -> BTreeSet<UserId> {
        let state = self.state();
        users.filter(|user| state.online.contains_key(user)).collect()
    }

    /// At most so many users who are online, and how many there are in all.
    pub(crate) fn everybody(&self, most: usize) -> (Vec<Author>, usize) {
        let state = self.state();
        (state.online.values().take(most).map(|online| online.who.clone()).collect(), state.online.len())
    }

    /// The guests who follow a conversation.
    pub(crate) fn guests_in(&self, conversation: ConversationId) -> BTreeSet<UserName> {
        let state = self.state();
        let Some(topic) = state.topics.get(&conversation) else { return BTreeSet::new() };
        let online = topic.listening().into_iter().filter_map(|user| state.online.get(&user));
        online.filter(|online| online.who.guest).map(|online| online.who.name.clone()).collect()
    }

    /// How many sessions were ended at once.
    pub(crate) fn closed_together(&self) -> usize {
        self.state().closed_together
    }

    /// No guest may be here from now on, or again.
    pub(crate) fn hatches(&self, closed: bool) {
        let guests: Vec<_> = {
            let mut state = self.state();
            state.hatches_closed = closed;
            let guests = state.online.values().filter(|online| closed && online.who.guest);
            guests.flat_map(|online| &online.sessions).map(|(mailbox, _)| Arc::clone(mailbox)).collect()
        };
        guests.iter().for_each(|mailbox| mailbox.close(Refusal::HatchesClosed));
    }

    /// Nobody may be here from an address until then, or they may again.
    fn ban(&self, site: IpAddr, until: Option<Timestamp>) {
        self.outcasts.put(site, until);
        let there: Vec<_> = {
            let state = self.state();
            let there = state.sessions.values().filter(|mailbox| until.is_some() && mailbox.site() == site);
            there.cloned().collect()
        };
        there.iter().for_each(|mailbox| mailbox.close(Refusal::AddressBanned));
    }

    /// Ends all sessions, each with this reason, and those that begin later.
    pub(crate) fn close_all(&self, reason: Refusal) {
        let sessions: Vec<_> = {
            let mut state = self.state();
            state.closed = Some(reason);
            state.closed_together = state.sessions.len();
            state.sessions.values().cloned().collect()
        };
        sessions.iter().for_each(|mailbox| mailbox.close(reason));
    }
}
