//! Who came and went: told at once, but for accounts that go, which may come back at once; each user once in a few
//! seconds, and only in conversations that few follow. Presence is what overwhelms chat servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use im_proto::{Author, ConversationId, UserId};
use tokio::sync::Notify;

use super::{Hub, Mailbox, SessionId};

/// After a change of a user was told, the next one waits so many seconds, and others with it.
const PRESENCE_SECONDS: u64 = 2;

/// In conversations that more sessions than this follow, presence is asked for, not told.
const PRESENCE_LISTENERS_MAX: usize = 64;

/// Users of whom something was told a moment ago.
#[derive(Default)]
pub(super) struct Comings {
    recent: Mutex<BTreeMap<UserId, Coming>>,
    something: Notify,
}

struct Coming {
    who: Author,
    /// What others were told.
    told_online: bool,
    /// Where.
    topics: BTreeSet<ConversationId>,
}

impl Comings {
    /// An account is gone: told when some time has passed in which it did not come back.
    pub(super) fn gone(&self, user: UserId, who: &Author, topics: BTreeSet<ConversationId>) {
        let mut recent = self.recent();
        let coming = recent.entry(user).or_insert_with(|| Coming {
            who: who.clone(),
            told_online: true,
            topics: BTreeSet::new(),
        });
        coming.topics.extend(topics);
        self.something.notify_one();
    }

    /// A guest is called otherwise: who was told of the old name was told of the new one.
    pub(super) fn renamed(&self, from: UserId, to: UserId, who: &Author) {
        let mut recent = self.recent();
        let before = recent.remove(&from);
        if let Some(coming) = before {
            recent.insert(to, Coming { who: who.clone(), ..coming });
        } else if let Some(coming) = recent.get_mut(&to) {
            // Somebody else had the name a moment ago, and their going was told.
            coming.told_online = true;
        }
    }

    fn recent(&self) -> MutexGuard<'_, BTreeMap<UserId, Coming>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// A user has come to, or gone from, these conversations.
    pub(crate) fn tell_coming(
        &self,
        user: UserId,
        who: &Author,
        online: bool,
        topics: &BTreeSet<ConversationId>,
    ) {
        if topics.is_empty() {
            return;
        }
        {
            let mut recent = self.comings.recent();
            if let Some(coming) = recent.get_mut(&user) {
                let everywhere_told = topics.is_subset(&coming.topics);
                coming.topics.extend(topics.iter().copied());
                if everywhere_told {
                    return; // when the time is over, what is true then is told, if others do not know it
                }
                coming.told_online = online;
            } else {
                let coming = Coming { who: who.clone(), told_online: online, topics: topics.clone() };
                recent.insert(user, coming);
            }
        }
        self.comings.something.notify_one();
        self.few_listeners(topics).values().for_each(|mailbox| mailbox.presence(who, online));
    }

    /// Tells what could not be told at once, until it is dropped. Sleeps while nobody comes or goes.
    pub(crate) async fn tell_presence(&self) {
        loop {
            self.comings.something.notified().await;
            tokio::time::sleep(Duration::from_secs(PRESENCE_SECONDS)).await;
            self.tell_what_changed();
        }
    }

    fn tell_what_changed(&self) {
        let recent = std::mem::take(&mut *self.comings.recent());
        for (user, coming) in recent {
            let online = self.state().online.contains_key(&user);
            if online != coming.told_online {
                self.tell_coming(user, &coming.who, online, &coming.topics);
            }
        }
    }

    /// Who listens to these conversations, each once, where they are few.
    pub(super) fn few_listeners(
        &self,
        topics: &BTreeSet<ConversationId>,
    ) -> BTreeMap<SessionId, Arc<Mailbox>> {
        let topics: Vec<_> = {
            let state = self.state();
            topics.iter().filter_map(|id| state.topics.get(id).cloned()).collect()
        };
        let listeners = topics.iter().flat_map(|topic| topic.few_listeners(PRESENCE_LISTENERS_MAX));
        listeners.map(|mailbox| (mailbox.session(), mailbox)).collect()
    }
}
