//! The OpenAPI document: all that is served stands in it, and all that stands in it is true.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::accounts::authenticator::digits;
use crate::harness::TestServer;

use super::call::{Answer, Client, Line, PASSWORD};
use super::schema::Schemas;
use super::stream::Stream;

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// Each path and method, and what is said of it.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    all.filter(|(_, method, _)| METHODS.contains(method)).collect()
}

fn document(server: &TestServer) -> Value {
    let answer = Client::stranger(server.addr()).get("/v1/openapi.json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.done()
}

/// The status and the code with which a path answers, whatever it is asked.
fn probe(client: &Client, method: &str, path: &str) -> String {
    let method = method.to_uppercase();
    let mut request = client.request(&method, path);
    request.headers.push(("Connection", "close".into()));
    let mut line = Line::connect(client.addr);
    line.send(&request);
    if path == "/v1/events" && method == "GET" && client.token.is_some() {
        return line.head().unwrap().0.to_string(); // it goes on
    }
    line.answer().unwrap().word()
}

#[test]
fn everything_in_it_is_there_and_asks_for_a_token_where_it_says_so() {
    let server = TestServer::start();
    let document = document(&server);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let ann = Client::sign_up(server.addr(), "ann");
    let stranger = Client::stranger(server.addr());
    let mut open = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let shown = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 5), "{shown}");
        assert!(operation["responses"]["4XX"].is_object(), "{shown}");
        let security =
            if operation["security"].is_null() { &document["security"] } else { &operation["security"] };
        let security = security.as_array().unwrap();
        let real = path.replace("{id}", "999").replace("{token}", &"0".repeat(64));
        // The order matters: what signs out comes last.
        let word = probe(&stranger, method, &real);
        if security.contains(&json!({})) {
            open.insert(shown.clone());
            assert_ne!(word, "401 not-signed-in", "{shown}");
        } else {
            assert_eq!(security, &[json!({ "token": [] })], "{shown}");
            assert_eq!(word, "401 not-signed-in", "{shown}");
        }
        let ann = if method == "delete" { Client::sign_in(server.addr(), "ann") } else { ann.clone() };
        for word in [word, probe(&ann, method, &real)] {
            assert!(!["404 no-such-path", "405 no-such-method"].contains(&word.as_str()), "{shown}: {word}");
        }
    }
    let wanted = ["get /v1/session", "post /hooks/{token}", "post /v1/login", "post /v1/signup"];
    assert_eq!(open, BTreeSet::from(wanted.map(str::to_owned)));
}

#[test]
fn everything_that_is_there_stands_in_it() {
    let server = TestServer::start();
    let document = document(&server);
    let described: BTreeSet<String> =
        operations(&document).iter().map(|(path, method, _)| format!("{method} {path}")).collect();
    let mut candidates: BTreeSet<String> =
        operations(&document).iter().map(|(path, ..)| (*path).to_owned()).collect();
    let guesses = "signup login signin logout session sessions post posts messages history conversations events stream \
                   ask tokens tokens/{id} webhooks webhooks/{id} hooks users users/{id} me account friends rooms groups \
                   sync who pending status health metrics version admin docs openapi openapi.yaml";
    candidates.extend(guesses.split_whitespace().map(|guess| format!("/v1/{guess}")));
    candidates.extend(
        ["/v1", "/v1/", "/hooks", "/hooks/", "/hooks/{token}", "/hooks/{token}/x"].map(str::to_owned),
    );
    for path in candidates {
        for method in METHODS {
            let ann = Client::stranger(server.addr());
            let real = path.replace("{id}", "999").replace("{token}", &"0".repeat(64));
            let word = probe(&ann, method, &real);
            let served = !["404 no-such-path", "405 no-such-method"].contains(&word.as_str());
            assert_eq!(served, described.contains(&format!("{method} {path}")), "{method} {path}: {word}");
        }
    }
}

/// What real calls are answered, with the path and method of each in the document.
fn answers(server: &TestServer) -> Vec<(&'static str, &'static str, Answer)> {
    let credentials = |cookie: bool| json!({ "name": "ann", "password": PASSWORD, "cookie": cookie });
    let stranger = Client::stranger(server.addr());
    let mut all = vec![
        ("/v1/signup", "post", stranger.post("/v1/signup", &credentials(false))),
        ("/v1/login", "post", stranger.post("/v1/login", &credentials(true))),
        ("/v1/session", "get", stranger.get("/v1/session")),
        ("/v1/session", "delete", stranger.delete("/v1/session")),
    ];
    let ann = Client::sign_in(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    let mut guest = server.text();
    guest.send("/username neil\nfrom a guest\n@ann psst\n/time\n");
    guest.until(" UTC");
    for request in [
        json!({ "request": "create", "group": "g" }),
        json!({ "request": "create", "group": "h" }),
        json!({ "request": "invite", "group": "g", "user": "bob" }),
        json!({ "request": "invite", "group": "h", "user": "bob" }),
        json!({ "request": "who" }),
        json!({ "request": "history", "of": "#g" }),
        json!({ "request": "nothing" }),
    ] {
        all.push(("/v1/ask", "post", ann.ask(&request)));
    }
    all.push(("/v1/ask", "post", bob.ask(&json!({ "request": "pending" }))));
    for (group, yes) in [("g", true), ("h", false)] {
        all.push(("/v1/ask", "post", bob.ask(&json!({ "request": "answer", "group": group, "yes": yes }))));
    }
    ann.ask(&json!({ "request": "set-role", "group": "g", "user": "bob", "role": "admin" })).done();
    let label = json!({ "label": "bot" });
    let hook = json!({ "conversation": "#g", "label": "builds" });
    let made = ann.post("/v1/webhooks", &hook);
    let url = made.json()["url"].as_str().unwrap().to_owned();
    let path = url.split_once(&server.addr().to_string()).unwrap().1;
    all.extend([
        ("/v1/webhooks", "post", made),
        ("/hooks/{token}", "post", stranger.post(path, &json!({ "text": "x" }))),
        ("/hooks/{token}", "post", stranger.post("/hooks/x", &json!({ "text": "x" }))),
        ("/v1/webhooks", "get", ann.get("/v1/webhooks")),
        ("/v1/webhooks/{id}", "delete", ann.delete("/v1/webhooks/999")),
        ("/v1/tokens", "post", ann.post("/v1/tokens", &label)),
        ("/v1/tokens", "post", ann.post("/v1/tokens", &json!({}))),
        ("/v1/tokens", "get", ann.get("/v1/tokens")),
        ("/v1/tokens/{id}", "delete", ann.delete("/v1/tokens/x")),
        ("/v1/post", "post", ann.post("/v1/post", &json!({ "to": "#g", "text": "x" }))),
        ("/v1/post", "post", ann.post("/v1/post", &json!({ "to": "#nowhere", "text": "x" }))),
        ("/v1/session", "get", ann.get("/v1/session")),
        ("/v1/conversations", "get", ann.get("/v1/conversations")),
    ]);
    for of in ["%23g", "%23h", "%23lobby", "@neil", "%23nowhere"] {
        all.push(("/v1/history", "get", ann.get(&format!("/v1/history?conversation={of}"))));
    }
    for query in ["q=x", "q=nothere", "q=x&conversation=%23nowhere", "q="] {
        all.push(("/v1/search", "get", ann.get(&format!("/v1/search?{query}"))));
    }
    all.push(("/v1/post", "post", bob.post("/v1/post", &json!({ "to": "#g", "text": "@ann" }))));
    all.push(("/v1/mentions", "get", ann.get("/v1/mentions")));
    all.push(("/v1/sessions", "get", ann.get("/v1/sessions")));
    let made = bob.post("/v1/codes", &json!({ "password": PASSWORD }));
    let code = digits(made.json()["secret"].as_str().unwrap(), 0);
    all.push(("/v1/codes", "post", made));
    all.push(("/v1/codes/confirm", "post", bob.post("/v1/codes/confirm", &json!({ "code": code }))));
    all
}

#[test]
fn real_answers_are_as_it_says_and_what_is_always_there_is_promised() {
    let server = TestServer::start();
    let document = document(&server);
    let mut schemas = Schemas::of(&document);
    let mut faults = Vec::new();
    for (path, method, answer) in answers(&server) {
        let responses = &document["paths"][path][method]["responses"];
        let described =
            if answer.status < 400 { &responses[answer.status.to_string()] } else { &responses["4XX"] };
        let schema = &described["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} {}: {described}", answer.status);
        faults.extend(schemas.check(&answer.json(), schema, &format!("{method} {path}")));
    }
    let ann = Client::sign_in(server.addr(), "ann");
    let mut stream = Stream::now(&ann);
    ann.say("#g", "streamed");
    let schema =
        &document["paths"]["/v1/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]["schema"];
    faults.extend(schemas.check(&stream.event(), schema, "an event"));
    faults.extend(schemas.wrong_promises());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let all: BTreeSet<&str> =
        document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    let asked = BTreeSet::from([
        "BothProofs",
        "Comer",
        "Credentials",
        "Farewell",
        "GivenCode",
        "NewHook",
        "NewToken",
        "Newcomer",
        "Passwords",
        "Post",
        "Proof",
        "Request",
        "Said",
    ]);
    let unseen: Vec<_> =
        all.difference(&schemas.seen()).filter(|name| !asked.contains(*name)).copied().collect();
    let parts = ["DescribedHook", "DescribedSession", "DescribedToken"];
    assert!(unseen.iter().all(|name| parts.contains(name)), "never seen: {unseen:?}");
}

#[test]
fn what_may_be_sent_is_as_it_says() {
    let server = TestServer::start();
    let document = document(&server);
    let ann = Client::sign_up(server.addr(), "ann");
    let whole = [
        ("/v1/post", json!({ "to": "@ann", "text": "x", "message_id": "0".repeat(31) + "1" })),
        ("/v1/ask", json!({ "tag": 1, "request": "ping" })),
        ("/v1/tokens", json!({ "label": "x" })),
        ("/v1/webhooks", json!({ "conversation": "@ann", "label": "x" })),
        ("/v1/login", json!({ "name": "ann", "password": PASSWORD, "cookie": false })),
    ];
    for (path, whole) in whole {
        let body = &document["paths"][path]["post"]["requestBody"];
        assert_eq!(body["required"], true, "{path}");
        let mut schemas = Schemas::of(&document);
        let schema = &body["content"]["application/json"]["schema"];
        assert_eq!(schemas.check(&whole, schema, path), [""; 0]);
        assert_eq!(ann.post(path, &whole).word(), "200", "{path}");
        // Without one of its keys it is taken exactly where the key is not required.
        for key in whole.as_object().unwrap().keys() {
            let mut part = whole.clone();
            part.as_object_mut().unwrap().remove(key);
            let described = schemas.check(&part, schema, path).is_empty();
            assert_eq!(ann.post(path, &part).status == 200, described, "{path} without {key}");
        }
    }
}
