//! Signing up, in, out, and coming back by token.

use im_proto::{FromServer, Notice, Page, Refusal, Reply, Request, Role, Token};

use crate::asks::{
    answer, create, dismiss, enter, follow, history, invite, leave, mark, open, parsed, resume, say,
    set_role, sign_in, sign_up, text, token, who, word,
};
use crate::harness::{Native, TestServer};

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
        (sign_in("bob", "secret"), "wrong-password"),
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

fn resumed(server: &TestServer, key: &Token) -> Native {
    let mut native = server.native();
    assert_eq!(word(&native.ask(resume(key))), "welcome");
    native
}

/// The server ends this session because of its token.
#[track_caller]
fn expect_bad_token(native: &mut Native) {
    native.notice(|notice| *notice == Notice::Closing(Refusal::BadToken));
    while let Some(more) = native.next() {
        assert!(!matches!(more, FromServer::Event(_)), "{more:?}");
    }
}

#[test]
fn signing_out_ends_the_other_sessions_that_came_with_the_token() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(sign_in("ann", "secret"))), "welcome");
    let mut bob = server.native_user("bob");
    let (mut second, mut third) = (resumed(&server, &key), resumed(&server, &key));
    for native in [&mut ann, &mut second, &mut third, &mut desk] {
        native.follow();
    }

    assert_eq!(second.ask(Request::SignOut), Ok(Reply::Done));
    expect_bad_token(&mut ann);
    expect_bad_token(&mut third);
    // Who asked is signed out and goes on; who came with another token hears nothing of it.
    assert_eq!(word(&second.ask(Request::Conversations)), "not-signed-in");
    assert_eq!(word(&second.ask(sign_in("ann", "secret"))), "welcome");
    second.follow();
    assert_eq!(word(&bob.ask(say("@ann", 1, "still there?"))), "posted");
    for native in [&mut desk, &mut second] {
        native.event(|event| text(event) == Some("still there?"));
        assert_eq!(word(&native.ask(Request::Ping)), "done");
        assert!(!native.notices.iter().any(|notice| matches!(notice, Notice::Closing(_))));
    }
}

#[test]
fn both_may_sign_out_at_once() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(ann.ask(Request::SignOut), Ok(Reply::Done));
    for _ in 0..20 {
        let key = token(ann.ask(sign_in("ann", "secret")));
        let mut other = resumed(&server, &key);
        let (first, second) = (ann.send(Request::SignOut), other.send(Request::SignOut));
        // Whoever was the later one is told so, or was signed out by the other before it asked.
        let ends = [(&mut ann, first), (&mut other, second)].map(|(native, tag)| match native.next() {
            Some(FromServer::Reply { tag: got, result: Ok(Reply::Done) }) if got == tag => false,
            Some(FromServer::Notice(Notice::Closing(Refusal::BadToken))) => true,
            other => panic!("{other:?}"),
        });
        match ends {
            [false, _] => {}
            [true, false] => ann = other,
            [true, true] => panic!("each has ended the other"),
        }
    }
}

#[test]
fn a_token_that_is_signed_out_while_somebody_comes_with_it_ends_them() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(ann.ask(Request::SignOut), Ok(Reply::Done));
    for _ in 0..20 {
        let key = token(ann.ask(sign_in("ann", "secret")));
        let mut others = [server.native(), server.native(), server.native()];
        for other in &mut others {
            other.send(resume(&key));
        }
        assert_eq!(ann.ask(Request::SignOut), Ok(Reply::Done));
        for other in &mut others {
            match other.reply().1 {
                Ok(Reply::Welcome { .. }) => expect_bad_token(other),
                refused => assert_eq!(refused, Err(Refusal::BadToken)),
            }
        }
    }
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
