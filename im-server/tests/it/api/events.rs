//! The stream of events: what is told, to whom, and how it ends.

use std::io::Write;
use std::net::Shutdown;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::asks::{answer, conversation, create, enter, invite, join, kick, leave, say, who, word};
use crate::child::Running;
use crate::harness::{Native, Peer, TestServer};
use im_proto::{Notice, Reply};

use crate::web::talk::{By, Talk};

use super::call::{Client, PASSWORD};
use super::stream::{Opening, Stream};

fn told(event: &Value) -> (String, u64, String) {
    let text = |key: &str| event[key].as_str().unwrap().to_owned();
    (text("conversation"), event["seq"].as_u64().unwrap(), text("kind"))
}

fn tells(stream: &mut Stream, wanted: &[(&str, u64, &str)]) {
    for (conversation, seq, kind) in wanted {
        assert_eq!(told(&stream.event()), ((*conversation).to_owned(), *seq, (*kind).to_owned()));
    }
}

fn is_online(native: &mut Native, room: &str, name: &str) -> bool {
    let Ok(Reply::People { people, .. }) = native.ask(who(room)) else { panic!("refused") };
    people.iter().any(|person| person.name.to_string() == name && person.online)
}

fn is_told(notice: &Notice, name: &str, comes: bool) -> bool {
    matches!(notice, Notice::Presence { user, online } if user.name.to_string() == name && *online == comes)
}

#[test]
fn events_come_live_in_the_shape_of_history() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    ann.enter("dev");
    bob.ask(say("#dev", 1, "before")).unwrap();
    let mut streams = [Stream::now(&ann), Stream::now(&ann.by_cookie())];
    bob.ask(say("#dev", 2, "two\nlines \u{9b}")).unwrap();
    bob.ask(say("@ann", 3, "psst")).unwrap();
    ann.say("#dev", "one's own, too");
    for stream in &mut streams {
        let mut events: Vec<Value> = (0..3).map(|_| stream.event()).collect();
        events.sort_by_key(|event| event["conversation"].as_str() == Some("@bob"));
        assert_eq!(events[..2], ann.log("#dev")[3..]);
        assert_eq!(events[2..], ann.log("@bob")[..]);
    }
}

#[test]
fn who_is_put_out_hears_that_and_nothing_more_by_whatever_way() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    ann.ask(enter("dev")).unwrap();
    let bob = Client::sign_up(server.addr(), "bob");
    bob.enter("dev");
    let mut stream = Stream::now(&bob);
    let mut text = server.text();
    text.send(&format!("signin: bob\n{PASSWORD}\n"));
    text.until("auth succeed.");
    let mut talks = [By::Socket, By::Lines].map(|by| {
        let mut talk = Talk::connect(&server, by);
        let sign_in = json!({ "request": "sign-in", "name": "bob", "password": PASSWORD });
        assert_eq!(talk.ask(&sign_in)["reply"], "welcome");
        talk.done(&json!({ "request": "follow" }));
        talk
    });
    ann.ask(kick("dev", "bob")).unwrap();
    ann.ask(say("#dev", 1, "behind his back")).unwrap();
    ann.ask(say("#lobby", 2, "before all")).unwrap();
    tells(&mut stream, &[("#dev", 3, "kicked")]);
    assert_eq!(stream.event()["text"], "before all");
    for talk in &mut talks {
        let heard: Vec<_> = std::iter::from_fn(|| Some(talk.event()))
            .skip_while(|event| event["kind"] != "kicked") // who comes may hear that they came
            .take(2)
            .collect();
        assert_eq!(heard[1]["text"], "before all", "{heard:?}");
    }
    let shown = text.until("before all");
    assert!(shown.contains("put bob out") && !shown.contains("behind"), "{shown}");
}

#[test]
fn what_begins_and_ends_while_streaming_is_told() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    let mut stream = Stream::now(&ann);
    // A room that one enters.
    bob.ask(enter("dev")).unwrap();
    bob.ask(say("#dev", 1, "not for ann")).unwrap();
    ann.enter("dev");
    bob.ask(say("#dev", 2, "for ann")).unwrap();
    tells(&mut stream, &[("#dev", 3, "joined"), ("#dev", 4, "posted")]);
    // And leaves, and enters again.
    ann.ask(&json!({ "request": "leave", "name": "dev" })).done();
    bob.ask(say("#dev", 3, "not for ann")).unwrap();
    tells(&mut stream, &[("#dev", 5, "left")]);
    ann.enter("dev");
    tells(&mut stream, &[("#dev", 7, "joined")]);
    // A group that one is invited into.
    bob.ask(create("g")).unwrap();
    bob.ask(invite("g", "ann")).unwrap();
    ann.ask(&json!({ "request": "answer", "group": "g", "yes": true })).done();
    bob.ask(say("#g", 4, "welcome")).unwrap();
    tells(&mut stream, &[("#g", 3, "joined"), ("#g", 4, "posted")]);
    // Somebody who has never spoken to one.
    bob.ask(say("@ann", 5, "hi")).unwrap();
    tells(&mut stream, &[("@bob", 1, "posted")]);
    // One's own group, and who is let in.
    ann.ask(&json!({ "request": "create", "group": "mine" })).done();
    assert_eq!(word(&bob.ask(join("mine"))), "asked");
    ann.ask(&json!({ "request": "answer", "group": "mine", "user": "bob", "yes": true })).done();
    bob.ask(leave("mine")).unwrap();
    tells(
        &mut stream,
        &[("#mine", 1, "created"), ("#mine", 2, "asked"), ("#mine", 3, "joined"), ("#mine", 4, "left")],
    );
    assert_eq!(word(&bob.ask(answer("g", true))), "nothing-pending");
}

#[test]
fn a_stream_is_presence_and_its_end_is_told() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    ann.enter("dev");
    let mut bob = server.native_user("bob");
    conversation(bob.ask(join("dev")));
    bob.follow();
    assert!(!is_online(&mut bob, "dev", "ann"), "a call is no presence");
    for resets in [true, false] {
        let [first, second] = [Stream::now(&ann), Stream::now(&ann)];
        bob.notice(|notice| is_told(notice, "ann", true));
        assert!(is_online(&mut bob, "dev", "ann"));
        drop(first);
        assert!(is_online(&mut bob, "dev", "ann"));
        if resets {
            second.reset();
        } else {
            drop(second); // the server learns of it only by sending something
        }
        bob.notice(|notice| is_told(notice, "ann", false));
        assert!(!is_online(&mut bob, "dev", "ann"));
    }
}

#[test]
fn who_has_said_all_may_go_on_hearing() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut stream = Stream::now(&ann);
    stream.line().stream().shutdown(Shutdown::Write).unwrap();
    // It may be gone, so it is asked for a sign of life, and it is not.
    assert_eq!(stream.heartbeat(), ":\n\n");
    ann.say("@ann", "still here");
    assert_eq!(stream.said(), "still here");
}

#[test]
fn a_server_that_stops_says_so_and_ends_the_stream() {
    let mut server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut stream = Stream::now(&ann);
    ann.say("@ann", "last words");
    server.stop();
    // What was told last may stand on either side of it.
    let (mut said, mut reasons) = (Vec::new(), Vec::new());
    while let Some(block) = stream.next() {
        let data = block.data.unwrap();
        let into = if block.event.is_some() { &mut reasons } else { &mut said };
        into.push(data["text"].as_str().or(data["code"].as_str()).unwrap().to_owned());
    }
    assert_eq!((said, reasons), (vec!["last words".to_owned()], vec!["stopping".to_owned()]));
}

#[test]
fn a_token_that_is_taken_back_ends_its_streams_and_no_others() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let desk = Client::sign_in(server.addr(), "ann");
    let made = ann.post("/v1/tokens", &json!({ "label": "bot" })).done();
    let bot = ann.with(made["token"].as_str().unwrap());
    let mut kept = Stream::now(&desk);
    let mut ends = [Stream::now(&ann), Stream::now(&ann.by_cookie())];
    let mut bots = Stream::now(&bot);
    assert_eq!(ann.delete(&format!("/v1/tokens/{}", made["id"])).status, 204);
    assert_eq!(bots.closes(), "bad-token");
    assert_eq!(ann.delete("/v1/session").status, 204);
    ends.iter_mut().for_each(|stream| assert_eq!(stream.closes(), "bad-token"));
    desk.say("@ann", "still here");
    assert_eq!(kept.said(), "still here");
    for gone in [&ann, &bot] {
        assert_eq!(gone.get("/v1/events").word(), "401 bad-token");
    }
}

#[test]
fn an_id_that_is_none_of_the_servers_is_refused() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let long = "9".repeat(30);
    for last in ["x", "-", "1-2", "1-2.x", "1 2", "１", &long, "0-1.2;3.4"] {
        let mut request = ann.request("GET", "/v1/events");
        request.headers.push(("Last-Event-ID", last.to_owned()));
        assert_eq!(ann.call(&request).word(), "400 unreadable", "{last:?}");
    }
    assert_eq!(Client::stranger(server.addr()).get("/v1/events").word(), "401 not-signed-in");
    // Of a future that this server has not seen, or of conversations that are nobody's: nothing happens but what is new.
    for last in ["18446744073709551615", "99999-1.9999,77.1", "0-1.0", ""] {
        let mut stream = Stream::open(&ann, Opening::after(Some(last)));
        let text = format!("after {last}");
        ann.say("@ann", &text);
        while stream.said() != text {}
    }
}

#[test]
fn a_client_of_http_1_0_gets_the_bytes_as_they_are() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut peer = Peer::connect(server.addr());
    peer.send(&format!("GET /v1/events HTTP/1.0\r\nAuthorization: Bearer {}\r\n\r\n", ann.token()));
    let head = peer.until("\r\n\r\n");
    assert!(head.starts_with("HTTP/1.0 200 OK\r\n") && !head.contains("chunked"), "{head}");
    peer.expect("id: ");
    peer.until("\n\n");
    ann.say("@ann", "hi");
    peer.expect("id: ");
    peer.until("\ndata: ");
    assert!(peer.until("\n\n").ends_with("\"text\":\"hi\"}\n\n"));
    assert_eq!(ann.delete("/v1/session").status, 204);
    assert!(peer.to_end().contains("event: closing\n"));
}

#[test]
fn asking_for_the_head_only_begins_no_stream() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut peer = Peer::connect(server.addr());
    let sign_in = format!("Authorization: Bearer {}", ann.token());
    peer.send(&format!("HEAD /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{sign_in}\r\n\r\n"));
    assert!(peer.to_end().ends_with("\r\n\r\n"));
    let mut bob = server.native_user("bob");
    while is_online(&mut bob, "lobby", "ann") {}
}

#[test]
#[cfg_attr(not(has_curl), ignore = "apt-get install curl")]
fn curl_shows_events_as_they_come() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut curl = Command::new("curl");
    curl.args(["-sN", &format!("{}/v1/events", server.addr()), "-H"]);
    curl.arg(format!("Authorization: Bearer {}", ann.token()));
    let mut running = Running::start(curl);
    running.says("id: ");
    for text in ["one", "two"] {
        ann.say("@ann", text);
        running.says(&format!("\"text\":\"{text}\"}}\n\n"));
    }
    assert_eq!(ann.delete("/v1/session").status, 204);
    let ended = running.ends();
    assert!(ended.out.ends_with("\n\n") && ended.out.contains("event: closing\ndata: {"), "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn many_streams_that_break_in_the_middle_of_their_heads_leave_nobody_behind() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let head = format!("GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", ann.token());
    for cut in 0..60 {
        let mut peer = Peer::connect(server.addr());
        let part = &head.as_bytes()[..head.len() - cut.min(40) / 10 * 10];
        peer.send_bytes(part);
        let reset = socket2::SockRef::from(peer.stream()).set_linger(Some(Duration::ZERO));
        reset.unwrap();
        let _ = peer.stream().flush();
    }
    let mut bob = server.native_user("bob");
    while is_online(&mut bob, "lobby", "ann") {}
}
