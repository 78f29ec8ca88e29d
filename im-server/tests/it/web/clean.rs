//! Whatever anybody sends, by whatever way: what reaches a client of the JSON dialect, or of HTTP, holds no control character.

use std::cell::RefCell;

use im_proto::{RoomName, printable};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::asks::{enter, posted, say, word};
use crate::harness::{Peer, TestServer};
use crate::hostile::clean::{harm, some_bytes, some_name, without_telnet};

use super::http::request;
use super::socket::{Came, Socket, frame};
use super::talk::{By, Carriage, Talk, post};

/// What begins a line of JSON, in the middle of which the rest comes.
const BEGINS: &[&str] = &[
    "",
    "{\"request\":\"",
    "{\"request\":\"post\",\"to\":\"#dev\",\"text\":\"",
    "{\"request\":\"post\",\"to\":\"",
    "{\"request\":\"rename\",\"name\":\"",
    "{\"request\":\"join\",\"create\":true,\"name\":\"",
    "{\"request\":\"post\",\"to\":\"#dev\",\"message\":\"",
    "{\"tag\":\"",
    "{\"",
];

#[derive(Debug, Clone)]
enum Sent {
    /// A line of the JSON dialect, by a guest who may do all that a guest may.
    Json { by: By, begin: &'static str, bytes: Vec<u8> },
    /// The same text as JSON says it, said, whispered, and as names.
    Said { by: By, name: String, text: String },
    /// Frames for MaChat.
    Machat { bytes: Vec<u8> },
    /// Bytes for the port of everybody.
    Text { bytes: Vec<u8> },
    /// A body, a path or a header of HTTP.
    Http { part: usize, bytes: Vec<u8> },
}

fn some_sent() -> impl Strategy<Value = Sent> {
    let by = || prop_oneof![Just(By::Socket), Just(By::Lines)];
    let text = || some_bytes().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![
        (by(), proptest::sample::select(BEGINS), some_bytes()).prop_map(|(by, begin, bytes)| Sent::Json {
            by,
            begin,
            bytes
        }),
        (by(), some_name(), text()).prop_map(|(by, name, text)| Sent::Said {
            by,
            name: name.to_string(),
            text
        }),
        some_bytes().prop_map(|bytes| Sent::Machat { bytes }),
        some_bytes().prop_map(|bytes| Sent::Text { bytes }),
        (0..3_usize, some_bytes()).prop_map(|(part, bytes)| Sent::Http { part, bytes }),
    ]
}

/// What is wrong with a line or message of JSON, if anything is: it must hold nothing that could act on a terminal.
fn harm_in_json(raw: &str) -> Option<String> {
    let harmless = printable(raw).to_string();
    (harmless != raw || raw.chars().any(char::is_control)).then(|| format!("{raw:?}"))
}

/// A guest, if there may be one of that name, who hears what comes of it.
fn eve(server: &TestServer, by: By, name: &str) -> Talk {
    let mut eve = Talk::connect(server, by);
    let _ = eve.ask(&json!({"request": "come-as-guest", "name": name}));
    let _ = eve.ask(&json!({"request": "follow"}));
    let _ = eve.ask(&json!({"request": "join", "name": "dev"}));
    eve
}

/// Asks for something, and looks at all that comes up to the answer.
fn ask(talk: &mut Talk, request: &Value) -> Result<(), TestCaseError> {
    talk.send(&json!({"tag": 77, "request": "ping"}).to_string());
    let before = talk.raw();
    prop_assert_eq!(before.as_deref().and_then(harm_in_json), None);
    talk.send(&request.to_string());
    up_to(talk, |raw| raw.contains("\"reply\"") && !raw.contains("\"tag\":77"))
}

/// Looks at all that comes, up to what is waited for or the end.
fn up_to(talk: &mut Talk, wanted: impl Fn(&str) -> bool) -> Result<(), TestCaseError> {
    while let Some(raw) = talk.raw() {
        prop_assert_eq!(harm_in_json(&raw), None);
        if wanted(&raw) {
            break;
        }
    }
    Ok(())
}

fn send(server: &TestServer, sent: &Sent) -> Result<(), TestCaseError> {
    match sent {
        Sent::Json { by, begin, bytes } => {
            let mut eve = eve(server, *by, "eve");
            let line = [begin.as_bytes(), bytes, b"\"}"].concat();
            match &mut eve.carriage {
                Carriage::Socket(socket) => socket.raw(&frame(0x82, &line)),
                Carriage::Lines(peer) => peer.send_bytes(&[&line, &b"\n"[..]].concat()),
            }
            eve.send(r#"{"tag":99,"request":"ping"}"#);
            let text = |raw: &str| raw.contains("\"tag\":99");
            up_to(&mut eve, text)?;
        }
        Sent::Said { by, name, text } => {
            let mut eve = eve(server, *by, name);
            for to in ["#dev", "@bell", text] {
                ask(&mut eve, &post(to, text))?;
            }
            ask(&mut eve, &json!({"request": "rename", "name": text}))?;
            ask(&mut eve, &json!({"request": text, "tag": 1}))?;
            if text.parse::<RoomName>().is_ok() {
                ask(&mut eve, &json!({"request": "join", "name": text, "create": true}))?;
            }
            ask(&mut eve, &json!({"request": "history", "of": "#dev"}))?;
        }
        Sent::Machat { bytes } => {
            let mut socket = Socket::open(server.addr(), "/mychat");
            socket.text("{\"name\":\"Eve\",\"room\":\"dev\"}\n");
            socket.raw(&frame(0x82, &[bytes, &b"\nand on\n"[..]].concat()));
            socket.raw(&frame(0x88, b""));
            loop {
                let got = match socket.came() {
                    Came::Text(line) => line.into_bytes(),
                    Came::Binary(data) => without_telnet(&data),
                    Came::End => break,
                    _ => Vec::new(),
                };
                prop_assert_eq!(harm(&got), None);
            }
        }
        Sent::Text { bytes } => {
            let mut peer = server.text();
            peer.send_bytes(&[b"/join dev\n", &bytes[..], b"\nand on\n/bye\n"].concat());
            peer.to_end();
        }
        Sent::Http { part, bytes } => {
            let mut peer = Peer::connect(server.addr_of("http"));
            let parts: [&[u8]; 3] = std::array::from_fn(|i| if i == *part { &bytes[..] } else { &b"x"[..] });
            let [path, header, body] = parts;
            let length = body.len().to_string();
            let rest =
                [header, b"\r\nHost: im\r\nContent-Length: ", length.as_bytes(), b"\r\n\r\n", body].concat();
            peer.send_bytes(&[b"POST /", path, b" HTTP/1.1\r\nX: ", &rest].concat());
            peer.half_close();
            prop_assert_eq!(harm(peer.to_end().as_bytes()), None);
            let mut peer = server.text();
            peer.send_bytes(request("POST", "/v1/login", &[("Content-Length", &length)], "").as_bytes());
            peer.send_bytes(body);
            peer.half_close();
            prop_assert_eq!(harm(peer.to_end().as_bytes()), None);
        }
    }
    Ok(())
}

#[test]
fn nothing_that_moves_a_terminal_reaches_a_json_client() {
    let server = TestServer::start();
    let mut bell = server.native_user("bell");
    assert_eq!(word(&bell.ask(enter("dev"))), "conversation");
    let mut listeners = [By::Socket, By::Lines].map(|by| {
        let mut talk = Talk::guest(&server, by, &format!("{by:?}"));
        assert_eq!(talk.ask(&json!({"request": "join", "name": "dev"}))["reply"], "conversation");
        talk
    });
    let config = Config { cases: 200, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    let world = RefCell::new((bell, &mut listeners, 0, 0));
    let result = TestRunner::new(config).run(&some_sent(), |sent| {
        let (bell, listeners, rung, heard) = &mut *world.borrow_mut();
        send(&server, &sent)?;
        // When all have heard the bell they have heard what was sent before.
        *rung += 1;
        let sound = format!("bell {rung}.");
        posted(bell.ask(say("#dev", *rung, &sound)));
        for listener in listeners.iter_mut() {
            loop {
                let raw = listener.raw().expect("listeners are not sent away");
                prop_assert_eq!(harm_in_json(&raw), None);
                *heard += raw.len();
                if raw.contains(&sound) {
                    break;
                }
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // They did hear something.
    let heard = world.borrow().3;
    assert!(heard > 100_000, "{heard} bytes");
}
