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
fn without_descriptors_those_who_are_there_are_served_and_others_wait() {
    const DESCRIPTORS: usize = 64;
    let server = Measured::with_descriptors(DESCRIPTORS);
    let mut ann = server.native_user("ann");
    let mut crowd: Vec<_> = (0..2 * DESCRIPTORS).map(|_| Peer::connect(server.addr())).collect();
    until("there is no descriptor left", || server.descriptors() >= DESCRIPTORS);
    for i in 0..100 {
        assert_eq!(word(&ann.ask(say("#lobby", i, "served on"))), "posted");
    }
    // The last of them waited, and has its turn when others have gone.
    let mut last = crowd.pop().unwrap();
    drop(crowd);
    last.send("signin: nobody\n");
    last.until("[from system] user does not exist.\n");
    let said = server.stop();
    assert!(said.contains("a connection could not be taken"), "{said}");
}
