//! Peers that come and go at once, thousands of them: nothing of them stays behind.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use im_proto::{Hello, Reply, Request};
use socket2::SockRef;

use crate::asks::{resume, say, sign_up, token, word};
use crate::harness::{Native, Peer};

use super::measured::{Measured, until};

/// The connection ends with a reset, not with a goodbye.
fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

#[test]
fn thousands_come_and_go_and_nothing_stays_behind() {
    let server = Measured::start();
    let mut ann = Native::connect(server.addr());
    let key = token(ann.ask(sign_up("ann")));
    ann.follow();
    assert_eq!(word(&ann.ask(say("#lobby", 1, "one of each"))), "posted");
    let before = server.descriptors();

    for round in 0..1000 {
        // With and without a goodbye, before the server can know of it.
        drop(TcpStream::connect(server.addr()).unwrap());
        reset(&TcpStream::connect(server.addr()).unwrap());
        // In the middle of something.
        let mut stream = TcpStream::connect(server.addr()).unwrap();
        let begun: &[u8] = match round % 6 {
            0 => &Hello::OURS.to_bytes()[..5],
            1 => &Hello::OURS.to_bytes(),
            2 => b"signup: some",
            3 => b"signup: somebody\nhalf a passw",
            4 => b"/help\n/help\n/help\n",
            _ => b"\xff\xfb",
        };
        stream.write_all(begun).unwrap();
        if round % 2 == 0 {
            reset(&stream);
        }
    }
    // Signed in, following, with a request on its way.
    for round in 0..100 {
        let mut back = Native::connect(server.addr());
        assert_eq!(word(&back.ask(resume(&key))), "welcome");
        back.follow();
        back.send(say("#lobby", 1000 + round, "and away"));
        reset(back.peer().stream());
    }
    // And some who stay and say nothing.
    let silent: Vec<_> = (0..200).map(|_| Peer::connect(server.addr())).collect();
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    until("the silent are counted", || server.descriptors() >= before + silent.len());
    drop(silent);

    until("all connections are closed", || {
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
        server.descriptors() <= before
    });
    let alone =
        |ann: &mut Native| matches!(ann.ask(Request::Who { of: None }), Ok(Reply::People { online: 1, .. }));
    until("ann is alone", || alone(&mut ann));
    // All sessions have ended: there is nobody to wait for but ann.
    let said = server.stop();
    assert!(!said.contains("cut off"), "{said}");
}

#[test]
fn guests_come_and_go_by_every_port_and_nothing_of_them_stays() {
    const ROUNDS: usize = 1000;
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    ann.follow();
    let before = server.descriptors();
    for port in server.text_ports() {
        for round in 0..ROUNDS {
            drop(TcpStream::connect(port).unwrap());
            reset(&TcpStream::connect(port).unwrap());
            // In the middle of something.
            let mut stream = TcpStream::connect(port).unwrap();
            let begun = match round % 8 {
                0 => "hello",
                1 => "hello\n@ann hi\n",
                2 => "{\"name\":\"Mi",
                3 => "{\"name\":\"Mina\",\"room\":\"devroom\"}\nhello\n",
                4 => "INIT:John",
                5 => "INIT:John:Marie\nhello\n/online\n",
                6 => "/username neil\n/signup neil\n",
                _ => "John\nMarie\n/join devroom\n",
            };
            stream.write_all(begun.as_bytes()).unwrap();
            if round % 2 == 0 {
                reset(&stream);
            }
        }
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    }
    until("all connections are closed", || {
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
        server.descriptors() <= before
    });
    until("ann is alone", || {
        matches!(ann.ask(Request::Who { of: None }), Ok(Reply::People { online: 1, .. }))
    });
    // All names are free.
    for name in [None, Some("neil"), Some("Mina"), Some("John")] {
        let mut guest = Native::connect(server.addr());
        let name = name.map(crate::asks::parsed);
        let Ok(Reply::Welcome { user, .. }) = guest.ask(Request::ComeAsGuest { name: name.clone() }) else {
            panic!("{name:?}")
        };
        assert_eq!(user, name.unwrap_or(im_proto::UserName::anonymous(0)));
    }
    let said = server.stop();
    assert!(!said.contains("cut off"), "{said}");
}
