//! Any request of the JSON dialect by `/v1/ask`, and every way in which HTTP says no.

use serde_json::{Value, json};

use crate::harness::TestServer;

use super::call::Client;

/// People by name, and what each asks in turn.
struct People(Vec<(&'static str, Client)>);

impl People {
    fn sign_up(server: &TestServer, names: &[&'static str]) -> Self {
        Self(names.iter().map(|name| (*name, Client::sign_up(server.addr(), name))).collect())
    }

    fn of(&self, name: &str) -> &Client {
        &self.0.iter().find(|(found, _)| *found == name).unwrap().1
    }

    /// Each asks, and gets the reply of that word, or the refusal.
    #[track_caller]
    fn ask_all(&self, table: Vec<(&str, Value, &str)>) {
        for (row, (who, request, wanted)) in table.into_iter().enumerate() {
            let answer = self.of(who).ask(&request);
            let word = match answer.status {
                200 => answer.json()["reply"].as_str().unwrap().to_owned(),
                _ => answer.word(),
            };
            assert_eq!(word, wanted, "row {}: {who} {request}: {answer:?}", row + 1);
        }
    }
}

fn named(request: &str, key: &str, name: &str) -> Value {
    json!({ "request": request, key: name })
}

fn invite(group: &str, user: &str) -> Value {
    json!({ "request": "invite", "group": group, "user": user })
}

fn role(user: &str, role: &str) -> Value {
    json!({ "request": "set-role", "group": "g", "user": user, "role": role })
}

fn answer(group: &str, user: Option<&str>, yes: bool) -> Value {
    json!({ "request": "answer", "group": group, "user": user, "yes": yes })
}

#[test]
fn every_request_that_makes_sense_for_one_call_is_answered() {
    let server = TestServer::start();
    let people = People::sign_up(&server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("ann", json!({ "request": "ping" }), "done"),
        ("ann", json!({ "request": "time" }), "time"),
        ("ann", named("check-name", "name", "bob"), "name"),
        ("ann", named("open", "address", "@bob"), "conversation"),
        ("ann", named("create", "group", "g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", json!({ "request": "pending" }), "pending"),
        ("bob", answer("g", None, true), "conversation"),
        ("cid", named("join", "name", "g"), "asked"),
        ("ann", answer("g", Some("cid"), false), "done"),
        ("cid", named("dismiss", "group", "g"), "done"),
        ("ann", role("bob", "admin"), "done"),
        ("cid", json!({ "request": "join", "name": "dev", "create": true }), "conversation"),
        ("bob", named("join", "name", "dev"), "conversation"),
        ("bob", json!({ "request": "post", "to": "#dev", "text": "hi" }), "posted"),
        ("bob", json!({ "request": "history", "of": "#dev" }), "history"),
        ("bob", json!({ "request": "history", "of": "#dev", "page": { "after": 1 }, "limit": 2 }), "history"),
        ("bob", json!({ "request": "mark", "of": "#dev", "read": 2 }), "done"),
        ("bob", named("who", "of", "dev"), "people"),
        ("bob", json!({ "request": "who" }), "people"),
        ("bob", json!({ "request": "conversations" }), "conversations"),
        ("bob", named("leave", "name", "dev"), "done"),
        ("bob", named("await", "user", "marie"), "conversation"),
    ]);
}

#[test]
fn the_tag_comes_back_and_a_post_without_an_id_gets_one() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let pong = ann.ask(&json!({ "tag": 4_294_967_295_u32, "request": "ping" })).done();
    assert_eq!(pong, json!({ "tag": 4_294_967_295_u32, "reply": "done" }));
    let post = json!({ "request": "post", "to": "@ann", "text": "x" });
    for seq in 1..=2 {
        assert_eq!(ann.ask(&post).done()["seq"], seq);
    }
    let with_id = json!({ "request": "post", "to": "@ann", "text": "x", "message": "0".repeat(31) + "1" });
    for duplicate in [false, true] {
        assert_eq!(ann.ask(&with_id).done()["duplicate"], duplicate);
    }
    let pair = [
        json!({ "reply": "name", "tag": 0, "taken": true }),
        json!({ "reply": "name", "tag": 0, "taken": false }),
    ];
    for (name, wanted) in ["ANN", "nobody"].into_iter().zip(pair) {
        assert_eq!(ann.ask(&named("check-name", "name", name)).done(), wanted);
    }
}

#[test]
fn who_one_is_and_what_one_follows_cannot_be_asked() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    for request in [
        json!({ "request": "sign-up", "name": "new", "password": "x" }),
        json!({ "request": "sign-in", "name": "ann", "password": "x" }),
        json!({ "request": "resume", "token": ann.token() }),
        json!({ "request": "sign-out" }),
        json!({ "request": "come-as-guest" }),
        named("rename", "name", "new"),
        json!({ "request": "follow" }),
    ] {
        assert_eq!(ann.ask(&request).word(), "400 unreadable", "{request}");
        assert_eq!(Client::stranger(server.addr()).ask(&request).word(), "401 not-signed-in", "{request}");
    }
    assert_eq!(ann.get("/v1/session").done()["user"], "ann");
}

#[test]
fn the_table_of_refusals_and_their_statuses() {
    let server = TestServer::start();
    let people = People::sign_up(&server, &["ann", "bob", "cid", "dan"]);
    people.of("ann").enter("dev");
    people.ask_all(vec![
        ("ann", named("create", "group", "g"), "conversation"),
        ("ann", named("create", "group", "g"), "409 name-taken"),
        ("ann", named("create", "group", "dev"), "409 name-taken"),
        ("ann", json!({ "request": "join", "name": "dеv", "create": true }), "409 look-alike"),
        ("ann", invite("g", "bob"), "done"),
        ("ann", invite("g", "bob"), "409 already-asked"),
        ("ann", invite("g", "ann"), "409 already-member"),
        ("ann", invite("dev", "bob"), "400 open-room"),
        ("ann", invite("g", "nobody"), "404 no-such-user"),
        ("bob", answer("g", None, true), "conversation"),
        ("bob", invite("g", "cid"), "403 not-allowed"),
        ("bob", role("ann", "member"), "403 not-allowed"),
        ("ann", role("ann", "member"), "403 not-allowed"), // a group keeps an owner
        ("ann", role("cid", "admin"), "403 they-are-not-member"),
        ("cid", role("ann", "member"), "403 not-member"),
        ("cid", named("join", "name", "g"), "asked"),
        ("cid", named("join", "name", "g"), "409 already-asked"),
        ("cid", answer("g", None, true), "404 nothing-pending"),
        ("ann", answer("g", Some("dan"), true), "404 nothing-pending"),
        ("cid", named("join", "name", "nowhere"), "404 no-such-room"),
        ("cid", named("open", "address", "#dev"), "403 not-member"),
        ("cid", named("open", "address", "@nobody"), "404 no-such-user"),
        ("cid", named("leave", "name", "dev"), "403 not-member"),
        ("cid", json!({ "request": "post", "to": "#dev", "text": "x" }), "403 not-member"),
        ("cid", json!({ "request": "post", "to": "@anonymous0", "text": "x" }), "404 no-such-user"),
        ("dan", named("await", "user", "marie"), "conversation"),
    ]);
    let dan = people.of("dan");
    (0..100).for_each(|_| assert!(dan.say("@marie", "come") > 0));
    let full = dan.post("/v1/post", &json!({ "to": "@marie", "text": "one more" }));
    assert_eq!((full.word().as_str(), full.header("retry-after")), ("429 kept-full", Some("1")));
}

#[test]
fn a_path_or_method_that_is_not_there_and_a_page_of_somebody_else() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    for (method, path, wanted) in [
        ("GET", "/v1", "404 no-such-path"),
        ("GET", "/v1/", "404 no-such-path"),
        ("GET", "/v1/nothing", "404 no-such-path"),
        ("POST", "/v1/post/", "404 no-such-path"),
        ("POST", "/V1/post", "404 no-such-path"),
        ("GET", "/hooks", "404 no-such-path"),
        ("GET", "/v1/post", "405 no-such-method"),
        ("PUT", "/v1/post", "405 no-such-method"),
        ("POST", "/v1/history", "405 no-such-method"),
        ("POST", "/v1/events", "405 no-such-method"),
        ("DELETE", "/v1/tokens", "405 no-such-method"),
        ("GET", "/hooks/x", "405 no-such-method"),
        ("DELETE", "/v1/tokens/x", "400 unreadable"),
        ("DELETE", "/v1/tokens/-1", "400 unreadable"),
        ("DELETE", "/v1/tokens/18446744073709551615", "404 no-such-token"),
        ("DELETE", "/v1/webhooks/18446744073709551615", "404 no-such-token"),
    ] {
        assert_eq!(ann.call(&ann.request(method, path)).word(), wanted, "{method} {path}");
    }
    for (origin, wanted) in [
        (format!("http://{}", server.addr()), "200"),
        ("http://evil.example".into(), "403 foreign-origin"),
        ("null".into(), "403 foreign-origin"),
        (format!("http://127.0.0.1:{}", server.addr().port() ^ 1), "403 foreign-origin"),
    ] {
        let mut request = ann.by_cookie().request("POST", "/v1/ask");
        request.body = br#"{"request":"ping"}"#.to_vec();
        request.headers.push(("Origin", origin.clone()));
        assert_eq!(ann.call(&request).word(), wanted, "{origin}");
    }
}

#[test]
fn a_full_disk_is_507_and_all_that_reads_works() {
    let server = TestServer::with(|config| config.database_bytes_max = 512 * 1024);
    let ann = Client::sign_up(server.addr(), "ann");
    let post = json!({ "to": "@ann", "text": "x".repeat(30_000) });
    let mut kept = 0;
    let refused = loop {
        let answer = ann.post("/v1/post", &post);
        if answer.status != 200 {
            break answer.word();
        }
        kept += 1;
    };
    assert_eq!(refused, "507 cannot-store");
    assert!(kept > 3);
    assert_eq!(ann.log("@ann").len(), kept);
    assert_eq!(ann.get("/v1/conversations").word(), "200");
}
