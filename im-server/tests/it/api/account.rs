//! Signing up, in and out over HTTP.

use serde_json::{Value, json};

use crate::harness::TestServer;

use super::call::{Client, PASSWORD};

fn credentials(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

#[test]
fn who_signs_up_or_in_is_known_by_their_token_until_they_sign_out() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    assert_eq!(ann.token().len(), 64);
    let desk = Client::sign_in(server.addr(), "ANN");
    for client in [&ann, &desk, &ann.by_cookie()] {
        assert_eq!(client.get("/v1/session").done(), json!({ "user": "ann" }));
    }
    let out = ann.delete("/v1/session");
    assert_eq!((out.status, out.body.as_str()), (204, ""));
    assert!(out.header("set-cookie").unwrap().starts_with("im_session=; "));
    for (path, wanted) in [("/v1/session", "401 bad-token"), ("/v1/conversations", "401 bad-token")] {
        assert_eq!(ann.get(path).word(), wanted);
    }
    assert_eq!(ann.delete("/v1/session").word(), "401 bad-token");
    // A browser whose cookie is old is a stranger, and so is who has none; the other device is still signed in.
    for stranger in [ann.by_cookie(), Client::stranger(server.addr())] {
        assert_eq!(stranger.get("/v1/session").done(), json!({ "user": null }));
        assert!(stranger.delete("/v1/session").word().starts_with("401 "));
    }
    assert_eq!(desk.get("/v1/session").done(), json!({ "user": "ann" }));
}

#[test]
fn a_browser_gets_its_token_as_a_cookie_and_not_in_the_body() {
    let server = TestServer::start();
    let stranger = Client::stranger(server.addr());
    for path in ["/v1/signup", "/v1/login"] {
        let body = json!({ "name": "ann", "password": PASSWORD, "cookie": true });
        let answer = stranger.post(path, &body);
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        assert_eq!(answer.done(), json!({ "user": "ann" }));
        let (token, rest) = cookie.strip_prefix("im_session=").unwrap().split_once("; ").unwrap();
        assert_eq!(rest, "HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000");
        let ann = stranger.with(token).by_cookie();
        assert_eq!(ann.get("/v1/session").done(), json!({ "user": "ann" }));
    }
    let plain = stranger.post("/v1/login", &credentials("ann", PASSWORD));
    assert_eq!(plain.header("set-cookie"), None);
}

#[test]
fn the_table_of_refused_signing_up_and_in() {
    let server = TestServer::start();
    Client::sign_up(server.addr(), "ann");
    let stranger = Client::stranger(server.addr());
    let long = "x".repeat(1025);
    for (path, name, password, wanted) in [
        ("/v1/signup", "ann", PASSWORD, "409 name-taken"),
        ("/v1/signup", "ANN", PASSWORD, "409 name-taken"),
        ("/v1/signup", "аnn", PASSWORD, "409 look-alike"),
        ("/v1/signup", "anonymous7", PASSWORD, "409 name-reserved"),
        ("/v1/signup", "1ann", PASSWORD, "400 unreadable"),
        ("/v1/signup", "", PASSWORD, "400 unreadable"),
        ("/v1/signup", "a\nb", PASSWORD, "400 unreadable"),
        ("/v1/signup", "new", "", "400 unreadable"),
        ("/v1/signup", "new", &long, "400 unreadable"),
        ("/v1/login", "ann", "guess", "401 wrong-password"),
        ("/v1/login", "nobody", PASSWORD, "401 wrong-password"),
    ] {
        let answer = stranger.post(path, &credentials(name, password));
        assert_eq!(answer.word(), wanted, "{path} {name:?}: {answer:?}");
        assert!(!answer.body.contains(&long));
    }
    // Who is signed in may sign up and in all the same: a call is nobody's session.
    let ann = Client::sign_in(server.addr(), "ann");
    assert_eq!(ann.post("/v1/signup", &credentials("bob", PASSWORD)).word(), "200");
}

#[test]
fn a_body_that_cannot_be_read_is_refused_in_a_sentence_for_people() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let name = "a name has at most 32 characters";
    for (path, body, wanted) in [
        ("/v1/signup", r#"{"name":"new"}"#, "missing field `password`"),
        ("/v1/signup", "name=new&password=x", "the body is not JSON: "),
        ("/v1/post", "", "the body is not JSON: EOF while parsing a value"),
        ("/v1/post", "{\n\n", "the body is not JSON: "),
        ("/v1/post", r##"{"to":"#lobby"}"##, "missing field `text`"),
        ("/v1/post", r##"{"to":"#lobby","text":7}"##, "invalid type: integer `7`, expected "),
        ("/v1/post", r#"{"to":"lobby","text":"x"}"#, ""),
        ("/v1/post", r##"{"to":"#lobby","text":" \n"}"##, ""),
        (
            "/v1/post",
            r##"{"to":"#lobby","text":"x","message_id":"7"}"##,
            "a message id is 32 hexadecimal digits",
        ),
        ("/v1/post", r#"{"to":"@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","text":"x"}"#, name),
        ("/v1/post", r#"["@ann","x"] more"#, ""),
        ("/v1/ask", r#"{"request":"fly"}"#, "unknown variant `fly`, expected one of `ping`"),
        ("/v1/ask", r#"{"tag":1}"#, "missing field `request`"),
        ("/v1/ask", r#"{"tag":-1,"request":"ping"}"#, ""),
        ("/v1/tokens", r#"{"label":""}"#, "a label is 1 to 64 printable characters"),
        ("/v1/webhooks", r#"{"conversation":"dev","label":"x"}"#, ""),
    ] {
        let answer = ann.post_raw(path, body.as_bytes());
        assert_eq!(answer.word(), "400 unreadable", "{path} {body}: {answer:?}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(wanted), "{path} {body}: {error}");
        assert!(!error.contains(" column ") && !error.contains(" line "), "{path} {body}: {error}");
        assert!(error.len() > 10 && !error.contains('\n'), "{path} {body}: {error}");
    }
    assert_eq!(ann.post_raw("/v1/post", b"{\"to\":\"@ann\",\"text\":\"\xff\"}").word(), "400 unreadable");
}

#[test]
fn a_stranger_may_send_little_and_somebody_known_as_much_as_a_text_takes() {
    let server = TestServer::start();
    let stranger = Client::stranger(server.addr());
    let long = credentials("new", &"x".repeat(9 * 1024));
    assert_eq!(stranger.post("/v1/signup", &long).word(), "413 too-long");
    let ann = Client::sign_up(server.addr(), "ann");
    let text = "x".repeat(64 * 1024);
    for (text, wanted) in [
        (text.clone(), "200"),
        ("\u{1}".repeat(64 * 1024), "200"), // six bytes each, as JSON has it
        (text.clone() + "x", "400 unreadable"),
        ("x".repeat(500 * 1024), "413 too-long"),
    ] {
        let answer = ann.post("/v1/post", &json!({ "to": "@ann", "text": text }));
        assert_eq!(answer.word(), wanted, "{} bytes", text.len());
    }
    assert_eq!(super::call::texts(&ann.log("@ann"))[0], text);
}
