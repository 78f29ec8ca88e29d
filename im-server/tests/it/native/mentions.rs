//! Mentions: who is told of them, and what makes them more and fewer.

use im_proto::{ConversationId, MENTIONS_MAX, Notice, Refusal, Reply, Request};

use crate::asks::{
    People, answer, conversations, create, delete, edit, enter, invite, leave, mark, open, parsed, posted,
    say, sign_in,
};
use crate::harness::{Native, TestServer};

fn list(native: &mut Native, before: Option<u64>, limit: u16) -> (Vec<(String, u64)>, Option<u64>, bool) {
    match native.ask(Request::Mentions { before, limit }) {
        Ok(Reply::Found { found, more }) => {
            let last = found.last().map(|found| found.position);
            let found = found.into_iter().map(|found| (found.address.to_string(), found.event.seq.0));
            (found.collect(), last, more)
        }
        other => panic!("{other:?}"),
    }
}

/// The next notice of mentions: how many, at which head and mark.
#[track_caller]
fn told(native: &mut Native) -> (ConversationId, u64, u64, u64) {
    match native.notice(|notice| matches!(notice, Notice::Mentions { .. })) {
        Notice::Mentions { conversation, head, read, mentions } => (conversation, head.0, read.0, mentions),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn unread(native: &mut Native, address: &str) -> u64 {
    let all = conversations(native);
    all.iter().find(|here| here.address == parsed(address)).map(|here| here.mentions).unwrap()
}

/// Ann, bob and cid in the room dev, where ann, at a desk and a phone, has read what there is.
fn room(server: &TestServer) -> (People<'static>, ConversationId) {
    let mut people = People::sign_up(server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("bob", enter("dev"), "conversation"),
        ("ann", enter("dev"), "conversation"),
        ("cid", enter("dev"), "conversation"),
        ("ann", mark("#dev", 3), "done"),
    ]);
    let mut phone = server.native();
    phone.ask(sign_in("ann", "secret")).unwrap();
    people.0.insert("phone", phone);
    for who in ["ann", "phone"] {
        people.of(who).follow();
    }
    let dev = posted(people.of("bob").ask(say("#dev", 1, "hello all"))).0;
    (people, dev)
}

#[test]
fn all_sessions_of_the_one_who_is_meant_are_told_and_nobody_else() {
    let server = TestServer::start();
    let (mut people, dev) = room(&server);
    people.of("bob").follow();
    people.ask_all(vec![("bob", say("#dev", 2, "@Ann, and @nobody, and ann@cid"), "posted")]);
    for who in ["ann", "phone"] {
        assert_eq!(told(people.of(who)), (dev, 5, 3, 1), "{who}");
        assert_eq!(unread(people.of(who), "#dev"), 1);
        assert_eq!(list(people.of(who), None, 50), (vec![("#dev".into(), 5)], Some(8), false));
    }
    // What a session reads, all hear; and who posts has read.
    people.ask_all(vec![("bob", say("#dev", 3, "@ann @bob"), "posted"), ("phone", mark("#dev", 5), "done")]);
    for who in ["ann", "phone"] {
        assert_eq!(told(people.of(who)), (dev, 6, 3, 2), "{who}");
        assert_eq!(told(people.of(who)), (dev, 6, 5, 1), "{who}");
    }
    people.ask_all(vec![("ann", say("#dev", 1, "yes @bob"), "posted")]);
    assert_eq!(unread(people.of("ann"), "#dev"), 0);
    assert_eq!(list(people.of("ann"), None, 50).0.len(), 2, "what was read is still listed");
    assert_eq!(told(people.of("bob")).3, 1, "what one says oneself mentions nobody");
    assert_eq!(people.of("cid").ask(Request::Ping), Ok(Reply::Done));
    assert!(!people.of("cid").notices.iter().any(|notice| matches!(notice, Notice::Mentions { .. })));
}

#[test]
fn edits_and_deletions_change_who_is_mentioned() {
    let server = TestServer::start();
    let (mut people, dev) = room(&server);
    people.ask_all(vec![("bob", edit("#dev", 4, "hello @ann"), "done")]);
    assert_eq!(told(people.of("ann")), (dev, 5, 3, 1));
    people.ask_all(vec![("bob", edit("#dev", 4, "hello @ann and @cid"), "done")]);
    assert_eq!(unread(people.of("cid"), "#dev"), 1);
    people.ask_all(vec![("bob", edit("#dev", 4, "hello @cid"), "done")]);
    // The same person named again is no news.
    assert_eq!(told(people.of("ann")), (dev, 7, 3, 0));
    assert_eq!(list(people.of("ann"), None, 50), (vec![], None, false));
    people.ask_all(vec![
        ("bob", say("#dev", 2, "@ann"), "posted"),
        ("bob", delete("#dev", 4), "done"),
        ("bob", delete("#dev", 8), "done"),
    ]);
    assert_eq!(told(people.of("ann")).3, 1);
    assert_eq!(told(people.of("ann")), (dev, 10, 3, 0));
    assert_eq!(unread(people.of("cid"), "#dev"), 0);
    // What was read long ago and mentions somebody now is in the list, and unread it is not.
    people.ask_all(vec![
        ("bob", say("#dev", 3, "well"), "posted"),
        ("ann", mark("#dev", 11), "done"),
        ("bob", edit("#dev", 11, "well, @ann"), "done"),
    ]);
    assert_eq!(unread(people.of("ann"), "#dev"), 0);
    assert_eq!(list(people.of("ann"), None, 50).0, [("#dev".to_owned(), 11)]);
}

#[test]
fn only_members_are_mentioned_and_nobody_between_two() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("bob", create("g"), "conversation"),
        ("bob", say("#g", 1, "@ann is not here"), "posted"),
        ("bob", invite("g", "ann"), "done"),
        ("ann", answer("g", true), "conversation"),
        ("bob", say("@ann", 2, "@ann"), "posted"),
        ("ann", open("@bob"), "conversation"),
    ]);
    assert_eq!((unread(people.of("ann"), "#g"), unread(people.of("ann"), "@bob")), (0, 0));
    people.ask_all(vec![("bob", say("#g", 3, "@ann now is"), "posted")]);
    assert_eq!(unread(people.of("ann"), "#g"), 1);
    // Who leaves takes nothing along, and finds nothing when they come back.
    people.ask_all(vec![
        ("ann", leave("g"), "done"),
        ("bob", invite("g", "ann"), "done"),
        ("ann", answer("g", true), "conversation"),
    ]);
    assert_eq!(unread(people.of("ann"), "#g"), 0);
    assert_eq!(list(people.of("ann"), None, 50), (vec![], None, false));
    let mut guest = server.native();
    guest.ask(Request::ComeAsGuest { name: None }).unwrap();
    assert_eq!(guest.ask(Request::Mentions { before: None, limit: 1 }), Err(Refusal::NeedsAccount));
    let stranger = server.native().ask(Request::Mentions { before: None, limit: 1 });
    assert_eq!(stranger, Err(Refusal::NotSignedIn));
}

#[test]
fn a_message_mentions_so_many_and_a_list_comes_by_pages() {
    let server = TestServer::start();
    let (mut people, _) = room(&server);
    let many: String = (0..MENTIONS_MAX).map(|number| format!("@a{number} ")).collect();
    people.ask_all(vec![("bob", say("#dev", 2, &format!("{many}@ann")), "posted")]);
    assert_eq!(unread(people.of("ann"), "#dev"), 0, "she is one too many");
    for number in 0..5 {
        people.ask_all(vec![("cid", say("#dev", number, "@ann"), "posted")]);
    }
    let (mut seqs, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let (found, last, more) = list(people.of("ann"), before, 2);
        seqs.extend(found.into_iter().map(|(_, seq)| seq));
        (before, pages) = (last, pages + 1);
        if !more {
            break;
        }
    }
    assert_eq!((seqs, pages), (vec![10, 9, 8, 7, 6], 3));
    for limit in [0, u16::MAX] {
        let wanted = if limit == 0 { 1 } else { 5 };
        assert_eq!(list(people.of("ann"), Some(u64::MAX), limit).0.len(), wanted);
    }
}

#[test]
fn people_ask_for_their_mentions_in_telnet() {
    let server = TestServer::start();
    let mut ann = server.text_user("ann");
    ann.send("/mentions\n/join dev\n/time\n");
    ann.until("nobody has mentioned you.\n");
    ann.until(" UTC.\n");
    let mut guest = server.text();
    guest.send("/username neil\n/join dev\nhas @Ann seen this?\nor @anna?\n/mentions\n");
    guest.until("using [signup: foo] or [signin: foo]\n");
    ann.until("@anna?\n");
    ann.send("/mentions\n/time\n");
    let seen = ann.until(" UTC.\n");
    let lines: Vec<&str> =
        seen.lines().filter_map(|line| line.split_once(" UTC) ").map(|(_, line)| line)).collect();
    assert_eq!(lines, ["#dev neil: has @Ann seen this?"], "{seen}");
}
