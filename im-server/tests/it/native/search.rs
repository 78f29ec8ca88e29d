//! Searching: only what one may read, as it reads now, whatever is typed.

use im_proto::{Body, Found, Reply, Request, Seq, Text, Words};

use crate::asks::{
    People, answer, create, enter, history, invite, join, leave, open, parsed, posted, say, sign_up, word,
};
use crate::harness::{Native, TestServer};

/// More than wait before the search index goes on.
const MANY: u64 = 200;

fn search(words: &str) -> Request {
    Request::Search { words: Words::parse(words).unwrap(), of: None, before: None, limit: 50 }
}

fn search_in(of: &str, words: &str) -> Request {
    let Request::Search { words, before, limit, .. } = search(words) else { unreachable!() };
    Request::Search { words, of: Some(parsed(of)), before, limit }
}

#[track_caller]
fn page(native: &mut Native, request: Request) -> (Vec<Found>, bool) {
    match native.ask(request) {
        Ok(Reply::Found { found, more }) => (found, more),
        other => panic!("{other:?}"),
    }
}

/// Each as `#room text`.
#[track_caller]
fn finds(native: &mut Native, request: Request) -> Vec<String> {
    let (found, _) = page(native, request);
    assert!(found.windows(2).all(|pair| pair[0].position > pair[1].position), "newest first: {found:?}");
    let shown = found.iter().map(|Found { address, event, .. }| match &event.body {
        Body::Posted { text, .. } => format!("{address} {}", text.as_str()),
        other => panic!("{other:?}"),
    });
    shown.collect()
}

fn edit(of: &str, seq: Seq, text: &str) -> Request {
    Request::Edit { of: parsed(of), seq, text: Text::parse(text).unwrap() }
}

fn delete(of: &str, seq: Seq) -> Request {
    Request::Delete { of: parsed(of), seq }
}

/// So much is said that all before it comes into the index, if it was not there yet.
fn chatter(native: &mut Native, first: u64) {
    for number in first..first + MANY {
        posted(native.ask(say("#lobby", 1_000_000 + number, "chatter")));
    }
}

#[test]
fn only_in_conversations_in_which_one_is() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("ann", enter("r"), "conversation"),
        ("ann", say("#g", 1, "the plan in g"), "posted"),
        ("bob", say("@ann", 1, "my plan for ann"), "posted"),
        ("ann", say("#r", 2, "a plan in r"), "posted"),
        ("ann", open("@cid"), "conversation"),
        ("cid", say("@ann", 1, "cid has a Plán"), "posted"),
    ]);
    let all = ["@cid cid has a Plán", "#r a plan in r", "@bob my plan for ann", "#g the plan in g"];
    // At first nothing is in the index, then all is: the answers are the same.
    for round in 0..2_u64 {
        assert_eq!(finds(people.of("ann"), search("plan")), all);
        assert_eq!(finds(people.of("bob"), search("PLAN")), ["@ann my plan for ann", "#g the plan in g"]);
        assert_eq!(finds(people.of("cid"), search("plan")), ["@ann cid has a Plán"]);
        assert_eq!(finds(people.of("ann"), search("plan in")), ["#r a plan in r", "#g the plan in g"]);
        assert_eq!(finds(people.of("ann"), search_in("#g", "plan")), ["#g the plan in g"]);
        assert_eq!(finds(people.of("bob"), search_in("@cid", "plan")), [""; 0]);
        people.ask_all(vec![
            ("bob", search_in("#r", "plan"), "not-member"),
            ("bob", search_in("#nothere", "plan"), "no-such-room"),
            ("bob", search_in("@nobody", "plan"), "no-such-user"),
        ]);
        chatter(people.of("ann"), round * MANY);
    }
    // Who leaves finds nothing there any more, and who comes back all.
    people.ask_all(vec![("ann", leave("r"), "done"), ("bob", leave("g"), "done")]);
    assert_eq!(finds(people.of("bob"), search("plan")), ["@ann my plan for ann"]);
    assert_eq!(finds(people.of("ann"), search("plan")), [all[0], all[2], all[3]]);
    people.ask_all(vec![("ann", join("r"), "conversation")]);
    assert_eq!(finds(people.of("ann"), search("plan")), all);
}

#[test]
fn a_message_is_found_as_it_reads_now() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let (_, kept, ..) = posted(ann.ask(say("#lobby", 1, "green apples")));
    let (_, gone, ..) = posted(ann.ask(say("#lobby", 2, "green pears")));
    // Before they are in the index, after they are, and when the changes are.
    for round in 0..3_u64 {
        let words = format!("red{round}");
        assert_eq!(ann.ask(edit("#lobby", kept, &format!("{words} apples"))), Ok(Reply::Done));
        assert_eq!(finds(&mut ann, search("apples")), [format!("#lobby {words} apples")]);
        assert_eq!(finds(&mut ann, search(&words)), [format!("#lobby {words} apples")]);
        if round > 0 {
            assert_eq!(finds(&mut ann, search(&format!("red{}", round - 1))), [""; 0]);
        }
        assert_eq!(finds(&mut ann, search("green")), ["#lobby green pears"]);
        chatter(&mut ann, round * MANY);
    }
    assert_eq!(ann.ask(delete("#lobby", gone)), Ok(Reply::Done));
    assert_eq!(finds(&mut ann, search("green")), [""; 0]);
    assert_eq!(ann.ask(delete("#lobby", kept)), Ok(Reply::Done));
    assert_eq!(finds(&mut ann, search("apples")), [""; 0]);
    // What was taken out before it came into the index is not put in.
    let (_, quick, ..) = posted(ann.ask(say("#lobby", 3, "green plums")));
    assert_eq!(ann.ask(delete("#lobby", quick)), Ok(Reply::Done));
    chatter(&mut ann, 3 * MANY);
    assert_eq!(finds(&mut ann, search("green")), [""; 0]);
}

#[test]
fn guests_search_the_room_they_name() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    posted(ann.ask(say("#lobby", 1, "for all to find")));
    assert_eq!(word(&ann.ask(create("g"))), "conversation");
    let mut guest = server.native();
    let come = Request::ComeAsGuest { name: Some(parsed("neil")) };
    assert_eq!(word(&guest.ask(come.clone())), "welcome");
    assert_eq!(finds(&mut guest, search_in("#lobby", "find")), ["#lobby for all to find"]);
    assert_eq!(word(&guest.ask(search("find"))), "needs-account");
    assert_eq!(word(&guest.ask(search_in("#g", "find"))), "not-member");
    // Who takes a guest's name later does not find what was said under it.
    posted(ann.ask(say("@neil", 2, "find this, neil")));
    posted(guest.ask(say("@ann", 3, "neil has read it")));
    assert_eq!(finds(&mut guest, search_in("@ann", "find")), ["@ann find this, neil"]);
    drop(guest);
    let mut next = server.native();
    while word(&next.ask(sign_up("neil"))) != "welcome" {}
    assert_eq!(finds(&mut next, search("find")), ["#lobby for all to find"]);
    assert_eq!(finds(&mut next, search_in("@ann", "neil")), [""; 0]);
    assert_eq!(finds(&mut ann, search("neil")), ["@neil neil has read it", "@neil find this, neil"]);
    chatter(&mut ann, 0);
    assert_eq!(finds(&mut next, search("neil")), [""; 0]);
}

#[test]
fn pages_go_back_without_a_gap() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    for number in 0..MANY {
        posted(ann.ask(say("#lobby", number, &format!("number {number}"))));
    }
    let (mut all, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let request = Request::Search { words: Words::parse("number").unwrap(), of: None, before, limit: 30 };
        let (found, more) = page(&mut ann, request);
        assert!(found.len() == 30 || !more);
        pages += 1;
        before = found.last().map(|last| last.position);
        all.extend(found.into_iter().map(|found| found.event));
        if !more {
            break;
        }
    }
    assert_eq!((all.len(), pages), (200, 7));
    all.reverse();
    let Ok(Reply::History { mut events, .. }) = ann.ask(history("#lobby", im_proto::Page::Newest, 200))
    else {
        panic!()
    };
    events.retain(|event| matches!(event.body, Body::Posted { .. }));
    assert_eq!(all, events);
}

#[test]
fn what_is_typed_is_words_and_nothing_else() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let said =
        ["今日本を読む", "foo-bar AND \"quoted\" OR", "naïve CAFÉ", "한국어를 배우다", "ไปเที่ยวกัน", "c++ 20°"];
    for round in 0..2_u64 {
        for (number, text) in (0..).zip(said) {
            posted(ann.ask(say("#lobby", round * 100 + number, text)));
        }
        chatter(&mut ann, round * MANY);
    }
    for (words, which) in [
        ("日本", Some(0)),
        ("読", Some(0)),
        ("本日", None), // not side by side in this order
        ("한국", Some(3)),
        ("เที่ยว", Some(4)),
        ("cafe", Some(2)),
        ("NAIVE café", Some(2)),
        ("caf", None),
        ("caf*", Some(2)),
        ("caf**", Some(2)),
        ("foo-bar", Some(1)),
        ("bar-foo", None),
        ("AND", Some(1)),
        ("or", Some(1)),
        ("\"quoted\"", Some(1)),
        ("quo*ted", None),
        ("text:foo", None),
        ("c++", Some(5)),
        ("20°", Some(5)),
    ] {
        let found = finds(&mut ann, search(words));
        let wanted = which.map_or(Vec::new(), |which: usize| vec![format!("#lobby {}", said[which]); 2]);
        assert_eq!(found, wanted, "{words}");
    }
    let longest = ["(".repeat(256), "\" ".repeat(128), "a ".repeat(128), "z* ".repeat(85), "日".repeat(85)];
    let hostile =
        ["\"", "*", "\0", "a\0b", "^a", "-", "a NOT", "NEAR(a b, 3)", "{text place}: a", "place:c1", "'; --"];
    for words in hostile.into_iter().map(str::to_owned).chain(longest) {
        let (found, _) = page(&mut ann, search(&words));
        assert_eq!(found, [], "{words}");
    }
}

#[test]
fn people_search_in_telnet_and_guests_in_the_room_they_are_in() {
    let server = TestServer::start();
    let mut ann = server.text_user("ann");
    ann.send("/join dev\nhello here\n/all hello all\nfirst line hello\n/time\n");
    ann.until(" UTC.\n");
    ann.send("/search hello\n/search nothing* like that\n/search\n");
    let found = ann.until("nothing was found.\n");
    let lines: Vec<&str> =
        found.lines().filter_map(|line| line.split_once(" UTC) ").map(|(_, line)| line)).collect();
    assert_eq!(
        lines,
        ["#dev ann: hello here", "#lobby ann: hello all", "#dev ann: first line hello"],
        "{found}"
    );
    ann.until("there is nothing to search for");
    let mut guest = server.text();
    guest.send("/username neil\n/search hello\n/time\n");
    let seen = guest.until("#lobby ann: hello all\n");
    assert!(!seen.contains("#dev"), "{seen}");
    // The day that this is, and one of long ago.
    ann.send("/history #dev 2 2001-02-03\n/history #dev 5 2100-01-01 12:30\n/history 2001-02-30\n");
    let seen = ann.until("/history [@USER or #ROOM] [NUMBER] [DATE] [TIME]");
    assert_eq!(seen.matches("UTC) ").count(), 1 + 2, "{seen}");
    assert_eq!(seen.matches("first line hello").count(), 1, "{seen}");
}
