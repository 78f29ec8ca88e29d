//! What TinyChat's people say before the other comes is kept on disk, and delivered once.

use crate::harness::{Peer, TestServer};

fn tinychat(server: &TestServer, init: &str) -> Peer {
    let mut peer = Peer::connect(server.addr_of("tinychat"));
    peer.send(init);
    peer
}

#[test]
fn what_waits_for_somebody_who_never_came_outlives_the_server() {
    let mut server = TestServer::start();
    let mut john = tinychat(&server, "INIT:John:Marie\nhello Marie\nare you there?\n");
    john.send("/time\n");
    john.until(" UTC\n");
    for _ in 0..2 {
        server.restart();
    }
    assert!(john.to_end().starts_with("* the server is stopping\n"));
    // Somebody else's name is nobody's after a restart, and what John said is John's still.
    let mut john = tinychat(&server, "INIT:John:Marie\none more\n/time\n");
    john.until(" UTC\n");
    let mut marie = tinychat(&server, "INIT:marie:JOHN\n");
    marie.expect("hello Marie\nare you there?\none more\n");
    marie.send("QUIT\n");
    assert_eq!(marie.to_end(), "");
    server.restart();
    let mut marie = tinychat(&server, "INIT:Marie:John\n/time\n");
    assert!(marie.until(" UTC\n").starts_with("* 2"), "all was delivered before");
    marie.send("for you\nQUIT\n");
    assert_eq!(marie.to_end(), "");
    let mut john = tinychat(&server, "INIT:John:Marie\n");
    john.expect("for you\n");
}

#[test]
fn a_hundred_are_kept_and_the_next_is_refused_in_words() {
    let mut server = TestServer::start();
    let mut john = tinychat(&server, "INIT:John:Marie\n");
    for number in 0..102 {
        john.send(&format!("line {number}\n"));
    }
    let full = "* as much is kept for them as may be, until they come\n";
    john.expect(full);
    john.expect(full);
    server.restart();
    let mut marie = tinychat(&server, "INIT:Marie:John\n");
    for number in 0..100 {
        marie.expect(&format!("line {number}\n"));
    }
    let mut john = tinychat(&server, "INIT:John:Marie\nyou are there\n");
    marie.expect("you are there\n");
    marie.send("yes\n");
    john.expect("yes\n");
}

#[test]
fn one_may_talk_to_oneself() {
    let server = TestServer::start();
    let mut john = tinychat(&server, "INIT:John:john\nhello me\n");
    john.expect("hello me\n");
    john.send("QUIT\n");
    assert_eq!(john.to_end(), "");
}
