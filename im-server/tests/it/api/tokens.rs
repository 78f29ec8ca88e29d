//! Tokens for bots: made, listed, revoked; and what lives by them ends with them.

use serde_json::{Value, json};

use crate::asks::{resume, say, word};
use crate::harness::{Native, TestServer};
use im_proto::{Notice, Refusal, Token};

use super::call::{Client, PASSWORD};
use super::stream::Stream;

fn make(client: &Client, label: &str) -> (u64, String) {
    let made = client.post("/v1/tokens", &json!({ "label": label })).done();
    assert_eq!(made["label"], label);
    (made["id"].as_u64().unwrap(), made["token"].as_str().unwrap().to_owned())
}

fn labels(client: &Client) -> Vec<String> {
    let list = client.get("/v1/tokens").done();
    let rows = list["tokens"].as_array().unwrap().iter();
    rows.map(|row| row["label"].as_str().unwrap().to_owned()).collect()
}

fn native_by(server: &TestServer, token: &str) -> (Native, &'static str) {
    let mut native = server.native();
    let result = word(&native.ask(resume(&Token::from_hex(token).unwrap())));
    (native, result)
}

#[test]
fn a_bot_acts_as_its_user_everywhere() {
    let mut server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let (id, token) = make(&ann, "deploy bot");
    let bot = ann.with(&token);
    assert_eq!(bot.get("/v1/session").done(), json!({ "user": "ann" }));
    bot.enter("dev");
    bot.say("#dev", "green");
    assert_eq!(ann.log("#dev")[1]["from"], "ann");
    let (mut native, welcome) = native_by(&server, &token);
    assert_eq!(welcome, "welcome");
    assert_eq!(word(&native.ask(say("#dev", 1, "natively"))), "posted");
    // The list has no token in it, neither this one nor those of devices.
    let list = ann.get("/v1/tokens");
    assert!(!list.body.contains(&token) && !list.body.contains(ann.token()));
    let list = list.done();
    let row = &list["tokens"][0];
    assert_eq!(list["tokens"], json!([{ "id": id, "label": "deploy bot", "created": row["created"] }]));
    // A bot makes bots, and all of it outlives the server.
    make(&bot, "child");
    server.restart();
    assert_eq!(labels(&bot.at(server.addr())), ["deploy bot", "child"]);
}

#[test]
fn the_table_of_labels() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let longest = "é".repeat(64);
    let too_long = "é".repeat(65);
    for (label, wanted) in [
        ("build bot", "200"),
        ("build bot", "200"), // a label is no name
        (" 咪 #1 ", "200"),
        (&longest, "200"),
        ("'); DROP TABLE tokens; --", "200"),
        ("", "400 unreadable"),
        (" \t", "400 unreadable"),
        ("a\nb", "400 unreadable"),
        ("a\u{1b}[31m", "400 unreadable"),
        ("a\u{202e}b", "400 unreadable"),
        (&too_long, "400 unreadable"),
    ] {
        assert_eq!(ann.post("/v1/tokens", &json!({ "label": label })).word(), wanted, "{label:?}");
    }
    let kept = ["build bot", "build bot", "咪 #1", &longest, "'); DROP TABLE tokens; --"];
    assert_eq!(labels(&ann), kept);
    for body in [json!({}), json!({ "label": 7 }), json!({ "label": null }), json!(null)] {
        assert_eq!(ann.post("/v1/tokens", &body).word(), "400 unreadable", "{body}");
    }
}

#[test]
fn there_are_a_hundred_at_most_and_devices_do_not_count() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    (0..3).for_each(|_| drop(Client::sign_in(server.addr(), "ann")));
    let ids: Vec<u64> = (0..100).map(|number| make(&ann, &format!("bot {number}")).0).collect();
    let refused = ann.post("/v1/tokens", &json!({ "label": "one more" }));
    assert_eq!((refused.word().as_str(), refused.header("retry-after")), ("429 too-many", Some("1")));
    assert_eq!(ann.delete(&format!("/v1/tokens/{}", ids[50])).status, 204);
    make(&ann, "one more");
    assert_eq!(labels(&ann).len(), 100);
    make(&Client::sign_up(server.addr(), "bob"), "bob's own");
}

#[test]
fn nobody_sees_or_revokes_the_tokens_of_somebody_else_or_of_a_device() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    let (id, token) = make(&ann, "ann's");
    assert_eq!(bob.get("/v1/tokens").done(), json!({ "tokens": [] }));
    for number in 0..id + 20 {
        assert_eq!(bob.delete(&format!("/v1/tokens/{number}")).word(), "404 no-such-token", "{number}");
    }
    for number in (0..id + 20).filter(|number| *number != id) {
        assert_eq!(ann.delete(&format!("/v1/tokens/{number}")).word(), "404 no-such-token", "{number}");
    }
    assert_eq!(ann.with(&token).get("/v1/session").word(), "200");
    let stranger = Client::stranger(server.addr());
    for answer in [stranger.get("/v1/tokens"), stranger.delete(&format!("/v1/tokens/{id}"))] {
        assert_eq!(answer.word(), "401 not-signed-in");
    }
    assert_eq!(stranger.post("/v1/tokens", &json!({ "label": "x" })).word(), "401 not-signed-in");
}

#[test]
fn a_token_that_is_revoked_ends_all_that_lives_by_it_at_once() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let (id, token) = make(&ann, "bot");
    let (_, other) = make(&ann, "other bot");
    let bot = ann.with(&token);
    let (mut native, _) = native_by(&server, &token);
    native.follow();
    let (mut stays, _) = native_by(&server, &other);
    let mut stream = Stream::now(&bot);
    let mut socket = web_socket(&bot);
    assert_eq!(ann.delete(&format!("/v1/tokens/{id}")).status, 204);
    native.notice(|notice| *notice == Notice::Closing(Refusal::BadToken));
    assert_eq!(native.next(), None);
    assert_eq!(stream.closes(), "bad-token");
    assert!(socket.to_end().contains(r#""code":"bad-token""#));
    for answer in [bot.get("/v1/conversations"), bot.post("/v1/post", &json!({ "to": "@ann", "text": "x" }))]
    {
        assert_eq!(answer.word(), "401 bad-token");
    }
    assert_eq!(native_by(&server, &token).1, "bad-token");
    assert_eq!(ann.delete(&format!("/v1/tokens/{id}")).word(), "404 no-such-token");
    assert_eq!(word(&stays.ask(say("@ann", 1, "still here"))), "posted");
    assert_eq!(labels(&ann), ["other bot"]);
}

/// A WebSocket of somebody who is signed in, as far as its upgrade.
fn web_socket(client: &Client) -> crate::harness::Peer {
    let mut peer = crate::harness::Peer::connect(client.addr);
    let key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket";
    let sign_in = format!("Authorization: Bearer {}", client.token());
    peer.send(&format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\n{upgrade}\r\n{key}\r\n{sign_in}\r\n\r\n",
        client.addr
    ));
    assert!(peer.until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    peer
}

#[test]
fn a_bot_that_signs_out_gives_its_token_back() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bot = ann.with(&make(&ann, "bot").1);
    let mut stream = Stream::now(&bot);
    assert_eq!(bot.delete("/v1/session").status, 204);
    assert_eq!(stream.closes(), "bad-token");
    assert_eq!(labels(&ann), [""; 0]);
    assert_eq!(bot.get("/v1/session").word(), "401 bad-token");
    assert_eq!(ann.get("/v1/session").done(), json!({ "user": "ann" }));
}

#[test]
fn what_is_no_token_signs_nobody_in() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let token = ann.token();
    let changed: String = token.chars().map(|c| if c == '0' { '1' } else { '0' }).collect();
    for (scheme, wanted) in [
        (format!("Bearer {token}"), "200"),
        (format!("bearer  {token} "), "200"),
        (format!("Bearer {}", token.to_uppercase()), "200"),
        (format!("Bearer {changed}"), "401 bad-token"),
        (format!("Bearer {}", &token[1..]), "401 bad-token"),
        (format!("Bearer {token}0"), "401 bad-token"),
        (format!("Bearer {PASSWORD}"), "401 bad-token"),
        ("Bearer ' OR 1=1 --".into(), "401 bad-token"),
        ("Bearer ".into(), "401 "),
        (format!("Basic {token}"), "401 "),
        (token.to_owned(), "401 "),
    ] {
        let mut request = Client::stranger(server.addr()).request("GET", "/v1/conversations");
        request.headers.push(("Authorization", scheme.clone()));
        let word = ann.call(&request).word();
        assert!(word.starts_with(wanted), "{scheme}: {word}");
    }
    let by_query = format!("/v1/conversations?token={token}&access_token={token}");
    assert_eq!(Client::stranger(server.addr()).get(&by_query).word(), "401 not-signed-in");
    assert_eq!(ann.get("/v1/tokens").done(), json!({ "tokens": Value::Array(vec![]) }));
}
