//! What is taken out takes along what is about it, and really is no longer in the file.

use std::path::Path;

use im_proto::{Address, Body, MessageId, Page, Reaction, Seq, Text};
use tempfile::TempDir;

use crate::machine::Machine;
use crate::store::{Access, Account, Admission, Durability, Step};

use super::*;

const DAY: u64 = 86_400_000;
const LOBBY: ConversationId = ConversationId(1);

fn open(folder: &Path) -> Store {
    Store::open(folder, 0, Durability::Full, Box::new(drop), Machine::REAL).unwrap()
}

async fn account(store: &Store, name: &str) -> Account {
    store
        .create_user(name.parse().unwrap(), "hash".into(), None, Admission::Open, Timestamp(1))
        .await
        .unwrap()
}

async fn append(store: &Store, author: &Account, day: u64, body: Body) -> Seq {
    let author = author.clone();
    let appended =
        store.write(move |tx| tx.append(LOBBY, Timestamp(1 + day * DAY), &author, body.clone())).await;
    appended.unwrap().0
}

fn posted(number: u128, text: &str) -> Body {
    Body::Posted {
        message: MessageId(number.to_be_bytes()),
        text: Text::parse(text).unwrap(),
        reply_to: (number == 2).then_some(Seq(2)),
    }
}

/// Takes out what is older than ten days, and counts the batches.
async fn forget(store: &Store, day: u64) -> usize {
    let now = Timestamp(1 + day * DAY);
    let mut batches = 0;
    for conversation in store.too_old(ConversationId(0), Some(10), now).await.unwrap() {
        while store.forget_some(conversation, Some(10), now).await.unwrap().more {
            batches += 1;
        }
    }
    batches
}

#[tokio::test]
async fn what_is_about_a_message_goes_with_it_bit_by_bit() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let ann = account(&store, "ann").await;
    let old = append(&store, &ann, 0, posted(1, "old")).await;
    assert_eq!(old, Seq(2));
    let answer = append(&store, &ann, 11, posted(2, "young")).await;
    let text = Text::parse("old, in other words").unwrap();
    append(&store, &ann, 12, Body::Edited { of: old, text }).await;
    let young = Text::parse("young still").unwrap();
    append(&store, &ann, 12, Body::Edited { of: answer, text: young }).await;
    let reactions = 2 * BATCH_EVENTS_MAX + 10;
    for number in 0..reactions {
        let reaction = Reaction::parse(&format!("r{number}")).unwrap();
        append(&store, &ann, 12, Body::Reacted { of: old, reaction }).await;
    }
    append(&store, &ann, 12, Body::Deleted { of: old }).await;

    assert_eq!(forget(&store, 10).await, 0, "not a moment too early");
    let batches = forget(&store, 13).await;
    assert_eq!(batches, 1 + reactions / BATCH_EVENTS_MAX);
    assert_eq!(forget(&store, 13).await, 0);
    let all = store.history(
        ann,
        Address::Room("lobby".parse().unwrap()),
        Page::After(Seq::ZERO),
        200,
        Access { rule: |_| Ok(()), now: Timestamp(1) },
    );
    let kinds: Vec<Body> =
        all.await.unwrap().events.into_iter().map(|entry| entry.into_event().body).collect();
    assert_eq!(kinds[1], Body::Tombstone { of: None });
    assert!(
        matches!(&kinds[2], Body::Posted { text, reply_to: Some(of), .. } if text.as_str() == "young" && *of == old)
    );
    assert_eq!(kinds[3], Body::Tombstone { of: Some(old) });
    assert!(matches!(&kinds[4], Body::Edited { of, .. } if *of == answer));
    assert!(kinds[5..].iter().all(|body| *body == Body::Tombstone { of: Some(old) }));
    // An answer that is gone is no edit of what it answered.
    forget(&store, 30).await;
    let page = store.after(LOBBY, Seq(2)).await.unwrap();
    assert_eq!(page.events[0].event().body, Body::Tombstone { of: None });
    assert_eq!(page.events[1].event().body, Body::Tombstone { of: Some(old) });
    assert!(store.close().await);
    let report = crate::store::check(folder.path()).unwrap();
    assert!(report.ok, "{report}");
}

#[tokio::test]
async fn the_texts_are_not_in_the_file_any_more() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let (ann, bob) = (account(&store, "ann").await, account(&store, "bob").await);
    // Short ones side by side on a page, and long ones over several.
    for number in 0..3_000_u32 {
        let (who, name) = if number % 3 == 0 { (&ann, "ANN") } else { (&bob, "BOB") };
        let length = 1 + usize::try_from(number * 7_919 % 600).unwrap() * usize::from(number % 10 != 0);
        let long = if number % 50 == 0 { 9_000 } else { length };
        let said = format!("<{name}-{number}>").repeat(1 + long / 12);
        append(&store, who, 0, posted(u128::from(number) + 10, &said)).await;
    }
    assert!(store.close().await);
    let left = |mark: &str| {
        let bytes = std::fs::read(folder.path().join("im.sqlite")).unwrap();
        assert_eq!(folder.path().join("im.sqlite-wal").metadata().map_or(0, |file| file.len()), 0);
        bytes.windows(mark.len()).filter(|window| *window == mark.as_bytes()).count()
    };
    assert!(left("<ANN-") > 1_000 && left("<BOB-") > 2_000);
    let store = open(folder.path());
    store.erase(ann.id, false, Timestamp(2), |_, _| Ok(vec![Step::Keep(None)])).await.unwrap();
    while store.erase_some(ann.id).await.unwrap().more {}
    assert!(store.close().await);
    assert_eq!(left("<ANN-"), 0);
    assert!(left("<BOB-") > 2_000);
    let store = open(folder.path());
    forget(&store, 20).await;
    assert!(store.close().await);
    assert_eq!((left("<ANN-"), left("<BOB-")), (0, 0));
}

#[tokio::test]
async fn a_message_goes_with_its_edits_and_a_batch_has_not_too_many_of_them() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let ann = account(&store, "ann").await;
    let edits = usize::try_from(BATCH_EDITS_MAX).unwrap() / 4;
    let messages: Vec<Seq> = {
        let mut all = Vec::new();
        for number in 10..19 {
            all.push(append(&store, &ann, 0, posted(number, "said")).await);
        }
        all
    };
    for number in 0..edits * messages.len() {
        let of = messages[number % messages.len()];
        let edit = store.write({
            let (ann, text) = (ann.clone(), Text::parse(&format!("edit {number}")).unwrap());
            move |tx| {
                tx.append(LOBBY, Timestamp(1), &ann, Body::Edited { of, text: text.clone() }).map(|_| ())
            }
        });
        edit.await.unwrap();
    }
    let now = Timestamp(1 + 20 * DAY);
    let (mut before, mut batches) = (edits * messages.len() + messages.len(), 0);
    while store.forget_some(LOBBY, Some(10), now).await.unwrap().more {
        let left = store.read(|connection| {
            let sql = "SELECT count(*) FROM events WHERE text IS NOT NULL";
            super::super::pages::one(connection, sql, [], |row| row.get(0))
        });
        let left: usize = left.await.unwrap().unwrap();
        assert!(
            before - left <= usize::try_from(BATCH_EDITS_MAX).unwrap() + BATCH_EVENTS_MAX,
            "{before} {left}"
        );
        // At no moment an edit is left of a message that is gone.
        let report = crate::store::check(folder.path()).unwrap();
        assert!(report.ok, "{report}");
        (before, batches) = (left, batches + 1);
    }
    assert_eq!(before, 0);
    assert!(batches > 2, "{batches}");
}
