//! Where one is signed in: listed, and taken back, whereupon what lives by it ends.

use im_proto::{FromServer, Notice, Refusal, Reply, Request, SignedIn};
use serde_json::json;

use crate::asks::{password, resume, sign_in, token, word};
use crate::harness::{Native, TestServer};
use crate::web::http::once;
use crate::web::talk::{By, Talk};

#[track_caller]
fn sessions(native: &mut Native) -> Vec<SignedIn> {
    match native.ask(Request::Sessions) {
        Ok(Reply::Sessions { sessions }) => sessions,
        other => panic!("{other:?}"),
    }
}

fn number(sessions: &[SignedIn], device: &str) -> u64 {
    sessions.iter().find(|session| session.device == device && !session.current).unwrap().id
}

#[track_caller]
fn is_closed(native: &mut Native, why: Refusal) {
    while let Some(said) = native.next() {
        if said == FromServer::Notice(Notice::Closing(why)) {
            assert_eq!(native.next(), None);
            return;
        }
    }
    panic!("it was closed without a word");
}

/// Ann by text, by a WebSocket and by lines of JSON.
fn everywhere(server: &TestServer) -> (crate::harness::Peer, Talk, Talk) {
    let mut text = server.text();
    text.send("signin: ann\nsecret\n");
    text.expect("[from system] enter password:[from system] auth succeed.\n");
    let ask = json!({ "request": "sign-in", "name": "ann", "password": "secret" });
    let talk = |by| {
        let mut talk = Talk::connect(server, by);
        assert_eq!(talk.ask(&ask)["reply"], "welcome");
        talk
    };
    (text, talk(By::Socket), talk(By::Lines))
}

#[test]
fn a_session_that_is_ended_closes_its_connection_whatever_it_speaks() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut other = server.native();
    let second = token(other.ask(sign_in("ann", "secret")));
    let (mut text, mut socket, mut lines) = everywhere(&server);
    let all = sessions(&mut ann);
    assert_eq!(all.len(), 5, "{all:?}");
    assert!(all.iter().all(|session| session.online && session.address == "127.0.0.1"), "{all:?}");
    assert_eq!(all.iter().filter(|session| session.current).count(), 1);

    assert_eq!(word(&ann.ask(Request::EndSession { id: number(&all, "native") })), "done");
    is_closed(&mut other, Refusal::BadToken);
    assert_eq!(word(&server.native().ask(resume(&second))), "bad-token");
    assert_eq!(word(&ann.ask(Request::EndSession { id: number(&all, "terminal") })), "done");
    text.until("this sign-in is no longer valid, sign in again.\n");
    assert_eq!(text.to_end(), "");
    for _ in 0..2 {
        let json = number(&sessions(&mut ann), "json");
        assert_eq!(word(&ann.ask(Request::EndSession { id: json })), "done");
    }
    for talk in [&mut socket, &mut lines] {
        talk.notice(|notice| notice["notice"] == "closing");
        talk.ends();
    }
    assert_eq!(sessions(&mut ann).len(), 1);

    let mut bob = server.native_user("bob");
    let mine = sessions(&mut ann)[0].id;
    assert_eq!(word(&bob.ask(Request::EndSession { id: mine })), "no-such-session");
    assert_eq!(word(&ann.ask(Request::EndSession { id: mine + 999 })), "no-such-session");
}

#[test]
fn a_terminal_is_a_session_only_while_it_is_connected() {
    let mut server = TestServer::start();
    let mut ann = server.native_user("ann");
    let (mut text, ..) = everywhere(&server);
    text.send("/sessions\n");
    assert!(text.until("this one.\n").contains("terminal from 127.0.0.1, since "));
    text.send("/bye\n");
    text.to_end();
    while sessions(&mut ann).iter().any(|session| session.device == "terminal") {}
    let (_text, ..) = everywhere(&server);
    assert!(sessions(&mut ann).iter().any(|session| session.device == "terminal"));
    server.restart();
    let mut ann = server.native();
    ann.ask(sign_in("ann", "secret")).unwrap();
    assert!(sessions(&mut ann).iter().all(|session| session.device != "terminal"));
}

#[test]
fn another_password_ends_everything_but_the_session_that_asked() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut other = server.native();
    let second = token(other.ask(sign_in("ann", "secret")));
    let (mut text, mut socket, _lines) = everywhere(&server);
    let bearer = ("Authorization", &*format!("Bearer {}", second.to_hex()));
    let made = once(&server, "POST", "/v1/tokens", &[bearer], r#"{"label":"bot"}"#);
    let bot = format!("Bearer {}", made.json()["token"].as_str().unwrap());
    let hook = once(&server, "POST", "/v1/webhooks", &[bearer], r##"{"conversation":"#lobby","label":"x"}"##);
    let hook = hook.json()["url"].as_str().unwrap().to_owned();
    let hook = &hook[hook.find("/hooks/").unwrap()..];
    assert_eq!(once(&server, "POST", hook, &[], r#"{"text":"x"}"#).status, 200);

    let change = |old: &str| Request::ChangePassword { old: password(old), new: password("open sesame") };
    assert_eq!(word(&ann.ask(change("wrong"))), "wrong-password");
    assert_eq!(word(&ann.ask(change("secret"))), "done");
    is_closed(&mut other, Refusal::BadToken);
    text.until("this sign-in is no longer valid, sign in again.\n");
    socket.notice(|notice| notice["notice"] == "closing");
    socket.ends();
    assert_eq!(once(&server, "GET", "/v1/conversations", &[("Authorization", &bot)], "").status, 401);
    assert_eq!(once(&server, "POST", hook, &[], r#"{"text":"x"}"#).status, 401);
    assert_eq!(sessions(&mut ann).len(), 1);
    assert_eq!(word(&server.native().ask(sign_in("ann", "secret"))), "wrong-password");
    assert_eq!(word(&server.native().ask(sign_in("ann", "open sesame"))), "welcome");
}

#[test]
fn a_password_is_changed_by_text_and_by_http() {
    let server = TestServer::start();
    let mut ann = server.text_user("ann");
    ann.send("/password\nsecret\nother\nmistyped\nother\n");
    ann.expect(
        "[from system] enter password:[from system] enter new password:[from system] re-enter password:",
    );
    ann.expect("[from system] re-enter password:[from system] the password is changed, and all else is signed out.\n");
    let signed_in = once(&server, "POST", "/v1/login", &[], r#"{"name":"ann","password":"other"}"#);
    let bearer = format!("Bearer {}", signed_in.json()["token"].as_str().unwrap());
    let ask = |method, path: &str, body| once(&server, method, path, &[("Authorization", &bearer)], body);
    assert_eq!(ask("PUT", "/v1/password", r#"{"old":"secret","new":"x"}"#).code(), "wrong-password");
    let listed = ask("GET", "/v1/sessions", "").json();
    let terminal = listed["sessions"].as_array().unwrap().iter().find(|s| s["device"] == "terminal").unwrap();
    assert_eq!(ask("DELETE", &format!("/v1/sessions/{}", terminal["id"]), "").status, 204);
    ann.until("this sign-in is no longer valid, sign in again.\n");
    assert_eq!(ask("PUT", "/v1/password", r#"{"old":"other","new":"secret"}"#).status, 204);
    assert_eq!(word(&server.native().ask(sign_in("ann", "secret"))), "welcome");
}
