//! Posts, message ids, and pages of history.

use im_proto::{Body, MessageId, Page, Reply, Seq};

use crate::asks::{People, create, enter, events_up_to, history, leave, log, page, posted, say, text, word};
use crate::harness::TestServer;

#[test]
fn a_post_comes_back_as_an_event_with_the_number_of_its_reply() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let (conversation, seq, at, duplicate) = posted(ann.ask(say("#lobby", 7, "hi")));
    assert!(!duplicate);
    let event = ann.event(|event| text(event) == Some("hi"));
    assert_eq!((event.conversation, event.seq, event.at), (conversation, seq, at));
    assert_eq!(event.author.name.as_str(), "ann");
    let Body::Posted { message, .. } = event.body else { panic!() };
    assert_eq!(message, MessageId(7u128.to_be_bytes()));
}

#[test]
fn a_post_is_refused_where_one_is_not() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", enter("r"), "conversation"),
        ("bob", say("#g", 1, "x"), "not-member"),
        ("bob", say("#r", 1, "x"), "not-member"),
        ("bob", say("#nothere", 1, "x"), "no-such-room"),
        ("bob", say("@nobody", 1, "x"), "no-such-user"),
        // What was refused did not use up the id.
        ("bob", say("#lobby", 1, "x"), "posted"),
        ("ann", leave("r"), "done"),
        ("ann", say("#r", 2, "x"), "not-member"),
    ]);
    assert_eq!(log(people.of("ann"), "#g").len(), 1);
}

#[test]
fn a_message_id_posts_once() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.of("bob").follow();
    let first = posted(people.of("ann").ask(say("#lobby", 1, "once")));
    people.ask_all(vec![
        ("ann", say("#lobby", 2, "between"), "posted"),
        ("ann", say("#lobby", 1, "once"), "duplicate"),
        ("ann", say("#lobby", 1, "other text"), "message-id-used"),
        ("ann", say("@bob", 1, "once"), "message-id-used"), // another address
        ("ann", say("#nothere", 1, "once"), "no-such-room"),
        ("bob", say("#lobby", 1, "once"), "posted"), // another author's ids are others
        ("ann", enter("r"), "conversation"),
        ("ann", say("#r", 3, "in r"), "posted"),
        ("ann", leave("r"), "done"),
        ("ann", say("#r", 3, "in r"), "duplicate"), // it is there, even if one is not
    ]);
    let again = posted(people.of("ann").ask(say("#lobby", 1, "once")));
    assert_eq!(again, (first.0, first.1, first.2, true));
    people.ask_all(vec![("ann", say("#lobby", 9, "end"), "posted")]);
    // On the way of events nothing came twice either.
    let bob = people.of("bob");
    bob.event(|event| text(event) == Some("once") && event.author.name.as_str() == "ann");
    for wanted in ["between", "once", "end"] {
        let next = bob.event(|event| event.conversation == first.0);
        assert_eq!(text(&next), Some(wanted), "{next:?}");
    }
}

#[test]
fn the_same_id_twice_in_one_packet_posts_once() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let [one, two] = [(); 2].map(|()| ann.send(say("#lobby", 1, "double")));
    let (first, second) = (ann.reply(), ann.reply());
    assert_eq!((first.0, second.0), (one, two));
    let (first, second) = (posted(first.1), posted(second.1));
    assert_eq!((first.0, first.1, first.2), (second.0, second.1, second.2));
    assert_eq!((first.3, second.3), (false, true));
    assert_eq!(log(&mut ann, "#lobby").iter().filter(|event| text(event).is_some()).count(), 1);
}

#[test]
fn kept_says_that_the_receiver_has_no_session() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    let kept = |people: &mut People<'_>, request| match people.of("ann").ask(request) {
        Ok(Reply::Posted { kept, .. }) => kept,
        other => panic!("{other:?}"),
    };
    assert!(!kept(&mut people, say("@bob", 1, "there?")));
    assert!(!kept(&mut people, say("#lobby", 2, "all?")));
    assert_eq!(people.of("bob").ask(im_proto::Request::SignOut), Ok(Reply::Done));
    assert!(kept(&mut people, say("@bob", 3, "gone?")));
    assert!(!kept(&mut people, say("@ann", 4, "me")));
}

#[test]
fn pages_go_both_ways_and_say_whether_there_is_more() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(enter("r"))), "conversation"); // seq 1
    for i in 2..=450 {
        ann.send(say("#r", i, &format!("post {i}")));
    }
    for i in 2..=450 {
        assert_eq!(posted(ann.reply().1).1.0, i);
    }
    let seqs = |from: u64, to: u64| (from..=to).collect::<Vec<_>>();
    for (asked, limit, wanted, more) in [
        (Page::Newest, 10, seqs(441, 450), true),
        (Page::Newest, u16::MAX, seqs(251, 450), true),
        (Page::Newest, 0, seqs(450, 450), true), // at least one
        (Page::Before(Seq(441)), 10, seqs(431, 440), true),
        (Page::Before(Seq(11)), 10, seqs(1, 10), false),
        (Page::Before(Seq(12)), 10, seqs(2, 11), true),
        (Page::Before(Seq(1)), 10, vec![], false),
        (Page::Before(Seq(0)), 10, vec![], false),
        (Page::Before(Seq(u64::MAX)), 2, seqs(449, 450), true),
        (Page::After(Seq(0)), 10, seqs(1, 10), true),
        (Page::After(Seq(440)), 10, seqs(441, 450), false),
        (Page::After(Seq(439)), 10, seqs(440, 449), true),
        (Page::After(Seq(450)), 10, vec![], false),
        (Page::After(Seq(u64::MAX)), 10, vec![], false),
        (Page::After(Seq(100)), 201, seqs(101, 300), true),
    ] {
        assert_eq!(page(&mut ann, "#r", asked, limit), (wanted, more), "{asked:?} {limit}");
    }
    let all = log(&mut ann, "#r");
    assert_eq!(all.iter().map(|event| event.seq.0).collect::<Vec<_>>(), seqs(1, 450));
    assert!(all[1..].iter().all(|event| text(event) == Some(&format!("post {}", event.seq))));
    assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn a_page_of_the_longest_texts_fits_a_frame() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    let long = "界".repeat(im_proto::TEXT_BYTES_MAX / 3);
    for i in 2..=8 {
        assert_eq!(word(&ann.ask(say("#r", i, &long))), "posted");
    }
    assert_eq!(page(&mut ann, "#r", Page::Newest, 200), (vec![6, 7, 8], true));
    assert_eq!(page(&mut ann, "#r", Page::After(Seq(0)), 200), (vec![1, 2, 3, 4], true));
    assert_eq!(page(&mut ann, "#r", Page::Before(Seq(3)), 200), (vec![1, 2], false));
    // And who follows gets them all.
    let id = log(&mut ann, "#r")[0].conversation;
    assert_eq!(ann.ask(crate::asks::follow(&[(id, 0)])), Ok(Reply::Done));
    assert!(events_up_to(&mut ann, id, 0, 8)[1..].iter().all(|event| text(event) == Some(&long)));
}

#[test]
fn history_is_for_members_and_of_two_who_never_spoke_empty() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("bob", history("#g", Page::Newest, 10), "not-member"),
        ("bob", history("#nothere", Page::Newest, 10), "no-such-room"),
        ("bob", history("@nobody", Page::Newest, 10), "no-such-user"),
        ("bob", say("@cid", 1, "between us"), "posted"),
    ]);
    assert_eq!(page(people.of("ann"), "@bob", Page::Newest, 10), (vec![], false));
    assert_eq!(page(people.of("ann"), "@cid", Page::Newest, 10), (vec![], false));
    assert_eq!(page(people.of("cid"), "@bob", Page::Newest, 10), (vec![1], false));
}
