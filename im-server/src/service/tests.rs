//! A service on a folder that vanishes: what tests of what is asked by HTTP begin with.

mod authorisation;
mod bounds;
mod erase;
mod friends;
mod guessing;
mod hooks;
mod mentions;
mod moderation;
mod passwords;
mod retention;
mod tokens;

use std::sync::atomic::{AtomicU64, Ordering};

use im_proto::{Kind, Role};
use tempfile::TempDir;

use crate::policy::Policy;
use crate::store::{Admission, Step};

use super::*;

/// A program on this machine.
const HERE: Origin = Origin { peer: Peer::HERE, device: Device::Program("native") };

pub(super) struct Rig {
    pub(super) service: Service,
    pub(super) hub: Arc<Hub>,
    folder: TempDir,
}

fn now() -> Timestamp {
    static NOW: AtomicU64 = AtomicU64::new(1_000);
    Timestamp(NOW.fetch_add(1, Ordering::Relaxed))
}

fn random() -> [u8; 32] {
    let mut bits = [0; 32];
    bits[..8].copy_from_slice(&now().0.to_be_bytes());
    bits
}

impl Rig {
    pub(super) fn open() -> Self {
        Self::on(TempDir::new().unwrap())
    }

    fn on(folder: TempDir) -> Self {
        let hub = Arc::new(Hub::default());
        let feed = {
            let hub = Arc::clone(&hub);
            Box::new(move |news| hub.publish(news))
        };
        let store = Store::open(
            folder.path(),
            0,
            crate::store::Durability::Full,
            feed,
            crate::machine::Machine::REAL,
        )
        .unwrap();
        let policies = Policies::new(Policy { guests: true, ..Policy::default() });
        let service = Service::new(store, Arc::clone(&hub), Sources { now, random }, policies);
        Self { service, hub, folder }
    }

    /// Stops, and starts on the same data.
    pub(super) async fn restart(self) -> Self {
        self.service.close().await;
        Self::on(self.folder)
    }

    pub(super) async fn account(&self, name: &str) -> Account {
        self.service
            .store
            .create_user(name.parse().unwrap(), "hash".into(), None, Admission::Open, now())
            .await
            .unwrap()
    }

    pub(super) async fn guest(&self, name: &str) -> Account {
        let here = Peer::HERE.site();
        self.service.store.guest(name.parse().unwrap(), here, now(), None).await.unwrap().0
    }

    /// Lets somebody into a room or group, which is made if need be, or out of it.
    pub(super) async fn place(&self, who: &Account, name: &str, kind: Kind, role: Option<Role>) {
        let place = move |me: &Account, facts: &crate::store::Facts| {
            let make = facts.kind.is_none().then_some(Step::Make(kind, Ok(())));
            Ok(make.into_iter().chain([Step::Member(me.clone(), role)]).collect())
        };
        self.service.change(who, name.parse().unwrap(), None, place).await.unwrap();
    }

    pub(super) async fn say(&self, who: &Account, to: &str, message: u64) -> Result<Reply, Refusal> {
        self.service
            .post(
                Peer::HERE,
                who.clone(),
                to.parse().unwrap(),
                id(message),
                text(&message.to_string()),
                None,
            )?
            .await
    }

    /// Everything that was said, as a member sees it.
    pub(super) async fn log(&self, who: &Account, of: &str) -> Vec<String> {
        let history = self.service.history(who.clone(), of.parse().unwrap(), im_proto::Page::Newest, 200);
        let Ok(Reply::History { events, .. }) = history.await else { panic!() };
        let said = events.iter().filter_map(|event| match &event.body {
            im_proto::Body::Posted { text, .. } => Some(format!("{}: {}", event.author, text.as_str())),
            _ => None,
        });
        said.collect()
    }
}

pub(super) fn id(message: u64) -> im_proto::MessageId {
    im_proto::MessageId(u128::from(message).to_be_bytes())
}

pub(super) fn text(text: &str) -> im_proto::Text {
    im_proto::Text::parse(text).unwrap()
}

pub(super) fn label(label: &str) -> Label {
    Label::parse(label).unwrap()
}
