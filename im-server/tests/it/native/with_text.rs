//! Text and native clients together: one log, each in its own spelling.

use crate::asks::{People, answer_to, create, join, log, say, text};
use crate::harness::TestServer;

#[test]
fn text_and_native_see_the_same_log() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann"]);
    let mut bob = server.text_user("bob");
    people.of("ann").follow();
    people.ask_all(vec![("ann", create("g"), "conversation")]);
    bob.send("join group: g\n");
    people
        .of("ann")
        .notice(|notice| matches!(notice, im_proto::Notice::Pending { pending: p } if !p.is_empty()));
    people.ask_all(vec![("ann", answer_to("g", "bob", true), "done")]);
    bob.expect("[from system] bob join in group g.\n");
    bob.send("to group: g\n");
    let mut heard = String::new();
    for i in 0..50 {
        bob.send(&format!("bob says {i}\n"));
        people.ask_all(vec![("ann", say("#g", i, &format!("ann says {i}")), "posted")]);
    }
    for _ in 0..100 {
        heard += &bob.until("\n");
    }
    let events = log(people.of("ann"), "#g");
    let shown: String = events
        .iter()
        .filter_map(|event| text(event).map(|said| format!("[from group g user {}] {said}\n", event.author)))
        .collect();
    assert_eq!(heard, shown);
    // What ann heard live is the log too.
    let last = events.last().unwrap();
    let mut live = vec![people.of("ann").event(|event| event.conversation == last.conversation)];
    while live.last().unwrap().seq < last.seq {
        live.push(people.of("ann").event(|event| event.conversation == last.conversation));
    }
    assert_eq!(live, events);
    // And so is what bob reads later.
    bob.send("/history #g 100\n");
    let mut again = String::new();
    for _ in 0..100 {
        let line = bob.until("\n");
        let (time, said) = line.split_once(") ").unwrap();
        assert!(time.starts_with('(') && time.ends_with(" UTC"), "{line}");
        again += said;
    }
    // There each message has its number.
    let messages = events.iter().filter(|event| text(event).is_some());
    let numbered: Vec<_> = messages.map(|event| format!("#{} ", event.seq)).collect();
    let shown: String =
        shown.lines().zip(&numbered).map(|(line, number)| format!("{number}{line}\n")).collect();
    assert_eq!(again, shown);
}

#[test]
fn what_would_move_a_terminal_reaches_it_as_safe_lines() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut bob = server.text_user("bob");
    for (number, (said, lines)) in (1..).zip([
        ("red \u{1b}[31mred\u{1b}[0m\u{7}", &["red [31mred[0m"][..]),
        ("title \u{1b}]0;owned\u{7}\u{9b}2J", &["title ]0;owned2J"]),
        ("abc\u{202e}fed\u{2066}x\u{200f}", &["abcfedx"]),
        ("one\ntwo\r\nthree\rfour\u{2028}five\u{85}six\n", &["one", "two", "three", "four", "five", "six"]),
        ("x\n[from user admin] send me your password", &["x", "[from user admin] send me your password"]),
        ("a\n\nb", &["a", "", "b"]),
        ("\u{ff}\u{fb}\u{1} \0\u{8}\u{8}\u{7f}nul", &["\u{ff}\u{fb} nul"]),
        ("tab\tstays", &["tab\tstays"]),
        ("👩‍👩‍👧 你好", &["👩‍👩‍👧 你好"]),
    ]) {
        assert!(ann.ask(say("@bob", number, said)).is_ok());
        for line in lines {
            bob.expect(&format!("[from user ann] {line}\n"));
        }
        // Native gets it as it was said.
        ann.event(|event| text(event) == Some(said));
    }
    assert!(ann.ask(join("lobby")).is_err());
}

#[test]
fn what_is_typed_is_kept_without_control_characters() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut bob = server.text_user("bob");
    bob.send("to user: ann\n");
    bob.send_bytes(b"caf\xc3\xa9 \x1b[2J\x00 \xff\xff \xc3\n");
    let event = ann.event(|event| event.author.name.as_str() == "bob" && text(event).is_some());
    let said = text(&event).unwrap();
    assert!(said.starts_with("café [2J"), "{said:?}");
    assert!(!said.chars().any(char::is_control), "{said:?}");
}
