//! Webhooks: a URL posts into one conversation, as the user who made it, while they may.

use serde_json::{Value, json};

use crate::asks::{create, enter};
use crate::harness::TestServer;

use super::call::{Client, texts};

/// A webhook: its number, and the path of its URL.
fn make(client: &Client, conversation: &str) -> (u64, String) {
    let made =
        client.post("/v1/webhooks", &json!({ "conversation": conversation, "label": "builds" })).done();
    let url = made["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", client.addr)).unwrap().to_owned();
    assert_eq!(path.strip_prefix("/hooks/").unwrap().len(), 64);
    (made["id"].as_u64().unwrap(), path)
}

/// Posts by one, as whoever knows the URL.
fn post(server: &TestServer, path: &str, body: &Value) -> super::call::Answer {
    Client::stranger(server.addr()).post(path, body)
}

fn text(server: &TestServer, path: &str, kind: &str, body: &[u8]) -> super::call::Answer {
    let stranger = Client::stranger(server.addr());
    let mut request = stranger.request("POST", path);
    request.headers.push(("Content-Type", kind.into()));
    request.body = body.to_vec();
    stranger.call(&request)
}

#[test]
fn whoever_knows_the_url_posts_as_its_maker() {
    let mut server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    ann.enter("dev");
    let (id, path) = make(&ann, "#dev");
    let posted = post(&server, &path, &json!({ "text": "build 12 is green" })).done();
    let event = &ann.log("#dev")[1];
    assert_eq!(posted, json!({ "seq": 2, "at": event["at"], "duplicate": false }));
    assert_eq!((&event["from"], &event["text"]), (&json!("ann"), &json!("build 12 is green")));
    // The list does not tell the URL again.
    let list = ann.get("/v1/webhooks").done();
    let created = &list["webhooks"][0]["created"];
    let row = json!({ "id": id, "conversation": "#dev", "label": "builds", "created": created });
    assert_eq!(list, json!({ "webhooks": [row] }));
    server.restart();
    assert_eq!(post(&server, &path, &json!({ "text": "after a restart" })).done()["seq"], 3);
}

#[test]
fn the_body_is_json_or_text() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let (_, path) = make(&ann, "@ann");
    for (kind, body, wanted) in [
        ("application/json", br#"{"text":"json"}"#.as_slice(), "200"),
        ("application/x-www-form-urlencoded", br#"{"text":"as curl -d says"}"#, "200"),
        ("text/plain", "plain 你好\n\n".as_bytes(), "200"),
        ("text/plain; charset=utf-8", br#"{"text":"not json"}"#, "200"),
        ("text/plain", b"two\nlines", "200"),
        ("text/plain", b"", "400 unreadable"),
        ("text/plain", b" \n", "400 unreadable"),
        ("text/plain", b"\xff\xfe", "400 unreadable"),
        ("application/json", b"plain", "400 unreadable"),
        ("application/json", br#"{"message_id":"7","text":"x"}"#, "400 unreadable"),
        ("application/json", br#"{}"#, "400 unreadable"),
    ] {
        let answer = text(&server, &path, kind, body);
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.word(), wanted, "{kind} {shown}: {answer:?}");
        assert!(!answer.body.contains(" column "), "{answer:?}");
    }
    let said = ["json", "as curl -d says", "plain 你好", r#"{"text":"not json"}"#, "two\nlines"];
    assert_eq!(texts(&ann.log("@ann")), said);
    let long = "x".repeat(64 * 1024);
    assert_eq!(text(&server, &path, "text/plain", long.as_bytes()).word(), "200");
    assert_eq!(text(&server, &path, "text/plain", (long.clone() + "x").as_bytes()).word(), "400 unreadable");
    assert_eq!(text(&server, &path, "text/plain", long.repeat(7).as_bytes()).word(), "413 too-long");
}

#[test]
fn a_message_id_posts_once_and_is_the_makers() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let (_, path) = make(&ann, "@ann");
    let id = "F0F1F2F3-F4F5-F6F7-F8F9-FAFBFCFDFEFF";
    let body = json!({ "text": "once", "message_id": id });
    for duplicate in [false, true, true] {
        let posted = post(&server, &path, &body).done();
        assert_eq!((&posted["seq"], &posted["duplicate"]), (&json!(1), &json!(duplicate)));
    }
    let other = json!({ "text": "twice", "message_id": id });
    assert_eq!(post(&server, &path, &other).word(), "409 message-id-used");
    assert_eq!(texts(&ann.log("@ann")), ["once"]);
}

#[test]
fn a_hook_posts_while_its_maker_may_and_until_it_is_dropped() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    ann.enter("dev");
    ann.enter("alone");
    let (id, path) = make(&ann, "#dev");
    let (_, alone) = make(&ann, "#alone");
    for room in ["dev", "alone"] {
        ann.ask(&json!({ "request": "leave", "name": room })).done();
    }
    let body = json!({ "text": "x" });
    assert_eq!(post(&server, &path, &body).word(), "403 not-member");
    // A room or group that everybody has left is nowhere to post.
    let gone = post(&server, &alone, &body).word();
    assert!(["403 not-member", "404 no-such-room"].contains(&gone.as_str()), "{gone}");
    ann.enter("dev");
    assert_eq!(post(&server, &path, &body).word(), "200");
    // Signing out everywhere changes nothing: a webhook is no session.
    let desk = Client::sign_in(server.addr(), "ann");
    assert_eq!(ann.delete("/v1/session").status, 204);
    assert_eq!(post(&server, &path, &body).word(), "200");
    assert_eq!(desk.delete(&format!("/v1/webhooks/{id}")).status, 204);
    assert_eq!(post(&server, &path, &body).word(), "401 bad-token");
    assert_eq!(desk.delete(&format!("/v1/webhooks/{id}")).word(), "404 no-such-token");
}

#[test]
fn a_group_whose_name_was_given_away_keeps_its_hook_for_itself() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    ann.ask(&json!({ "request": "create", "group": "g" })).done();
    let (_, path) = make(&ann, "#g");
    ann.ask(&json!({ "request": "leave", "name": "g" })).done();
    // Whoever has the name now is not posted to, whether or not it can be had again.
    let bob = Client::sign_up(server.addr(), "bob");
    let again = bob.ask(&json!({ "request": "create", "group": "g" })).word();
    let answer = post(&server, &path, &json!({ "text": "x" })).word();
    assert!(["403 not-member", "404 no-such-room"].contains(&answer.as_str()), "{answer}");
    if again == "200" {
        assert_eq!(texts(&bob.log("#g")), [""; 0]);
    }
}

#[test]
fn a_hook_into_a_direct_conversation_needs_no_word_before() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    let (_, path) = make(&ann, "@bob");
    assert_eq!(post(&server, &path, &json!({ "text": "for bob" })).done()["seq"], 1);
    assert_eq!(texts(&bob.log("@ann")), ["for bob"]);
    assert_eq!(ann.get("/v1/webhooks").done()["webhooks"][0]["conversation"], "@bob");
}

#[test]
fn the_table_of_hooks_that_are_not_made() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    bob.ask(create("g")).unwrap();
    let mut guest = server.text();
    guest.send("/username neil\n");
    guest.until("changed username to [neil]\n");
    let hook = |conversation: &str, label: &str| json!({ "conversation": conversation, "label": label });
    for (body, wanted) in [
        (hook("#dev", "x"), "403 not-member"),
        (hook("#g", "x"), "403 not-member"),
        (hook("#nowhere", "x"), "404 no-such-room"),
        (hook("@nobody", "x"), "404 no-such-user"),
        (hook("@neil", "x"), "404 no-such-user"), // whose name is somebody else's tomorrow
        (hook("#lobby", ""), "400 unreadable"),
        (hook("lobby", "x"), "400 unreadable"),
        (json!({ "label": "x" }), "400 unreadable"),
        (hook("#lobby", "x"), "200"),
    ] {
        assert_eq!(ann.post("/v1/webhooks", &body).word(), wanted, "{body}");
    }
    assert_eq!(Client::stranger(server.addr()).post("/v1/webhooks", &hook("#lobby", "x")).status, 401);
}

#[test]
fn there_are_a_hundred_at_most_and_nobody_sees_those_of_somebody_else() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    let made: Vec<_> = (0..100).map(|_| make(&ann, "@ann")).collect();
    let body = json!({ "conversation": "@ann", "label": "one more" });
    assert_eq!(ann.post("/v1/webhooks", &body).word(), "429 too-many");
    assert_eq!(bob.get("/v1/webhooks").done(), json!({ "webhooks": [] }));
    assert_eq!(bob.delete(&format!("/v1/webhooks/{}", made[0].0)).word(), "404 no-such-token");
    assert_eq!(post(&server, &made[0].1, &json!({ "text": "there" })).word(), "200");
    assert_eq!(ann.delete(&format!("/v1/webhooks/{}", made[0].0)).status, 204);
    make(&ann, "@ann");
}

#[test]
fn a_hooks_token_signs_nobody_in_and_a_users_posts_by_no_hook() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let (_, path) = make(&ann, "@ann");
    let hook = ann.with(path.strip_prefix("/hooks/").unwrap());
    for client in [&hook, &hook.by_cookie()] {
        assert_eq!(client.get("/v1/conversations").word(), "401 bad-token");
    }
    let body = json!({ "text": "x" });
    assert_eq!(ann.post(&format!("/hooks/{}", ann.token()), &body).word(), "401 bad-token");
    for token in ["0".repeat(64), "x".into(), "%2e%2e".into(), "' OR 1=1".replace(' ', "%20")] {
        assert_eq!(ann.post(&format!("/hooks/{token}"), &body).word(), "401 bad-token", "{token}");
    }
    assert_eq!(texts(&ann.log("@ann")), [""; 0]);
}

#[test]
fn the_url_names_the_host_that_was_asked() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let body = json!({ "conversation": "@ann", "label": "x" }).to_string();
    for (host, wanted) in
        [("chat.example:8080", "http://chat.example:8080/hooks/"), ("[::1]:1202", "http://[::1]:1202/hooks/")]
    {
        let mut peer = crate::harness::Peer::connect(server.addr());
        let length = format!("Content-Length: {}\r\nConnection: close", body.len());
        let sign_in = format!("Authorization: Bearer {}", ann.token());
        peer.send(&format!(
            "POST /v1/webhooks HTTP/1.1\r\nHost: {host}\r\n{sign_in}\r\n{length}\r\n\r\n{body}"
        ));
        let answer = peer.to_end();
        assert!(answer.contains(&format!("\"url\":\"{wanted}")), "{answer}");
    }
}
