//! MaChat by WebSocket, as its own client and pages for it speak: a hello, then pieces of a stream of lines.

use crate::harness::{Peer, TestServer};

use super::http::once;
use super::socket::{Came, Socket};

const HELLO: &str = r#"{"name":"Web","room":"devroom"}"#;

fn come(server: &TestServer, name: &str) -> Socket {
    let mut socket = Socket::open(server.addr(), "/mychat");
    socket.text(&format!(r#"{{"name":"{name}","room":"devroom"}}"#));
    socket
}

/// Says something and hears it.
#[track_caller]
fn says(socket: &mut Socket, name: &str, line: &str) {
    socket.text(&format!("{line}\n"));
    socket.expect(&Came::Text(format!("{name}:{line}\n")));
}

/// The dialogue that was seen with MaChat's server.
#[test]
fn tcp_and_websocket_meet_in_one_room() {
    let server = TestServer::start();
    let mut mina = server.text();
    mina.send(r#"{"name": "Mina", "room":"devroom"}"#);
    let mut bob = Peer::connect(server.addr_of("machat"));
    bob.send("{\"name\":\"Bob\",\"room\":\"devroom\"}\nhere\n");
    bob.expect("Bob:here\n");
    let mut web = come(&server, "Web");
    says(&mut web, "Web", "and here");
    bob.expect("Web:and here\n");
    mina.send("hello from mina\n");
    // She may have come before or after the two were heard.
    mina.until("Mina:hello from mina\n");
    bob.expect("Mina:hello from mina\n");
    web.expect(&Came::text("Mina:hello from mina\n"));
    bob.send("hi mina\r\n");
    for peer in [&mut mina, &mut bob] {
        peer.expect("Bob:hi mina\n");
    }
    web.expect(&Came::text("Bob:hi mina\n"));
    web.text("no newline here");
    web.text(" ...now newline\n");
    for peer in [&mut mina, &mut bob] {
        peer.expect("Web:no newline here ...now newline\n");
    }
    web.expect(&Came::text("Web:no newline here ...now newline\n"));
    // The frames are of the kind that this client sent last.
    web.binary(b"in binary\n");
    web.expect(&Came::Binary(b"Web:in binary\n".to_vec()));
    mina.send("to you too\n");
    web.expect(&Came::Binary(b"Mina:to you too\n".to_vec()));
    says(&mut web, "Web", "in text again");
}

#[test]
fn a_hello_comes_in_any_pieces() {
    let server = TestServer::start();
    let mut room = come(&server, "Room");
    says(&mut room, "Room", "here");
    let pieces: [&[&[u8]]; 4] = [
        &[HELLO.as_bytes()],
        &[b"{\"name\":\"We", b"b\",\"room\":\"devr", b"oom\"}"],
        &[b"", b"{", b"\"name\":\"Web\",\"room\":\"devroom\"", b"}", b""],
        &[b"  \r\n{\"NAME\":\"Web\",", b"\"Room\":\"devroom\"}\r\n"],
    ];
    for (round, pieces) in pieces.into_iter().enumerate() {
        let fragments = |socket: &mut Socket| socket.fragments(pieces, None);
        let frames =
            |socket: &mut Socket| pieces.iter().for_each(|piece| socket.text(str::from_utf8(piece).unwrap()));
        let send: [&dyn Fn(&mut Socket); 2] = [&fragments, &frames];
        for (way, send) in send.into_iter().enumerate() {
            // The name is free again when nobody has it: who comes is told if not.
            let mut web = loop {
                let mut web = Socket::open(server.addr(), "/mychat");
                send(&mut web);
                web.text("said\n");
                match web.came() {
                    Came::Text(line) if line == "error: Web: that name is taken\n" => {}
                    came => {
                        assert_eq!(came, Came::text("Web:said\n"));
                        break web;
                    }
                }
            };
            room.expect(&Came::text("Web:said\n"));
            says(&mut web, "Web", &format!("round {round} {way}"));
            room.expect(&Came::Text(format!("Web:round {round} {way}\n")));
            web.close(1000, "");
            assert_eq!(web.ends(), Some(1000));
        }
    }
}

#[test]
fn text_right_behind_the_hello_is_said() {
    let server = TestServer::start();
    for (i, behind) in ["first\nsecond\n", "\nfirst\nsecond\n", "\r\nfirst\r\nsecond\r\n"].iter().enumerate()
    {
        let name = format!("Web{i}");
        let mut web = Socket::open(server.addr(), "/mychat");
        web.text(&format!(r#"{{"name":"{name}","room":"devroom"}}{behind}"#));
        for line in ["first", "second"] {
            web.expect(&Came::Text(format!("{name}:{line}\n")));
        }
    }
}

#[test]
fn lines_and_frames_have_nothing_to_do_with_each_other() {
    let server = TestServer::start();
    let mut web = come(&server, "Web");
    web.text("one\ntwo\r\nthree\nfo");
    web.text("");
    web.text("u");
    web.fragments(&[b"r", b"\nfive\n", b"si"], None);
    web.text("x\n");
    for line in ["one", "two", "three", "four", "five", "six"] {
        web.expect(&Came::Text(format!("Web:{line}\n")));
    }
    // In the middle of a character too.
    web.binary(b"caf\xc3");
    web.binary(b"\xa9\n");
    web.expect(&Came::Binary("Web:café\n".into()));
}

#[test]
fn a_frame_without_a_line_end_is_said_a_little_later() {
    let server = TestServer::start();
    let mut web = come(&server, "Web");
    let mut other = come(&server, "Other");
    says(&mut other, "Other", "here");
    web.text("whole\nhalf");
    // What others say comes between; the rest is a line when nothing comes behind it.
    web.until("Web:whole\n");
    web.until("Web:half\n");
    web.text("and on\n");
    web.until("Web:and on\n");
    other.until("Web:half\n");
}

#[test]
fn the_longest_text_arrives_whole() {
    let server = TestServer::start();
    let mut tcp = server.text();
    tcp.send("{\"name\":\"Tcp\",\"room\":\"devroom\"}here\n");
    tcp.expect("Tcp:here\n");
    let mut web = Socket::open(server.addr(), "/mychat");
    // Right behind the hello, which a stranger's frames may not be as long as.
    web.text(HELLO);
    let with_end = |byte: &str, count| format!("{}\n", byte.repeat(count));
    for frame in [with_end("a", 65535), "b".repeat(65536), with_end("c", 65536)] {
        web.text(&frame);
        let line = format!("Web:{}\n", frame.trim_end());
        web.expect(&Came::Text(line.clone()));
        tcp.expect(&line);
    }
    let pieces = ["d".repeat(30_000), "e".repeat(35_535), "\n".into()];
    web.fragments(&[pieces[0].as_bytes(), pieces[1].as_bytes(), pieces[2].as_bytes()], None);
    tcp.expect(&format!("Web:{}\n", pieces.concat().trim_end()));
}

#[test]
fn what_is_too_long_is_told_why() {
    let server = TestServer::start();
    let mut web = come(&server, "Web");
    says(&mut web, "Web", "here");
    web.text(&format!("{}\nafter it\n", "x".repeat(65537)));
    let Came::Text(told) = web.came() else { panic!() };
    assert!(told.starts_with("* ") && told.contains("65536"), "{told:?}");
    web.expect(&Came::text("Web:after it\n"));
    web.text(&"x".repeat(500_000));
    assert_eq!(web.ends(), Some(1009));
    let mut stranger = Socket::open(server.addr(), "/mychat");
    stranger.text(&"x".repeat(20_000));
    assert_eq!(stranger.ends(), Some(1009));
}

#[test]
fn a_wrong_hello_is_one_line_and_the_end() {
    let server = TestServer::start();
    let mut mina = come(&server, "Mina");
    says(&mut mina, "Mina", "here");
    let wrong = r#"error: the first line must look like {"name": "Mina", "room": "devroom"}"#;
    for (sent, told) in [
        ("hello\n", wrong),
        ("{}", wrong),
        ("null", wrong),
        (r#"{"name":"mina","room":"devroom"}"#, "error: mina: that name is taken"),
        (
            r#"{"name":"Mul\nti","room":"devroom"}"#,
            "error: name: a name holds only letters, digits, and _ - .",
        ),
    ] {
        let mut web = Socket::open(server.addr(), "/mychat");
        web.text(sent);
        web.expect(&Came::Text(format!("{told}\n")));
        assert!(web.ends().is_some(), "{sent}");
    }
}

#[test]
fn pages_of_others_and_what_is_no_websocket_are_refused() {
    let server = TestServer::start();
    let own = server.addr().to_string();
    for path in ["/mychat", "/ws"] {
        for origin in ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:1", "evil", ""] {
            let refused = Socket::with(server.addr(), path, &[("Origin", origin)]).err().unwrap();
            assert_eq!(refused.status, 403, "{path} {origin}");
            assert_eq!(once(&server, "GET", path, &[("Origin", origin)], "").status, 403, "{path} {origin}");
        }
        for scheme in ["http", "https", "HTTP"] {
            let origin = format!("{scheme}://{own}");
            assert!(Socket::with(server.addr(), path, &[("Origin", &origin)]).is_ok(), "{origin}");
        }
        let plain = once(&server, "GET", path, &[], "");
        assert_eq!((plain.status, plain.code().as_str()), (400, "unreadable"));
        for headers in [
            &[("Upgrade", "websocket")][..],
            &[("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")],
            &[
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Version", "8"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ],
        ] {
            let refused = once(&server, "GET", path, headers, "");
            assert!((400..500).contains(&refused.status), "{headers:?} {refused:?}");
        }
        assert_eq!(once(&server, "POST", path, &[], "").status, 405);
    }
}

#[test]
fn who_goes_has_said_what_was_sent() {
    let server = TestServer::start();
    let mut tcp = server.text();
    tcp.send("{\"name\":\"Tcp\",\"room\":\"devroom\"}here\n");
    tcp.expect("Tcp:here\n");
    let mut web = come(&server, "Web");
    web.text("one\ntwo\nthe last without an end");
    web.close(1000, "bye");
    tcp.expect("Web:one\nWeb:two\nWeb:the last without an end\n");
    assert_eq!(web.ends(), Some(1000));
}

impl Socket {
    /// Takes what comes up to this text.
    #[track_caller]
    fn until(&mut self, wanted: &str) {
        loop {
            match self.came() {
                Came::Text(text) if text == wanted => return,
                Came::Text(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
