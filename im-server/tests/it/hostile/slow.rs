//! Readers that stop reading: nobody else notices, they cost little, and they get everything when they read again.

use im_proto::{Reply, Request};

use crate::asks::{conversation, enter, events_up_to, follow, join, log, posted, say, text, word};
use crate::harness::{Native, Peer};

use super::measured::Measured;

/// What is said while they do not read, in bytes.
const SAID_BYTES: u64 = 24 * 1024 * 1024;

/// By how much the server may grow meanwhile: the store's caches of 16 MiB each, and little for each reader.
const GROWTH_BYTES_MAX: u64 = 48 * 1024 * 1024;

const TEXT_BYTES: usize = 60 * 1024;

fn stops_reading(stream: &std::net::TcpStream) {
    // The less the system takes in, the sooner the server notices.
    socket2::SockRef::from(stream).set_recv_buffer_size(64 * 1024).unwrap();
}

#[test]
fn who_stops_reading_holds_back_nobody_and_misses_nothing() {
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let id = conversation(ann.ask(enter("r"))).id;
    let mut stopped: Vec<Native> = (0..4).map(|i| server.native_user(&format!("slow{i}"))).collect();
    let mut head = 1;
    for slow in &mut stopped {
        assert_eq!(word(&slow.ask(join("r"))), "conversation");
        head += 1;
        assert_eq!(slow.ask(follow(&[(id, head)])), Ok(Reply::Done));
        stops_reading(slow.peer().stream());
    }
    let mut terminal = Peer::connect(server.addr());
    terminal.send("signup: terminal\nsecret\nsecret\n/join r\n");
    terminal.until("join in group r.\n");
    stops_reading(terminal.stream());
    let mut bob = server.native_user("bob");
    assert_eq!(word(&bob.ask(join("r"))), "conversation");
    let head = head + 2;
    assert_eq!(bob.ask(follow(&[(id, head)])), Ok(Reply::Done));
    assert_eq!(bob.ask(Request::Ping), Ok(Reply::Done));

    let before = server.resident_bytes();
    let posts = SAID_BYTES / TEXT_BYTES as u64;
    let line = |i: u64| format!("{i:06} {}", "x".repeat(TEXT_BYTES - 7));
    for i in 1..=posts {
        assert_eq!(posted(ann.ask(say("#r", i, &line(i)))).1.0, head + i);
        // Bob has each before the next is said.
        let heard = bob.event(|event| event.conversation == id);
        assert_eq!(heard.seq.0, head + i);
    }
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_BYTES_MAX, "{} readers who stopped cost {grown} bytes", stopped.len() + 1);

    // Now they read again.
    for (had, slow) in (2..).zip(&mut stopped) {
        let events = events_up_to(slow, id, had, head + posts);
        let said: Vec<_> = events.iter().filter_map(text).collect();
        assert_eq!(said.len() as u64, posts);
        assert!((1..).zip(said).all(|(i, said)| said[..7] == line(i)[..7]));
    }
    for i in 1..=posts {
        terminal.expect(&format!("[from group r user ann] {}\n", line(i)));
    }
    // And all of them are live.
    posted(ann.ask(say("#r", posts + 1, "and now")));
    for slow in &mut stopped {
        slow.event(|event| text(event) == Some("and now"));
    }
    terminal.expect("[from group r user ann] and now\n");
    assert_eq!(log(&mut ann, "#r").len() as u64, head + posts + 1);
}
