//! WebSockets that send without reading, listen without reading, or come and go by the hundred: they cost little.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use socket2::SockRef;

use crate::asks::{posted, say};
use crate::hostile::measured::{Measured, until};

use super::socket::{Came, Socket, frame};
use super::talk::{Carriage, Talk, post};

/// The server may grow by so many bytes while a peer that does not read floods it.
const GROWTH_BYTES_MAX: u64 = 24 * 1024 * 1024;

/// So much is sent at most, in bytes, and a peer that is not read from for so many milliseconds gives up.
const FLOOD_BYTES: usize = 96 * 1024 * 1024;
const BLOCKED_MILLISECONDS: u64 = 1500;

fn talk(server: &Measured) -> Talk {
    Talk::new(Carriage::Socket(Box::new(Socket::open(server.addr(), "/ws"))))
}

/// Sends the same again and again until nothing more is taken. How many bytes were.
fn flood(mut stream: &TcpStream, bytes: &[u8]) -> usize {
    stream.set_write_timeout(Some(Duration::from_millis(BLOCKED_MILLISECONDS))).unwrap();
    let mut sent = 0;
    while sent < FLOOD_BYTES {
        match stream.write(&bytes[sent % bytes.len()..]) {
            Ok(written) => sent += written,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(error) => panic!("{error}"),
        }
    }
    sent
}

#[test]
fn pings_of_who_does_not_read_cost_little() {
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let ping = frame(0x89, &[b'x'; 125]);
    let many = ping.repeat(1000);
    for path in ["/ws", "/mychat"] {
        let mut socket = Socket::open(server.addr(), path);
        let before = server.resident_bytes();
        let sent = flood(socket.stream(), &many);
        let grown = server.resident_bytes().saturating_sub(before);
        assert!(grown < GROWTH_BYTES_MAX, "{sent} bytes of pings cost {grown} bytes");
        assert!(sent < FLOOD_BYTES, "{path}: all was taken, and nobody reads the answers");
        assert_eq!(ann.ask(im_proto::Request::Ping), Ok(im_proto::Reply::Done));
        // Who reads after all is served on: the rest of the ping that was cut, and what follows.
        let reader = socket.stream().try_clone().unwrap();
        let rest = ping[sent % ping.len()..].to_vec();
        let writing = std::thread::spawn(move || {
            let mut stream = &reader;
            stream.set_write_timeout(None).unwrap();
            stream.write_all(&[&rest[..], &frame(0x89, b"the last")].concat()).unwrap();
        });
        while socket.came() != Came::Pong(b"the last".to_vec()) {}
        writing.join().unwrap();
    }
}

#[test]
fn requests_of_who_does_not_read_cost_little() {
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    for i in 0..50 {
        posted(ann.ask(say("#lobby", i, &"x".repeat(2000))));
    }
    let mut reader = talk(&server);
    let sign_up = json!({"request": "sign-up", "name": "bob", "password": "x"});
    assert_eq!(reader.ask(&sign_up)["reply"], "welcome");
    let history = json!({"request": "history", "of": "#lobby"}).to_string();
    let before = server.resident_bytes();
    let sent = flood(reader.stream(), &frame(0x81, history.as_bytes()).repeat(1000));
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_BYTES_MAX, "{sent} bytes of requests cost {grown} bytes");
    assert!(sent < FLOOD_BYTES, "all was taken, and nobody reads the answers");
    // Each that was sent whole is answered.
    let asked = sent / frame(0x81, history.as_bytes()).len();
    for _ in 0..asked.min(500) {
        assert_eq!(reader.reply()["events"].as_array().unwrap().len(), 50);
    }
}

#[test]
fn who_stops_reading_misses_nothing() {
    const POSTS: u64 = 450;
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let mut slow: Vec<Talk> = (0..4).map(|_| talk(&server)).collect();
    for (i, slow) in slow.iter_mut().enumerate() {
        // All of them join the lobby, in which each hears all.
        let sign_up = json!({"request": "sign-up", "name": format!("slow{i}"), "password": "x"});
        assert_eq!(slow.ask(&sign_up)["reply"], "welcome");
        slow.done(&json!({"request": "follow"}));
        SockRef::from(slow.stream()).set_recv_buffer_size(64 * 1024).unwrap();
    }
    let before = server.resident_bytes();
    let long = "x".repeat(40_000);
    for i in 1..=POSTS {
        posted(ann.ask(say("#lobby", i, &format!("{i} {long}"))));
    }
    let grown = server.resident_bytes().saturating_sub(before);
    // The store keeps pages too, and the ring the newest events.
    assert!(grown < 2 * GROWTH_BYTES_MAX, "{} readers who stopped cost {grown} bytes", slow.len());
    for slow in &mut slow {
        let mut seq = 0;
        let mut said = 0;
        while said < POSTS {
            let event = slow.event();
            assert!(seq == 0 || event["seq"] == seq + 1, "{seq} {}", event["seq"]);
            seq = event["seq"].as_u64().unwrap();
            if let Some(text) = event["text"].as_str() {
                said += 1;
                assert!(text.starts_with(&format!("{said} ")), "{said}");
            }
        }
        assert_eq!(slow.ask(&post("#lobby", "and now"))["reply"], "posted");
    }
}

#[test]
fn hundreds_come_and_go_and_nothing_stays_behind() {
    let server = Measured::start();
    let mut ann = talk(&server);
    let sign_up = json!({"request": "sign-up", "name": "ann", "password": "x"});
    assert_eq!(ann.ask(&sign_up)["reply"], "welcome");
    let before = server.descriptors();
    let hello = r#"{"name":"Mina","room":"devroom"}"#;
    for round in 0..500 {
        let path = ["/ws", "/mychat"][round % 2];
        let mut socket = Socket::open(server.addr(), path);
        match round % 10 / 2 {
            0 => {}
            1 => socket.raw(&frame(0x81, hello.as_bytes())[..20]),
            2 => socket.text(hello),
            3 => socket.text(r#"{"request":"come-as-guest"}"#),
            _ => socket.close(1000, "bye"),
        }
        if round % 3 == 0 {
            SockRef::from(socket.stream()).set_linger(Some(Duration::ZERO)).unwrap();
        }
        // In the middle of the handshake, too.
        let mut half = TcpStream::connect(server.addr()).unwrap();
        half.write_all(b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n").unwrap();
    }
    until("all connections are closed", || {
        ann.done(&json!({"request": "ping"}));
        server.descriptors() <= before
    });
    until("ann is alone", || ann.ask(&json!({"request": "who"}))["online"] == 1);
    let said = server.stop();
    assert!(!said.contains("cut off") && !said.contains("panic"), "{said}");
}
