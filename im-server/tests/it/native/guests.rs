//! Guests: a name while one is connected, rooms and direct messages, and nothing that needs an account.

use im_proto::{Author, Body, Event, Notice, Page, Person, Refusal, Reply, Request, Role};

use crate::asks::{
    answer, answer_to, conversation, conversations, create, dismiss, enter, follow, history, invite, join,
    leave, log, mark, open, parsed, posted, say, set_role, sign_in, sign_up, text, who, word,
};
use crate::harness::{Native, TestServer};

pub(crate) fn come(name: &str) -> Request {
    Request::ComeAsGuest { name: Some(parsed(name)) }
}

fn rename(name: &str) -> Request {
    Request::Rename { name: parsed(name) }
}

fn awaits(name: &str) -> Request {
    Request::Await { user: parsed(name) }
}

/// A guest of this name.
pub(crate) fn guest(server: &TestServer, name: &str) -> Native {
    let mut native = server.native();
    assert_eq!(word(&native.ask(come(name))), "welcome", "{name}");
    native
}

/// Comes as a guest of a name that somebody has only just left.
pub(crate) fn guest_again(server: &TestServer, name: &str) -> Native {
    let mut native = server.native();
    while word(&native.ask(come(name))) == "name-taken" {}
    assert_eq!(word(&native.ask(come(name))), "signed-in", "{name} is there");
    native
}

fn people(result: Result<Reply, Refusal>) -> Vec<(String, bool, bool)> {
    let Ok(Reply::People { people, .. }) = result else { panic!("{result:?}") };
    people.into_iter().map(|Person { name, online, guest, .. }| (name.to_string(), online, guest)).collect()
}

pub(crate) fn said(events: &[Event]) -> Vec<String> {
    events.iter().filter_map(text).map(str::to_owned).collect()
}

#[test]
fn a_guest_reads_and_writes_in_rooms_and_is_seen_as_a_guest() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut neil = server.native();
    let Ok(Reply::Welcome { user, token: None }) = neil.ask(come("Neil")) else { panic!() };
    assert_eq!(user.as_str(), "Neil");
    neil.follow();
    let lobby = conversation(neil.ask(join("lobby")));
    assert_eq!((lobby.members, lobby.role), (1, Role::Member), "a guest is no member");
    posted(neil.ask(say("#lobby", 1, "hello")));
    let event = ann.event(|event| text(event) == Some("hello"));
    assert_eq!(event.author, Author { name: parsed("neil"), guest: true });
    ann.notice(|notice| {
        matches!(notice, Notice::Presence { user, online: true } if user.guest && user.name == parsed("neil"))
    });
    posted(ann.ask(say("#lobby", 1, "hi neil")));
    let event = neil.event(|event| text(event) == Some("hi neil"));
    assert!(!event.author.guest);
    for of in [who("lobby"), Request::Who { of: None }] {
        let everybody = [("ann".to_owned(), true, false), ("Neil".to_owned(), true, true)];
        assert_eq!(people(ann.ask(of.clone())), everybody);
        assert_eq!(people(neil.ask(of)), everybody);
    }
    posted(neil.ask(say("@ann", 2, "psst")));
    assert!(ann.event(|event| text(event) == Some("psst")).author.guest);
    posted(ann.ask(say("@NEIL", 2, "yes?")));
    neil.event(|event| text(event) == Some("yes?"));

    // Another name, which all around hear of.
    assert_eq!(word(&neil.ask(rename("Nils"))), "welcome");
    ann.notice(|notice| {
        matches!(notice, Notice::Renamed { from, to } if *from == parsed("neil") && *to == parsed("nils"))
    });
    posted(neil.ask(say("#lobby", 3, "it is me")));
    assert_eq!(ann.event(|event| text(event) == Some("it is me")).author.name, parsed("nils"));
    assert_eq!(word(&ann.ask(say("@neil", 3, "still there?"))), "no-such-user");

    assert_eq!(neil.ask(leave("lobby")), Ok(Reply::Done));
    posted(ann.ask(say("#lobby", 4, "alone")));
    assert_eq!(neil.ask(Request::Ping), Ok(Reply::Done));
    assert!(!said(&neil.events).contains(&"alone".to_owned()));
    assert_eq!(neil.ask(Request::SignOut), Ok(Reply::Done));
    assert_eq!(word(&neil.ask(join("lobby"))), "not-signed-in");
    assert_eq!(word(&neil.ask(come("Neil"))), "welcome");
}

#[test]
fn a_guest_who_follows_after_entering_hears_all_since_they_entered() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    conversation(ann.ask(enter("dev")));
    posted(ann.ask(say("#dev", 1, "before")));
    let (mut neil, mut zoe) = (guest(&server, "neil"), guest(&server, "zoe"));
    conversation(neil.ask(join("dev")));
    conversation(zoe.ask(join("dev")));
    zoe.ask(leave("dev")).unwrap();
    posted(ann.ask(say("#dev", 2, "between")));
    neil.follow();
    zoe.follow();
    posted(ann.ask(say("#dev", 3, "after")));
    assert_eq!(said(&[neil.event(|_| true), neil.event(|_| true)]), ["between", "after"]);
    conversation(zoe.ask(join("dev")));
    posted(ann.ask(say("#dev", 4, "again")));
    assert_eq!(said(&[zoe.event(|_| true)]), ["again"], "who had left heard nothing of it");
}

#[test]
fn what_needs_an_account_says_so() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(create("g"))), "conversation");
    posted(ann.ask(say("#g", 1, "secret")));
    let mut neil = guest(&server, "neil");
    for (request, wanted) in [
        (create("h"), "needs-account"),
        (invite("g", "ann"), "needs-account"),
        (invite("lobby", "ann"), "needs-account"),
        (answer("g", true), "needs-account"),
        (answer_to("g", "ann", true), "needs-account"),
        (set_role("g", "ann", Role::Member), "needs-account"),
        (dismiss("g"), "needs-account"),
        (join("g"), "needs-account"),
        (enter("g"), "needs-account"),
        (open("#g"), "needs-account"),
        (leave("g"), "needs-account"),
        (say("#g", 1, "hi"), "not-member"),
        (history("#g", Page::Newest, 10), "not-member"),
        (mark("#g", 1), "not-member"),
        (who("g"), "not-member"),
        (join("nothere"), "no-such-room"),
        (leave("nothere"), "no-such-room"),
        (say("#nothere", 1, "hi"), "no-such-room"),
        (say("@nobody", 1, "hi"), "no-such-user"),
        (come("nils"), "signed-in"),
        (Request::ComeAsGuest { name: None }, "signed-in"),
        (Request::Ping, "done"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&neil.ask(request)), wanted, "{shown}");
    }
    // A room is made by whoever enters first, and is nobody's.
    let made = conversation(neil.ask(enter("devroom")));
    assert_eq!((made.members, made.role), (0, Role::Member));
    assert_eq!(conversation(ann.ask(enter("devroom"))).role, Role::Member);
    // And none of the refused has done anything.
    assert_eq!(word(&ann.ask(join("h"))), "no-such-room");
    assert_eq!(said(&log(&mut ann, "#g")), ["secret"]);
}

#[test]
fn names_are_one_persons_at_a_time() {
    let server = TestServer::start();
    let mut ann = server.native_user("Ann");
    let mut neil = guest(&server, "neil");
    let mut other = server.native();
    for (request, wanted) in [
        (come("ann"), "name-taken"),
        (come("ANN"), "name-taken"),
        (come("аnn"), "look-alike"), // the first letter is Cyrillic
        (come("neil"), "name-taken"),
        (come("NEIL"), "name-taken"),
        (come("nei1"), "name-taken"), // it looks like one
        (come("anonymous0"), "name-reserved"),
        (come("Anonymous77"), "name-reserved"),
        (sign_up("neil"), "name-taken"),
        (sign_up("nei1"), "name-taken"),
        (sign_up("anonymous5"), "name-reserved"),
        (sign_in("neil", "secret"), "wrong-password"),
        (rename("nils"), "not-signed-in"),
        (Request::ComeAsGuest { name: None }, "welcome"),
        (rename("neil"), "name-taken"),
        (rename("ann"), "name-taken"),
        (rename("anonymous9"), "name-reserved"),
        (rename("anonymous"), "welcome"), // go-im's README has somebody of this name
        (sign_up("neil"), "name-taken"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&other.ask(request)), wanted, "{shown}");
    }
    assert_eq!(word(&ann.ask(rename("anna"))), "not-allowed");
    // Free again: after another name, after leaving, after signing out.
    assert_eq!(word(&neil.ask(rename("nils"))), "welcome");
    assert_eq!(word(&other.ask(rename("neil"))), "welcome");
    drop(other);
    drop(guest_again(&server, "neil"));
    let mut third = guest_again(&server, "nei1");
    assert_eq!(word(&third.ask(Request::SignOut)), "done");
    assert_eq!(word(&third.ask(sign_up("neil"))), "welcome");
    assert_eq!(word(&server.native().ask(come("nei1"))), "look-alike");
}

#[test]
fn many_guests_at_once_have_names_of_their_own() {
    let server = TestServer::start();
    let mut crowd: Vec<Native> = (0..100).map(|_| server.native()).collect();
    for native in &mut crowd {
        native.send(Request::ComeAsGuest { name: None });
    }
    let mut names: Vec<_> = crowd
        .iter_mut()
        .map(|native| match native.reply().1 {
            Ok(Reply::Welcome { user, .. }) => user,
            other => panic!("{other:?}"),
        })
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 100);
    assert!((0..100).all(|number| names.contains(&im_proto::UserName::anonymous(number))));
    // Of those who want one name, one gets it.
    for native in &mut crowd {
        native.send(rename("neil"));
    }
    let renamed = crowd.iter_mut().filter_map(|native| native.reply().1.ok()).count();
    assert_eq!(renamed, 1);
}

#[test]
fn what_a_guest_said_stays_a_guests() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut neil = guest(&server, "neil");
    assert_eq!(word(&neil.ask(join("lobby"))), "conversation");
    posted(neil.ask(say("#lobby", 1, "as a guest")));
    assert_eq!(word(&neil.ask(sign_up("neil"))), "welcome");
    posted(neil.ask(say("#lobby", 2, "with an account")));
    let flags: Vec<_> = log(&mut ann, "#lobby")
        .into_iter()
        .filter(|event| event.author.name == parsed("neil") && matches!(event.body, Body::Posted { .. }))
        .map(|event| event.author.guest)
        .collect();
    assert_eq!(flags, [true, false]);
    assert_eq!(word(&server.native().ask(come("neil"))), "name-taken");
}

/// All that somebody can get of what was said between them and ann, in every way there is.
fn all_of_it(native: &mut Native, id: im_proto::ConversationId, end: u64) -> Vec<Vec<String>> {
    let mut ways = vec![said(&log(native, "@ann"))];
    for page in [Page::Newest, Page::Before(im_proto::Seq(u64::MAX)), Page::After(im_proto::Seq::ZERO)] {
        let Ok(Reply::History { events, .. }) = native.ask(history("@ann", page, 100)) else { panic!() };
        ways.push(said(&events));
    }
    // From the beginning, whatever was read.
    assert_eq!(native.ask(follow(&[(id, 0)])), Ok(Reply::Done));
    posted(native.ask(say("@ann", end, "the end")));
    let mut live = Vec::new();
    while live.last().is_none_or(|last| last != "the end") {
        live.extend(said(&[native.event(|event| event.conversation == id)]));
    }
    live.pop();
    ways.push(live);
    ways
}

#[test]
fn whoever_has_the_name_later_does_not_see_what_was_read_under_it() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut first = guest(&server, "neil");
    first.follow();
    let id = posted(ann.ask(say("@neil", 1, "private"))).0;
    first.event(|event| text(event) == Some("private"));
    posted(first.ask(say("@ann", 1, "private too")));
    drop(first);

    let mut second = guest_again(&server, "neil");
    assert_eq!(all_of_it(&mut second, id, 98), vec![Vec::<String>::new(); 5]);
    assert!(conversations(&mut second).iter().all(|here| here.unread == 0));
    drop(second);

    // By an account neither.
    let mut third = server.native();
    while word(&third.ask(sign_up("neil"))) == "name-taken" {}
    assert_eq!(all_of_it(&mut third, id, 99), vec![Vec::<String>::new(); 5]);
    // Ann has all of it.
    assert_eq!(said(&log(&mut ann, "@neil")), ["private", "private too", "the end", "the end"]);
}

#[test]
fn whoever_takes_the_name_next_gets_what_was_kept() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(say("@marie", 1, "nobody"))), "no-such-user");
    assert_eq!(word(&ann.ask(awaits("marie"))), "conversation");
    let Ok(Reply::Posted { kept: true, conversation: id, .. }) = ann.ask(say("@marie", 2, "kept")) else {
        panic!()
    };
    let mut marie = guest(&server, "Marie");
    marie.follow();
    marie.event(|event| text(event) == Some("kept"));
    let Ok(Reply::Posted { kept: false, .. }) = ann.ask(say("@marie", 3, "now")) else { panic!() };
    marie.event(|event| text(event) == Some("now"));
    assert_eq!(marie.ask(mark("@ann", 2)), Ok(Reply::Done));
    drop(marie);
    let mut again = guest_again(&server, "marie");
    assert_eq!(all_of_it(&mut again, id, 99), vec![Vec::<String>::new(); 5]);
    drop(again);
    // By an account as well.
    while !matches!(
        ann.ask(say("@marie", 4, "for later")),
        Ok(Reply::Posted { kept: true, .. } | Reply::Posted { duplicate: true, .. })
    ) {}
    let mut account = server.native();
    while word(&account.ask(sign_up("marie"))) == "name-taken" {}
    account.follow();
    assert_eq!(text(&account.event(|event| text(event).is_some())), Some("for later"));
}

#[test]
fn a_hundred_are_kept_for_somebody_who_never_came() {
    let server = TestServer::start();
    let mut john = guest(&server, "John");
    assert_eq!(word(&john.ask(awaits("Marie"))), "conversation");
    for i in 0..100 {
        assert_eq!(word(&john.ask(say("@Marie", i, &format!("line {i}")))), "posted");
    }
    for i in 100..103 {
        assert_eq!(word(&john.ask(say("@Marie", i, "one more"))), "kept-full");
    }
    // What was kept once is not kept twice, and others have room of their own.
    assert_eq!(word(&john.ask(say("@Marie", 7, "line 7"))), "duplicate");
    let mut tom = guest(&server, "Tom");
    assert_eq!(word(&tom.ask(awaits("Marie"))), "conversation");
    assert_eq!(word(&tom.ask(say("@Marie", 1, "from tom"))), "posted");
    let mut marie = guest(&server, "Marie");
    marie.follow();
    let mut got = Vec::new();
    while got.len() < 101 {
        got.extend(text(&marie.event(|event| text(event).is_some())).map(str::to_owned));
    }
    got.retain(|line| line != "from tom");
    assert!(got.iter().enumerate().all(|(i, line)| *line == format!("line {i}")), "{got:?}");
    assert_eq!(got.len(), 100);
    assert_eq!(word(&john.ask(say("@Marie", 200, "you are there"))), "posted");
}
