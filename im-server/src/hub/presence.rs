//! Who came and went, told a little later: each user once, however often they reconnect meanwhile, and only in
//! conversations that few follow. Presence is what overwhelms chat servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use im_proto::{ConversationId, UserId, UserName};
use tokio::sync::Notify;

use super::Hub;

/// How long a change waits for others, in seconds.
const PRESENCE_SECONDS: u64 = 2;

/// In conversations that more sessions than this follow, presence is asked for, not told.
const PRESENCE_LISTENERS_MAX: usize = 64;

/// Changes that were not told yet.
#[derive(Default)]
pub(super) struct Comings {
    changes: Mutex<BTreeMap<UserId, Coming>>,
    something: Notify,
}

struct Coming {
    name: UserName,
    /// What others believe.
    was_online: bool,
    /// Where those who went were followed; those who came are asked when it is told.
    topics: BTreeSet<ConversationId>,
}

impl Comings {
    pub(super) fn changed(
        &self,
        user: UserId,
        name: &UserName,
        online: bool,
        topics: BTreeSet<ConversationId>,
    ) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let coming = changes.entry(user).or_insert_with(|| Coming {
            name: name.clone(),
            was_online: !online,
            topics: BTreeSet::new(),
        });
        coming.topics.extend(topics);
        self.something.notify_one();
    }

    /// There may be somebody to tell a change to, who was not there before.
    pub(super) fn look_again(&self) {
        self.something.notify_one();
    }

    /// A change that could not be told yet, and what came after it.
    fn put_back(&self, user: UserId, coming: Coming) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let was_online = coming.was_online;
        changes.entry(user).or_insert(coming).was_online = was_online;
    }
}

impl Hub {
    /// Tells who came and went, until it is dropped. Sleeps while nobody does.
    pub(crate) async fn tell_presence(&self) {
        loop {
            self.comings.something.notified().await;
            tokio::time::sleep(Duration::from_secs(PRESENCE_SECONDS)).await;
            self.tell_comings();
        }
    }

    fn tell_comings(&self) {
        let changes =
            std::mem::take(&mut *self.comings.changes.lock().unwrap_or_else(PoisonError::into_inner));
        for (user, coming) in changes {
            let (online, follows, topics) = {
                let state = self.state();
                let online = state.online.get(&user);
                let topics = online.map_or(&coming.topics, |online| &online.topics);
                let listened: Vec<_> = topics.iter().filter_map(|id| state.topics.get(id).cloned()).collect();
                (online.is_some(), !topics.is_empty(), listened)
            };
            if online == coming.was_online {
                continue; // they came back before anybody was told
            }
            if online && !follows {
                self.comings.put_back(user, coming); // told when it is known whom to tell
                continue;
            }
            let listeners: BTreeMap<_, _> = topics
                .iter()
                .flat_map(|topic| topic.few_listeners(PRESENCE_LISTENERS_MAX))
                .map(|mailbox| (mailbox.session(), mailbox))
                .collect();
            listeners.values().for_each(|mailbox| mailbox.presence(&coming.name, online));
        }
    }
}
