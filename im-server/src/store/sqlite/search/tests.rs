//! What is read of a large index, and when it is filled.

use std::path::Path;
use std::sync::mpsc;

use im_proto::{Refusal, Timestamp, UserId};
use tempfile::TempDir;

use crate::machine::Machine;
use crate::store::Durability;
use crate::store::sqlite::{DATABASE, open};

use super::*;

/// Ann's three words in the lobby come after so many of bob's in a room that she is not in.
fn said(folder: &Path, by_bob: u64) -> Connection {
    let connection = open::for_writing(&folder.join(DATABASE), 0, Durability::Full).unwrap();
    let rows = format!(
        "INSERT INTO users (id, name, key, look, password, created)
             VALUES (1, 'ann', 'ann', 'ann', 'x', 1), (2, 'bob', 'bob', 'bob', 'x', 1);
         INSERT INTO conversations (id, kind, name, key, look, created, active)
             VALUES (2, 2, 'far', 'far', 'far', 1, 1);
         INSERT INTO members (user, conversation, role, since, read) VALUES (1, 1, 0, 1, 0), (2, 2, 0, 1, 0);
         CREATE TEMP TABLE said AS
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {by_bob} + 3)
             SELECT i, i > {by_bob} AS ann FROM n;
         INSERT INTO events (conversation, seq, at, author, guest, kind, posts, message, text)
             SELECT 2 - ann, i - ann * {by_bob}, i, 2 - ann, 0, 1, i - ann * {by_bob}, randomblob(16),
                 'hello number ' || i FROM said;
         UPDATE conversations SET (head, posts, active) = (3, 3, {by_bob} + 3) WHERE id = 1;
         UPDATE conversations SET (head, posts, active) = ({by_bob}, {by_bob}, {by_bob}) WHERE id = 2;
         DROP TABLE said;"
    );
    connection.execute_batch(&rows).unwrap();
    connection
}

fn filled(connection: &Connection) -> u64 {
    connection.query_row("SELECT position FROM search_filled", [], |row| row.get(0)).unwrap()
}

fn account(id: u64, name: &str) -> Account {
    Account { id: UserId(id), name: name.parse().unwrap(), guest: false }
}

const MEMBERS_ONLY: Access =
    Access { rule: |footing| footing.role.map(|_| ()).ok_or(Refusal::NotMember), now: Timestamp(1) };

/// The positions of what is found.
fn find(connection: &Connection, me: &Account, words: &str, limit: u16) -> Vec<u64> {
    let search = Search { words: Words::parse(words).unwrap(), of: None, before: None, limit };
    let page = found(connection, me, &search, MEMBERS_ONLY).unwrap();
    page.found.iter().map(|found| found.position).collect()
}

#[test]
fn what_others_said_elsewhere_costs_nothing() {
    let folder = TempDir::new().unwrap();
    let connection = said(folder.path(), 100_000);
    let ann = account(1, "ann");
    // The last words are found at once, by reading them; the earliest when the index has come to them.
    assert_eq!(find(&connection, &ann, "hello", 10), [100_003, 100_002, 100_001]);
    assert_eq!(find(&connection, &account(2, "bob"), "hello number 17", 10), [0; 0]);
    let mut filling = Filling::begin(&connection).unwrap();
    let mut steps = 0;
    while filling.is_due() {
        filling.step(&connection);
        steps += 1;
    }
    assert_eq!((filled(&connection), steps), (100_003, 100_003_u32.div_ceil(512)));
    assert_eq!(find(&connection, &ann, "hello", 10), [100_003, 100_002, 100_001]);
    assert_eq!(find(&connection, &account(2, "bob"), "hello number 17", 10), [17]);
    let mut asked = connection.prepare(SELECT_INDEXED).unwrap();
    let mut answers = |asked_for: &str| {
        let rows = asked.query_map(params![asked_for, i64::MAX], |row| row.get::<_, u64>(0)).unwrap();
        rows.count()
    };
    let hello = letters::expression("hello").unwrap();
    assert_eq!(answers(&hello), 100_003);
    assert_eq!(answers(&within_places([1], &hello)), 3, "what the index answers is hers");
}

#[test]
fn each_statement_goes_by_an_index() {
    let folder = TempDir::new().unwrap();
    let connection = said(folder.path(), 1);
    let event = format!("{SELECT_EVENT} WHERE e.id = 1");
    let statements = [SELECT_PLACES, SELECT_TAIL, SELECT_MESSAGE, SELECT_INDEXED, SELECT_WHERE, SELECT_EDIT];
    for sql in statements.into_iter().chain([event.as_str()]) {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> = plan.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>().unwrap();
        let slow = |step: &String| {
            let whole = step.starts_with("SCAN") && step != "SCAN search_filled" && !step.contains("VIRTUAL");
            whole || step.contains("TEMP B-TREE") || step.contains("AUTOMATIC")
        };
        assert!(!steps.iter().any(slow), "{sql}\n{}", steps.join("\n"));
    }
}

#[test]
fn many_conversations_and_many_words_are_fine() {
    let folder = TempDir::new().unwrap();
    let connection = said(folder.path(), 100);
    let mut filling = Filling::begin(&connection).unwrap();
    while filling.is_due() {
        filling.step(&connection);
    }
    let ann = account(1, "ann");
    let enter = |first: u64, last: u64| {
        for id in first..=last {
            connection
                .execute(
                    "INSERT INTO conversations (id, kind, name, created, active) VALUES (?1, 2, ?2, 1, 1)",
                    params![id, format!("room{id}")],
                )
                .unwrap();
            connection
                .execute(
                    "INSERT INTO members (user, conversation, role, since, read) VALUES (1, ?1, 0, 1, 0)",
                    [id],
                )
                .unwrap();
        }
    };
    let longest = "hello ".repeat(42);
    let mut last = 2;
    for now in [2 + PLACES_MAX as u64 - 1, 2 + PLACES_MAX as u64] {
        enter(last + 1, now);
        last = now;
        for words in ["hello", &longest, &"h* ".repeat(85)] {
            assert_eq!(find(&connection, &ann, words, 2), [103, 102], "{words} in {now} rooms");
        }
    }
}

#[tokio::test]
async fn who_waits_for_the_writer_goes_before_the_index() {
    for (events, falls_behind) in [(2000_u64, false), (u64::from(TAIL_EVENTS_MAX) + 2000, true)] {
        let folder = TempDir::new().unwrap();
        drop(said(folder.path(), events));
        let store = Store::open(folder.path(), 0, Durability::Full, Box::new(|_| {}), Machine::REAL).unwrap();
        let (go, gate) = mpsc::channel::<()>();
        let (entered, inside) = mpsc::channel::<()>();
        let first = store
            .submit(move |_| {
                let _ = entered.send(());
                let _ = gate.recv();
                Ok(())
            })
            .unwrap();
        inside.recv().unwrap();
        // While the writer is held up, three batches come.
        let position = |tx: &mut crate::store::sqlite::Tx<'_>| {
            Ok(tx.row("SELECT position FROM search_filled", [], |row| row.get::<_, u64>(0))?.unwrap_or(0))
        };
        let waiting: Vec<_> = (0..3 * 1024).map(|_| store.submit(position).unwrap()).collect();
        drop(go);
        first.await.unwrap();
        let mut seen = BTreeSet::new();
        for receipt in waiting {
            seen.insert(receipt.await.unwrap());
        }
        // The step after a commit is one of 512 events.
        let steps = seen.iter().max().unwrap() - seen.iter().min().unwrap();
        assert_eq!(steps, if falls_behind { 2 * 512 } else { 0 }, "{seen:?}");
        while store.write(position).await.unwrap() < events + 3 {}
        assert!(store.close().await);
    }
}

#[test]
fn a_disk_that_is_full_is_tried_again_later() {
    let folder = TempDir::new().unwrap();
    let connection = said(folder.path(), 600);
    let mut filling = Filling::begin(&connection).unwrap();
    connection.pragma_update(None, "query_only", true).unwrap();
    filling.step(&connection);
    assert!(!filling.is_due() && filled(&connection) == 0, "{filling:?}");
    connection.pragma_update(None, "query_only", false).unwrap();
    let more = "INSERT INTO events (conversation, seq, at, author, guest, kind, posts)
        SELECT 2, seq + 600, at, author, guest, 2, posts FROM events WHERE conversation = 2 AND seq <= 512";
    connection.execute_batch(more).unwrap();
    filling.look(&connection).unwrap();
    while filling.is_due() {
        filling.step(&connection);
    }
    assert_eq!(filled(&connection), 1115);
}
