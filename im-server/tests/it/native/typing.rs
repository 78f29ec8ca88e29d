//! Who is writing: told to those who are there, kept by nobody.

use im_proto::{Author, FromServer, Notice, Refusal, Reply, Request};

use crate::asks::{People, create, enter, open, parsed, say, word};
use crate::harness::{Native, TestServer};

fn typing(of: &str) -> Request {
    Request::Typing { of: parsed(of) }
}

/// The next notice that somebody is writing.
#[track_caller]
fn told(native: &mut Native) -> Author {
    match native.notice(|notice| matches!(notice, Notice::Typing { .. })) {
        Notice::Typing { user, .. } => user,
        other => panic!("{other:?}"),
    }
}

fn heard_nothing(native: &mut Native) -> bool {
    assert_eq!(native.ask(Request::Ping), Ok(Reply::Done));
    !native.notices.iter().any(|notice| matches!(notice, Notice::Typing { .. }))
}

#[test]
fn those_who_follow_are_told_and_nobody_else() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    let mut telnet = server.text_user("dan");
    telnet.send("/join dev\n/time\n");
    telnet.until(" UTC.\n");
    people.ask_all(vec![
        ("ann", enter("dev"), "conversation"),
        ("bob", enter("dev"), "conversation"),
        ("cid", create("g"), "conversation"),
        ("ann", open("@bob"), "conversation"),
    ]);
    ["ann", "bob", "cid"].iter().for_each(|name| people.of(name).follow());
    for (of, wanted) in [
        ("#dev", "done"),
        ("#dev", "done"),
        ("@bob", "done"),
        ("@cid", "done"),
        ("#g", "not-member"),
        ("#nowhere", "no-such-room"),
        ("@nobody", "no-such-user"),
    ] {
        assert_eq!(word(&people.of("ann").ask(typing(of))), wanted, "{of}");
    }
    let ann = Author { name: parsed("ann"), guest: false };
    assert_eq!((told(people.of("bob")), told(people.of("bob"))), (ann.clone(), ann), "in #dev, and to him");
    for name in ["ann", "bob", "cid"] {
        assert!(heard_nothing(people.of(name)), "{name}");
    }
    // On a terminal there is nothing but what is said.
    people.ask_all(vec![("ann", say("#dev", 1, "here it is"), "posted")]);
    let seen = telnet.until("here it is\n");
    assert!(!seen.contains("typing"), "{seen}");
}

#[test]
fn a_guest_who_writes_is_a_guest_and_a_stranger_is_nobody() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.ask(enter("dev")).unwrap();
    ann.follow();
    let mut guest = server.native();
    guest.ask(Request::ComeAsGuest { name: Some(parsed("neil")) }).unwrap();
    guest.follow();
    guest.ask(enter("dev")).unwrap();
    assert_eq!(guest.ask(typing("#dev")), Ok(Reply::Done));
    assert_eq!(told(&mut ann), Author { name: parsed("neil"), guest: true });
    assert_eq!(ann.ask(typing("#dev")), Ok(Reply::Done));
    assert!(!told(&mut guest).guest);
    assert_eq!(server.native().ask(typing("#dev")), Err(Refusal::NotSignedIn));
    // It is no event: nothing of it is in a log.
    let sent = ann.send(Request::Conversations);
    while let Some(said) = ann.next() {
        assert!(!matches!(said, FromServer::Event(_)), "{said:?}");
        if matches!(said, FromServer::Reply { tag, .. } if tag == sent) {
            break;
        }
    }
}
