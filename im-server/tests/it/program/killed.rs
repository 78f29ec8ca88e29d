//! The program is killed in the middle of its work: what it had acknowledged is there, once.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::thread;

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Event, FromServer, Reply, Request, Seq};
use tokio_util::codec::Encoder;

use crate::asks::{log, say, sign_in, sign_up, text};
use crate::daemon::Home;
use crate::harness::Native;

/// So many posts are acknowledged before the server is killed.
const ACKNOWLEDGED: usize = 300;

pub(super) fn post(number: u32) -> Request {
    say("#lobby", number.into(), &format!("post {number}"))
}

/// Posts on and on, until the server is gone. The tag of each request is the number of its post.
pub(super) fn post_for_ever(mut stream: TcpStream) {
    let mut codec = ClientFrames::default();
    for tag in 1.. {
        let mut bytes = BytesMut::new();
        codec.encode(&Ask { tag, request: post(tag) }, &mut bytes).unwrap();
        if stream.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// All posts of the log: the number of each, and where it stands.
pub(super) fn posts(native: &mut Native) -> Vec<(u32, Seq)> {
    let numbered = |event: &Event| Some((text(event)?.strip_prefix("post ")?.parse().unwrap(), event.seq));
    log(native, "#lobby").iter().filter_map(numbered).collect()
}

#[test]
fn every_acknowledged_post_is_there_once() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("foo")).unwrap();
    let stream = native.peer().stream().try_clone().unwrap();
    let posting = thread::spawn(|| post_for_ever(stream));

    let mut daemon = Some(daemon);
    let mut acknowledged = BTreeMap::new();
    while let Some(message) = native.next() {
        if let FromServer::Reply { tag, result } = message {
            let Ok(Reply::Posted { seq, duplicate: false, .. }) = result else { panic!("{tag}: {result:?}") };
            assert_eq!(acknowledged.insert(tag, seq), None);
        }
        if acknowledged.len() == ACKNOWLEDGED
            && let Some(daemon) = daemon.take()
        {
            assert_eq!(daemon.stop("KILL").code, None);
        }
    }
    posting.join().unwrap();
    assert!(acknowledged.len() >= ACKNOWLEDGED);

    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_in("foo", "secret")).unwrap();
    let there = posts(&mut native);
    let numbers: Vec<_> = there.iter().map(|(number, _)| *number).collect();
    assert!(
        numbers.iter().copied().eq(1..=u32::try_from(there.len()).unwrap()),
        "in order, once each: {numbers:?}"
    );
    let by_number: BTreeMap<_, _> = there.iter().copied().collect();
    for (number, seq) in &acknowledged {
        assert_eq!(by_number.get(number), Some(seq), "post {number}");
    }

    // A client that sends all again that was not acknowledged, and some that was, posts nothing twice.
    let last = u32::try_from(acknowledged.len()).unwrap();
    for number in last - 5..last + 20 {
        let Ok(Reply::Posted { seq, duplicate, .. }) = native.ask(post(number)) else { panic!("refused") };
        assert_eq!(duplicate, by_number.contains_key(&number), "post {number}");
        assert!(!duplicate || by_number[&number] == seq, "post {number}");
    }
    let numbers: Vec<_> = posts(&mut native).into_iter().map(|(number, _)| number).collect();
    assert!(numbers.len() >= usize::try_from(last).unwrap() + 19);
    assert!(numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).unwrap()), "{numbers:?}");
}
