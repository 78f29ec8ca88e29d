//! What is kept about oneself: taken along, and taken out.

use im_proto::{Body, Notice, Refusal};
use serde_json::{Value, json};

use crate::asks::{resume, word};
use crate::harness::{Native, TestServer};

use super::call::{Answer, Client, PASSWORD, texts};

/// The lines of an export.
fn export(client: &Client) -> Vec<Value> {
    let answer = client.get("/v1/export");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")));
    answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn erase(client: &Client, password: &str) -> Answer {
    let mut request = client.request("DELETE", "/v1/account");
    request.body = json!({ "password": password }).to_string().into_bytes();
    client.call(&request)
}

#[test]
fn everything_that_is_kept_about_one_comes_as_lines() {
    let server = TestServer::start();
    let (ann, bob) = (Client::sign_up(server.addr(), "ann"), Client::sign_up(server.addr(), "bob"));
    ann.enter("dev");
    bob.enter("dev");
    bob.enter("secret");
    bob.say("#secret", "not for ann");
    // More than two pages.
    for number in 0..450 {
        if number % 2 == 0 { &ann } else { &bob }.say("#dev", &format!("number {number}"));
    }
    bob.say("@ann", "\u{1b}[2J psst");
    ann.post("/v1/tokens", &json!({ "label": "builds" })).done();
    ann.post("/v1/webhooks", &json!({ "conversation": "#dev", "label": "green" })).done();
    ann.ask(&json!({ "request": "create", "group": "g" })).done();
    bob.ask(&json!({ "request": "create", "group": "h" })).done();
    bob.ask(&json!({ "request": "invite", "group": "h", "user": "ann" })).done();

    let lines = export(&ann);
    let (about, events): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.get("export").is_some());
    let kinds: Vec<&str> = about.iter().map(|line| line["export"].as_str().unwrap()).collect();
    let all = ["account", "token", "token", "webhook", "pending"].into_iter().chain(["conversation"; 4]);
    assert!(kinds.iter().copied().eq(all), "{kinds:?}");
    assert_eq!(
        (&about[0]["name"], &about[1]["label"], &about[2]["label"]),
        (&"ann".into(), &Value::Null, &"builds".into())
    );
    assert_eq!((&about[3]["label"], &about[4]["group"]), (&"green".into(), &"h".into()));
    // As they are read, each conversation whole and after the line that is about it.
    let mut wanted = Vec::new();
    for line in &about[5..] {
        let of = line["address"].as_str().unwrap();
        assert_eq!(line["role"], if ["#dev", "#g"].contains(&of) { "owner" } else { "member" });
        wanted.push((*line).clone());
        wanted.extend(ann.log(of));
    }
    assert_eq!(lines[5..], wanted);
    assert_eq!(events.iter().filter(|event| event["conversation"] == "#dev").count(), 452);
    let raw = ann.get("/v1/export").body;
    assert!(!raw.contains("not for ann") && !raw.contains('\u{1b}') && raw.contains("psst"));
    let tokens = [ann.token(), bob.token()];
    assert!(!tokens.iter().any(|token| raw.contains(token)));
    assert_eq!(Client::stranger(server.addr()).get("/v1/export").word(), "401 not-signed-in");
}

#[test]
fn who_takes_themself_out_is_gone_for_everybody_at_once() {
    let mut server = TestServer::start();
    let (ann, bob) = (Client::sign_up(server.addr(), "ann"), Client::sign_up(server.addr(), "bob"));
    ann.enter("dev");
    bob.enter("dev");
    ann.say("#dev", "from ann");
    bob.say("#dev", "@ann, from bob");
    ann.say("@bob", "psst");
    let signed_in = |client: &Client| {
        let mut native = Native::connect(server.addr());
        let token = im_proto::Token::from_hex(client.token()).unwrap();
        assert_eq!(word(&native.ask(resume(&token))), "welcome");
        native.follow();
        native
    };
    let (mut hers, mut his) = (signed_in(&ann), signed_in(&bob));

    assert_eq!(erase(&ann, "wrong").word(), "401 wrong-password");
    assert_eq!(erase(&Client::stranger(server.addr()), PASSWORD).word(), "401 not-signed-in");
    let by_ask = ann.ask(&json!({ "request": "erase", "password": PASSWORD }));
    assert_eq!(by_ask.word(), "400 unreadable", "it has a route of its own");
    assert_eq!(texts(&bob.log("#dev")), ["from ann", "@ann, from bob"]);

    let erased = erase(&ann, PASSWORD);
    assert_eq!((erased.status, erased.body.as_str()), (204, ""));
    assert_eq!(ann.get("/v1/conversations").word(), "401 bad-token");
    hers.notice(|notice| *notice == Notice::Closing(Refusal::BadToken));
    let left = his.event(|event| event.body == Body::Left && event.conversation.0 != 1);
    assert!(left.author.name.as_str().starts_with("erased-"), "{left:?}");
    // The lobby, #dev and what was between them.
    let mut told: Vec<_> = (0..3).map(|_| his.notice(|n| matches!(n, Notice::Forgotten { .. }))).collect();
    told.dedup();
    assert_eq!(told.len(), 3);

    let gone = left.author.name.as_str();
    for _ in 0..2 {
        let log = bob.at(server.addr()).log("#dev");
        assert_eq!(texts(&log), ["@ann, from bob"], "what others say about them stays");
        let kinds: Vec<_> = log.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["created", "joined", "tombstone", "posted", "role", "left"]);
        assert!(log.iter().all(|event| event["from"] == gone || event["from"] == "bob"), "{log:?}");
        assert_eq!(texts(&bob.at(server.addr()).log(&format!("@{gone}"))), [""; 0]);
        let again = json!({ "name": "ann", "password": PASSWORD });
        assert_eq!(Client::stranger(server.addr()).post("/v1/login", &again).word(), "401 wrong-password");
        assert_eq!(Client::stranger(server.addr()).post("/v1/signup", &again).word(), "409 name-taken");
        server.restart();
    }
}
