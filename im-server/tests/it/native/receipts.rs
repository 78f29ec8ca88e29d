//! Delivered and read: what the two of a direct conversation learn of each other, and nobody else.

use std::cell::Cell;

use im_proto::{ConversationId, Notice, Receipts, Reply, Request, Seq};
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};

use super::guests::{guest, guest_again};
use crate::asks::{
    People, conversation, conversations, create, enter, mark, open, posted, received, resume, say, token,
    word,
};
use crate::harness::{Native, TestServer};

fn receipts(received: u64, read: u64) -> Receipts {
    Receipts { received: Seq(received), read: Seq(read) }
}

/// How much the other one has, as it is told to who asks.
#[track_caller]
fn shown(native: &mut Native, address: &str) -> Option<Receipts> {
    let of = address.parse().unwrap();
    conversations(native).into_iter().find(|here| here.address == of).unwrap().receipts
}

/// Somebody says so much to somebody else.
#[track_caller]
fn says(native: &mut Native, to: &str, numbers: std::ops::RangeInclusive<u64>) -> ConversationId {
    let mut id = ConversationId(0);
    for number in numbers {
        id = posted(native.ask(say(to, number, "x"))).0;
    }
    id
}

/// Waits until one is told that the other one has this much, and gives all that was told on the way.
#[track_caller]
fn hears(native: &mut Native, id: ConversationId, wanted: Receipts) -> Vec<Receipts> {
    let mut told = Vec::new();
    while told.last() != Some(&wanted) {
        let notice = native.notice(|notice| matches!(notice, Notice::Receipts { .. }));
        let Notice::Receipts { conversation, receipts } = notice else { unreachable!() };
        assert_eq!(conversation, id);
        told.push(receipts);
    }
    told
}

fn was_told_nothing(native: &mut Native) -> bool {
    assert_eq!(native.ask(Request::Ping), Ok(Reply::Done));
    !native.notices.iter().any(|notice| matches!(notice, Notice::Receipts { .. }))
}

/// Ann, who hears what happens, and Bob.
fn two(server: &TestServer) -> (Native, Native) {
    let (mut ann, bob) = (server.native_user("ann"), server.native_user("bob"));
    ann.follow();
    (ann, bob)
}

#[test]
fn the_sender_sees_what_was_delivered_and_read() {
    let server = TestServer::start();
    let (mut ann, mut bob) = two(&server);
    let id = says(&mut ann, "@bob", 1..=3);
    assert_eq!(shown(&mut ann, "@bob"), Some(receipts(0, 0)));
    for (request, wanted) in [
        (received(&[(id, 2)]), receipts(2, 0)),
        (received(&[(id, u64::MAX)]), receipts(3, 0)), // not past the head
        (mark("@ann", 2), receipts(3, 2)),
        (mark("@ann", u64::MAX), receipts(3, 3)),
    ] {
        assert_eq!(bob.ask(request), Ok(Reply::Done));
        hears(&mut ann, id, wanted);
        assert_eq!(shown(&mut ann, "@bob"), Some(wanted));
    }
    // What was read was received. Bob learns the same of Ann, who has what she said herself.
    says(&mut ann, "@bob", 4..=5);
    assert_eq!(bob.ask(mark("@ann", 5)), Ok(Reply::Done));
    hears(&mut ann, id, receipts(5, 5));
    assert_eq!(shown(&mut bob, "@ann"), Some(receipts(5, 5)));
    assert!(was_told_nothing(&mut bob));
}

#[test]
fn who_answers_has_read_and_who_goes_on_talking_says_nothing_new() {
    let server = TestServer::start();
    let (mut ann, mut bob) = two(&server);
    bob.follow();
    let id = says(&mut ann, "@bob", 1..=3);
    says(&mut bob, "@ann", 11..=30); // 4 to 23
    assert_eq!(hears(&mut ann, id, receipts(4, 4)), [receipts(4, 4)]);
    assert!(was_told_nothing(&mut ann));
    assert_eq!(shown(&mut ann, "@bob"), Some(receipts(23, 23)));
    assert!(was_told_nothing(&mut bob));
}

#[test]
fn receipts_only_grow_and_outlive_a_restart() {
    let mut server = TestServer::start();
    let (mut ann, mut bob) = two(&server);
    let device = token(server.native().sign_up("cid"));
    let mut cid = server.native();
    assert_eq!(word(&cid.ask(resume(&device))), "welcome");
    let id = says(&mut cid, "@bob", 1..=5);
    let other = says(&mut ann, "@bob", 1..=1);
    cid.follow();
    // Each is written before the last, of which ann hears.
    for upto in [3, 4, 2, 0, 1] {
        assert_eq!(bob.ask(received(&[(id, upto)])), Ok(Reply::Done));
    }
    assert_eq!(bob.ask(received(&[(other, 1)])), Ok(Reply::Done));
    hears(&mut ann, other, receipts(1, 0));
    assert_eq!(shown(&mut cid, "@bob"), Some(receipts(4, 0)));
    assert_eq!(bob.ask(mark("@cid", 2)), Ok(Reply::Done));
    // Not waited for: who stops the server loses none of it.
    assert_eq!(bob.ask(received(&[(id, 5)])), Ok(Reply::Done));
    server.restart();
    let mut cid = server.native();
    assert_eq!(word(&cid.ask(resume(&device))), "welcome");
    assert_eq!(shown(&mut cid, "@bob"), Some(receipts(5, 2)));
}

#[test]
fn nobody_else_can_say_or_see_it() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    let id = says(people.of("ann"), "@bob", 1..=2);
    let myself = says(people.of("ann"), "@ann", 11..=11);
    let own = says(people.of("ann"), "@cid", 12..=12);
    people.ask_all(vec![("ann", create("g"), "conversation"), ("cid", enter("r"), "conversation")]);
    let room = conversation(people.of("ann").ask(enter("r"))).id;
    for name in ["ann", "bob", "cid"] {
        people.of(name).follow();
    }
    // Not a member, no such conversation, no direct one; and last one that counts, before which all of these were written.
    let all = [(id, 2), (ConversationId(u64::MAX), 1), (room, 1), (own, 1)];
    assert_eq!(people.of("cid").ask(received(&all)), Ok(Reply::Done));
    hears(people.of("ann"), own, receipts(1, 0));
    assert_eq!(people.of("ann").ask(received(&[(room, 2), (myself, 1)])), Ok(Reply::Done));
    assert_eq!(people.of("bob").ask(received(&[(id, 1)])), Ok(Reply::Done));
    hears(people.of("ann"), id, receipts(1, 0));
    assert_eq!(shown(people.of("ann"), "@bob"), Some(receipts(1, 0)));
    for address in ["@ann", "#r", "#g", "#lobby"] {
        assert_eq!(shown(people.of("ann"), address), None, "{address}");
    }
    for name in ["ann", "bob", "cid"] {
        assert!(was_told_nothing(people.of(name)), "{name}");
    }
    let strangers = server.native().ask(received(&[(id, 2)]));
    assert_eq!(word(&strangers), "not-signed-in");
}

#[test]
fn who_says_too_much_at_once_is_refused() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let many = |from: u64, count: u64| {
        received(&(from..from + count).map(|id| (ConversationId(id), 1)).collect::<Vec<_>>())
    };
    assert_eq!(word(&ann.ask(many(1, 1000))), "done");
    assert_eq!(word(&ann.ask(many(1, 1001))), "too-long");
    // Ever others: before they are all written, they are too many.
    let answers = (1..=100).map(|i| word(&ann.ask(many(i * 1000, 1000))));
    let (done, busy): (Vec<_>, Vec<_>) = answers.partition(|word| *word == "done");
    assert!(busy.iter().all(|word| *word == "busy"), "{busy:?}");
    assert!(!done.is_empty() && !busy.is_empty(), "{} done", done.len());
}

#[test]
fn a_flood_is_told_by_its_newest() {
    const SAID: u64 = 300;
    let server = TestServer::start();
    let (mut ann, mut bob) = two(&server);
    let mut notices = 0;
    for number in 1..=SAID {
        let id = says(&mut ann, "@bob", number..=number);
        assert_eq!(bob.ask(received(&[(id, number)])), Ok(Reply::Done));
        assert_eq!(bob.ask(mark("@ann", number)), Ok(Reply::Done));
    }
    let id = conversation(ann.ask(open("@bob"))).id;
    notices += hears(&mut ann, id, receipts(SAID, SAID)).len() as u64;
    assert!(notices * 4 <= SAID, "{notices} notices of {SAID} messages");
}

#[test]
fn what_a_terminal_has_shown_is_read() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bob = server.text_user("bob");
    ann.follow();
    let id = says(&mut ann, "@bob", 1..=2);
    bob.until("x\n");
    bob.until("x\n");
    bob.send("signout\n");
    hears(&mut ann, id, receipts(2, 2));
}

#[test]
fn what_a_guest_of_that_name_had_is_not_for_the_next_one() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut zed = guest(&server, "zed");
    zed.follow();
    let id = says(&mut zed, "@ann", 1..=3);
    assert_eq!(ann.ask(mark("@zed", 2)), Ok(Reply::Done));
    hears(&mut zed, id, receipts(2, 2));
    drop(zed);
    let mut next = guest_again(&server, "zed");
    next.follow();
    // All of it is hidden from them: they had read what they said.
    assert_eq!(shown(&mut next, "@ann"), Some(receipts(0, 0)));
    assert_eq!(ann.ask(mark("@zed", 3)), Ok(Reply::Done));
    assert_eq!(shown(&mut next, "@ann"), Some(receipts(0, 0)));
    assert!(was_told_nothing(&mut next));
    says(&mut next, "@ann", 4..=4);
    assert_eq!(ann.ask(mark("@zed", 4)), Ok(Reply::Done));
    assert_eq!(hears(&mut next, id, receipts(4, 4)), [receipts(4, 4)]);
}

/// What one of the two does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Says,
    Received(u64),
    Reads(u64),
}

/// Both do anything in any order: what each is shown of the other is what a model says, and what they are told only grows.
#[test]
fn receipts_are_what_the_two_did() {
    let server = TestServer::start();
    let round = Cell::new(0);
    let deed = (0..3u8, 0..12u64).prop_map(|(kind, seq)| match kind {
        0 => Deed::Says,
        1 => Deed::Received(seq),
        _ => Deed::Reads(seq),
    });
    let deeds = proptest::collection::vec((any::<bool>(), deed), 1..30);
    let mut runner = TestRunner::new(Config { cases: 8, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&deeds, |deeds| {
        round.set(round.get() + 1);
        let names = ["a", "b", "c"].map(|name| format!("{name}{}", round.get()));
        let mut people = [&names[0], &names[1]].map(|name| server.native_user(name));
        people.iter_mut().for_each(Native::follow);
        let addresses = [format!("@{}", names[1]), format!("@{}", names[0])];
        let id = says(&mut people[0], &addresses[0], 1..=1);
        let (mut head, mut had) = (1, [receipts(1, 1), receipts(0, 0)]);
        for (number, (second, deed)) in (2..).zip(deeds) {
            let (who, mine) = (usize::from(second), &mut had[usize::from(second)]);
            let request = match deed {
                Deed::Says => {
                    head += 1;
                    *mine = receipts(head, head);
                    say(&addresses[who], number, "x")
                }
                Deed::Received(upto) => {
                    let upto = upto.min(head); // it is looked at a moment later, when there may be more
                    mine.received = mine.received.max(Seq(upto));
                    received(&[(id, upto)])
                }
                Deed::Reads(upto) => {
                    mine.read = mine.read.max(Seq(upto.min(head)));
                    mine.received = mine.received.max(mine.read);
                    mark(&addresses[who], upto)
                }
            };
            people[who].ask(request).unwrap();
        }
        // A third one is told when all of it is written, and so before that what is told to the two.
        let mut witness = server.native_user(&names[2]);
        witness.follow();
        for (who, native) in people.iter_mut().enumerate() {
            let number = 1000 + who as u64;
            let seen = says(&mut witness, &format!("@{}", names[who]), number..=number);
            assert_eq!(native.ask(received(&[(seen, 1)])), Ok(Reply::Done));
            hears(&mut witness, seen, receipts(1, 0));
        }
        for who in [0, 1] {
            assert_eq!(shown(&mut people[who], &addresses[who]), Some(had[1 - who]));
            let told = people[who].notices.iter().filter_map(|notice| match notice {
                Notice::Receipts { receipts, .. } => Some(*receipts),
                _ => None,
            });
            let told: Vec<_> = told.collect();
            assert!(told.is_sorted_by_key(|told| told.received) && told.is_sorted_by_key(|told| told.read));
            assert!(told.iter().all(|told| told.received <= had[1 - who].received));
        }
        Ok(())
    });
    ran.unwrap();
}
