//! Mentions go when what mentions somebody is taken out, or who is mentioned is no more.

use std::collections::BTreeMap;

use crate::hub::Mailbox;

use super::retention::days;
use super::*;

/// Ann owns #g, where bob and cid are; each of the two others has mentioned bob.
async fn talk(rig: &Rig) -> [Account; 3] {
    let mut people = Vec::new();
    for (name, role) in [("ann", Role::Owner), ("bob", Role::Member), ("cid", Role::Member)] {
        let account = rig.account(name).await;
        rig.place(&account, "g", Kind::Group, Some(role)).await;
        people.push(account);
    }
    for (who, message, words) in
        [(0, 1, "@bob @cid"), (2, 2, "@bob"), (0, 3, "@bob"), (2, 4, "nobody"), (2, 5, "@ann")]
    {
        let post = rig.service.post(
            crate::peer::Peer::HERE,
            people[who].clone(),
            "#g".parse().unwrap(),
            id(message),
            text(words),
            None,
        );
        post.unwrap().await.unwrap();
    }
    people.try_into().unwrap()
}

async fn unread(rig: &Rig, who: &Account) -> u64 {
    rig.service.conversations(who.id).await.unwrap().iter().map(|here| here.mentions).sum()
}

async fn listed(rig: &Rig, who: &Account) -> Vec<u64> {
    let list = rig.service.ask_as(who.clone(), HERE, Request::Mentions { before: None, limit: 50 });
    let Ok(Reply::Found { found, more: false }) = list.await else { panic!() };
    found.iter().map(|found| found.event.seq.0).collect()
}

fn hear(rig: &Rig, who: &Account) -> Arc<Mailbox> {
    let mailbox = rig.hub.connect();
    rig.hub.arrive(who.id, &who.author(), None, &mailbox);
    mailbox
}

fn told(mailbox: &Mailbox) -> Option<u64> {
    mailbox.take().unwrap_or_default().mentioned.into_values().map(|now| now.mentions).next()
}

#[track_caller]
fn is_fine(rig: &Rig) {
    let report = crate::store::check(rig.folder.path()).unwrap();
    assert!(report.ok, "{report}");
}

#[tokio::test]
async fn what_is_too_old_mentions_nobody_and_who_was_meant_is_told() {
    let rig = Rig::open();
    let [ann, bob, cid] = talk(&rig).await;
    assert_eq!((unread(&rig, &bob).await, listed(&rig, &bob).await), (3, vec![3, 2, 1]));
    let (of_bob, of_ann) = (hear(&rig, &bob), hear(&rig, &ann));
    rig.service.set_retention(ann.clone(), "g".parse().unwrap(), Some(30)).await.unwrap();
    rig.service.clean_up(days(29)).await.unwrap();
    assert_eq!(told(&of_bob), None);
    is_fine(&rig);
    rig.service.clean_up(days(30)).await.unwrap();
    assert_eq!((told(&of_bob), told(&of_ann)), (Some(0), Some(0)));
    for who in [&ann, &bob, &cid] {
        assert_eq!((unread(&rig, who).await, listed(&rig, who).await), (0, vec![]));
    }
    is_fine(&rig);
}

#[tokio::test]
async fn who_is_erased_mentions_nobody_and_is_not_mentioned() {
    let rig = Rig::open();
    let [ann, bob, cid] = talk(&rig).await;
    let of_bob = hear(&rig, &bob);
    rig.service.erase_account("ann".parse().unwrap()).await.unwrap();
    let rig = rig.restart().await;
    rig.service.clean_up(Timestamp(10_000)).await.unwrap();
    assert_eq!((unread(&rig, &bob).await, listed(&rig, &bob).await), (1, vec![2]));
    assert_eq!(listed(&rig, &cid).await, Vec::<u64>::new());
    assert_eq!(listed(&rig, &ann).await, Vec::<u64>::new());
    drop(of_bob);
    is_fine(&rig);
}

#[tokio::test]
async fn guests_mention_members_and_are_members_of_nothing_that_mentions() {
    let rig = Rig::open();
    let (ann, neil) = (rig.account("ann").await, rig.guest("neil").await);
    rig.place(&ann, "dev", Kind::Room, Some(Role::Owner)).await;
    for (who, message, to, words) in [
        (&neil, 1, "#dev", "@ann"),
        (&ann, 2, "#dev", "@neil"),
        (&neil, 3, "@ann", "@ann"),
        (&ann, 4, "@neil", "@neil"),
    ] {
        let there = rig.hub.connect();
        rig.hub.arrive(neil.id, &neil.author(), None, &there);
        let post = rig.service.post(
            crate::peer::Peer::HERE,
            who.clone(),
            to.parse().unwrap(),
            id(message),
            text(words),
            None,
        );
        post.unwrap().await.unwrap();
        rig.hub.depart(neil.id, there.session());
    }
    let all: BTreeMap<_, _> = rig
        .service
        .conversations(ann.id)
        .await
        .unwrap()
        .into_iter()
        .map(|here| (here.address.to_string(), here.mentions))
        .collect();
    assert_eq!(
        all,
        BTreeMap::from(["#dev", "#lobby", "@neil"].map(|address| (address.to_owned(), 0))),
        "she has spoken since"
    );
    assert_eq!(listed(&rig, &ann).await, [1]);
    is_fine(&rig);
}
