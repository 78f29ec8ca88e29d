//! PROTOCOL.md's dialogue of the JSON dialect, and its limits, against a real server.
//!
//! `-- bob, a guest, says in #dev: hi` is done by somebody else, `-- the connection breaks` to the one whose dialogue it is.

use serde_json::json;

use crate::asks::{enter, say, word};
use crate::harness::TestServer;
use crate::native::guests::{guest, guest_again};

use super::dialogues::{Bound, expect};
use super::talk::{By, Talk, both};

const DOCUMENT: &str = include_str!("../../../../im-proto/PROTOCOL.md");

fn section() -> &'static str {
    let (_, section) = DOCUMENT.split_once("\n## The JSON dialect\n").unwrap();
    section.split("\n## ").next().unwrap()
}

both! {
    the_dialogue_is_what_happens
    the_limits_are_true
}

/// Somebody of this name says something.
fn says(server: &TestServer, number: u64, who: &str, to: &str, text: &str) {
    let mut native = if number == 0 { guest(server, who) } else { guest_again(server, who) };
    native.follow();
    assert_eq!(word(&native.ask(enter(to.strip_prefix('#').unwrap()))), "conversation");
    assert_eq!(word(&native.ask(say(to, number, text))), "posted");
}

fn the_dialogue_is_what_happens(by: By) {
    let server = TestServer::start();
    let mut bound = Bound::default();
    let mut talk = Talk::connect(&server, by);
    let (_, dialogue) = section().split_once("```text\n").unwrap();
    let (dialogue, _) = dialogue.split_once("```").unwrap();
    let mut said = 0;
    for line in dialogue.lines() {
        eprintln!("{line}");
        if let Some(sent) = line.strip_prefix("> ") {
            talk.send(&bound.real(sent));
        } else if let Some(wanted) = line.strip_prefix("< ") {
            expect(&mut talk, wanted, &mut bound);
        } else if line == "-- the connection breaks" {
            talk = Talk::connect(&server, by);
        } else {
            let (who, what) = line.strip_prefix("-- ").unwrap().split_once(", a guest, says in ").unwrap();
            let (to, text) = what.split_once(": ").unwrap();
            says(&server, said, who, to, text);
            said += 1;
        }
    }
    talk.done(&json!({"request": "ping"}));
    assert!(talk.events.is_empty(), "{:?}", talk.events);
    assert!(dialogue.lines().count() > 20 && said == 2);
}

/// A line of exactly so many bytes.
fn line(bytes: usize) -> String {
    let rest = r#"{"request":"ping","x":""}"#.len();
    format!(r#"{{"request":"ping","x":"{}"}}"#, "x".repeat(bytes - rest))
}

fn the_limits_are_true(by: By) {
    let server = TestServer::start();
    let words: Vec<&str> = section().split_whitespace().collect();
    let number = |before: &str| -> usize {
        let at = words.windows(2).position(|pair| pair.join(" ") == before).unwrap();
        words[at + 2].trim_end_matches([':', ',']).parse().unwrap()
    };
    let mut talk = Talk::connect(&server, by);
    for most in [number("signing in"), number("at most")] {
        talk.send(&line(most));
        assert_eq!(talk.reply()["reply"], "done", "{most}");
        talk.send(&line(most + 1));
        assert_eq!(talk.reply()["code"], "too-long", "{most}");
        if most < 10_000 {
            assert_eq!(talk.ask(&json!({"request": "come-as-guest"}))["reply"], "welcome");
        }
    }
}
