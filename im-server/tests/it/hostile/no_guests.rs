//! A server that lets no guests in says how to get an account, in every manner, and serves those who have one.

use im_proto::Request;
use im_server::{Order, Told};

use crate::asks::{say, sign_in, sign_up, word};
use crate::harness::{Peer, TestServer};
use crate::native::guests::come;

const TOLD: &str = "guests are not let in here, make an account first: signup: NAME";

fn server() -> TestServer {
    TestServer::with(|config| config.guests = false)
}

#[test]
fn guests_are_turned_away_in_every_manner() {
    let server = server();
    let mut foo = server.text_user("foo");
    for (port, sent, told, closed) in [
        ("any", "hello\n", format!(" * {TOLD}\n"), false),
        ("any", "/list\n", format!(" * {TOLD}\n"), false),
        ("any", "@foo hello\n", format!(" * {TOLD}\n"), false),
        ("lobby", "", format!(" * {TOLD}\r\n"), false),
        ("any", "{\"name\":\"Mina\",\"room\":\"devroom\"}\nhello\n", format!("error: {TOLD}\n"), true),
        ("machat", "{\"name\":\"Mina\",\"room\":\"devroom\"}\nhello\n", format!("error: {TOLD}\n"), true),
        ("any", "INIT:John:foo\nhello\n", format!("error: {TOLD}\n"), true),
        ("tinychat", "INIT:John:foo\nhello\n", format!("error: {TOLD}\n"), true),
    ] {
        let mut peer = Peer::connect(server.addr_of(port));
        peer.send(sent);
        peer.until(&told);
        if closed {
            assert_eq!(peer.to_end(), "", "{port}: {sent}");
        } else {
            // What was said was said to nobody, and one may try again.
            peer.send("to nobody\n");
            peer.until("using [signup: foo] or [signin: foo]");
            peer.send("/bye\n");
            peer.to_end();
        }
    }
    let mut native = server.native();
    for name in [None, Some("neil".parse().unwrap())] {
        assert_eq!(word(&native.ask(Request::ComeAsGuest { name })), "no-guests");
    }
    assert_eq!(word(&native.ask(say("#lobby", 1, "x"))), "not-signed-in");
    foo.send("/list\n/history #lobby\n");
    foo.expect("[from system] online: foo (1)\n");
    assert!(!foo.until("\n").contains("hello"));
}

/// What is refused for the moment is told once for each line, and may be tried again.
#[test]
fn while_the_hatches_are_closed_each_line_is_refused_once() {
    let server = TestServer::start();
    let hatches = |closed| Order::Hatches { closed, why: None };
    assert_eq!(server.order(hatches(true)), Told::Done);
    let mut peer = server.text();
    peer.send("hello\nagain\n");
    for _ in 0..2 {
        peer.until(" * nobody new is let in at the moment\n");
    }
    assert_eq!(server.order(hatches(false)), Told::Done);
    peer.send("now it is\n/history\n");
    assert!(!peer.until("now it is").contains("nobody new"));
}

#[test]
fn accounts_still_work() {
    let server = server();
    for (port, name) in [("any", "any"), ("lobby", "lob"), ("goim", "goim"), ("tinychat", "tiny")] {
        let mut peer = Peer::connect(server.addr_of(port));
        peer.send(&format!("/signup {name}\nsecret\nsecret\n/all hello from {name}\n/time\n"));
        peer.until(" UTC");
        let mut native = server.native();
        assert_eq!(word(&native.ask(sign_in(name, "secret"))), "welcome", "{port}");
    }
    let mut ann = server.native();
    assert_eq!(word(&ann.ask(sign_up("ann"))), "welcome");
    assert_eq!(word(&ann.ask(Request::SignOut)), "done");
    assert_eq!(word(&ann.ask(come("ann"))), "no-guests");
    // Who signs out is nobody.
    let mut neil = server.text_user("neil");
    neil.send("signout\nhello?\n");
    neil.expect("[from system] signout succeed.\nusing [signup: foo] or [signin: foo]\n");
}
