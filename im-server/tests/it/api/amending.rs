//! Edits, deletions, reactions and answers by HTTP, and a history that says what became of what was said.

use serde_json::json;

use crate::harness::TestServer;

use super::call::Client;

#[test]
fn a_script_reads_what_became_of_what_was_said() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let bob = Client::sign_up(server.addr(), "bob");
    for text in ["one", "two", "three"] {
        ann.say("@bob", text);
    }
    let answer = json!({ "to": "@ann", "text": "to one", "reply_to": 1 });
    assert_eq!(bob.post("/v1/post", &answer).done()["seq"], 4);
    let missing = json!({ "to": "@ann", "text": "to nothing", "reply_to": 99 });
    assert_eq!(bob.post("/v1/post", &missing).word(), "404 no-such-message");
    for request in [
        json!({ "request": "edit", "of": "@bob", "seq": 1, "text": "eins" }),
        json!({ "request": "react", "of": "@bob", "seq": 2, "reaction": "👍" }),
        json!({ "request": "delete", "of": "@bob", "seq": 3 }),
    ] {
        assert_eq!(ann.ask(&request).done()["reply"], "done", "{request}");
    }
    let theirs = json!({ "request": "edit", "of": "@ann", "seq": 1, "text": "x" });
    assert_eq!(bob.ask(&theirs).word(), "403 not-allowed");
    let page = bob.get("/v1/history?conversation=@ann&after=0&limit=4").done();
    let kinds: Vec<_> = page["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["posted", "posted", "tombstone", "posted"]);
    assert_eq!((&page["events"][2]["text"], &page["events"][3]["reply_to"]), (&json!(null), &json!(1)));
    let amendments = page["amendments"].as_array().unwrap();
    assert_eq!(amendments.len(), 2);
    assert_eq!((&amendments[0]["of"], &amendments[0]["text"]), (&json!(1), &json!("eins")));
    assert_eq!((&amendments[1]["of"], &amendments[1]["reaction"]), (&json!(2), &json!("👍")));
    // Where nothing happened later there is nothing to say.
    let newest = bob.get("/v1/history?conversation=@ann").done();
    assert_eq!(newest.get("amendments"), None);
    let last = newest["events"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["of"]), (&json!("deleted"), &json!(3)));
}
