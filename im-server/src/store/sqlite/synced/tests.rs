//! What a poll of the mailbox costs, in steps of SQLite's machine: it is asked once a second by each open page.

use im_proto::{MessageId, Text};
use rusqlite::{Connection, StatementStatus};
use tempfile::TempDir;

use crate::store::{Access, Account, Admission, Post, Said};

use super::*;

struct Rig {
    store: Store,
    folder: TempDir,
}

impl Rig {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            store: Store::open(
                folder.path(),
                0,
                crate::store::Durability::Full,
                Box::new(|_| ()),
                crate::machine::Machine::REAL,
            )
            .unwrap(),
            folder,
        }
    }

    async fn account(&self, name: &str) -> Account {
        self.store
            .create_user(name.parse().unwrap(), "hash".into(), None, Admission::Open, Timestamp(1))
            .await
            .unwrap()
    }

    async fn say_many(&self, author: &Account, to: &str, ids: std::ops::Range<u128>) {
        let mut receipts = Vec::new();
        for id in ids {
            let (message, text) = (MessageId(id.to_be_bytes()), Text::parse("x").unwrap());
            let said = Said {
                message,
                text,
                reply_to: None,
                at: Timestamp(1),
                allow: Access { rule: |_| Ok(()), now: Timestamp(1) },
                keep: |_, _| Ok(()),
                pace: None,
            };
            let post = Post { author: author.clone(), to: to.parse().unwrap(), there: true, said };
            receipts.push(self.store.post(post).unwrap());
        }
        for receipt in receipts {
            receipt.await.unwrap();
        }
    }

    /// The rows of one poll, and its steps.
    fn poll(&self, user: &Account) -> (usize, i32) {
        let connection = Connection::open(self.folder.path().join("im.sqlite")).unwrap();
        let mut statement = connection.prepare(SELECT_UNSYNCED).unwrap();
        let bounds = params![user.id.0, PAGE_EVENTS_MAX, code_of_kind(Kind::Direct), POSTED];
        let rows = statement.query_map(bounds, |_| Ok(())).unwrap().count();
        assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0);
        (rows, statement.get_status(StatementStatus::VmStep))
    }

    fn plan(&self, sql: &str) -> Vec<String> {
        let connection = Connection::open(self.folder.path().join("im.sqlite")).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = statement.query_map(params![1, 1, 0, 1], |row| row.get::<_, String>(3)).unwrap();
        steps.map(Result::unwrap).collect()
    }
}

/// So many steps for a user with one quiet conversation, and not more for one with a long log.
const QUIET_STEPS_MAX: i32 = 200;

#[tokio::test]
async fn a_poll_with_nothing_new_reads_no_log() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.say_many(&bob, "#lobby", 0..1000).await;
    // All is one's own, and nothing was ever confirmed.
    rig.say_many(&ann, "@bob", 0..1000).await;
    let (rows, steps) = rig.poll(&ann);
    assert!(rows == 0 && steps < QUIET_STEPS_MAX, "{rows} {steps}");
    // All was fetched, and much of one's own came after what was.
    rig.say_many(&bob, "@ann", 1000..1500).await;
    rig.say_many(&ann, "@bob", 1000..2000).await;
    let mut fetched = 0;
    while let waiting = rig.store.unsynced(ann.id).await.unwrap()
        && let Some(last) = waiting.last()
    {
        fetched += waiting.len();
        rig.store.confirm_synced(ann.id, last.position).await.unwrap();
    }
    assert_eq!(fetched, 500);
    let (rows, steps) = rig.poll(&ann);
    assert!(rows == 0 && steps < QUIET_STEPS_MAX, "{rows} {steps}");
}

#[tokio::test]
async fn a_poll_looks_at_no_more_than_it_may_tell() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.say_many(&bob, "@ann", 0..250).await;
    let (rows, few) = rig.poll(&ann);
    assert_eq!(rows, usize::from(PAGE_EVENTS_MAX));
    rig.say_many(&bob, "@ann", 250..5000).await;
    let (rows, many) = rig.poll(&ann);
    assert_eq!((rows, many), (usize::from(PAGE_EVENTS_MAX), few));
}

#[tokio::test]
async fn nothing_is_scanned() {
    let rig = Rig::open();
    for sql in [SELECT_UNSYNCED, &confirming()] {
        let plan = rig.plan(sql);
        // What is found is scanned, which is a page or a row for each conversation.
        let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
        assert!(scans.clone().all(|step| ["SCAN found", "SCAN s"].contains(&step.as_str())), "{plan:#?}");
        assert!(plan.iter().any(|step| step.contains("(conversation=? AND seq>?)")), "{plan:#?}");
    }
}
