//! The JSON dialect beyond what a dialogue can say: what is long, much, broken, or said in several ways at once.

use std::collections::BTreeSet;

use im_proto::TEXT_BYTES_MAX;
use serde_json::json;

use crate::asks::{enter, join, say, text, word};
use crate::harness::TestServer;

use super::talk::{By, Talk, both, escaped, post};

both! {
    a_long_line_of_a_stranger_is_refused_and_the_next_is_read
    a_long_line_of_somebody_known_is_refused_and_the_next_is_read
    the_longest_text_arrives_with_every_byte_escaped
    a_text_that_is_too_long_says_so
    deep_nesting_is_refused
    a_thousand_posts_at_once_are_answered_in_order
    what_is_sent_with_the_sign_in_is_done_after_it
    who_comes_again_and_again_misses_nothing
    who_speaks_otherwise_hears_the_same
    the_server_says_that_it_stops
    texts_come_as_they_were_said
}

fn a_long_line_of_a_stranger_is_refused_and_the_next_is_read(by: By) {
    let server = TestServer::start();
    let mut talk = Talk::connect(&server, by);
    let ping = |fill: usize| json!({"tag": 5, "request": "ping", "fill": "x".repeat(fill)}).to_string();
    talk.send(&ping(8000));
    assert_eq!(talk.reply(), json!({"reply": "done", "tag": 5}));
    talk.send(&ping(9000));
    let too_long = json!({"reply": "refused", "tag": 0, "code": "too-long", "error": "that is too long"});
    assert_eq!(talk.reply(), too_long);
    talk.send(&ping(0));
    assert_eq!(talk.reply(), json!({"reply": "done", "tag": 5}));
}

fn a_long_line_of_somebody_known_is_refused_and_the_next_is_read(by: By) {
    let server = TestServer::start();
    for mut talk in [Talk::user(&server, by, "ann"), Talk::guest(&server, by, "neil")] {
        let ping = |fill: usize| json!({"tag": 5, "request": "ping", "fill": "x".repeat(fill)}).to_string();
        for (fill, wanted) in [(400_000, "done"), (404_000, "refused"), (10, "done")] {
            talk.send(&ping(fill));
            let reply = talk.reply();
            assert_eq!(reply["reply"], wanted, "{fill}");
            assert_eq!(reply.get("code"), (wanted == "refused").then_some(&json!("too-long")));
        }
        // Out again, one is a stranger again.
        talk.done(&json!({"request": "sign-out"}));
    }
}

fn the_longest_text_arrives_with_every_byte_escaped(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, by, "ann");
    let mut bob = server.native_user("bob");
    bob.follow();
    let long = "longest ".repeat(TEXT_BYTES_MAX / 8);
    ann.send(&format!(r##"{{"request":"post","to":"#lobby","text":"{}"}}"##, escaped(&long)));
    assert_eq!(ann.reply()["reply"], "posted");
    ann.hears(&long);
    bob.event(|event| text(event) == Some(&long));
    let page = ann.ask(&json!({"request": "history", "of": "#lobby", "limit": 1}));
    assert_eq!(page["events"][0]["text"], long);
}

fn a_text_that_is_too_long_says_so(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, by, "ann");
    let refused = ann.ask(&post("#lobby", &"x".repeat(TEXT_BYTES_MAX + 1)));
    assert_eq!(refused["code"], "unreadable");
    assert!(refused["detail"].as_str().unwrap().contains("65536"), "{refused}");
    assert_eq!(ann.ask(&post("#lobby", &"x".repeat(TEXT_BYTES_MAX)))["reply"], "posted");
}

fn deep_nesting_is_refused(by: By) {
    let server = TestServer::start();
    let mut talk = Talk::connect(&server, by);
    for deep in [4000, 200_000] {
        for open in ["[", "{\"x\":"] {
            let deep = open.repeat(deep / open.len());
            talk.send(&deep);
            assert_eq!(talk.reply()["code"], "unreadable");
            talk.send(&format!("{{\"tag\":1,\"request\":\"ping\",\"more\":{deep}"));
            assert_eq!(talk.reply()["code"], "unreadable");
        }
        if deep == 4000 {
            assert_eq!(talk.ask(&json!({"request": "come-as-guest"}))["reply"], "welcome");
        }
    }
    talk.done(&json!({"request": "ping"}));
}

fn a_thousand_posts_at_once_are_answered_in_order(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, by, "ann");
    let mut bob = Talk::user(&server, by, "bob");
    let line = |i: usize| json!({"tag": i, "request": "post", "to": "#lobby", "text": format!("line {i}")});
    ann.send_all(&(0..1000).map(|i| line(i).to_string()).collect::<Vec<_>>());
    let mut seqs = BTreeSet::new();
    for i in 0..1000 {
        let reply = ann.reply();
        assert_eq!((&reply["reply"], &reply["tag"]), (&json!("posted"), &json!(i)));
        assert!(seqs.insert(reply["seq"].as_u64().unwrap()));
    }
    let first = *seqs.first().unwrap();
    assert_eq!(seqs.len(), 1000);
    for talk in [&mut ann, &mut bob] {
        talk.hears("line 0");
        for i in 1..1000 {
            let event = talk.event();
            assert_eq!(event["text"], format!("line {i}"));
            assert_eq!(event["seq"], first + i);
        }
    }
}

fn what_is_sent_with_the_sign_in_is_done_after_it(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::connect(&server, by);
    // The second is longer than a stranger's may be.
    let long = "x".repeat(60_000);
    ann.send_all(&[
        json!({"tag": 1, "request": "sign-up", "name": "ann", "password": "x"}).to_string(),
        json!({"tag": 2, "request": "post", "to": "#lobby", "text": long}).to_string(),
        json!({"tag": 3, "request": "sign-out"}).to_string(),
        json!({"tag": 4, "request": "post", "to": "#lobby", "text": "too late"}).to_string(),
        json!({"tag": 5, "request": "come-as-guest", "name": "neil"}).to_string(),
        json!({"tag": 6, "request": "post", "to": "#lobby", "text": "hi"}).to_string(),
    ]);
    let words = ["welcome", "posted", "done", "refused", "welcome", "posted"];
    for (tag, wanted) in (1..).zip(words) {
        let reply = ann.reply();
        assert_eq!((&reply["tag"], &reply["reply"]), (&json!(tag), &json!(wanted)), "{reply}");
    }
}

/// A reader who is cut off again and again, and has taken only some of what was on its way.
fn who_comes_again_and_again_misses_nothing(by: By) {
    const POSTS: u64 = 400;
    let server = TestServer::start();
    let sign_up = json!({"request": "sign-up", "name": "ann", "password": "x"});
    let token = Talk::connect(&server, by).ask(&sign_up)["token"].clone();
    let mut bob = server.native_user("bob");
    let mut heard: u64 = 0;
    let come_again = |heard| {
        let mut ann = Talk::connect(&server, by);
        assert_eq!(ann.ask(&json!({"request": "resume", "token": token}))["reply"], "welcome");
        ann.done(&json!({"request": "follow", "after": {"1": heard}}));
        ann
    };
    for i in 1..=POSTS {
        bob.send(say("#lobby", i, &format!("post {i}")));
        if i % 20 == 0 {
            let mut ann = come_again(heard);
            for _ in 0..i / 20 {
                heard += 1;
                assert_eq!(ann.event()["seq"], heard);
            }
        }
    }
    let mut ann = come_again(heard);
    // Both have joined before the first post.
    for seq in heard + 1..=POSTS + 2 {
        assert_eq!(ann.event()["seq"], seq);
    }
    assert_eq!(ann.ask(&post("#lobby", "the end"))["seq"], POSTS + 3);
    assert_eq!(ann.event()["seq"], POSTS + 3);
}

fn who_speaks_otherwise_hears_the_same(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, by, "ann");
    assert_eq!(ann.ask(&json!({"request": "join", "name": "dev", "create": true}))["reply"], "conversation");
    let mut bob = server.native_user("bob");
    assert_eq!(word(&bob.ask(join("dev"))), "conversation");
    bob.follow();
    let mut cid = server.text_user("cid");
    cid.send("/join dev\n");
    cid.until("join in group dev.\n");
    let mut neil = server.text();
    neil.send("/username neil\n/join dev\n");
    neil.until("in dev\n");
    let mut mina = server.text();
    mina.send("{\"name\":\"Mina\",\"room\":\"dev\"}here\n");
    mina.expect("Mina:here\n");

    assert_eq!(ann.ask(&post("#dev", "two\nlines \u{1b}[2J"))["reply"], "posted");
    bob.event(|event| text(event) == Some("two\nlines \u{1b}[2J"));
    cid.until("[from group dev user ann] two\n");
    cid.expect("[from group dev user ann] lines [2J\n");
    neil.until("[ann #dev]> two\n[ann #dev]> lines [2J\n");
    mina.expect("ann:two\nann:lines [2J\n");

    assert_eq!(word(&bob.ask(say("#dev", 1, "natively"))), "posted");
    mina.send("by MaChat\n");
    for wanted in [("bob", "natively", None), ("Mina", "by MaChat", Some(true))] {
        let (from, text, guest) = wanted;
        let event = ann.hears(text);
        assert_eq!(event["from"], from);
        assert_eq!(event.get("guest"), guest.map(|guest| json!(guest)).as_ref());
        assert_eq!(event["address"], "#dev");
    }
    // A whisper goes to one, by the name of the other.
    cid.send("to user: ann\npsst\n");
    let event = ann.hears("psst");
    assert_eq!((&event["from"], &event["address"]), (&json!("cid"), &json!("@cid")));
    assert_eq!(ann.ask(&post("@cid", "yes?"))["reply"], "posted");
    cid.until("[from user ann] yes?\n");
    assert_eq!(word(&bob.ask(enter("another"))), "conversation");
}

fn the_server_says_that_it_stops(by: By) {
    let mut server = TestServer::start();
    let mut people =
        [Talk::user(&server, by, "ann"), Talk::guest(&server, by, "neil"), Talk::connect(&server, by)];
    // Each is there before it stops.
    people.iter_mut().for_each(|talk| talk.done(&json!({"request": "ping"})));
    let reading = std::thread::spawn(move || {
        for talk in &mut people {
            talk.ends();
            let last = talk.notices.pop_back().unwrap();
            let closing = json!({"notice": "closing", "code": "stopping", "error": "the server is stopping"});
            assert_eq!(last, closing);
        }
    });
    server.stop();
    reading.join().unwrap();
}

fn texts_come_as_they_were_said(by: By) {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, by, "ann");
    let mut bob = Talk::user(&server, by, "bob");
    for text in [
        "line\nline\r\nline\rline",
        "tab\tquote\" back\\slash / </script>",
        "nul \0 bell \u{7} escape \u{1b}[31m delete \u{7f} C1 \u{9b}",
        "right to left \u{202e} isolate \u{2066} separators \u{2028}\u{2029} mark \u{200f}",
        "你好 🦀 👩‍👩‍👧 e\u{301} \u{10ffff} \u{fffd} \u{feff}",
        "{\"reply\":\"done\"}",
        " blanks around ",
    ] {
        assert_eq!(ann.ask(&post("#lobby", text))["reply"], "posted", "{text:?}");
        bob.hears(text);
    }
}
