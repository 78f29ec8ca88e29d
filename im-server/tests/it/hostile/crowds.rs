//! Many at the same moment.

use im_proto::{Kind, Refusal, Reply, Request, Role};

use crate::asks::{
    People, answer, answer_to, conversation, create, enter, invite, join, leave, log, posted, say, set_role,
    sign_in, sign_up, told, who, word,
};
use crate::harness::{Native, TestServer};

#[test]
fn two_hundred_sign_up_at_once() {
    let server = TestServer::start();
    let mut crowd: Vec<Native> = (0..200).map(|_| server.native()).collect();
    for (number, native) in crowd.iter_mut().enumerate() {
        native.send(sign_up(&format!("user{number}")));
    }
    for native in &mut crowd {
        let (_, result) = native.reply();
        assert_eq!(word(&result), "welcome");
    }
    let first = &mut crowd[0];
    let joined: Vec<_> = log(first, "#lobby").iter().map(told).collect();
    assert_eq!(joined.len(), 200);
    let Ok(Reply::People { people, online, total }) = first.ask(who("lobby")) else { panic!() };
    assert_eq!((people.len(), online, total), (200, 200, 200));
}

#[test]
fn of_fifty_who_want_one_name_one_gets_it() {
    let server = TestServer::start();
    let mut crowd: Vec<Native> = (0..50).map(|_| server.native()).collect();
    for (number, native) in crowd.iter_mut().enumerate() {
        // In any spelling, and such that only looks alike.
        native.send(sign_up(["neil", "NEIL", "nei1"][number % 3]));
    }
    let results: Vec<_> = crowd.iter_mut().map(|native| native.reply().1).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for refused in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(matches!(refused, Refusal::NameTaken | Refusal::LookAlike), "{refused:?}");
    }
    let winner = results.iter().position(Result::is_ok).unwrap();
    assert_eq!(log(&mut crowd[winner], "#lobby").len(), 1);
}

#[test]
fn of_two_who_enter_at_once_one_makes_the_room() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    for round in 0..50 {
        let room = format!("r{round}");
        for who in ["ann", "bob"] {
            people.of(who).send(enter(&room));
        }
        let mut roles = Vec::new();
        for who in ["ann", "bob"] {
            let here = conversation(people.of(who).reply().1);
            assert_eq!(here.kind, Kind::Room);
            roles.push(here.role);
        }
        roles.sort();
        assert_eq!(roles, [Role::Member, Role::Owner]);
        let told: Vec<_> = log(people.of("ann"), &format!("#{room}")).iter().map(told).collect();
        assert!(told == ["ann created", "bob joined"] || told == ["bob created", "ann joined"], "{told:?}");
    }
}

#[test]
fn of_two_answers_at_once_the_first_counts() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("ann", set_role("g", "bob", Role::Admin), "done"),
    ]);
    let mut entered = 0;
    for round in 0..50 {
        people.ask_all(vec![("cid", join("g"), "asked")]);
        people.of("ann").send(answer_to("g", "cid", true));
        people.of("bob").send(answer_to("g", "cid", round % 2 == 0));
        let words = ["ann", "bob"].map(|who| word(&people.of(who).reply().1));
        assert!(words == ["done", "nothing-pending"] || words == ["nothing-pending", "done"], "{words:?}");
        if word(&people.of("cid").ask(leave("g"))) == "done" {
            entered += 1;
        }
    }
    assert!(entered >= 25);
    let here = conversation(people.of("ann").ask(crate::asks::open("#g")));
    assert_eq!(here.members, 2);
}

#[test]
fn one_message_id_from_two_sessions_at_once_posts_once() {
    let server = TestServer::start();
    let mut phone = server.native_user("ann");
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(sign_in("ann", "secret"))), "welcome");
    for round in 0..100 {
        phone.send(say("#lobby", round, "once"));
        desk.send(say("#lobby", round, "once"));
        let (phone, desk) = (posted(phone.reply().1), posted(desk.reply().1));
        assert_eq!((phone.0, phone.1, phone.2), (desk.0, desk.1, desk.2));
        assert!(phone.3 != desk.3);
    }
    assert_eq!(log(&mut phone, "#lobby").len(), 101);
}

#[test]
fn more_connections_than_may_be_are_told_so_and_closed() {
    let server = TestServer::with(|config| config.connections_max = 3);
    let mut ann = server.native_user("ann");
    let mut others: Vec<_> = (0..2).map(|_| server.native()).collect();
    for _ in 0..10 {
        assert_eq!(server.text().to_end(), "too many connections, try again later\r\n");
    }
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    // When one has gone there is room for one.
    others.pop();
    let mut text = loop {
        let mut text = server.text();
        text.send("signin: 1nobody\n");
        if text.more() && !text.until("\n").starts_with("too many") {
            break text;
        }
    };
    text.send("signin: 1nobody\n");
    text.expect("[from system] invalid user name.\n");
}
