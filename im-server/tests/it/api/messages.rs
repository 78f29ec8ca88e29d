//! Saying things once, and reading what was said.

use im_proto::{Address, Page, Reply, json_line};
use serde_json::{Value, json};

use crate::asks::{create, enter, history, invite, say};
use crate::harness::TestServer;

use super::call::{Client, Line, texts};

const ID: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
const UUID: &str = "F0F1F2F3-F4F5-F6F7-F8F9-FAFBFCFDFEFF";

fn post(to: &str, text: &str, id: &str) -> Value {
    json!({ "to": to, "text": text, "message_id": id })
}

#[test]
fn a_post_is_on_disk_and_heard_by_all() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    bob.follow();
    ann.enter("dev");
    bob.ask(enter("dev")).unwrap();
    let posted = ann.post("/v1/post", &json!({ "to": "#dev", "text": "shipped it" })).done();
    let event = bob.event(|event| crate::asks::text(event) == Some("shipped it"));
    let at = json!({ "conversation": "#dev", "seq": event.seq.0, "at": posted["at"], "duplicate": false });
    assert_eq!(posted, at);
    ann.say("@bob", "psst");
    bob.event(|event| crate::asks::text(event) == Some("psst"));
    // To oneself, too.
    assert_eq!(ann.say("@ann", "a note"), 1);
}

#[test]
fn a_message_id_posts_once_in_either_spelling_and_over_a_restart() {
    let mut server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    let first = ann.post("/v1/post", &post("@bob", "once", ID)).done();
    let again = json!({ "conversation": "@bob", "seq": 1, "at": first["at"], "duplicate": true });
    for round in 0..3 {
        let (ann, bob) = (ann.at(server.addr()), bob.at(server.addr()));
        for id in [ID, UUID] {
            assert_eq!(ann.post("/v1/post", &post("@bob", "once", id)).done(), again, "{round} {id}");
            let other = ann.post("/v1/post", &post("@bob", "twice", id));
            assert_eq!(other.word(), "409 message-id-used");
        }
        assert_eq!(texts(&bob.log("@ann")), ["once"]);
        assert_eq!(bob.log("@ann")[0]["message"], ID);
        server.restart();
    }
    // Ids are each author's own.
    let bob = bob.at(server.addr());
    assert_eq!(bob.post("/v1/post", &post("@ann", "mine", ID)).done()["duplicate"], false);
    for _ in 0..2 {
        assert_eq!(bob.post("/v1/post", &json!({ "to": "@ann", "text": "x" })).done()["duplicate"], false);
    }
    assert_eq!(texts(&bob.log("@ann")), ["once", "mine", "x", "x"]);
}

#[test]
fn a_call_whose_answer_was_lost_is_repeated_and_posts_once() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    for round in 0..30 {
        let mut request = ann.request("POST", "/v1/post");
        request.body = post("@ann", &format!("{round}"), &format!("{round:032x}")).to_string().into_bytes();
        let mut line = Line::connect(server.addr());
        line.send(&request);
        match round % 3 {
            0 => line.reset(),
            1 => drop(line),
            _ => {
                line.stream().peek(&mut [0]).unwrap(); // the answer is there, and nobody reads it
                line.reset();
            }
        }
        assert_eq!(ann.call(&request).done()["seq"], round + 1);
        assert_eq!(ann.call(&request).done()["duplicate"], true);
    }
    let said: Vec<String> = (0..30).map(|round| round.to_string()).collect();
    assert_eq!(texts(&ann.log("@ann")), said);
}

#[test]
fn history_is_read_by_pages() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut native = server.native_user("bob");
    native.ask(enter("dev")).unwrap(); // 1: created
    ann.enter("dev"); // 2: joined
    for number in 3..=250 {
        native.ask(say("#dev", number, &format!("{number}"))).unwrap();
    }
    for (query, first, last, more) in [
        ("", 201, 250, true),
        ("&limit=3", 248, 250, true),
        ("&limit=1000", 51, 250, true), // never more than 200
        ("&limit=65535&after=0", 1, 200, true),
        ("&after=0", 1, 50, true),
        ("&after=200", 201, 250, false),
        ("&after=248&limit=200", 249, 250, false),
        ("&before=51", 1, 50, false),
        ("&before=52&limit=50", 2, 51, true),
        ("&before=3", 1, 2, false),
    ] {
        let page = ann.get(&format!("/v1/history?conversation=%23dev{query}")).done();
        let seqs: Vec<u64> =
            page["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert_eq!(seqs, (first..=last).collect::<Vec<u64>>(), "{query}");
        assert_eq!(page["more"], more, "{query}");
    }
    let middle = ann.get("/v1/history?conversation=%23dev&after=124&limit=1").done();
    let at = middle["events"][0]["at"].as_str().unwrap();
    let page = ann.get(&format!("/v1/history?conversation=%23dev&around={at}&limit=200")).done();
    let around = page["events"].as_array().unwrap();
    assert!((150..=200).contains(&around.len()) && around.contains(&middle["events"][0]), "{page}");
    for query in ["&after=250", "&after=9999", "&before=1", "&before=0"] {
        let page = ann.get(&format!("/v1/history?conversation=%23dev{query}")).done();
        assert_eq!(page, json!({ "events": [], "more": false }), "{query}");
    }
}

#[test]
fn the_table_of_refused_history() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    bob.ask(create("g")).unwrap();
    for (query, wanted) in [
        ("conversation=%23dev", "403 not-member"),
        ("conversation=%23g", "403 not-member"),
        ("conversation=%23nowhere", "404 no-such-room"),
        ("conversation=%40nobody", "404 no-such-user"),
        ("conversation=@bob", "200"), // nothing was said yet
        ("conversation=%23lobby&after=1&before=9", "400 unreadable"),
        ("conversation=%23lobby&after=1&around=2026-11-20T14:00:00Z", "400 unreadable"),
        ("conversation=%23lobby&around=yesterday", "400 unreadable"),
        ("conversation=%23lobby&after=-1", "400 unreadable"),
        ("conversation=%23lobby&after=x", "400 unreadable"),
        ("conversation=%23lobby&after=99999999999999999999", "400 unreadable"),
        ("conversation=%23lobby&limit=65536", "400 unreadable"),
        ("conversation=lobby", "400 unreadable"),
        ("conversation=#lobby", "400 unreadable"), // what stands after # is not sent
        ("conversation=", "400 unreadable"),
        ("", "400 unreadable"),
    ] {
        let answer = ann.get(&format!("/v1/history?{query}"));
        assert_eq!(answer.word(), wanted, "{query}: {answer:?}");
    }
    assert_eq!(ann.get("/v1/history?conversation=%23lobby&after=18446744073709551615").word(), "200");
}

/// The lines that `im-client history --json` writes are made by the same call.
#[test]
fn events_are_spelled_as_the_headless_client_spells_them() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    let mut guest = server.text();
    guest.send("/username neil\nfrom a guest\n");
    guest.until("changed username to [neil]\n");
    bob.ask(create("g")).unwrap();
    bob.ask(invite("g", "ann")).unwrap();
    ann.ask(&json!({ "request": "answer", "group": "g", "yes": true })).done();
    bob.ask(say("@ann", 1, "你好 \u{1b}[31m \u{9b}31m \u{202e}drow\n<script>\"\\")).unwrap();
    for (address, theirs) in [("#g", "#g"), ("@bob", "@ann"), ("#lobby", "#lobby")] {
        let Ok(Reply::History { events, .. }) = bob.ask(history(theirs, Page::Newest, 50)) else {
            panic!("refused")
        };
        assert!(!events.is_empty());
        let named: Address = address.parse().unwrap();
        let lines = events.into_iter().map(|event| json_line(&event.by_address(named.clone())));
        let lines: Vec<_> = lines.map(|line| String::from_utf8(line).unwrap()).collect();
        let page = ann.get(&format!("/v1/history?conversation={}", address.replace('#', "%23")));
        assert_eq!(page.body, format!(r#"{{"events":[{}],"more":false}}"#, lines.join(",")));
        assert!(!page.body.chars().any(char::is_control), "{}", page.body);
    }
}

#[test]
fn conversations_are_listed_with_what_is_unread() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    ann.enter("dev");
    bob.enter("dev");
    ann.say("@bob", "one");
    ann.say("@bob", "two");
    ann.say("#dev", "three");
    let list = |client: &Client| -> Vec<(String, u64, u64)> {
        let found = client.get("/v1/conversations").done();
        let rows = found["conversations"].as_array().unwrap().iter();
        rows.map(|row| {
            let number = |key: &str| row[key].as_u64().unwrap();
            (row["address"].as_str().unwrap().to_owned(), number("head"), number("unread"))
        })
        .collect()
    };
    let before = list(&bob);
    let lobby = before.iter().find(|(address, ..)| address == "#lobby").unwrap().1;
    let rows = |direct| vec![("#dev".into(), 3, 1), ("@ann".into(), 2, direct), ("#lobby".into(), lobby, 0)];
    assert_eq!(before, rows(2));
    // Reading history marks nothing: a script is no reader. It says so itself.
    bob.log("@ann");
    assert_eq!(list(&bob), rows(2));
    bob.ask(&json!({ "request": "mark", "of": "@ann", "read": 1 })).done();
    assert_eq!(list(&bob), rows(1));
    assert_eq!(list(&ann)[0], ("#dev".into(), 3, 0), "who posts has read");
}
