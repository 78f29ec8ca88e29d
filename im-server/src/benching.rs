//! Doors for the benches to the parts of the server that have no other: the hub with its rings, and the store. See `benches/`.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use im_proto::{
    Author, Body, ConversationId, Event, Kind, MessageId, Refusal, RoomName, Seq, Text, Timestamp, UserId,
};

use crate::announcement::Announcement;
use crate::entry::Entry;
use crate::hub::{Hub, Mailbox, Topic};
use crate::machine::Machine;
use crate::store::{Access, Account, Admission, Durability, Facts, Post, Said, Step, Store, Subject};

const ROOM: ConversationId = ConversationId(1);
const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// A conversation that some sessions follow.
pub struct Room {
    hub: Hub,
    topic: Arc<Topic>,
    listeners: Vec<Arc<Mailbox>>,
    head: Seq,
    author: Author,
    text: Text,
}

impl Room {
    /// One that so many sessions follow.
    pub fn new(listeners: u64) -> Result<Self, Refusal> {
        let hub = Hub::default();
        let silent = hub.connect_from(Ipv4Addr::LOCALHOST.into());
        let topic = hub.follow(UserId(0), ROOM, &silent);
        let listen = |user| {
            let mailbox = hub.connect_from(Ipv4Addr::LOCALHOST.into());
            hub.follow(UserId(user), ROOM, &mailbox);
            mailbox
        };
        let listeners = (1..=listeners).map(listen).collect();
        let author = Author { name: "alice".parse().map_err(|_| Refusal::NoSuchUser)?, guest: false };
        Ok(Self { hub, topic, listeners, head: Seq(0), author, text: text()? })
    }

    /// Something is said there: the ring takes it, and all who listen are told.
    pub fn publish(&mut self) {
        self.head = self.head.next();
        let message = MessageId(u128::from(self.head.0).to_be_bytes());
        let event = Event {
            conversation: ROOM,
            seq: self.head,
            at: NOW,
            author: self.author.clone(),
            body: Body::Posted { message, text: self.text.clone(), reply_to: None },
        };
        self.hub.publish(vec![Announcement::Event(Arc::new(Entry::new(event, self.head.0, None)))]);
    }

    /// Each who listens looks what is new, and takes the newest so many events. How many were taken by all is returned.
    pub fn take(&self, newest: u64) -> usize {
        let (mut all, mut taken) = (0, Vec::new());
        let after = Seq(self.head.0.saturating_sub(newest));
        for listener in &self.listeners {
            let moved = listener.take_moved().len();
            self.topic.read(listener.session(), after, usize::MAX, &mut taken);
            all += taken.len() * moved;
            taken.clear();
        }
        all
    }
}

/// A store on a folder, with a room and somebody in it.
pub struct Log {
    store: Option<Store>,
    author: Account,
    text: Text,
    said: u64,
}

impl Log {
    /// One whose commits wait for the disk, or not.
    pub async fn open(folder: &Path, synced: bool) -> Result<Self, Refusal> {
        let durability = if synced { Durability::Full } else { Durability::Process };
        let store = Store::open(folder, 0, durability, Box::new(drop), Machine::REAL)
            .map_err(|_| Refusal::CannotStore)?;
        let name = "alice".parse().map_err(|_| Refusal::NoSuchUser)?;
        let author = store.create_user(name, "hash".into(), None, Admission::Open, NOW).await?;
        let room: RoomName = "den".parse().map_err(|_| Refusal::NoSuchRoom)?;
        let subject = Subject { name: room, actor: author.clone(), other: None, at: NOW, from: None };
        let enter = {
            let author = author.clone();
            move |_: &Facts| {
                let member = Step::Member(author.clone(), Some(im_proto::Role::Owner));
                Ok(vec![Step::Make(Kind::Room, Ok(())), member])
            }
        };
        store.change(subject, enter).await?;
        Ok(Self { store: Some(store), author, text: text()?, said: 0 })
    }

    /// Hands so many posts over, and waits until each of them is acknowledged.
    pub async fn post(&mut self, count: usize) -> Result<(), Refusal> {
        let store = self.store.as_ref().ok_or(Refusal::Stopping)?;
        let mut receipts = Vec::with_capacity(count);
        for _ in 0..count {
            self.said += 1;
            let said = Said {
                message: MessageId(u128::from(self.said).to_be_bytes()),
                text: self.text.clone(),
                reply_to: None,
                at: NOW,
                allow: Access { rule: |_| Ok(()), now: NOW },
                keep: |_, _| Ok(()),
                pace: None,
            };
            let to = "#den".parse().map_err(|_| Refusal::NoSuchRoom)?;
            let post = Post { author: self.author.clone(), to, there: true, said };
            receipts.push(store.post(post)?);
        }
        for receipt in receipts {
            receipt.await?;
        }
        Ok(())
    }

    /// Puts everything away. Whether that went well.
    pub async fn close(mut self) -> bool {
        match self.store.take() {
            Some(store) => store.close().await,
            None => false,
        }
    }
}

/// As long as most of what people say.
fn text() -> Result<Text, Refusal> {
    Text::parse(&"word ".repeat(12)).map_err(|_| Refusal::Failed)
}
