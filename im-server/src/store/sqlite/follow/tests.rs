//! Where following begins, by seq and by position.

use std::sync::{Arc, Mutex};

use im_proto::{Address, Kind, MessageId, RoomName, Text, Timestamp, UserName};
use tempfile::TempDir;

use crate::announcement::Announcement;
use crate::store::{Access, Account, Admission, Post, Said, Step, Store, Subject};

use super::*;

/// A store, and all that it announced.
struct Rig {
    store: Store,
    told: Arc<Mutex<Vec<Announcement>>>,
    _folder: TempDir,
}

impl Rig {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let told = Arc::<Mutex<Vec<Announcement>>>::default();
        let feed = {
            let told = Arc::clone(&told);
            Box::new(move |news| told.lock().unwrap().extend(news))
        };
        Self {
            store: Store::open(
                folder.path(),
                0,
                crate::store::Durability::Full,
                feed,
                crate::machine::Machine::REAL,
            )
            .unwrap(),
            told,
            _folder: folder,
        }
    }

    async fn account(&self, name: &str) -> Account {
        let name: UserName = name.parse().unwrap();
        self.store.create_user(name, "hash".into(), None, Admission::Open, Timestamp(1)).await.unwrap()
    }

    async fn enter(&self, who: &Account, room: &str) -> ConversationId {
        let name: RoomName = room.parse().unwrap();
        let subject = Subject { name, actor: who.clone(), other: None, at: Timestamp(1), from: None };
        let who = who.clone();
        let enter = move |facts: &crate::store::Facts| {
            let make = facts.kind.is_none().then_some(Step::Make(Kind::Room, Ok(())));
            let enter = Step::Member(who.clone(), Some(im_proto::Role::Member));
            Ok(make.into_iter().chain([enter]).collect())
        };
        self.store.change(subject, enter).await.unwrap()
    }

    async fn say(&self, author: &Account, to: &str, message: u128) -> ConversationId {
        let to: Address = to.parse().unwrap();
        let (message, text) = (MessageId(message.to_be_bytes()), Text::parse("x").unwrap());
        let said = Said {
            message,
            text,
            reply_to: None,
            at: Timestamp(1),
            allow: Access { rule: |_| Ok(()), now: Timestamp(1) },
            keep: |_, _| Ok(()),
            pace: None,
        };
        let post = Post { author: author.clone(), to, there: true, said };
        self.store.post(post).unwrap().await.unwrap().conversation
    }

    /// All events as they were told: their position, conversation and seq.
    fn told(&self) -> Vec<(u64, ConversationId, Seq)> {
        let told = self.told.lock().unwrap();
        let events = told.iter().filter_map(|told| match told {
            Announcement::Event(entry) => {
                Some((entry.position(), entry.event().conversation, entry.event().seq))
            }
            _ => None,
        });
        events.collect()
    }

    async fn begins(&self, who: &Account, since: Since) -> (HashMap<ConversationId, u64>, u64) {
        let followed = self.store.followed(who.id, since).await.unwrap();
        let begins = followed.conversations.iter().map(|(conversation, from)| (conversation.id, from.0));
        (begins.collect(), followed.position)
    }
}

#[tokio::test]
async fn positions_grow_with_the_commits_and_are_the_same_live_and_in_pages() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let bob = rig.account("bob").await;
    for i in 0..150 {
        rig.say(&ann, ["@bob", "#lobby"][i % 2], i as u128).await;
        rig.say(&bob, "@ann", i as u128).await;
    }
    let told = rig.told();
    assert_eq!(told.len(), 302);
    assert!(told.windows(2).all(|two| two[0].0 < two[1].0));
    let mut kept = Vec::new();
    for conversation in told.iter().map(|(_, id, _)| *id).collect::<std::collections::BTreeSet<_>>() {
        let mut at = Seq::ZERO;
        loop {
            let page = rig.store.after(conversation, at).await.unwrap();
            for entry in &page.events {
                kept.push((entry.position(), conversation, entry.event().seq));
                at = entry.event().seq;
            }
            if !page.more {
                break;
            }
        }
    }
    kept.sort();
    assert_eq!(kept, told);
}

#[tokio::test]
async fn a_position_says_where_to_begin_in_every_conversation() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let bob = rig.account("bob").await;
    let (lobby, dev) = (ConversationId(1), rig.enter(&ann, "dev").await);
    rig.enter(&bob, "dev").await;
    let quiet = rig.enter(&ann, "quiet").await;
    let mut direct = lobby;
    for i in 0..40 {
        rig.say(&bob, "#dev", i * 3).await;
        if i % 3 == 0 {
            rig.say(&bob, "#lobby", i * 3 + 1).await;
            direct = rig.say(&bob, "@ann", i * 3 + 2).await;
        }
    }
    let told = rig.told();
    let newest = told.last().unwrap().0;
    for position in 0..=newest + 1 {
        let (begins, top) = rig.begins(&ann, Since::Position { position, has: HashMap::new() }).await;
        assert_eq!((begins.len(), top), (4, newest));
        for conversation in [lobby, dev, quiet, direct] {
            let up_to = told.iter().filter(|(at, id, _)| *id == conversation && *at <= position).count();
            assert_eq!(begins[&conversation], up_to as u64, "{conversation} at {position}");
        }
    }
    // What is named is not searched for, and nobody begins behind the head.
    let has = HashMap::from([(dev, Seq(7)), (lobby, Seq(u64::MAX)), (ConversationId(99), Seq(1))]);
    let since = Since::Position { position: 0, has: has.clone() };
    assert_eq!(
        rig.begins(&ann, since).await.0,
        HashMap::from([(dev, 7), (lobby, 16), (quiet, 0), (direct, 0)])
    );
    let since = Since::Position { position: u64::MAX, has: HashMap::new() };
    let heads = HashMap::from([(dev, 40), (lobby, 16), (quiet, 0), (direct, 14)]);
    assert_eq!(rig.begins(&ann, since).await, (heads.clone(), newest));
    assert_eq!(rig.begins(&ann, Since::Now).await, (heads, newest));
    // Else after the read mark, which of the lobby is at ann's own coming.
    let read = HashMap::from([(dev, 7), (lobby, 16), (quiet, 0), (direct, 0)]);
    assert_eq!(rig.begins(&ann, Since::Has(has)).await.0, read);
    assert_eq!(rig.begins(&bob, Since::Has(HashMap::new())).await.0[&dev], 40);
}

#[tokio::test]
async fn what_was_somebody_elses_of_the_same_name_stays_hidden() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    let neil = rig.store.guest("neil".parse().unwrap(), here, Timestamp(1), None).await.unwrap().0;
    let mut direct = ConversationId(0);
    for i in 0..5 {
        direct = rig.say(&ann, "@neil", i).await;
    }
    rig.store.mark(neil.id, direct, Seq(3)).unwrap().await.unwrap();
    let neil = rig.store.guest("neil".parse().unwrap(), here, Timestamp(2), None).await.unwrap().0;
    for since in [
        Since::Has(HashMap::new()),
        Since::Has(HashMap::from([(direct, Seq::ZERO)])),
        Since::Position { position: 0, has: HashMap::new() },
        Since::Position { position: 0, has: HashMap::from([(direct, Seq(1))]) },
        Since::Position { position: 2, has: HashMap::new() },
    ] {
        assert_eq!(rig.begins(&neil, since.clone()).await.0[&direct], 3, "{since:?}");
    }
}
