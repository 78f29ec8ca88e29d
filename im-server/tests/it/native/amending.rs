//! What is done to messages that were said: who may, what comes of it, and what is left of what was taken out.

use im_proto::{AMENDMENTS_MAX, Body, Event, Page, Reply, Role, Seq};

use crate::asks::{
    People, conversation, create, delete, edit, enter, events_up_to, follow, history, invite, leave, log,
    open, react, reply, say, set_role, told,
};
use crate::harness::{Native, TestServer};

/// A page and its amendments, in words.
fn page(native: &mut Native, of: &str, page: Page, limit: u16) -> (Vec<String>, Vec<String>) {
    match native.ask(history(of, page, limit)) {
        Ok(Reply::History { events, amendments, .. }) => {
            (events.iter().map(told).collect(), amendments.iter().map(told).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_may_do_what_to_a_message() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "zoe"]);
    people.ask_all(vec![
        ("ann", enter("r"), "conversation"),    // 1 created
        ("bob", enter("r"), "conversation"),    // 2
        ("bob", say("#r", 1, "one"), "posted"), // 3
        ("bob", edit("#r", 3, "one!"), "done"), // 4
        ("bob", edit("#r", 3, "one!"), "done"), // so it is already
        ("ann", edit("#r", 3, "mine"), "not-allowed"),
        ("ann", react("#r", 3, "+1", true), "done"), // 5
        ("ann", react("#r", 3, "+1", true), "done"),
        ("ann", react("#r", 3, "-1", false), "done"),
        ("bob", reply("#r", 2, "two", 3), "posted"),        // 6
        ("bob", reply("#r", 3, "x", 2), "no-such-message"), // that is no message
        ("bob", reply("#r", 3, "x", 7), "no-such-message"), // nor is that
        ("bob", edit("#r", 4, "x"), "no-such-message"),     // an edit is not edited
        ("bob", delete("#r", 8), "no-such-message"),
        ("bob", react("#r", u64::MAX, "+1", true), "no-such-message"),
        ("zoe", react("#r", 3, "+1", true), "not-member"),
        ("zoe", delete("#r", 98), "not-member"), // who is not in does not hear what is there
        ("zoe", edit("#nothere", 1, "x"), "no-such-room"),
        ("zoe", edit("@bob", 1, "x"), "no-such-message"),
        ("zoe", edit("@nobody", 1, "x"), "no-such-user"),
        ("ann", say("#r", 4, "three"), "posted"), // 7
        ("bob", delete("#r", 7), "not-allowed"),
        ("ann", delete("#r", 3), "done"), // 8: the room is hers
        ("bob", delete("#r", 3), "done"), // it is gone already
        ("bob", edit("#r", 3, "again"), "no-such-message"),
        ("zoe", enter("r"), "conversation"), // 9
        ("zoe", react("#r", 3, "+1", true), "no-such-message"),
    ]);
    let log: Vec<String> = log(people.of("zoe"), "#r").iter().map(told).collect();
    assert_eq!(
        log,
        [
            "ann created",
            "bob joined",
            "bob's was taken out",
            "bob's edit of 3 was taken out",
            "ann reacted to 3: +1",
            "bob: two",
            "ann: three",
            "ann deleted 3",
            "zoe joined",
        ]
    );
    // A post that is sent again is the one that was taken out, and is not said again.
    people.ask_all(vec![("bob", say("#r", 1, "one"), "duplicate")]);
}

#[test]
fn who_has_left_does_nothing_there_and_an_admin_takes_out() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", crate::asks::answer("g", true), "conversation"),
        ("ann", say("#g", 1, "of ann"), "posted"),
        ("ann", set_role("g", "bob", Role::Admin), "done"),
        ("bob", delete("#g", 4), "done"),
        ("bob", say("#g", 2, "of bob"), "posted"),
        ("bob", leave("g"), "done"),
        ("bob", edit("#g", 7, "x"), "not-member"),
        ("bob", delete("#g", 7), "not-member"),
    ]);
}

#[test]
fn reactions_of_one_person_are_bounded() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut ask = |request| crate::asks::word(&ann.ask(request));
    assert_eq!(ask(say("@ann", 1, "x")), "posted");
    for i in 0..20 {
        assert_eq!(ask(react("@ann", 1, &i.to_string(), true)), "done");
    }
    assert_eq!(ask(react("@ann", 1, "20", true)), "too-many");
    assert_eq!(ask(react("@ann", 1, "0", false)), "done");
    assert_eq!(ask(react("@ann", 1, "20", true)), "done");
    for i in 0..200 - 21 {
        assert_eq!(ask(react("@ann", 1, "20", false)), "done", "{i}");
        assert_eq!(ask(react("@ann", 1, "20", true)), "done", "{i}");
    }
    assert_eq!(ask(react("@ann", 1, "20", false)), "done");
    assert_eq!(ask(react("@ann", 1, "20", true)), "too-many");
}

#[test]
fn a_page_comes_with_what_happened_to_it_later() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", say("@bob", 1, "one"), "posted"),      // 1
        ("ann", say("@bob", 2, "two"), "posted"),      // 2
        ("bob", react("@ann", 1, "a", true), "done"),  // 3
        ("ann", edit("@bob", 1, "uno"), "done"),       // 4
        ("ann", edit("@bob", 1, "eins"), "done"),      // 5
        ("bob", react("@ann", 1, "a", false), "done"), // 6
        ("bob", react("@ann", 1, "b", true), "done"),  // 7
        ("bob", react("@ann", 1, "b", false), "done"), // 8
        ("ann", react("@bob", 2, "c", true), "done"),  // 9
    ]);
    let bob = people.of("bob");
    let (events, amendments) = page(bob, "@ann", Page::After(Seq(0)), 3);
    assert_eq!(events, ["ann: one", "ann: two", "bob reacted to 1: a"]);
    assert_eq!(amendments, ["ann edited 1: eins", "bob took back from 1: a", "ann reacted to 2: c"]);
    // The newest page has it all in itself.
    assert_eq!(page(bob, "@ann", Page::Newest, 9).1, [""; 0]);
    assert_eq!(
        page(bob, "@ann", Page::Before(Seq(3)), 1),
        (vec!["ann: two".into()], vec![amendments[2].clone()])
    );
    // Nothing of it is a post.
    people.ask_all(vec![("ann", say("@bob", 3, "three"), "posted")]);
    let unread = crate::asks::conversations(people.of("bob")).into_iter().find(|c| c.members == 2).unwrap();
    assert_eq!((unread.unread, unread.head), (3, Seq(10)));
}

#[test]
fn amendments_are_bounded_and_edits_come_first() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let people = AMENDMENTS_MAX / 20;
    for number in 0..=people as u64 {
        assert_eq!(crate::asks::word(&ann.ask(say("@ann", number, "x"))), "posted");
    }
    let mut ask = |request| assert_eq!(crate::asks::word(&ann.ask(request)), "done");
    ask(edit("@ann", 1, "edited"));
    for seq in 1..=people as u64 + 1 {
        (0..20).for_each(|reaction| ask(react("@ann", seq, &reaction.to_string(), true)));
    }
    let Ok(Reply::History { amendments, .. }) =
        ann.ask(history("@ann", Page::After(Seq(0)), people as u16 + 1))
    else {
        panic!()
    };
    assert_eq!(amendments.len(), AMENDMENTS_MAX);
    assert!(matches!(amendments[0].body, Body::Edited { of: Seq(1), .. }));
    // The oldest reactions are those that are not there.
    assert!(amendments.is_sorted_by_key(|event| event.seq));
    assert_eq!(
        amendments.last().map(|event| event.seq),
        Some(Seq(1 + people as u64 + 1 + 20 * (people as u64 + 1)))
    );
}

#[test]
fn a_page_of_long_edits_fits_a_frame() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let long = "x".repeat(im_proto::TEXT_BYTES_MAX);
    for number in 0..6 {
        assert_eq!(crate::asks::word(&ann.ask(say("@ann", number, &long))), "posted");
    }
    let edited = format!("{}y", &long[1..]);
    for seq in 1..=6 {
        assert_eq!(crate::asks::word(&ann.ask(edit("@ann", seq, &edited))), "done");
    }
    let mut had = Vec::new();
    while had.len() < 12 {
        let after = Seq(had.len() as u64);
        let Ok(Reply::History { events, amendments, .. }) = ann.ask(history("@ann", Page::After(after), 200))
        else {
            panic!()
        };
        // Whoever reads a page has of each message what it says now.
        for event in events.iter().filter(|event| matches!(event.body, Body::Posted { .. })) {
            let of = |e: &&Event| matches!(&e.body, Body::Edited { of, text } if *of == event.seq && text.as_str() == edited);
            assert_eq!(amendments.iter().filter(of).count(), 1, "{}", event.seq);
        }
        had.extend(events);
    }
}

#[test]
fn of_a_text_that_was_taken_out_nothing_is_left() {
    let mut server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bob = server.native_user("bob");
    ann.follow();
    let (short, long) = ("a secret between us", "another secret ".repeat(2000));
    let mut ask = |request| crate::asks::word(&ann.ask(request));
    assert_eq!(ask(say("@bob", 1, short)), "posted");
    assert_eq!(ask(edit("@bob", 1, &long)), "done");
    assert_eq!(ask(edit("@bob", 1, "a third secret")), "done");
    assert_eq!(ask(say("@bob", 2, "no secret at all")), "posted");
    assert_eq!(ask(delete("@bob", 1)), "done");
    // Whoever comes now finds it neither in the log nor in what is remembered of the last minutes.
    assert_eq!(bob.ask(follow(&[])), Ok(Reply::Done));
    let id = conversation(bob.ask(open("@ann"))).id;
    let heard = events_up_to(&mut bob, id, 0, 5);
    let read = log(&mut bob, "@ann");
    assert_eq!(heard, read);
    assert!(!format!("{read:?}").contains("secret between"), "{read:?}");
    server.stop();
    let mut left = Vec::new();
    let files = std::fs::read_dir(server.folder()).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|file| file.is_file()) {
        left.extend(std::fs::read(file).unwrap());
    }
    let is_there = |wanted: &str| left.windows(wanted.len()).any(|part| part == wanted.as_bytes());
    assert!(is_there("no secret at all"));
    assert!(!is_there(short) && !is_there("another secret") && !is_there("a third secret"));
}
