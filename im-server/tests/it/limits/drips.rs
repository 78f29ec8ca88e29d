//! Peers that send a byte now and then: each thing that is begun has its time, and then the connection ends.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Hello};
use serde_json::json;
use tokio_util::codec::Encoder;

use crate::asks::{log, say, text};
use crate::harness::{Peer, TestServer};
use crate::web::socket::Socket;
use crate::web::talk::{By, Talk};

/// So long a byte is waited for before the next one is sent.
const DRIP_MILLISECONDS: u64 = 100;

/// A test gives up after so many seconds.
const PATIENCE_SECONDS: u64 = 60;

fn hasty() -> TestServer {
    TestServer::with(|config| {
        let [one, two] = [1, 2].map(|seconds| NonZeroU64::new(seconds).unwrap());
        let limits = &mut config.limits;
        (limits.silence_seconds_max, limits.first_line_seconds_max) = (one, one);
        (limits.introduction_seconds_max, limits.frame_seconds_max) = (one, one);
        (limits.http_head_seconds_max, limits.http_request_seconds_max) = (one, one);
        limits.sign_in_seconds_max = two;
    })
}

/// Sends these bytes one by one, the last again and again, until the server has closed. What it said comes back.
#[track_caller]
fn drip(mut stream: TcpStream, bytes: &[u8]) -> String {
    stream.set_read_timeout(Some(Duration::from_millis(DRIP_MILLISECONDS))).unwrap();
    let patience = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
    let (mut said, mut next) = (Vec::new(), bytes.iter().chain(std::iter::repeat(&bytes[bytes.len() - 1])));
    loop {
        assert!(Instant::now() < patience, "it may go on for ever: {:?}", String::from_utf8_lossy(&said));
        let sent = stream.write(&[*next.next().unwrap()]);
        let mut got = [0; 4096];
        match (sent, stream.read(&mut got)) {
            (_, Ok(0)) | (Err(_), Err(_)) => break,
            (_, Ok(read)) => said.extend_from_slice(&got[..read]),
            (_, Err(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            (_, Err(_)) => break, // a reset
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn connected(server: &TestServer, manner: &str) -> TcpStream {
    TcpStream::connect(server.addr_of(manner)).unwrap()
}

#[test]
fn strangers_who_drip_are_sent_away() {
    let (server, hello) = (hasty(), Hello::OURS.to_bytes());
    std::thread::scope(|scope| {
        for (manner, bytes, told) in [
            ("any", b"GET /aaaaaaaaa".as_slice(), "nobody signed in for too long"),
            ("any", &hello[..3], ""),
            ("native", &hello[..3], ""),
            ("any", b"{\"name\":\"aaaaa", "nobody signed in for too long"),
            ("any", b"signup: aaaaaaaaa", "nobody signed in for too long"),
            ("json", b"{\"request\":\"aaaaaa", "stalled"),
            ("any", b"GET / HTTP/1.1\r\nX-Slow: aaaa", ""),
            ("http", b"GET / HTTP/1.1\r\nX-Slow: aaaa", ""),
            (
                "http",
                b"POST /v1/login HTTP/1.1\r\nHost: im\r\nContent-Length: 9999\r\n\r\n{",
                "408 Request Timeout",
            ),
        ] {
            let server = &server;
            scope.spawn(move || {
                let stream = connected(server, manner);
                // Up to where it becomes slow.
                let (first, rest) = bytes.split_at(bytes.len() - 3);
                (&stream).write_all(first).unwrap();
                let said = drip(stream, rest);
                assert!(said.contains(told), "{manner} {:?}: {said:?}", String::from_utf8_lossy(bytes));
            });
        }
        scope.spawn(|| {
            let mut silent = Peer::connect(server.addr());
            assert!(silent.to_end().ends_with("nobody signed in for too long.\r\n"));
        });
    });
}

#[test]
fn programs_that_send_a_frame_byte_by_byte_are_closed_and_people_who_type_slowly_are_not() {
    let server = hasty();
    let mut slow = server.text_user("slow");
    slow.send("to group: lobby\nI type");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut ann = server.native_user("ann");
            let mut frame = BytesMut::new();
            let ask = Ask { tag: 9, request: say("#lobby", 1, &"x".repeat(9999)) };
            ClientFrames::default().encode(&ask, &mut frame).unwrap();
            let said = drip(ann.peer().stream().try_clone().unwrap(), &frame);
            assert!(said.ends_with('\u{18}'), "closing, because it stalled: {said:?}");
        });
        scope.spawn(|| {
            let json = Talk::user(&server, By::Lines, "bob");
            let said = drip(json.stream().try_clone().unwrap(), b"{\"request\": ");
            assert!(said.contains("stalled"), "{said:?}");
        });
        scope.spawn(|| {
            let mut socket = Socket::open(server.addr(), "/ws");
            socket.text(
                &json!({"tag": 1, "request": "sign-up", "name": "zoe", "password": "secret"}).to_string(),
            );
            socket.came();
            // A message of 100 bytes, with a mask of zeros.
            let said = drip(socket.stream().try_clone().unwrap(), &[0x81, 0x80 | 100, 0, 0, 0, 0, b' ']);
            assert!(said.contains("stalled"), "{said:?}");
        });
    });
    slow.send(" slowly\n/time\n");
    slow.until(" UTC");
    let mut eve = server.native_user("eve");
    assert!(log(&mut eve, "#lobby").iter().filter_map(text).any(|said| said == "I type slowly"));
}
