//! Read marks and unread numbers.

use im_proto::{Notice, Reply};

use crate::asks::{People, conversations, create, enter, log, mark, open, posted, say, sign_in, text, word};
use crate::harness::{Native, TestServer};

/// How far somebody has read, and how many posts are unread, as the server says; the latter equals a recount.
#[track_caller]
fn read_and_unread(native: &mut Native, address: &str) -> (u64, u64) {
    let of = address.parse().unwrap();
    let here = conversations(native).into_iter().find(|here| here.address == of).unwrap();
    let events = log(native, address);
    let recount = events.iter().filter(|event| event.seq > here.read && text(event).is_some()).count();
    assert_eq!(here.unread, recount as u64, "{here:?}");
    assert_eq!(here.head, events.last().unwrap().seq);
    (here.read.0, here.unread)
}

#[test]
fn unread_is_what_was_said_after_the_mark() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    assert_eq!(word(&people.of("ann").ask(enter("r"))), "conversation"); // 1
    assert_eq!(word(&people.of("ann").ask(say("#r", 1, "before bob"))), "posted"); // 2
    assert_eq!(word(&people.of("bob").ask(enter("r"))), "conversation"); // 3
    for i in 2..=5 {
        assert_eq!(word(&people.of("ann").ask(say("#r", i, "x"))), "posted"); // 4 to 7
    }
    // What was there before one came counts as read; joining is no post.
    assert_eq!(read_and_unread(people.of("bob"), "#r"), (2, 4));
    // Who speaks has read what came before.
    assert_eq!(read_and_unread(people.of("ann"), "#r"), (7, 0));
    for (read, wanted) in [
        (3, (3, 4)),
        (5, (5, 2)),
        (4, (5, 2)), // marks only grow
        (0, (5, 2)),
        (5, (5, 2)),
        (6, (6, 1)),
        (u64::MAX, (7, 0)), // not past the head
        (1, (7, 0)),
    ] {
        assert_eq!(people.of("bob").ask(mark("#r", read)), Ok(Reply::Done));
        assert_eq!(read_and_unread(people.of("bob"), "#r"), wanted, "{read}");
    }
    assert_eq!(word(&people.of("ann").ask(say("#r", 6, "x"))), "posted"); // 8
    assert_eq!(read_and_unread(people.of("bob"), "#r"), (7, 1));
    // One's own post moves the mark, and a duplicate of it does not move it back.
    assert_eq!(posted(people.of("bob").ask(say("#r", 7, "me"))).1.0, 9);
    assert_eq!(read_and_unread(people.of("bob"), "#r"), (9, 0));
    assert_eq!(read_and_unread(people.of("ann"), "#r"), (8, 1));
}

#[test]
fn direct_messages_count_for_their_receiver() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    for i in 1..=3 {
        assert_eq!(word(&people.of("ann").ask(say("@bob", i, "x"))), "posted");
    }
    assert_eq!(read_and_unread(people.of("bob"), "@ann"), (0, 3));
    assert_eq!(read_and_unread(people.of("ann"), "@bob"), (3, 0));
}

#[test]
fn marks_are_for_members() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("bob", mark("#g", 1), "not-member"),
        ("bob", mark("#nothere", 1), "no-such-room"),
        ("bob", mark("@nobody", 1), "no-such-user"),
        ("bob", mark("@ann", 1), "not-member"), // they have not spoken
        ("ann", mark("#g", 1), "done"),
    ]);
}

#[test]
fn the_other_sessions_of_a_user_hear_of_the_mark() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(sign_in("ann", "secret"))), "welcome");
    desk.follow();
    people.of("bob").follow();
    for i in 1..=3 {
        assert_eq!(word(&people.of("bob").ask(say("@ann", i, "x"))), "posted");
    }
    let id = match people.of("ann").ask(open("@bob")) {
        Ok(Reply::Conversation(conversation)) => conversation.id,
        other => panic!("{other:?}"),
    };
    assert_eq!(people.of("ann").ask(mark("@bob", 2)), Ok(Reply::Done));
    let told = desk.notice(|notice| matches!(notice, Notice::Mark { .. }));
    assert_eq!(told, Notice::Mark { conversation: id, read: im_proto::Seq(2), unread: 1 });
    // One's marks are one's own.
    assert_eq!(people.of("bob").ask(im_proto::Request::Ping), Ok(Reply::Done));
    assert!(!people.of("bob").notices.iter().any(|notice| matches!(notice, Notice::Mark { .. })));
}
