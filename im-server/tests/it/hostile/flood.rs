//! Peers that ask for more than they read: they are not read from until they do, and cost little.

use std::io::Write;
use std::thread;

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Reply, Request};
use tokio_util::codec::Encoder;

use crate::asks::{log, posted, say, text};
use crate::harness::{Native, Peer};

use super::measured::Measured;

/// A peer that does not read may cost the server so many bytes of memory.
const PEER_BYTES_MAX: u64 = 512 * 1024;

#[test]
fn ten_thousand_posts_before_the_first_reply_is_read() {
    const POSTS: u64 = 10_000;
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let head = log(&mut ann, "#lobby").len() as u64;
    let mut bytes = BytesMut::new();
    for i in 1..=POSTS {
        let ask = Ask { tag: u32::try_from(i).unwrap(), request: say("#lobby", i, &format!("post {i}")) };
        ClientFrames::default().encode(&ask, &mut bytes).unwrap();
    }
    let mut stream = ann.peer().stream().try_clone().unwrap();
    let writer = thread::spawn(move || stream.write_all(&bytes));
    // Nothing is read before the last post is there for all to see.
    let mut bob = server.native_user("bob");
    bob.follow();
    bob.event(|event| text(event) == Some(&format!("post {POSTS}")));
    writer.join().unwrap().unwrap();
    let joined = log(&mut bob, "#lobby").iter().position(|event| event.author.name.as_str() == "bob").unwrap()
        as u64
        + 1;
    for i in 1..=POSTS {
        let (tag, result) = ann.reply();
        assert_eq!(u64::from(tag), i);
        let place = head + i + u64::from(head + i >= joined); // bob's joining stands between
        let (_, seq, _, duplicate) = posted(result);
        assert_eq!((seq.0, duplicate), (place, false));
    }
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
}

#[test]
fn asking_for_long_answers_without_reading_them_costs_little() {
    const PEERS: u64 = 40;
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let before = server.resident_bytes();
    let flood = b"/help\n".repeat(4000);
    let mut peers = Vec::new();
    for _ in 0..PEERS {
        let mut peer = Peer::connect(server.goim());
        socket2::SockRef::from(peer.stream()).set_recv_buffer_size(128 * 1024).unwrap();
        peer.send_bytes(&flood);
        peers.push(peer);
    }
    // The server has begun to answer each of them, and serves others.
    for peer in &mut peers {
        peer.until("say one thing to somebody\n");
    }
    for _ in 0..100 {
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    }
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < PEERS * PEER_BYTES_MAX, "{PEERS} peers who do not read cost {grown} bytes");
    // Who reads after all gets all.
    let mut reader = peers.pop().unwrap();
    reader.half_close();
    assert_eq!(reader.to_end().matches("say one thing to somebody\n").count(), 3999);
}

#[test]
fn native_requests_without_reading_cost_little() {
    const PEERS: u64 = 20;
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    let long = "x".repeat(im_proto::TEXT_BYTES_MAX);
    for i in 0..4 {
        posted(ann.ask(say("#lobby", i, &long)));
    }
    let mut flood = BytesMut::new();
    for tag in 0..100 {
        let request = crate::asks::history("#lobby", im_proto::Page::Newest, 200);
        ClientFrames::default().encode(&Ask { tag, request }, &mut flood).unwrap();
    }
    let mut peers: Vec<Native> = (0..PEERS).map(|i| server.native_user(&format!("peer{i}"))).collect();
    let mut reads = server.native_user("reads");
    let before = server.resident_bytes();
    for peer in &mut peers {
        socket2::SockRef::from(peer.peer().stream()).set_recv_buffer_size(128 * 1024).unwrap();
        peer.peer().send_bytes(&flood);
    }
    for peer in &mut peers {
        assert_eq!(peer.reply().0, 0);
    }
    for _ in 0..100 {
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    }
    // All take turns: when one who asks as much and reads has it all, the others would have theirs.
    reads.peer().send_bytes(&flood);
    for tag in 0..100 {
        assert_eq!(reads.reply().0, tag);
    }
    let grown = server.resident_bytes().saturating_sub(before);
    // The readers of the store keep pages in memory too, each at most 16 MiB.
    assert!(grown < PEERS * PEER_BYTES_MAX + 32 * 1024 * 1024, "{PEERS} peers cost {grown} bytes");
    let last = peers.last_mut().unwrap();
    for tag in 1..100 {
        assert_eq!(last.reply().0, tag);
    }
}
