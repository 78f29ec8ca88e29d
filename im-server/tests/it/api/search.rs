//! Searching by HTTP.

use serde_json::{Value, json};

use crate::asks::{create, say};
use crate::harness::TestServer;

use super::call::Client;

fn texts(page: &Value) -> Vec<&str> {
    let found = page["found"].as_array().unwrap().iter();
    found.map(|found| found["event"]["text"].as_str().unwrap()).collect()
}

#[test]
fn what_is_found_comes_by_pages_newest_first() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    bob.ask(create("g")).unwrap();
    bob.ask(say("#g", 1, "shipped where ann is not")).unwrap();
    for number in 0..5 {
        ann.say("#lobby", &format!("shipped {number}"));
        ann.say("@bob", &format!("Shipped it {number}"));
    }
    let first = ann.get("/v1/search?q=shipped&limit=4").done();
    assert_eq!(texts(&first), ["Shipped it 4", "shipped 4", "Shipped it 3", "shipped 3"]);
    assert_eq!(first["more"], true);
    let last = &first["found"][3];
    assert_eq!(last["event"]["conversation"], "#lobby");
    let second = ann.get(&format!("/v1/search?q=shipped&before={}", last["position"])).done();
    assert_eq!((texts(&second).len(), &second["more"]), (6, &json!(false)));
    // The position is that of the events that are told live.
    let in_direct = ann.get("/v1/search?q=ship*+it+2&conversation=@bob").done();
    assert_eq!(texts(&in_direct), ["Shipped it 2"]);
    let history = ann.get("/v1/history?conversation=@bob").done();
    assert!(history["events"].as_array().unwrap().contains(&in_direct["found"][0]["event"]));
}

#[test]
fn what_mentions_one_comes_in_the_same_shape() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    assert_eq!(bob.get("/v1/mentions").done(), json!({ "found": [], "more": false }));
    for number in 0..3 {
        ann.say("#lobby", &format!("@bob {number}"));
        ann.say("@bob", &format!("@bob, between us {number}"));
    }
    let first = bob.get("/v1/mentions?limit=2").done();
    assert_eq!((texts(&first), &first["more"]), (vec!["@bob 2", "@bob 1"], &json!(true)));
    let second = bob.get(&format!("/v1/mentions?before={}", first["found"][1]["position"])).done();
    assert_eq!((texts(&second), &second["more"]), (vec!["@bob 0"], &json!(false)));
    let all = bob.get("/v1/conversations").done();
    let mentions = all["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|here| (here["address"].as_str().unwrap(), here["mentions"].as_u64().unwrap()));
    assert_eq!(mentions.collect::<std::collections::BTreeMap<_, _>>(), [("#lobby", 3), ("@ann", 0)].into());
    for (query, wanted) in
        [("before=-1", "400 unreadable"), ("limit=65536", "400 unreadable"), ("limit=0", "200")]
    {
        assert_eq!(bob.get(&format!("/v1/mentions?{query}")).word(), wanted);
    }
    assert_eq!(Client::stranger(server.addr()).get("/v1/mentions").word(), "401 not-signed-in");
}

#[test]
fn the_table_of_refused_searches() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    server.native_user("bob").ask(create("g")).unwrap();
    let longest = "a".repeat(256);
    for (query, wanted) in [
        ("q=%22%00*(", "200"),
        (&format!("q={longest}")[..], "200"),
        (&format!("q={longest}a"), "400 unreadable"),
        ("q=", "400 unreadable"),
        ("q=%20%20", "400 unreadable"),
        ("", "400 unreadable"),
        ("q=x&before=-1", "400 unreadable"),
        ("q=x&before=18446744073709551615&limit=0", "200"),
        ("q=x&limit=65536", "400 unreadable"),
        ("q=x&conversation=%23g", "403 not-member"),
        ("q=x&conversation=%23nowhere", "404 no-such-room"),
        ("q=x&conversation=@bob", "200"),
    ] {
        let answer = ann.get(&format!("/v1/search?{query}"));
        assert_eq!(answer.word(), wanted, "{query}: {answer:?}");
    }
    assert_eq!(Client::stranger(server.addr()).get("/v1/search?q=x").word(), "401 not-signed-in");
}
