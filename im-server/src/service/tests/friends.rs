//! People by number, friends, and the mailbox: everything once it is said, until it is confirmed, and never again.

use im_proto::{PAGE_BYTES_MAX, PAGE_EVENTS_MAX, TEXT_BYTES_MAX};

use crate::rules::FRIENDS_MAX;

use super::*;

impl Rig {
    /// What waits for somebody: from whom, and what.
    async fn waits(&self, who: &Account) -> Vec<String> {
        let waiting = self.service.unsynced(who).await.unwrap();
        assert!(waiting.windows(2).all(|two| two[0].position < two[1].position));
        waiting.iter().map(|post| format!("{} {}", post.name, post.text.as_str())).collect()
    }

    async fn confirm(&self, who: &Account, count: usize) {
        let waiting = self.service.unsynced(who).await.unwrap();
        self.service.confirm_synced(who, waiting[count - 1].position).await.unwrap();
    }
}

#[tokio::test]
async fn people_have_numbers_and_lists_of_friends() {
    let rig = Rig::open();
    let (ann, neil, bob) = (rig.account("ann").await, rig.guest("neil").await, rig.account("Bob").await);
    assert_eq!(rig.service.user_by_number(bob.id).await, Ok(bob.clone()));
    assert_eq!(rig.service.name_of(bob.id).await, Ok(bob.name.clone()));
    assert_eq!(rig.service.user_by_name("BOB".parse().unwrap()).await, Ok(bob.clone()));
    for nobody in [neil.id, UserId(0), UserId(99), UserId(u64::MAX)] {
        assert_eq!(rig.service.user_by_number(nobody).await, Err(Refusal::NoSuchUser));
        assert_eq!(rig.service.add_friend(&ann, nobody).await, Err(Refusal::NoSuchUser));
    }
    assert_eq!(rig.service.user_by_name("neil".parse().unwrap()).await, Err(Refusal::NoSuchUser));

    let cid = rig.account("cid").await;
    let number = rig.service.add_friend(&ann, cid.id).await.unwrap();
    let next = rig.service.add_friend(&ann, bob.id).await.unwrap();
    assert_ne!(number, next);
    assert_eq!(rig.service.add_friend(&ann, cid.id).await, Ok(number));
    assert_eq!(rig.service.add_friend(&ann, ann.id).await, Err(Refusal::NoSuchUser));
    assert_eq!(rig.service.friends(&ann).await, Ok(vec![cid.id, bob.id]));
    assert_eq!(rig.service.friends(&bob).await, Ok(Vec::new()), "one-sided");

    assert_eq!(rig.service.add_friend(&neil, ann.id).await, Err(Refusal::NeedsAccount));
    assert_eq!(rig.service.friends(&neil).await, Err(Refusal::NeedsAccount));
    assert_eq!(rig.service.unsynced(&neil).await, Err(Refusal::NeedsAccount));
    assert_eq!(rig.service.confirm_synced(&neil, 1).await, Err(Refusal::NeedsAccount));
}

#[tokio::test]
async fn a_list_of_friends_is_bounded() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let mut others = Vec::new();
    for i in 0..=FRIENDS_MAX {
        let name = im_proto::UserName::parse(&format!("user-{}", i * 7 + 100_000)).unwrap();
        let password = "hash".into();
        others.push(
            rig.service.store.create_user(name, password, None, Admission::Open, now()).await.unwrap().id,
        );
    }
    let last = others.pop().unwrap();
    for other in &others {
        rig.service.add_friend(&ann, *other).await.unwrap();
    }
    assert_eq!(rig.service.add_friend(&ann, last).await, Err(Refusal::TooMany));
    assert!(rig.service.add_friend(&ann, others[5]).await.is_ok(), "that one is on it");
    assert_eq!(rig.service.friends(&ann).await, Ok(others));
}

#[tokio::test]
async fn what_is_said_to_one_waits_until_it_is_confirmed() {
    let rig = Rig::open();
    let (ann, bob, cid) = (rig.account("ann").await, rig.account("bob").await, rig.account("cid").await);
    assert_eq!(rig.waits(&ann).await, Vec::<String>::new());
    rig.say(&bob, "@ann", 1).await.unwrap();
    rig.say(&cid, "@ann", 2).await.unwrap();
    rig.say(&ann, "@bob", 3).await.unwrap(); // reads what bob said, and fetches nothing
    rig.say(&bob, "#lobby", 4).await.unwrap();
    rig.say(&bob, "@cid", 5).await.unwrap();
    rig.say(&ann, "@ann", 6).await.unwrap();
    rig.say(&bob, "@ann", 7).await.unwrap();
    assert_eq!(rig.waits(&ann).await, ["bob 1", "cid 2", "bob 7"]);
    assert_eq!(rig.waits(&ann).await, ["bob 1", "cid 2", "bob 7"], "again, as long as nothing is confirmed");
    let first = rig.service.unsynced(&ann).await.unwrap().remove(0);
    assert_eq!((first.from, first.guest, first.text.as_str()), (bob.id, false, "1"));

    rig.confirm(&ann, 2).await;
    assert_eq!(rig.waits(&ann).await, ["bob 7"]);
    rig.service.confirm_synced(&ann, 0).await.unwrap();
    rig.service.confirm_synced(&ann, first.position).await.unwrap();
    assert_eq!(rig.waits(&ann).await, ["bob 7"], "never back");
    let rig = rig.restart().await;
    assert_eq!(rig.waits(&ann).await, ["bob 7"]);
    rig.service.confirm_synced(&ann, u64::MAX).await.unwrap();
    assert_eq!(rig.waits(&ann).await, Vec::<String>::new());
    rig.say(&cid, "@ann", 8).await.unwrap();
    assert_eq!(rig.waits(&ann).await, ["cid 8"], "what comes later waits again");
    // Others have their own.
    assert_eq!(rig.waits(&bob).await, ["ann 3"]);
    assert_eq!(rig.waits(&cid).await, ["bob 5"]);
}

#[tokio::test]
async fn a_confirmation_between_two_conversations_takes_of_each_what_was_before() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let mut others = Vec::new();
    for name in ["bob", "cid", "dan"] {
        others.push(rig.account(name).await);
    }
    let mut said = Vec::new();
    for i in 0..60 {
        let who = &others[(i * i % 3 + i / 20) % 3];
        rig.say(who, "@ann", i as u64).await.unwrap();
        said.push(format!("{} {i}", who.name));
        if i % 4 == 0 {
            rig.say(&ann, "@bob", 1000 + i as u64).await.unwrap();
        }
    }
    for confirmed in [1, 2, 9, 10, 31, 59] {
        let waiting = rig.waits(&ann).await.len();
        rig.confirm(&ann, confirmed - (60 - waiting)).await;
        assert_eq!(rig.waits(&ann).await, said[confirmed..]);
    }
}

#[tokio::test]
async fn an_answer_is_bounded_in_posts_and_in_bytes() {
    let rig = Rig::open();
    let (ann, bob, cid) = (rig.account("ann").await, rig.account("bob").await, rig.account("cid").await);
    for i in 0..250 {
        rig.say(if i % 5 == 0 { &cid } else { &bob }, "@ann", i).await.unwrap();
    }
    let page = usize::from(PAGE_EVENTS_MAX);
    let first = rig.waits(&ann).await;
    assert_eq!(first.len(), page);
    rig.confirm(&ann, page).await;
    let rest = rig.waits(&ann).await;
    let numbers = first.iter().chain(&rest).map(|said| said.split_once(' ').unwrap().1.to_owned());
    assert!(numbers.eq((0..250).map(|i| i.to_string())), "each once, in order");

    let long = "x".repeat(TEXT_BYTES_MAX);
    for i in 0..20 {
        let post = rig.service.post(
            crate::peer::Peer::HERE,
            ann.clone(),
            "@bob".parse().unwrap(),
            id(9000 + i),
            text(&long),
            None,
        );
        post.unwrap().await.unwrap();
    }
    let mut pages = Vec::new();
    while let waiting = rig.service.unsynced(&bob).await.unwrap()
        && let Some(last) = waiting.last()
    {
        pages.push(waiting.len());
        assert!(
            waiting.iter().map(|post| post.text.as_str().len()).sum::<usize>()
                <= PAGE_BYTES_MAX + TEXT_BYTES_MAX
        );
        rig.service.confirm_synced(&bob, last.position).await.unwrap();
    }
    assert_eq!(pages, [3, 3, 3, 3, 3, 3, 2]);
}

#[tokio::test]
async fn what_guests_of_the_same_name_were_told_is_not_for_the_account() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    rig.hub.claims.claim(&"neil".parse().unwrap()).unwrap();
    let neil = rig.guest("neil").await;
    let mailbox = rig.hub.connect();
    rig.hub.arrive(neil.id, &neil.author(), None, &mailbox);
    for i in 0..4 {
        rig.say(&ann, "@neil", i).await.unwrap();
    }
    rig.say(&neil, "@ann", 1).await.unwrap();
    rig.say(&ann, "@neil", 5).await.unwrap();
    assert!(rig.service.unsynced(&ann).await.unwrap()[0].guest);
    let neil = rig.account("neil").await;
    assert_eq!(rig.waits(&neil).await, ["ann 5"]);
    rig.confirm(&neil, 1).await;
    rig.service.confirm_synced(&neil, 1).await.unwrap();
    assert_eq!(rig.waits(&neil).await, Vec::<String>::new());
}
