//! Signing up, in, out, and coming back by token.

use im_proto::{Page, Reply, Request, Role, Token};

use crate::asks::{
    answer, create, dismiss, enter, follow, history, invite, leave, mark, open, parsed, resume, say,
    set_role, sign_in, sign_up, text, token, who, word,
};
use crate::harness::TestServer;

#[test]
fn who_is_not_signed_in_gets_nothing_but_the_way_in() {
    let server = TestServer::start();
    let mut stranger = server.native();
    assert_eq!(stranger.ask(Request::Ping), Ok(Reply::Done));
    assert_eq!(stranger.ask(Request::CheckName { name: parsed("ann") }), Ok(Reply::Name { taken: false }));
    for request in [
        Request::SignOut,
        Request::Conversations,
        follow(&[]),
        open("#lobby"),
        create("g"),
        enter("r"),
        invite("g", "ann"),
        answer("g", true),
        leave("lobby"),
        set_role("g", "ann", Role::Owner),
        say("#lobby", 1, "hi"),
        history("#lobby", Page::Newest, 10),
        mark("#lobby", 1),
        who("lobby"),
        Request::Who { of: None },
        Request::Pending,
        dismiss("g"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&stranger.ask(request)), "not-signed-in", "{shown}");
    }
    // None of it has done anything.
    assert_eq!(word(&stranger.ask(sign_up("ann"))), "welcome");
    assert_eq!(word(&stranger.ask(open("#g"))), "no-such-room");
    assert_eq!(word(&stranger.ask(open("#r"))), "no-such-room");
}

#[test]
fn an_account_is_made_once() {
    let server = TestServer::start();
    let mut ann = server.native();
    let Ok(Reply::Welcome { user, token: Some(_) }) = ann.ask(sign_up("Ann")) else { panic!() };
    assert_eq!(user.as_str(), "Ann");
    for request in [sign_up("bob"), sign_in("Ann", "secret"), resume(&Token::new([0; 32]))] {
        assert_eq!(word(&ann.ask(request)), "signed-in");
    }

    let mut other = server.native();
    for (name, taken) in [("Ann", "taken"), ("aNN", "taken"), ("bob", "free")] {
        assert_eq!(word(&other.ask(Request::CheckName { name: parsed(name) })), taken, "{name}");
    }
    for (request, wanted) in [
        (sign_up("Ann"), "name-taken"),
        (sign_up("ANN"), "name-taken"),
        (sign_up("Аnn"), "look-alike"), // the first letter is Cyrillic
        (sign_in("bob", "secret"), "no-such-user"),
        (sign_in("Ann", "Secret"), "wrong-password"),
        (resume(&Token::new([7; 32])), "bad-token"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&other.ask(request)), wanted, "{shown}");
    }
    // Any spelling of the name signs in; one's own is shown.
    let Ok(Reply::Welcome { user, token: Some(_) }) = other.ask(sign_in("ANN", "secret")) else { panic!() };
    assert_eq!(user.as_str(), "Ann");
}

#[test]
fn a_token_signs_in_until_it_is_signed_out() {
    let server = TestServer::start();
    let mut ann = server.native();
    let first = token(ann.ask(sign_up("ann")));
    let mut desk = server.native();
    let second = token(desk.ask(sign_in("ann", "secret")));
    assert_ne!(first.expose(), second.expose());

    let mut back = server.native();
    let Ok(Reply::Welcome { user, token: None }) = back.ask(resume(&first)) else { panic!() };
    assert_eq!(user.as_str(), "ann");
    assert_eq!(word(&back.ask(Request::Conversations)), "conversations");

    assert_eq!(back.ask(Request::SignOut), Ok(Reply::Done));
    assert_eq!(word(&back.ask(Request::Conversations)), "not-signed-in");
    assert_eq!(word(&back.ask(Request::SignOut)), "not-signed-in");
    assert_eq!(word(&back.ask(resume(&first))), "bad-token");
    // The other device's is good still, and the session may sign in again.
    assert_eq!(word(&back.ask(resume(&second))), "welcome");
}

#[test]
fn who_has_signed_out_hears_nothing_more() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bob = server.native_user("bob");
    ann.follow();
    assert_eq!(ann.ask(Request::SignOut), Ok(Reply::Done));
    let before = ann.events.len();
    assert_eq!(word(&bob.ask(say("#lobby", 1, "is ann here"))), "posted");
    assert_eq!(word(&bob.ask(say("@ann", 2, "are you"))), "posted");
    let Ok(Reply::People { people, online: 1, total: 1 }) = bob.ask(Request::Who { of: None }) else {
        panic!()
    };
    assert_eq!(people[0].name.as_str(), "bob");
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    assert_eq!(ann.events.len(), before);

    // Signed in again, the session follows when it asks to, from the mark on.
    assert_eq!(word(&ann.ask(sign_in("ann", "secret"))), "welcome");
    ann.follow();
    let mut missed = vec!["is ann here", "are you"]; // in two conversations, in no order
    while !missed.is_empty() {
        let heard = ann.event(|event| missed.iter().any(|said| text(event) == Some(said)));
        missed.retain(|said| text(&heard) != Some(said));
    }
}
