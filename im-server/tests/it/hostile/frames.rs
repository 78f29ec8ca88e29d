//! Native frames that are too long, cut short, nonsense, or newer than the server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use bytes::BytesMut;
use im_proto::{
    Ask, ClientFrames, FRAME_BYTES_MAX, FRAME_BYTES_MAX_STRANGER, FromServer, Hello, Notice, Refusal, Reply,
    Request,
};
use tokio_util::codec::Encoder;

use crate::asks::{log, resume, say, sign_up, text, token, word};
use crate::harness::{Native, TestServer};

/// A frame around some bytes.
fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], body].concat()
}

/// The same bytes for the same seed, on every machine.
struct Nonsense(u64);

impl Nonsense {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        let length = self.next() % (most + 1);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn is_closed_as_too_long(mut native: Native) {
    assert_eq!(native.next(), Some(FromServer::Notice(Notice::Closing(Refusal::TooLong))));
    assert_eq!(native.next(), None);
}

#[test]
fn a_frame_that_is_too_long_ends_the_session() {
    let server = TestServer::start();
    for length in [FRAME_BYTES_MAX_STRANGER + 1, FRAME_BYTES_MAX, u32::MAX as usize] {
        let mut stranger = server.native();
        stranger.peer().send_bytes(&u32::try_from(length).unwrap().to_be_bytes());
        is_closed_as_too_long(stranger);
    }
    for length in [FRAME_BYTES_MAX + 1, u32::MAX as usize] {
        let mut ann = server.native_user(&format!("ann{length}"));
        ann.peer().send_bytes(&u32::try_from(length).unwrap().to_be_bytes());
        is_closed_as_too_long(ann);
    }
    // The longest of a stranger is taken, and so are longer ones of somebody who has signed in.
    let mut bob = server.native();
    bob.peer().send_bytes(&framed(&[9; FRAME_BYTES_MAX_STRANGER]));
    assert_eq!(bob.reply(), (9, Err(Refusal::Unreadable)));
    assert_eq!(word(&bob.ask(sign_up("bob"))), "welcome");
    assert_eq!(word(&bob.ask(say("#lobby", 1, &"x".repeat(im_proto::TEXT_BYTES_MAX)))), "posted");
    bob.peer().send_bytes(&framed(&[9; FRAME_BYTES_MAX]));
    assert_eq!(bob.reply(), (9, Err(Refusal::Unreadable)));
    assert_eq!(bob.ask(Request::Ping), Ok(Reply::Done));
}

#[test]
fn what_was_done_before_the_stream_was_lost_is_done() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let tag = ann.send(say("#lobby", 1, "before"));
    ann.peer().send_bytes(&u32::MAX.to_be_bytes());
    let mut seen = Vec::new();
    while let Some(message) = ann.next() {
        seen.push(message);
    }
    assert!(seen.contains(&FromServer::Notice(Notice::Closing(Refusal::TooLong))), "{seen:?}");
    let answered =
        |message: &FromServer| matches!(message, FromServer::Reply { tag: t, result: Ok(_) } if *t == tag);
    assert!(seen.iter().any(answered), "{seen:?}");
    let mut back = server.native();
    assert_eq!(word(&back.ask(resume(&key))), "welcome");
    assert_eq!(log(&mut back, "#lobby").last().and_then(text), Some("before"));
}

#[test]
fn a_frame_that_is_cut_short_does_nothing() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let head = log(&mut ann, "#lobby").len();
    let mut whole = BytesMut::new();
    let ask = Ask { tag: 9, request: say("#lobby", 1, "never to be seen") };
    ClientFrames::default().encode(&ask, &mut whole).unwrap();
    for cut in 0..whole.len() {
        let mut native = server.native();
        assert_eq!(word(&native.ask(resume(&key))), "welcome");
        native.peer().send_bytes(&whole[..cut]);
        native.peer().half_close();
        assert_eq!(native.next(), None, "cut at {cut}");
    }
    assert_eq!(log(&mut ann, "#lobby").len(), head);
}

#[test]
fn a_hello_that_is_cut_short_is_no_session() {
    let server = TestServer::start();
    let hello = Hello::OURS.to_bytes();
    for cut in 1..hello.len() {
        let mut peer = server.text();
        peer.send_bytes(&hello[..cut]);
        peer.half_close();
        assert_eq!(peer.to_end(), "", "cut at {cut}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_the_session_goes_on() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let events = log(&mut ann, "#lobby").len();
    let long_name = [&[9, 9, 33][..], &[b'x'; 33]].concat();
    for (why, body, tag) in [
        ("nothing at all", &[][..], 0),
        ("a tag alone", &[9], 9),
        ("a variant that is newer", &[9, 200, 1, 2, 3], 9),
        ("the first variant that there is not", &[9, 21], 9),
        ("a long tag", &[252, 0x70, 0x11, 1, 0, 200], 70_000),
        ("a tag that is cut off", &[252, 0x70], 0),
        ("a tag that does not fit", &[253, 0, 0, 0, 0, 0, 0, 0, 1, 0], 0),
        ("bytes left over", &[9, 0, 0], 9),
        ("a name that is empty", &[9, 9, 0], 9),
        ("a name that is too long", &long_name, 9),
        ("a name with a blank", &[9, 9, 3, b'a', b' ', b'b'], 9),
        ("a name with a slash", &[9, 9, 3, b'a', b'/', b'b'], 9),
        ("a name with a control character", &[9, 9, 3, b'a', 7, b'b'], 9),
        ("a name that is no UTF-8", &[9, 9, 2, 0xc3, 0x28], 9),
        ("a name that claims more than there is", &[9, 9, 200, b'a'], 9),
        ("a list that claims 2^64 entries", &[9, 7, 253, 255, 255, 255, 255, 255, 255, 255, 255], 9),
        ("a bool that is neither", &[9, 10, 1, b'g', 2], 9),
        ("a role that there is not", &[9, 14, 1, b'g', 3, b'b', b'o', b'b', 3], 9),
        (
            "a message that is blank",
            &[9, 15, 1, 1, b'g', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, b' '],
            9,
        ),
    ] {
        ann.peer().send_bytes(&framed(body));
        assert_eq!(ann.reply(), (tag, Err(Refusal::Unreadable)), "{why}");
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done), "after {why}");
    }
    assert_eq!(log(&mut ann, "#lobby").len(), events);
}

#[test]
fn every_frame_of_nonsense_gets_one_answer() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut nonsense = Nonsense(0x1234_5678_9abc_def1);
    for _ in 0..50 {
        let frames: Vec<u8> = (0..100).flat_map(|_| framed(&nonsense.bytes(40))).collect();
        ann.peer().send_bytes(&frames);
        for _ in 0..100 {
            let _ = ann.reply(); // whatever it is
        }
    }
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
}

#[test]
fn nonsense_from_the_first_byte_or_after_the_hello_harms_nobody() {
    let server = TestServer::start();
    let mut nonsense = Nonsense(42);
    for round in 0..200 {
        let mut stream = TcpStream::connect(server.addr()).unwrap();
        let mut bytes = nonsense.bytes(3000);
        match round % 4 {
            0 => bytes.splice(0..0, Hello::OURS.to_bytes()).for_each(drop),
            1 => bytes.insert(0, 0),
            2 => bytes.insert(0, 255), // telnet's own
            _ => {}
        }
        // It may be closed at any moment.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let mut ann = server.native_user("ann");
    let accounts = log(&mut ann, "#lobby").iter().filter(|event| event.body.kind() == "joined").count();
    assert_eq!(accounts, 1, "nobody else has an account by nonsense; what guests said in the lobby is text");
}
