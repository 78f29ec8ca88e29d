//! What a session is told without asking.

use im_proto::{FromServer, Kind, Notice, PendingKind, Refusal, Reply, Request};

use crate::asks::{
    People, answer, answer_to, create, enter, invite, join, leave, resume, say, set_role, sign_in, text,
    token, word,
};
use crate::harness::{Native, TestServer};

const LOBBY: im_proto::ConversationId = im_proto::ConversationId(1);

/// The next thing that is said of another conversation than the lobby: the notice of it, or an event.
fn next_of_conversation(native: &mut Native) -> FromServer {
    loop {
        match native.next().unwrap() {
            FromServer::Notice(Notice::Conversation(conversation)) => {
                return FromServer::Notice(Notice::Conversation(conversation));
            }
            FromServer::Event(event) if event.conversation != LOBBY => return FromServer::Event(event),
            FromServer::Event(_) | FromServer::Notice(_) => {}
            reply @ FromServer::Reply { .. } => panic!("{reply:?}"),
        }
    }
}

#[test]
fn a_new_conversation_is_told_before_its_first_event() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.of("bob").follow();
    for (name, kind, first) in [("@ann", Kind::Direct, "hi"), ("#g", Kind::Group, "welcome")] {
        if kind == Kind::Direct {
            assert_eq!(word(&people.of("ann").ask(say("@bob", 1, first))), "posted");
        } else {
            people.ask_all(vec![
                ("ann", create("g"), "conversation"),
                ("bob", join("g"), "asked"),
                ("ann", answer_to("g", "bob", true), "done"),
                ("ann", say("#g", 2, first), "posted"),
            ]);
        }
        let bob = people.of("bob");
        // The request of bob's own may have made some of it come before its reply.
        let told = match bob.notices.iter().position(|notice| matches!(notice, Notice::Conversation(_))) {
            Some(at) => FromServer::Notice(bob.notices.remove(at)),
            None => next_of_conversation(bob),
        };
        let FromServer::Notice(Notice::Conversation(conversation)) = told else { panic!("{told:?}") };
        assert_eq!((conversation.address.to_string(), conversation.kind), (name.into(), kind));
        let said = bob.event(|event| text(event) == Some(first));
        assert_eq!(said.conversation, conversation.id);
    }
}

#[test]
fn the_joiners_first_event_is_their_joining() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.of("bob").follow();
    people.ask_all(vec![
        ("ann", enter("r"), "conversation"),
        ("ann", say("#r", 1, "before"), "posted"),
        ("bob", join("r"), "conversation"),
        ("ann", say("#r", 2, "after"), "posted"),
    ]);
    let bob = people.of("bob");
    let last = bob.event(|event| text(event) == Some("after"));
    assert_eq!(last.seq.0, 4);
    assert_eq!(word(&bob.ask(leave("r"))), "done");
    bob.event(|event| matches!(event.body, im_proto::Body::Left));
    assert_eq!(word(&people.of("ann").ask(say("#r", 3, "among us"))), "posted");
    assert_eq!(word(&people.of("ann").ask(say("#lobby", 4, "end"))), "posted");
    let bob = people.of("bob");
    bob.event(|event| text(event) == Some("end"));
    assert!(!bob.events.iter().any(|event| text(event) == Some("among us")));
}

/// Waits until the list of what waits is this.
fn waits(native: &mut Native, wanted: &[(&str, PendingKind, &str)]) {
    native.notice(|notice| match notice {
        Notice::Pending { pending } => {
            let got: Vec<_> = pending.iter().map(|p| (p.group.as_str(), p.kind, p.by.as_str())).collect();
            got == wanted
        }
        _ => false,
    });
}

#[test]
fn what_waits_is_told_to_those_who_answer() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    for name in ["ann", "bob", "cid"] {
        people.of(name).follow();
    }
    let (invited, asked, declined) = (PendingKind::Invitation, PendingKind::Request, PendingKind::Rejection);
    people.ask_all(vec![("ann", create("g"), "conversation"), ("ann", invite("g", "bob"), "done")]);
    waits(people.of("bob"), &[("g", invited, "ann")]);
    people.ask_all(vec![("bob", answer("g", true), "conversation")]);
    waits(people.of("bob"), &[]);
    people.ask_all(vec![("cid", join("g"), "asked")]);
    waits(people.of("ann"), &[("g", asked, "cid")]);
    // Who is made admin is asked too, from now on.
    people.ask_all(vec![("ann", set_role("g", "bob", im_proto::Role::Admin), "done")]);
    waits(people.of("bob"), &[("g", asked, "cid")]);
    people.ask_all(vec![("bob", answer_to("g", "cid", false), "done")]);
    waits(people.of("cid"), &[("g", declined, "bob")]);
    waits(people.of("ann"), &[]);
    waits(people.of("bob"), &[]);
    people.ask_all(vec![("cid", crate::asks::dismiss("g"), "done")]);
    waits(people.of("cid"), &[]);
}

#[test]
fn a_role_is_told_with_the_conversation() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.of("bob").follow();
    people.ask_all(vec![
        ("ann", enter("r"), "conversation"),
        ("bob", join("r"), "conversation"),
        ("ann", set_role("r", "bob", im_proto::Role::Admin), "done"),
    ]);
    people
        .of("bob")
        .notice(|notice| matches!(notice, Notice::Conversation(here) if here.role == im_proto::Role::Admin));
}

fn is_presence(of: &'static str, is: bool) -> impl Fn(&Notice) -> bool {
    move |notice| matches!(notice, Notice::Presence { user, online } if user.name.as_str() == of && *online == is)
}

#[test]
fn who_comes_and_goes_is_told_to_those_who_share_a_conversation() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut bob = server.native_user("bob");
    bob.follow();
    ann.notice(is_presence("bob", true));
    drop(bob);
    ann.notice(is_presence("bob", false));
}

#[test]
fn who_has_another_session_that_follows_nothing_is_told_too() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut bob = server.native_user("bob");
    let mut other = server.native();
    assert_eq!(word(&other.ask(sign_in("bob", "secret"))), "welcome");
    bob.follow();
    ann.notice(is_presence("bob", true));
    other.follow();
    let mut dan = server.native_user("dan");
    dan.follow();
    ann.notice(is_presence("dan", true));
    assert!(!ann.notices.iter().any(is_presence("bob", true)), "who came is told once");
}

#[test]
fn who_comes_back_at_once_was_not_away() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut bob = server.native_user("bob");
    let key = token(server.native().ask(sign_in("bob", "secret")));
    bob.follow();
    ann.notice(is_presence("bob", true));
    assert_eq!(bob.ask(Request::SignOut), Ok(Reply::Done));
    let mut back = server.native();
    assert_eq!(word(&back.ask(resume(&key))), "welcome");
    back.follow();
    // Departures are told in their order: when dan's is here, bob's would be.
    let mut dan = server.native_user("dan");
    dan.follow();
    ann.notice(is_presence("dan", true));
    drop(dan);
    ann.notice(is_presence("dan", false));
    let strange =
        |notice: &&Notice| matches!(notice, Notice::Presence { user, .. } if user.name.as_str() == "bob");
    assert_eq!(ann.notices.iter().find(strange), None);
}

#[test]
fn who_follows_late_is_told_too() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let mut late = server.native_user("late");
    let mut early = server.native_user("early");
    early.follow();
    ann.notice(is_presence("early", true)); // the moment at which late could have been told has passed
    late.follow();
    ann.notice(is_presence("late", true));
}

#[test]
fn everybody_is_told_that_the_server_stops() {
    let mut server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut stranger = server.native();
    assert_eq!(stranger.ask(Request::Ping), Ok(Reply::Done));
    let mut text = server.text_user("bob");
    server.stop();
    for native in [&mut ann, &mut stranger] {
        let come_back = native.next();
        assert!(matches!(come_back, Some(FromServer::Notice(Notice::ComeBack { .. }))), "{come_back:?}");
        assert_eq!(native.next(), Some(FromServer::Notice(Notice::Closing(Refusal::Stopping))));
        assert_eq!(native.next(), None);
    }
    let told = text.to_end();
    let seconds = told.strip_prefix("[from system] the server is stopping.\n[from system] come back in ");
    assert!(["2 seconds.\n", "3 seconds.\n"].map(Some).contains(&seconds), "{told:?}");
}

#[test]
fn who_has_said_nothing_yet_is_told_too() {
    let mut server = TestServer::start();
    let mut silent = server.text();
    silent.until("using [signup: foo] or [signin: foo]\r\n"); // the greeting
    server.stop();
    assert_eq!(silent.to_end(), "[from system] the server is stopping.\r\n");
}
