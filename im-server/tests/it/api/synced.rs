//! goTalk's mailbox: what `/sync` gave is given again until it was taken, and never after.

use std::io::Read;
use std::net::Shutdown;

use im_proto::Notice;

use crate::asks::{say, word};
use crate::harness::TestServer;

use super::call::Line;
use super::form::{Talker, contents, waiting};

/// Two who have logged in, and what the first has said to the second.
fn said(server: &TestServer, texts: &[&str]) -> (Talker, Talker) {
    let alice = Talker::register(server.addr(), "alice");
    let bob = Talker::register(server.addr(), "bob");
    texts.iter().for_each(|text| alice.send(&bob, text));
    (alice, bob)
}

#[test]
fn an_answer_that_is_lost_comes_again_with_the_same_numbers() {
    let server = TestServer::start();
    let (alice, bob) = said(&server, &["one", "two"]);
    let first = bob.look();
    assert_eq!(contents(&first), ["one", "two"]);
    assert!(first[0].0 < first[1].0);
    for _ in 0..3 {
        // Broken before the answer can have come.
        let mut line = Line::connect(server.addr());
        line.send(&bob.sync());
        line.reset();
        assert_eq!(bob.look(), first);
        // Closed while the answer lies unread.
        let mut line = Line::connect(server.addr());
        line.send(&bob.sync());
        line.stream().peek(&mut [0]).unwrap();
        drop(line);
        assert_eq!(bob.look(), first);
        // Read in part.
        let mut line = Line::connect(server.addr());
        line.send(&bob.sync());
        line.stream().read_exact(&mut [0; 20]).unwrap();
        drop(line);
        assert_eq!(bob.look(), first);
        // All said, and gone before the answer was read.
        let mut line = Line::connect(server.addr());
        line.send(&bob.sync());
        line.stream().shutdown(Shutdown::Write).unwrap();
        line.stream().peek(&mut [0]).unwrap();
        drop(line);
        assert_eq!(bob.look(), first);
    }
    alice.send(&bob, "three");
    let second = bob.look();
    assert_eq!(second[..2], first);
    assert_eq!(bob.acknowledge(second[1].0), second[2..]);
    assert_eq!(bob.acknowledge(second[2].0), []);
}

#[test]
fn the_next_request_of_a_kept_connection_takes_what_the_last_one_gave() {
    let server = TestServer::start();
    let (alice, bob) = said(&server, &["one"]);
    let mut line = Line::connect(server.addr());
    assert_eq!(contents(&waiting(&line.ask(&bob.sync()))), ["one"]);
    alice.send(&bob, "two");
    assert_eq!(contents(&waiting(&line.ask(&bob.sync()))), ["two"]);
    assert_eq!(contents(&bob.look()), ["two"], "it is not confirmed yet");
    // Whatever is asked, even what is not there.
    assert_eq!(line.ask(&bob.request("/nowhere", &[])).status, 404);
    assert_eq!(bob.look(), []);
    alice.send(&bob, "three");
    assert_eq!(contents(&waiting(&line.ask(&bob.sync()))), ["three"]);
    line.reset();
    assert_eq!(contents(&bob.look()), ["three"]);
}

#[test]
fn a_connection_that_ends_in_good_order_has_taken_what_it_was_given() {
    let server = TestServer::start();
    let (alice, bob) = said(&server, &["one", "two"]);
    for half_closes in [false, true] {
        let mut line = Line::connect(server.addr());
        line.send(&bob.sync());
        if half_closes {
            line.stream().shutdown(Shutdown::Write).unwrap(); // as `nc -N` does
        }
        let given = waiting(&line.answer().unwrap());
        assert_eq!(given.len(), 2);
        drop(line);
        // A moment later it is known; until then it comes again, and after that never.
        loop {
            let again = bob.look();
            if again.is_empty() {
                break;
            }
            assert_eq!(again, given);
        }
        assert_eq!(bob.look(), []);
        ["one", "two"].iter().for_each(|text| alice.send(&bob, text));
    }
}

#[test]
fn what_was_not_taken_outlives_the_server() {
    let mut server = TestServer::start();
    let (_, bob) = said(&server, &["one", "two", "three"]);
    let first = bob.look();
    bob.acknowledge(first[0].0);
    // The answer was read, and the server stops before the next request.
    let mut line = Line::connect(server.addr());
    assert_eq!(waiting(&line.ask(&bob.sync())), first[1..]);
    server.restart();
    let bob = bob.at(server.addr());
    assert_eq!(bob.look(), first[1..]);
    bob.acknowledge(first[2].0);
    server.restart();
    assert_eq!(bob.at(server.addr()).look(), []);
}

#[test]
fn what_was_fetched_and_confirmed_was_delivered() {
    let server = TestServer::start();
    let bob = Talker::register(server.addr(), "bob");
    let mut alice = server.native_user("alice");
    alice.follow();
    ["one", "two"].iter().zip(1..).for_each(|(text, number)| {
        alice.ask(say("@bob", number, text)).unwrap();
    });
    let given = bob.look();
    assert_eq!(bob.look(), given);
    assert_eq!(bob.acknowledge(given[0].0), given[1..]);
    let mut told = || {
        let notice = alice.notice(|notice| matches!(notice, Notice::Receipts { .. }));
        let Notice::Receipts { receipts, .. } = notice else { unreachable!() };
        (receipts.received.0, receipts.read.0)
    };
    assert_eq!(told(), (1, 0));
    bob.acknowledge(given[1].0);
    assert_eq!(told(), (2, 0));
}

#[test]
fn two_pages_of_one_account_share_a_mailbox() {
    let server = TestServer::start();
    let (alice, bob) = said(&server, &["one"]);
    let (mut desk, mut phone) = (Line::connect(server.addr()), Line::connect(server.addr()));
    // Both are told before either has confirmed.
    assert_eq!(waiting(&desk.ask(&bob.sync())), waiting(&phone.ask(&bob.sync())));
    assert_eq!(waiting(&desk.ask(&bob.sync())), []);
    alice.send(&bob, "two");
    let given = waiting(&phone.ask(&bob.sync()));
    assert_eq!(contents(&given), ["two"]);
    assert_eq!(waiting(&desk.ask(&bob.sync())), given);
    // An old number confirms nothing again, one of the future only what there is.
    assert_eq!(bob.acknowledge(given[0].0 - 1), given);
    assert_eq!(bob.acknowledge(u64::MAX), []);
    alice.send(&bob, "three");
    assert_eq!(contents(&bob.look()), ["three"]);
}

#[test]
fn five_hundred_come_page_by_page_in_order() {
    let server = TestServer::start();
    let (_, bob) = said(&server, &[]);
    let mut cid = server.native_user("cid");
    for number in 0..500 {
        assert_eq!(word(&cid.ask(say("@bob", number, &format!("{number}")))), "posted");
    }
    let numbers: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    // On one connection, each answer confirms the one before.
    let mut line = Line::connect(server.addr());
    let first = waiting(&line.ask(&bob.sync()));
    assert_eq!(contents(&first), numbers[..200]);
    let second = waiting(&line.ask(&bob.sync()));
    assert_eq!(contents(&second), numbers[200..400]);
    line.reset();
    // And by number.
    let half = bob.acknowledge(second[49].0);
    assert_eq!(contents(&half), numbers[250..450]);
    let rest = bob.acknowledge(half[199].0);
    assert_eq!(contents(&rest), numbers[450..]);
    assert_eq!(bob.acknowledge(rest[49].0), []);
}

#[test]
fn what_one_says_oneself_is_not_in_it_and_confirms_nothing() {
    let server = TestServer::start();
    let (alice, bob) = said(&server, &["one"]);
    // An answer marks what was read, and yet the page has not shown it.
    bob.send(&alice, "an answer");
    bob.send(&bob, "a note");
    assert_eq!(contents(&bob.look()), ["one"]);
    assert_eq!(contents(&alice.look()), ["an answer"]);
    // Nor does what is shown elsewhere: in a terminal, by history.
    let mut terminal = server.text();
    terminal.send(&format!("signin: bob\n{}\n/history @alice\n/bye\n", super::call::PASSWORD));
    assert!(terminal.to_end().contains("[from user alice] one\n"));
    bob.client.log("@alice");
    alice.send(&bob, "two");
    let given = bob.look();
    assert_eq!(contents(&given), ["one", "two"]);
    bob.send(&alice, "in between");
    assert_eq!(bob.acknowledge(given[0].0), given[1..]);
    assert_eq!(bob.acknowledge(given[1].0), []);
}

#[test]
fn guests_and_people_elsewhere_write_to_it_and_rooms_do_not() {
    let server = TestServer::start();
    let (_, bob) = said(&server, &[]);
    let mut guest = server.text();
    guest.send("/username neil\n@bob psst\n/time\n");
    guest.until(" UTC");
    let mut cid = server.native_user("cid");
    assert_eq!(word(&cid.ask(say("@bob", 1, "natively \u{9b}31m\nsecond line"))), "posted");
    assert_eq!(word(&cid.ask(say("#lobby", 2, "for all"))), "posted");
    let mut line = Line::connect(server.addr());
    let answer = line.ask(&bob.sync());
    line.reset();
    assert!(!answer.body.chars().any(char::is_control), "{answer:?}");
    assert_eq!(contents(&waiting(&answer)), ["psst", "natively \u{9b}31m\nsecond line"]);
    let messages = answer.json();
    let from = |index: usize| {
        (messages[index]["From"].as_str().unwrap().to_owned(), messages[index]["Guest"] == true)
    };
    assert_eq!([from(0), from(1)], [("neil".into(), true), ("cid".into(), false)]);
}
