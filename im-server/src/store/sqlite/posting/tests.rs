//! Posts that share a transaction leave what they leave when each has its own, whatever else happens between them.

use std::sync::mpsc;

use im_proto::{MessageId, Refusal, Text, UserName};
use tempfile::TempDir;

use crate::machine::Machine;
use crate::store::{Access, Admission, Durability, Receipt, Said, Store};

use super::*;

const NAMES: [&str; 3] = ["ann", "bob", "cat"];

/// One of a few that may be drawn.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn index(&mut self, below: usize) -> usize {
        usize::try_from(self.roll(below as u64)).unwrap()
    }
}

/// What was said by whoever, as the dice fall.
fn post(dice: &mut Dice, at: u64, accounts: &[Account]) -> Post {
    let repeats = dice.roll(9) == 0;
    let message = u128::from(if repeats { dice.roll(at + 1) } else { at });
    let text = ["plain", "plain", "hello @bob"][dice.index(3)];
    let to = ["@ann", "@bob", "@cat", "#lobby", "#nowhere"][dice.index(5)];
    let said = Said {
        message: MessageId(message.to_be_bytes()),
        text: Text::parse(text).unwrap(),
        reply_to: (dice.roll(9) == 0).then_some(Seq(1 + dice.roll(5))),
        at: Timestamp(1000 + at - at % 3 * 2),
        allow: Access {
            rule: |footing| if footing.muted { Err(Refusal::NotAllowed) } else { Ok(()) },
            now: Timestamp(1),
        },
        keep: |_, _| Ok(()),
        pace: None,
    };
    Post { author: accounts[dice.index(3)].clone(), to: to.parse().unwrap(), there: true, said }
}

/// Something else that changes what a post may find.
fn other(dice: &mut Dice) -> &'static str {
    [
        "UPDATE users SET suspended = iif(suspended IS NULL, 1, NULL) WHERE name = 'cat'",
        "UPDATE conversations SET moderated = 1 - moderated WHERE id = 1",
        "UPDATE members SET read = (SELECT head FROM conversations c WHERE c.id = conversation) WHERE user = 1",
        "UPDATE members SET synced = read",
    ][dice.index(4)]
}

async fn dump(store: &Store) -> Vec<String> {
    let tables = ["events", "conversations", "members", "mentions"];
    let all = store.read(move |connection| {
        let mut all = Vec::new();
        for table in tables {
            let sql = format!("SELECT * FROM {table} ORDER BY 1, 2");
            let mut statement = connection.prepare(&sql).map_err(failure)?;
            let columns = statement.column_count();
            let mut rows = statement.query([]).map_err(failure)?;
            while let Some(row) = rows.next().map_err(failure)? {
                let values = (0..columns).map(|i| format!("{:?}", row.get_ref(i).unwrap()));
                all.push(format!("{table} {}", values.collect::<Vec<_>>().join(" ")));
            }
        }
        Ok(all)
    });
    all.await.unwrap()
}

/// What all came to, and what is in the database then.
async fn happened(seed: u64, together: bool) -> (Vec<Result<Posted, StoreError>>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path(), 0, Durability::Process, Box::new(|_| {}), Machine::REAL).unwrap();
    let mut accounts = Vec::new();
    for name in NAMES {
        let name: UserName = name.parse().unwrap();
        let made = store.create_user(name, "hash".into(), None, Admission::Open, Timestamp(1)).await;
        accounts.push(made.unwrap());
    }
    let (go, gate) = mpsc::channel::<()>();
    let held = together.then(|| {
        store
            .submit(move |_| {
                let _ = gate.recv();
                Ok(())
            })
            .unwrap()
    });
    let (mut dice, mut receipts, mut results) = (Dice(seed), Vec::<Receipt<Posted>>::new(), Vec::new());
    for at in 0..300 {
        if dice.roll(12) == 0 {
            let sql = other(&mut dice);
            let done = store.submit(move |tx| tx.execute(sql, [])).unwrap();
            if !together {
                done.await.unwrap();
            }
        } else {
            receipts.push(store.post(post(&mut dice, at, &accounts)).unwrap());
        }
        if !together {
            for receipt in receipts.drain(..) {
                results.push(receipt.await);
            }
        }
    }
    drop(go);
    if let Some(held) = held {
        held.await.unwrap();
    }
    for receipt in receipts {
        results.push(receipt.await);
    }
    let dump = dump(&store).await;
    assert!(store.close().await);
    (results, dump)
}

#[tokio::test]
async fn posts_together_leave_what_posts_one_by_one_leave() {
    for seed in 1..=6 {
        let (alone, together) = (happened(seed, false).await, happened(seed, true).await);
        assert!(alone.0.iter().filter(|result| result.is_ok()).count() > 100, "{:?}", alone.0);
        assert_eq!(alone.0, together.0, "seed {seed}");
        assert_eq!(alone.1, together.1, "seed {seed}");
    }
}
