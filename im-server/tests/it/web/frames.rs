//! WebSockets that break the rules, or keep them in ways that few do: each gets a clear goodbye, and nobody else notices.

use serde_json::json;
use tungstenite::Message;

use crate::harness::TestServer;

use super::socket::{Came, Socket, frame};
use super::talk::{By, Carriage, Talk, post};

/// What a break of the rules is ended with.
const PROTOCOL: u16 = 1002;
const NO_UTF8: u16 = 1007;
const TOO_LARGE: u16 = 1009;

/// Frames that no client may send.
fn broken() -> Vec<(&'static str, Vec<u8>, u16)> {
    let head = |bytes: &[u8]| [bytes, &[0; 4]].concat();
    vec![
        ("not masked", b"\x81\x05hello".to_vec(), PROTOCOL),
        ("a reserved bit", frame(0xc1, b"hello"), PROTOCOL),
        ("another reserved bit", frame(0xa1, b"hello"), PROTOCOL),
        ("the last reserved bit", frame(0x91, b"hello"), PROTOCOL),
        ("a kind that is none", frame(0x83, b"hello"), PROTOCOL),
        ("a control frame that is none", frame(0x8f, b"hello"), PROTOCOL),
        ("a ping in pieces", frame(0x09, b"hello"), PROTOCOL),
        ("a ping that is too long", frame(0x89, &[b'x'; 126]), PROTOCOL),
        ("a piece of nothing", frame(0x80, b"hello"), PROTOCOL),
        ("a text inside of another", [frame(0x01, b"{"), frame(0x81, b"hello")].concat(), PROTOCOL),
        ("a close of one byte", frame(0x88, b"x"), PROTOCOL),
        ("no UTF-8", frame(0x81, b"\xff\xfe"), NO_UTF8),
        ("half a character", frame(0x81, b"caf\xc3"), NO_UTF8),
        ("no UTF-8 in pieces", [frame(0x01, b"\xc3"), frame(0x80, b"(")].concat(), NO_UTF8),
        ("longer than anything", head(&[0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), TOO_LARGE),
        ("longer than that", head(&[0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255]), TOO_LARGE),
        ("4 GiB", head(&[0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]), TOO_LARGE),
    ]
}

#[test]
fn who_breaks_the_rules_is_told_how_and_sent_away() {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, By::Socket, "ann");
    // Who has not signed in may not send as much.
    let much = [frame(0x01, &[b'x'; 16_000]), frame(0x80, &[b'x'; 16_000])].concat();
    for path in ["/ws", "/mychat"] {
        for (what, bytes, code) in broken().into_iter().chain([("too much", much.clone(), TOO_LARGE)]) {
            eprintln!("{path}: {what}");
            let mut socket = Socket::open(server.addr(), path);
            socket.raw(&bytes);
            assert_eq!(socket.ends(), Some(code), "{what}");
            // Whatever comes behind it is not looked at, and does not keep the goodbye from arriving.
            let mut socket = Socket::open(server.addr(), path);
            socket.raw(&[bytes, b"{\"request\":\"ping\"}\n".repeat(20_000)].concat());
            assert_eq!(socket.ends(), Some(code), "{what}");
        }
    }
    ann.done(&json!({"request": "ping"}));
}

fn posts(texts: impl Iterator<Item = String>) -> Vec<u8> {
    texts.flat_map(|text| frame(0x81, post("#lobby", &text).to_string().as_bytes())).collect()
}

fn socket(talk: &mut Talk) -> &mut Socket {
    let Carriage::Socket(socket) = &mut talk.carriage else { panic!() };
    socket
}

#[test]
fn what_was_posted_before_a_broken_frame_is_posted() {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, By::Socket, "ann");
    for (round, (what, bytes, _)) in broken().into_iter().enumerate() {
        eprintln!("{what}");
        let mut bob = Talk::guest(&server, By::Socket, "bob");
        let texts = |what: &str| (0..100).map(move |i| format!("{round} {i}")).chain([what.to_owned()]);
        socket(&mut bob).raw(&[posts(texts(what)), bytes, posts(["not this".into()].into_iter())].concat());
        for i in 0..100 {
            assert_eq!(ann.hears(&format!("{round} {i}"))["from"], "bob");
        }
        assert_eq!(ann.event()["text"], what);
        socket(&mut bob).ends();
        // The name is free when the session has ended.
        while ann.ask(&json!({"request": "who"}))["online"] != 1 {}
    }
    assert!(ann.events.is_empty());
}

#[test]
fn what_was_posted_before_a_goodbye_is_posted_and_nothing_after_it() {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, By::Socket, "ann");
    let mut bob = Talk::user(&server, By::Socket, "bob");
    let goodbye = frame(0x88, b"\x03\xe8that is all");
    let line = |i: u32| format!("line {i}");
    let all = [posts((0..200).map(line)), goodbye, posts((200..300).map(line))].concat();
    socket(&mut bob).raw(&all);
    ann.hears("line 0");
    for i in 1..200 {
        assert_eq!(ann.event()["text"], line(i));
    }
    assert_eq!(socket(&mut bob).ends(), Some(1000));
    ann.done(&json!({"request": "ping"}));
    assert!(ann.events.is_empty(), "{:?}", ann.events);
    // And a goodbye without a reason, or with any.
    for (data, wanted) in [(&b""[..], None), (b"\x03\xe9", Some(1001)), (b"\x0f\xa0mine", Some(4000))] {
        let mut socket = Socket::open(server.addr(), "/ws");
        socket.raw(&frame(0x88, data));
        assert_eq!(socket.came(), Came::Close(wanted));
        assert_eq!(socket.came(), Came::End);
    }
}

#[test]
fn pings_come_between_the_pieces_of_a_message() {
    let server = TestServer::start();
    let mut socket = Socket::open(server.addr(), "/ws");
    let pieces: [&[u8]; 4] = [b"{\"tag\":1,", b"\"request\":", b"", b"\"ping\"}"];
    socket.fragments(&pieces, Some(&Message::Ping(b"are you there".to_vec().into())));
    let mut pongs = 0;
    loop {
        match socket.came() {
            Came::Pong(data) => {
                assert_eq!(data, b"are you there");
                pongs += 1;
            }
            came => {
                assert_eq!(came, Came::text(r#"{"tag":1,"reply":"done"}"#));
                break;
            }
        }
    }
    // A later one answers those before it.
    assert!((1..=3).contains(&pongs), "{pongs}");
    // A pong that nobody asked for, and a ping of nothing.
    socket.send(Message::Pong(b"unasked".to_vec().into()));
    socket.send(Message::Ping(Vec::new().into()));
    socket.expect(&Came::Pong(Vec::new()));
    // One byte a frame, one byte a packet.
    for (i, byte) in br#"{"tag":2,"request":"ping"}"#.iter().enumerate() {
        frame(u8::from(i == 0), &[*byte]).iter().for_each(|byte| socket.raw(&[*byte]));
    }
    socket.raw(&frame(0x80, b""));
    socket.expect(&Came::text(r#"{"tag":2,"reply":"done"}"#));
}

#[test]
fn what_is_cut_off_in_mid_frame_was_not_said() {
    let server = TestServer::start();
    let mut ann = Talk::user(&server, By::Socket, "ann");
    let whole = posts(["whole".into()].into_iter());
    let half = posts(["half".into()].into_iter());
    for cut in 1..half.len() {
        let mut bob = Talk::guest(&server, By::Socket, "bob");
        socket(&mut bob).raw(&[&whole, &half[..cut]].concat());
        drop(bob);
        assert_eq!(ann.hears("whole")["from"], "bob");
        while ann.ask(&json!({"request": "who"}))["online"] != 1 {}
    }
    assert!(ann.events.is_empty(), "{:?}", ann.events);
}

#[test]
fn bytes_right_behind_the_request_belong_to_the_websocket() {
    let server = TestServer::start();
    for path in ["/ws", "/mychat"] {
        let hello: &[u8] = if path == "/ws" {
            br#"{"request":"come-as-guest","name":"neil"}"#
        } else {
            b"{\"name\":\"Mina\",\"room\":\"lobby\"}hi\n"
        };
        let mut peer = server.text();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: im\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        peer.send_bytes(&[head.as_bytes(), &frame(0x81, hello)].concat());
        let answer = peer.until("\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
        peer.until(if path == "/ws" { r#""reply":"welcome","user":"neil"}"# } else { "Mina:hi\n" });
    }
}
