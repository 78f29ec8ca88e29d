//! What is too old is taken out, and only that; who is told of it, and what stays.

use im_proto::{Body, Page, Seq};

use crate::policy::Policy;

use super::*;

const DAY: u64 = 86_400_000;

/// So many days after what the tests say.
pub(super) fn days(days: u64) -> Timestamp {
    Timestamp(days * DAY + DAY / 2)
}

/// A log: each event by its kind, or its text.
pub(super) async fn whole_log(rig: &Rig, who: &Account, of: &str) -> Vec<String> {
    let history = rig.service.history(who.clone(), of.parse().unwrap(), Page::After(Seq::ZERO), 200);
    let Ok(Reply::History { events, .. }) = history.await else { panic!() };
    assert!(events.iter().map(|event| event.seq.0).eq(1..=events.len() as u64));
    let entries = events.iter().map(|event| match &event.body {
        Body::Posted { text, .. } => format!("{}: {}", event.author, text.as_str()),
        body => format!("{} {}", event.author, body.kind()),
    });
    entries.collect()
}

async fn set(rig: &Rig, who: &Account, days: Option<u16>) -> Result<Option<u16>, Refusal> {
    match rig.service.set_retention(who.clone(), "dev".parse().unwrap(), days).await? {
        Reply::Conversation(about) => Ok(about.retention_days),
        other => panic!("{other:?}"),
    }
}

/// Ann owns #dev, Bob is an admin there; both have said something, and to each other, too.
async fn two_who_talk(rig: &Rig) -> (Account, Account) {
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.place(&ann, "dev", Kind::Group, Some(Role::Owner)).await;
    rig.place(&bob, "dev", Kind::Group, Some(Role::Admin)).await;
    for (who, to, message) in [(&ann, "#dev", 1), (&bob, "#dev", 2), (&ann, "@bob", 3)] {
        rig.say(who, to, message).await.unwrap();
    }
    (ann, bob)
}

#[tokio::test]
async fn owners_say_how_long_things_are_kept_and_the_shorter_time_holds() {
    let mut rig = Rig::open();
    let (ann, bob) = two_who_talk(&rig).await;
    let cid = rig.account("cid").await;
    assert_eq!(set(&rig, &bob, Some(3)).await, Err(Refusal::NotAllowed));
    assert_eq!(set(&rig, &cid, Some(3)).await, Err(Refusal::NotMember));
    let nowhere = rig.service.set_retention(ann.clone(), "nowhere".parse().unwrap(), Some(3)).await;
    assert_eq!(nowhere, Err(Refusal::NoSuchRoom));
    let lobby = rig.service.set_retention(ann.clone(), "lobby".parse().unwrap(), Some(3)).await;
    assert_eq!(lobby, Err(Refusal::NotAllowed), "nobody owns it");
    assert_eq!(set(&rig, &ann, Some(30)).await, Ok(Some(30)));
    assert_eq!(set(&rig, &ann, Some(0)).await, Ok(None));
    assert_eq!(set(&rig, &ann, Some(30)).await, Ok(Some(30)));

    rig.service.policies = Policies::new(Policy { retention_days: Some(7), ..Policy::default() });
    assert_eq!(set(&rig, &ann, Some(30)).await, Ok(Some(7)));
    let all = rig.service.conversations(bob.id).await.unwrap();
    assert!(all.iter().all(|about| about.retention_days == Some(7)), "{all:?}");
    rig.service.clean_up(days(7)).await.unwrap();
    assert_eq!(whole_log(&rig, &bob, "#dev").await, ["ann tombstone", "bob tombstone"]);
    assert_eq!(whole_log(&rig, &bob, "@ann").await, ["ann tombstone"]);
}

#[tokio::test]
async fn what_is_too_old_goes_and_all_else_stays_as_it_was() {
    let rig = Rig::open();
    let (ann, bob) = two_who_talk(&rig).await;
    set(&rig, &ann, Some(30)).await.unwrap();
    rig.service.clean_up(days(29)).await.unwrap();
    assert_eq!(whole_log(&rig, &bob, "#dev").await, ["ann: 1", "bob: 2"]);
    let before = rig.service.conversations(ann.id).await.unwrap();
    rig.service.clean_up(days(30)).await.unwrap();
    let rig = rig.restart().await;
    assert_eq!(whole_log(&rig, &bob, "#dev").await, ["ann tombstone", "bob tombstone"]);
    assert_eq!(whole_log(&rig, &bob, "@ann").await, ["ann: 3"], "nobody has set a time there");
    assert_eq!(rig.service.conversations(ann.id).await.unwrap(), before, "heads, marks, what is unread");
    // What is sent again is what it was, however long that is ago; and nothing else.
    let Ok(Reply::Posted { seq, duplicate, .. }) = rig.say(&ann, "#dev", 1).await else { panic!() };
    assert_eq!((seq, duplicate), (Seq(1), true));
    assert_eq!(rig.say(&ann, "@bob", 1).await, Err(Refusal::MessageIdUsed));
    // Without a bound nothing more goes.
    set(&rig, &ann, None).await.unwrap();
    rig.say(&ann, "#dev", 4).await.unwrap();
    rig.service.clean_up(days(10_000)).await.unwrap();
    assert_eq!(whole_log(&rig, &bob, "#dev").await[2], "ann: 4");
}

#[tokio::test]
async fn who_listens_is_told_once_and_finds_nothing_of_it_in_memory() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.place(&ann, "dev", Kind::Room, Some(Role::Owner)).await;
    let id = rig.service.conversations(ann.id).await.unwrap()[0].id;
    let mailbox = rig.hub.connect();
    rig.hub.arrive(bob.id, &bob.author(), None, &mailbox);
    let topic = rig.hub.follow(bob.id, id, &mailbox);
    let lobby = rig.hub.follow(bob.id, ConversationId(1), &mailbox);
    // More than two batches.
    for message in 1..=1_200 {
        drop(rig.service.post(
            crate::peer::Peer::HERE,
            ann.clone(),
            "#dev".parse().unwrap(),
            super::id(message),
            text("old"),
            None,
        ));
    }
    rig.say(&ann, "#dev", 1_201).await.unwrap();
    rig.say(&ann, "#lobby", 1_202).await.unwrap();
    let read = |topic: &crate::hub::Topic, after| {
        let mut taken = Vec::new();
        let reading = topic.read(mailbox.session(), after, 64, &mut taken);
        (reading, taken.len())
    };
    let head = rig.service.conversation(ann.id, id).await.unwrap().unwrap().head;
    assert_eq!(read(&topic, Seq(head.0 - 1)), (crate::hub::Reading::Caught, 1));
    mailbox.take();
    set(&rig, &ann, Some(1)).await.unwrap();
    assert_eq!(mailbox.take().unwrap_or_default().changed.into_iter().collect::<Vec<_>>(), [id]);

    rig.service.clean_up(days(2)).await.unwrap();
    assert_eq!(mailbox.take().unwrap_or_default().forgotten.into_iter().collect::<Vec<_>>(), [id]);
    assert_eq!(
        read(&topic, Seq(head.0 - 1)),
        (crate::hub::Reading::Behind { newest: head }, 0),
        "it is in the store"
    );
    assert_eq!(read(&topic, head), (crate::hub::Reading::Empty, 0));
    assert_eq!(read(&lobby, Seq(2)).1, 1, "what was said elsewhere");
    let page = rig.service.after(id, Seq::ZERO).await.unwrap();
    assert!(page.events.iter().all(|entry| entry.event().body == Body::Tombstone { of: None }));
    // Nothing is too old any more: nothing is told.
    rig.service.clean_up(days(3)).await.unwrap();
    assert!(mailbox.take().unwrap_or_default().forgotten.is_empty());
}
