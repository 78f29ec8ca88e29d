//! What is special about the JSON dialect by WebSocket, where a message is a line, and by TCP, where it is not.

use serde_json::json;

use crate::harness::{Peer, TestServer};

use super::socket::{Came, Socket};
use super::talk::{By, Talk, post};

const DONE: &str = r#"{"tag":1,"reply":"done"}"#;
const PING: &str = r#"{"tag":1,"request":"ping"}"#;

#[test]
fn a_message_may_be_written_for_people() {
    let server = TestServer::start();
    let mut socket = Socket::open(server.addr(), "/ws");
    for pretty in [
        "{\n  \"tag\": 1,\n  \"request\": \"ping\"\n}\n",
        "\r\n{\r\n\t\"tag\": 1,\r\n\r\n\t\"request\": \"ping\"\r\n}\r\n\r\n",
        "{\"tag\":1,\n\"request\":\n\"ping\"}",
    ] {
        socket.text(pretty);
        socket.expect(&Came::text(DONE));
    }
}

#[test]
fn a_message_is_one_request() {
    let server = TestServer::start();
    let mut socket = Socket::open(server.addr(), "/ws");
    socket.text(&format!("{PING}\n{PING}"));
    assert!(socket.next().unwrap().contains(r#""code":"unreadable""#));
    // A line end in the middle of a string is as wrong as JSON says.
    socket.text("{\"tag\":1,\"request\":\"come-as-guest\",\"name\":\"ne\nil\"}");
    assert!(socket.next().unwrap().contains(r#""code":"unreadable""#));
    socket.text("{\"tag\":1,\"request\":\"ping\",\"x\":\"a\nb\"}");
    assert!(socket.next().unwrap().contains(r#""code":"unreadable""#));
}

#[test]
fn an_empty_message_is_nothing() {
    let server = TestServer::start();
    let mut socket = Socket::open(server.addr(), "/ws");
    for nothing in ["", " ", "\n", "\r\n\t \n"] {
        socket.text(nothing);
        socket.binary(nothing.as_bytes());
    }
    socket.text(PING);
    socket.expect(&Came::text(DONE));
}

#[test]
fn who_speaks_in_binary_is_answered_in_binary() {
    let server = TestServer::start();
    let mut socket = Socket::open(server.addr(), "/ws");
    socket.binary(PING.as_bytes());
    socket.expect(&Came::Binary(DONE.into()));
    socket.text(PING);
    socket.expect(&Came::text(DONE));
    // What is no UTF-8 is no JSON.
    socket.binary(b"\xff\xfe{");
    let Came::Binary(refused) = socket.came() else { panic!() };
    assert!(String::from_utf8(refused).unwrap().contains(r#""code":"unreadable""#));
}

#[test]
fn a_message_that_is_too_long_for_anybody_ends_it() {
    let server = TestServer::start();
    let mut stranger = Socket::open(server.addr(), "/ws");
    stranger.text(&"x".repeat(20_000));
    assert_eq!(stranger.came(), Came::Close(Some(1009)));
    assert_eq!(stranger.came(), Came::End);
    let mut ann = Talk::user(&server, By::Socket, "ann");
    let super::talk::Carriage::Socket(socket) = &mut ann.carriage else { panic!() };
    let long = json!({"request": "ping", "x": "x".repeat(420_000)}).to_string();
    socket.text(&long);
    assert_eq!(socket.ends(), Some(1009));
}

#[test]
fn lines_may_end_as_they_like_and_come_in_pieces() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr_of("json"));
    peer.send(&format!("\n\r\n{PING}\r\n  \n{PING}\n"));
    peer.expect(&format!("{DONE}\n{DONE}\n"));
    for byte in format!("{PING}\n").bytes() {
        peer.send_bytes(&[byte]);
    }
    peer.expect(&format!("{DONE}\n"));
    peer.send_bytes(b"\xff\xfe\0\x1b[2J\n");
    let refused = peer.line().unwrap();
    assert!(refused.contains(r#""code":"unreadable""#), "{refused}");
    assert!(!refused.contains('\u{1b}'));
}

#[test]
fn who_sends_nothing_more_gets_all_answers() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr_of("json"));
    let sign_up = json!({"request": "sign-up", "name": "ann", "password": "x"});
    let posts: String = (0..100).map(|i| format!("{}\n", post("#lobby", &format!("post {i}")))).collect();
    peer.send(&format!("{sign_up}\n{posts}{PING}"));
    peer.half_close();
    let answers = peer.to_end();
    let lines: Vec<&str> = answers.lines().collect();
    assert_eq!(lines.len(), 102, "{answers}");
    assert!(lines[0].contains("welcome"));
    assert!(lines[1..101].iter().all(|line| line.contains(r#""reply":"posted""#)));
    assert_eq!(lines[101], DONE);
    // Half a line is read as one too.
    let mut peer = Peer::connect(server.addr_of("json"));
    peer.send(&PING[..PING.len() - 1]);
    peer.half_close();
    assert!(peer.to_end().contains("unreadable"));
}

#[test]
fn a_line_without_an_end_costs_nothing() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr_of("json"));
    for _ in 0..100 {
        peer.send(&"x".repeat(100_000));
    }
    peer.send(&format!("\n{PING}\n"));
    assert!(peer.line().unwrap().contains(r#""code":"too-long""#));
    peer.expect(&format!("{DONE}\n"));
}

#[test]
fn json_is_not_for_the_port_of_everybody() {
    // There an object is MaChat's hello.
    let server = TestServer::start();
    let mut peer = server.text();
    peer.send(&format!("{PING}\n"));
    assert_eq!(
        peer.to_end(),
        "error: the first line must look like {\"name\": \"Mina\", \"room\": \"devroom\"}\n"
    );
}
