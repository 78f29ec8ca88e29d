//! Requests and posts by time: of a user with all sessions, of an address, in a room.

use std::time::{Duration, Instant};

use im_proto::{Refusal, Reply, Request};

use crate::asks::{conversation, create, enter, join, log, parsed, say, text, token, word};
use crate::harness::{Native, Peer, TestServer};
use crate::web::http::Http;

use super::pauses;

/// What a person is told whose lines come too fast.
const TOLD: &str = "too many at once, wait a second and try again";

/// Five at once, then one a second; loopback is no exception.
fn slow() -> TestServer {
    TestServer::with(|config| {
        let limits = &mut config.limits;
        limits.count_loopback = true;
        (limits.posts_per_second_per_user, limits.posts_at_once_per_user) = (1, 5);
    })
}

/// So many may have been taken since a bucket of five was full.
fn most(began: Instant) -> usize {
    6 + usize::try_from(began.elapsed().as_secs()).unwrap()
}

/// What each of so many posts that are sent together comes to.
fn together(native: &mut Native, to: &str, first: u64, count: u64) -> Vec<&'static str> {
    for number in first..first + count {
        native.send(say(to, number, &format!("{number}")));
    }
    (0..count).map(|_| word(&native.reply().1)).collect()
}

#[test]
fn posts_of_a_user_are_counted_over_all_sessions_and_http() {
    let server = slow();
    let mut phone = server.native();
    let key = token(phone.sign_up("ann"));
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(crate::asks::resume(&key))), "welcome");
    let mut bob = server.native_user("bob");

    let (began, mut taken) = (Instant::now(), 0);
    taken += together(&mut phone, "#lobby", 0, 3).iter().filter(|word| **word == "posted").count();
    assert_eq!(taken, 3);
    taken += together(&mut desk, "#lobby", 100, 50).iter().filter(|word| **word == "posted").count();
    let mut http = Http::connect(server.addr());
    let bearer = format!("Bearer {}", key.to_hex());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let mut post = || http.ask("POST", "/v1/post", &headers, r##"{"to":"#lobby","text":"by http"}"##);
    let refused = loop {
        let answer = post();
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
        assert!(taken <= most(began), "{taken} posts were taken");
    };
    assert!(taken >= 5 && taken <= most(began), "{taken} posts were taken");
    assert_eq!((refused.status, refused.code().as_str()), (429, "too-often"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    // Nobody was closed, others do not notice, and what was refused is not there.
    assert_eq!(together(&mut bob, "#lobby", 0, 3), ["posted"; 3]);
    assert_eq!(desk.ask(Request::Ping), Ok(Reply::Done));
    assert_eq!(log(&mut bob, "#lobby").iter().filter_map(text).count(), taken + 3);
}

#[test]
fn what_is_sent_together_keeps_its_order_and_goes_on_after_a_pause() {
    let server = slow();
    let mut ann = server.native_user("ann");
    let words = together(&mut ann, "#lobby", 0, 200);
    let taken = words.iter().take_while(|word| **word == "posted").count();
    assert!(words[taken..].iter().all(|word| *word == "too-often"), "{words:?}");
    assert!((5..200).contains(&taken), "{taken}");
    pauses(&mut ann);
    assert_eq!(together(&mut ann, "#lobby", u64::try_from(taken).unwrap(), 1), ["posted"]);
    let said: Vec<_> = log(&mut ann, "#lobby").iter().filter_map(text).map(str::to_owned).collect();
    assert!(said.iter().enumerate().all(|(at, said)| *said == at.to_string()), "{said:?}");
}

#[test]
fn a_room_takes_so_many_posts_and_only_of_those_who_may_post_there() {
    let server = TestServer::with(|config| {
        let limits = &mut config.limits;
        limits.count_loopback = true;
        (limits.posts_per_second_per_room, limits.posts_at_once_per_room) = (1, 5);
    });
    let [mut ann, mut bob, mut eve] = ["ann", "bob", "eve"].map(|name| server.native_user(name));
    conversation(ann.ask(create("g")));
    conversation(ann.ask(enter("r")));
    conversation(bob.ask(join("r")));
    // Who may not post takes no room away from those who may.
    assert_eq!(together(&mut eve, "#r", 0, 100), ["not-member"; 100]);
    let began = Instant::now();
    assert_eq!(together(&mut ann, "#r", 0, 3), ["posted"; 3]);
    let words = together(&mut bob, "#r", 0, 100);
    let taken = words.iter().take_while(|word| **word == "posted").count();
    assert!(words[taken..].iter().all(|word| *word == "too-often"), "{words:?}");
    assert!(taken >= 2 && 3 + taken <= most(began), "{taken}");
    // It is the room that is full: elsewhere all goes on.
    assert_eq!(together(&mut bob, "@ann", 1000, 20), ["posted"; 20]);
    assert_eq!(together(&mut ann, "#g", 1000, 5), ["posted"; 5]);
    pauses(&mut bob);
    assert_eq!(together(&mut bob, "#r", 2000, 1), ["posted"]);
}

#[test]
fn requests_of_a_user_and_of_strangers_are_counted() {
    let server = TestServer::with(|config| {
        let limits = &mut config.limits;
        limits.count_loopback = true;
        (limits.requests_per_second_per_user, limits.requests_at_once_per_user) = (1, 5);
        (limits.requests_per_second_per_address, limits.requests_at_once_per_address) = (1, 20);
    });
    let mut ann = server.native_user("ann");
    let ask = |native: &mut Native, request: &Request| -> Vec<&'static str> {
        for _ in 0..100 {
            native.send(request.clone());
        }
        (0..100).map(|_| word(&native.reply().1)).collect()
    };
    let began = Instant::now();
    let words = ask(&mut ann, &Request::Time);
    let taken = words.iter().filter(|word| **word == "time").count();
    assert!(taken >= 5 && taken <= most(began) && words[..5] == ["time"; 5], "{words:?}");
    assert_eq!(words[99], "too-often");
    // Signs of life and posts are no such requests; and who leaves may.
    assert_eq!(ask(&mut ann, &Request::Ping), ["done"; 100]);
    assert_eq!(word(&ann.ask(say("#lobby", 1, "still here"))), "posted");
    assert_eq!(word(&ann.ask(Request::SignOut)), "done");

    let mut stranger = server.native();
    let words = ask(&mut stranger, &Request::CheckName { name: parsed("zoe") });
    assert!(words[0] == "free" && words.contains(&"too-often"), "{words:?}");
    let mut http = Http::connect(server.addr());
    assert_eq!(http.get("/v1/session").status, 429);
}

#[test]
fn a_person_whose_lines_come_too_fast_is_told_once() {
    let server = slow();
    let mut ann = server.text_user("ann");
    let page: String = (0..50).map(|line| format!("line {line}\n")).collect();
    ann.send(&format!("to group: lobby\n{page}"));
    ann.until(TOLD);
    // Nothing else is said about the other lines, until one is taken again.
    let patience = Instant::now() + Duration::from_secs(30);
    let mut watch = server.native_user("bob");
    let mut told = String::new();
    while !told.contains("more lines came too fast and were not taken") {
        assert!(Instant::now() < patience, "{told:?}");
        pauses(&mut watch);
        ann.send("again\n/time\n");
        told += &ann.until(" UTC");
    }
    assert!(!told.contains(TOLD), "{told:?}");
    let said: Vec<_> = log(&mut watch, "#lobby").iter().filter_map(text).map(str::to_owned).collect();
    let lines = said.iter().filter(|said| said.starts_with("line")).count();
    let more: usize = told.split(" more lines").next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    // The first that was not taken was told at once.
    assert_eq!(lines + 1 + more, 50, "{told:?}");
}

#[test]
fn guests_are_counted_by_their_address_whatever_they_call_themselves() {
    let server = slow();
    let guest = |name: &str| {
        let mut native = Native::connect(server.addr());
        assert_eq!(word(&native.ask(Request::ComeAsGuest { name: Some(parsed(name)) })), "welcome");
        native
    };
    let (began, mut taken, mut refused) = (Instant::now(), 0, false);
    for name in ["neil", "mina", "john", "zoe"] {
        let mut native = guest(name);
        let words = together(&mut native, "#lobby", 0, 4);
        taken += words.iter().filter(|word| **word == "posted").count();
        refused |= words.contains(&"too-often");
    }
    assert!(refused && taken >= 5 && taken <= most(began), "{taken}");
    // Who has an account there has a bucket of their own.
    let mut ann = server.native_user("ann");
    assert_eq!(together(&mut ann, "#lobby", 0, 5), ["posted"; 5]);
    assert_eq!(ann.ask(say("#nowhere", 9, "x")).map_err(Refusal::code).err(), Some("too-often"));
}

#[test]
fn on_loopback_nobody_is_too_fast_unless_that_is_said() {
    let server = TestServer::with(|config| {
        let limits = &mut config.limits;
        (limits.posts_per_second_per_user, limits.posts_at_once_per_user) = (1, 1);
        (limits.requests_per_second_per_user, limits.requests_at_once_per_user) = (1, 1);
    });
    let mut ann = server.native_user("ann");
    assert_eq!(together(&mut ann, "#lobby", 0, 100), ["posted"; 100]);
    let mut text = Peer::connect(server.addr());
    text.send("signin: ann\nsecret\n/time\n/time\n/time\n");
    (0..3).for_each(|_| drop(text.until(" UTC")));
}
