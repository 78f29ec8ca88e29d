//! What guests leave behind: rows and rooms that nobody needs are used again.

use im_proto::Body;

use crate::store::Spare;

use super::*;

async fn guest_named(rig: &Rig, name: &str, spare: Option<Spare>) -> (Account, Spare, Option<Spare>) {
    rig.service.store.guest(name.parse().unwrap(), Peer::HERE.site(), now(), spare).await.unwrap()
}

#[tokio::test]
async fn a_thousand_guests_one_after_the_other_need_one_row() {
    let rig = Rig::open();
    let mut rows = std::collections::BTreeSet::new();
    for number in 0..1000 {
        let name = Some(format!("guest-{number}").parse().unwrap());
        let come = Request::ComeAsGuest { name };
        let Becomes::SignedIn(caller) = rig.service.ask(None, HERE, come).await.unwrap().session else {
            panic!()
        };
        rows.insert(caller.account.id);
    }
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn a_row_that_left_something_is_nobody_elses() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    rig.place(&ann, "room", Kind::Room, Some(Role::Owner)).await;
    for (number, leaves) in ["a post", "a message", "a reaction", "a room", "nothing"].into_iter().enumerate()
    {
        let (neil, row, _) = guest_named(&rig, &format!("neil{number}x"), None).await;
        match leaves {
            "a post" => drop(rig.say(&neil, "#room", 1).await.unwrap()),
            "a message" => drop(rig.say(&ann, &format!("@{}", neil.name), 2).await),
            "a reaction" => {
                let reaction = im_proto::Reaction::parse("+1").unwrap();
                let (of, seq) = ("#room".parse().unwrap(), im_proto::Seq(1));
                let react = Request::React { of, seq, reaction, on: true };
                let caller = Caller { account: neil.clone(), _claim: None, token: None };
                rig.service.ask(Some(caller), HERE, react).await.unwrap();
            }
            "a room" => {
                rig.place(&neil, "neils", Kind::Room, None).await;
                let made = move |me: &Account, _: &crate::store::Facts| {
                    Ok(vec![Step::Event(me.clone(), Body::Created)])
                };
                rig.service.change(&neil, "neils".parse().unwrap(), None, made).await.unwrap();
            }
            _ => {}
        }
        let (mina, ..) = guest_named(&rig, &format!("mina{number}x"), Some(row)).await;
        assert_eq!(mina.id == neil.id, matches!(leaves, "nothing" | "a message"), "{leaves}");
    }
}

#[tokio::test]
async fn a_row_that_somebody_has_again_is_theirs() {
    let rig = Rig::open();
    let (neil, row, _) = guest_named(&rig, "neil", None).await;
    let (again, newer, _) = guest_named(&rig, "neil", None).await;
    assert_eq!(again.id, neil.id);
    let (mina, ..) = guest_named(&rig, "mina", Some(row)).await;
    assert_ne!(mina.id, neil.id, "neil is there again");
    let (_, _, left) = guest_named(&rig, "mina", Some(newer)).await;
    assert_eq!(left, Some(newer), "it was not needed");
    assert_eq!(guest_named(&rig, "john", left).await.0.id, neil.id);
    // Who becomes an account keeps the row.
    let (_, row, _) = guest_named(&rig, "zoe", None).await;
    let zoe = rig.account("zoe").await;
    assert_ne!(guest_named(&rig, "eve", Some(row)).await.0.id, zoe.id);
}

#[tokio::test]
async fn what_was_left_before_the_start_is_found_and_what_is_in_use_is_not() {
    let rig = Rig::open();
    let (ann, (_, row, _)) = (rig.account("ann").await, guest_named(&rig, "idle", None).await);
    let (said, ..) = guest_named(&rig, "said", None).await;
    rig.place(&ann, "room", Kind::Room, Some(Role::Owner)).await;
    rig.say(&said, "#room", 1).await.unwrap();
    let found = async |before: u64| rig.service.store.spare_guests(Timestamp(before)).await.unwrap();
    assert_eq!(found(now().0).await, [row]);
    assert_eq!(found(row.since.0).await, [], "who came since is there");
}

#[tokio::test]
async fn a_room_of_a_guest_in_which_nothing_was_said_gives_its_name_back_after_a_day() {
    let rig = Rig::open();
    let neil = rig.guest("neil").await;
    let make = |name: &str| {
        let create = Request::Join { name: name.parse().unwrap(), create: true };
        rig.service.ask_as_guest(neil.clone(), HERE, create)
    };
    for name in ["empty", "talked", "entered"] {
        make(name).await.unwrap();
    }
    rig.say(&neil, "#talked", 1).await.unwrap();
    let ann = rig.account("ann").await;
    rig.place(&ann, "entered", Kind::Room, Some(Role::Member)).await;
    let day = 24 * 60 * 60 * 1000;
    let is_there = async |name: &str| {
        let visit = Request::Join { name: name.parse().unwrap(), create: false };
        let caller = Caller { account: neil.clone(), _claim: None, token: None };
        rig.service.ask(Some(caller), HERE, visit).await.is_ok()
    };
    rig.service.retire_empty_rooms(Timestamp(day + 1000)).await.unwrap();
    assert!(is_there("empty").await);
    rig.service.retire_empty_rooms(Timestamp(now().0 + day)).await.unwrap();
    assert_eq!(
        [is_there("empty").await, is_there("talked").await, is_there("entered").await],
        [false, true, true]
    );
    // Somebody else may have the name; and the database is as it must be.
    rig.place(&ann, "empty", Kind::Room, Some(Role::Owner)).await;
    assert!(is_there("empty").await);
}
