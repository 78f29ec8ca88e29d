//! Signing in and out over HTTP, by tokens and by cookies, and coming to a WebSocket with either.

use serde_json::json;

use crate::asks::{conversations, resume, word};
use crate::harness::TestServer;

use super::http::{Http, Response, once};
use super::socket::Socket;
use super::talk::{Carriage, Talk, post};

const ANN: &str = r#"{"name":"ann","password":"secret"}"#;
const ANN_BY_COOKIE: &str = r#"{"name":"ann","password":"secret","cookie":true}"#;

fn who(server: &TestServer, headers: &[(&str, &str)]) -> Response {
    once(server, "GET", "/v1/session", headers, "")
}

fn token(answer: &Response) -> String {
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn socket(server: &TestServer, headers: &[(&str, &str)]) -> Talk {
    Talk::new(Carriage::Socket(Box::new(Socket::with(server.addr(), "/ws", headers).unwrap())))
}

#[test]
fn a_token_is_given_in_the_body_and_no_cookie() {
    let server = TestServer::start();
    let up = once(&server, "POST", "/v1/signup", &[], ANN);
    assert_eq!(up.json(), json!({"user": "ann", "token": token(&up)}));
    let name = r#"{"name":"ANN","password":"secret"}"#;
    let sign_in = once(&server, "POST", "/v1/login", &[], name);
    assert_eq!(sign_in.json(), json!({"user": "ann", "token": token(&sign_in)}));
    for answer in [&up, &sign_in] {
        assert_eq!((answer.status, answer.header("set-cookie")), (200, None));
        let token = token(answer);
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let bearer = format!("{scheme} {token}");
            assert_eq!(who(&server, &[("Authorization", &bearer)]).body, r#"{"user":"ann"}"#);
        }
        // It is the same kind of token as everywhere.
        let native = im_proto::Token::from_hex(&token).unwrap();
        assert_eq!(word(&server.native().ask(resume(&native))), "welcome");
    }
    assert_ne!(token(&up), token(&sign_in));
}

#[test]
fn a_browser_is_given_a_cookie_and_no_token() {
    let server = TestServer::start();
    let mut cookies = Vec::new();
    for path in ["/v1/signup", "/v1/login"] {
        let answer = once(&server, "POST", path, &[], ANN_BY_COOKIE);
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"user":"ann"}"#));
        let set = answer.header("set-cookie").unwrap();
        let (value, attributes) = set.strip_prefix("im_session=").unwrap().split_at(64);
        assert!(value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{set}");
        assert_eq!(attributes, "; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000");
        cookies.push(answer.cookie());
    }
    for cookie in &cookies {
        for sent in [cookie.clone(), format!("a=b; {cookie}; c=d"), format!("x_im_session=y;{cookie}")] {
            assert_eq!(who(&server, &[("Cookie", &sent)]).body, r#"{"user":"ann"}"#, "{sent}");
        }
    }
    // Signing out voids that one and takes it away; the other is good.
    let out = once(&server, "DELETE", "/v1/session", &[("Cookie", &cookies[0])], "");
    assert_eq!((out.status, out.body.as_str()), (204, ""));
    let cleared = "im_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0";
    assert_eq!(out.header("set-cookie"), Some(cleared));
    assert_eq!(who(&server, &[("Cookie", &cookies[0])]).body, r#"{"user":null}"#);
    assert_eq!(who(&server, &[("Cookie", &cookies[1])]).body, r#"{"user":"ann"}"#);
}

#[test]
fn what_is_wrong_is_told_with_its_status() {
    let server = TestServer::start();
    assert_eq!(once(&server, "POST", "/v1/signup", &[], ANN).status, 200);
    for (path, body, status, code) in [
        ("/v1/signup", ANN, 409, "name-taken"),
        ("/v1/signup", r#"{"name":"аnn","password":"x"}"#, 409, "look-alike"),
        ("/v1/signup", r#"{"name":"anonymous3","password":"x"}"#, 409, "name-reserved"),
        ("/v1/signup", r#"{"name":"two words","password":"x"}"#, 400, "unreadable"),
        ("/v1/signup", r#"{"name":"bob","password":""}"#, 400, "unreadable"),
        ("/v1/login", r#"{"name":"ann","password":"wrong"}"#, 401, "wrong-password"),
        ("/v1/login", r#"{"name":"nobody","password":"x"}"#, 401, "wrong-password"),
        ("/v1/login", r#"{"name":"ann"}"#, 400, "unreadable"),
    ] {
        let answer = once(&server, "POST", path, &[], body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let out = once(&server, "DELETE", "/v1/session", &[], "");
    assert_eq!((out.status, out.code().as_str()), (401, "not-signed-in"));
}

#[test]
fn a_bad_token_is_refused_and_a_bad_cookie_is_none() {
    let server = TestServer::start();
    let key = token(&once(&server, "POST", "/v1/signup", &[], ANN));
    let cookie = format!("im_session={key}");
    for bad in ["0".repeat(64), key[..63].to_owned(), "nonsense".into(), String::new(), format!("{key}00")] {
        let bearer = format!("Bearer {bad}");
        // Not even with a good cookie beside it.
        for headers in
            [&[("Authorization", bearer.as_str())][..], &[("Authorization", &bearer), ("Cookie", &cookie)]]
        {
            let answer = who(&server, headers);
            assert_eq!((answer.status, answer.code().as_str()), (401, "bad-token"), "{headers:?}");
            let refused = Socket::with(server.addr(), "/ws", headers).err().unwrap();
            assert_eq!(refused.status, 401, "{headers:?}");
        }
        let bad_cookie = format!("im_session={bad}");
        assert_eq!(who(&server, &[("Cookie", &bad_cookie)]).body, r#"{"user":null}"#);
        let mut stranger = socket(&server, &[("Cookie", &bad_cookie)]);
        assert_eq!(stranger.ask(&json!({"request": "conversations"}))["code"], "not-signed-in");
        assert_eq!(stranger.ask(&json!({"request": "come-as-guest"}))["reply"], "welcome");
    }
}

#[test]
fn who_comes_to_a_websocket_with_a_token_or_cookie_is_signed_in() {
    let server = TestServer::start();
    let key = token(&once(&server, "POST", "/v1/signup", &[], ANN));
    let cookie = once(&server, "POST", "/v1/login", &[], ANN_BY_COOKIE).cookie();
    let bearer = format!("Bearer {key}");
    let mut bob = server.native_user("bob");
    bob.follow();
    for header in [("Cookie", cookie.as_str()), ("Authorization", bearer.as_str())] {
        let mut ann = socket(&server, &[header]);
        // A long one at once: she is no stranger.
        let long = format!("{} {}", header.0, "x".repeat(60_000));
        assert_eq!(ann.ask(&post("#lobby", &long))["reply"], "posted");
        bob.event(|event| crate::asks::text(event) == Some(&long));
        let again = json!({"request": "sign-in", "name": "ann", "password": "secret"});
        assert_eq!(ann.ask(&again)["code"], "signed-in");
        ann.done(&json!({"request": "follow", "after": {"1": 10}}));
        ann.done(&json!({"request": "ping"}));
    }
    // Signing out there voids the cookie.
    let mut ann = socket(&server, &[("Cookie", &cookie)]);
    ann.done(&json!({"request": "sign-out"}));
    assert_eq!(who(&server, &[("Cookie", &cookie)]).body, r#"{"user":null}"#);
    assert_eq!(who(&server, &[("Authorization", &bearer)]).body, r#"{"user":"ann"}"#);
    assert_eq!(conversations(&mut bob).len(), 1);
}

#[test]
fn many_sign_up_on_one_connection() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    for i in 0..20 {
        let body = format!(r#"{{"name":"user{i}","password":"x"}}"#);
        assert_eq!(http.post("/v1/signup", &body).status, 200);
        assert_eq!(http.post("/v1/signup", &body).status, 409);
    }
}
