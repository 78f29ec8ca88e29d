//! A system that gives no more descriptors: those who are there are served on, the database is not hurt, and when there are
//! some again, others come in.

use std::process::Command;

use im_proto::{Reply, Request};

use crate::asks::{log, say, word};
use crate::harness::{Native, Peer};
use crate::hostile::measured::{Measured, until};

/// Somebody who has come is served: what they say is kept, and what was said is read.
fn is_served(ann: &mut Native, first: u64) {
    for message in first..first + 100 {
        assert_eq!(word(&ann.ask(say("#lobby", message, "served on"))), "posted");
    }
    assert!(log(ann, "#lobby").len() > 100);
}

#[test]
fn connections_leave_descriptors_for_everything_else() {
    const DESCRIPTORS: usize = 64;
    let server = Measured::with_descriptors(DESCRIPTORS);
    let mut ann = server.native_user("ann");
    let mut crowd: Vec<_> = (0..2 * DESCRIPTORS).map(|_| Peer::connect(server.addr())).collect();
    // Half of the descriptors are kept: who finds no place is told so.
    let turned_away = crowd.split_off(DESCRIPTORS / 2 - 1);
    for mut peer in turned_away {
        assert_eq!(peer.to_end(), "too many connections, try again later\r\n");
    }
    assert!(server.descriptors() < DESCRIPTORS);
    is_served(&mut ann, 0);
    drop(crowd);
    until("there is room again", || {
        let mut peer = Peer::connect(server.addr());
        peer.send("/time\n");
        peer.more() && !peer.until("\n").starts_with("too many")
    });
    let said = server.stop();
    assert!(said.contains("the system gives descriptors for 32 connections"), "{said}");
}

#[test]
fn without_any_descriptor_those_who_are_there_are_served_and_others_wait() {
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let most = server.descriptors() + 8;
    // The system takes back what it had promised.
    let lowered = Command::new("prlimit")
        .args([format!("--pid={}", server.id()), format!("--nofile={most}:{most}")])
        .status();
    assert!(lowered.unwrap().success());
    let mut crowd: Vec<_> = (0..4 * most).map(|_| Peer::connect(server.addr())).collect();
    until("there is no descriptor left", || server.descriptors() >= most);
    is_served(&mut ann, 0);
    // The last of them waited, and has its turn when others have gone.
    let mut last = crowd.pop().unwrap();
    drop(crowd);
    last.send("/time\n");
    last.until(" UTC");
    is_served(&mut ann, 1000);
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    let said = server.stop();
    assert!(said.contains("a connection could not be taken"), "{said}");
}
