//! Pages of history around a moment.

use im_proto::{Event, Page, Reply, Text, Timestamp};

use crate::asks::{history, posted, say};
use crate::harness::{Native, TestServer};

fn around(native: &mut Native, at: u64, limit: u16) -> (Vec<Event>, bool) {
    match native.ask(history("#lobby", Page::Around(Timestamp(at)), limit)) {
        Ok(Reply::History { events, more, .. }) => (events, more),
        other => panic!("{other:?}"),
    }
}

/// The first and the last number of such a page, and whether more comes after it.
fn span(native: &mut Native, at: u64, limit: u16) -> (u64, u64, bool) {
    let (events, more) = around(native, at, limit);
    assert!(events.windows(2).all(|pair| pair[1].seq == pair[0].seq.next()));
    (events[0].seq.0, events[events.len() - 1].seq.0, more)
}

#[test]
fn half_of_it_was_before() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    // The first event is that ann came in. Each is of a later moment than the one before it.
    let mut times = vec![around(&mut ann, 0, 1).0[0].at.0];
    for number in 1..100 {
        while now() <= times[times.len() - 1] {}
        times.push(posted(ann.ask(say("#lobby", number, "x"))).2.0);
    }
    let at = |seq: usize| times[seq - 1];
    for (moment, limit, wanted) in [
        (at(50), 10, (45, 54, true)),
        (at(50) + 1, 11, (46, 56, true)),
        (at(50), 1, (50, 50, true)),
        (at(1), 10, (1, 10, true)), // there is nothing before it
        (0, 10, (1, 10, true)),
        (at(98), 10, (91, 100, false)),
        (at(100) + 1, 10, (91, 100, false)),
        (u64::MAX, 10, (91, 100, false)),
        (at(3), 200, (1, 100, false)),
    ] {
        assert_eq!(span(&mut ann, moment, limit), wanted, "{limit} around {moment}");
    }
}

#[test]
fn the_moment_is_in_the_page_however_long_the_texts_are() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let long = "x".repeat(im_proto::TEXT_BYTES_MAX - 1);
    for number in 0..6 {
        posted(ann.ask(say("#lobby", number, Text::parse(&long).unwrap().as_str())));
    }
    let (_, seq, at, _) = posted(ann.ask(say("#lobby", 7, "then")));
    for number in 8..14 {
        posted(ann.ask(say("#lobby", number, &long)));
    }
    let (events, more) = around(&mut ann, at.0, 20);
    assert!(events.iter().any(|event| event.seq == seq), "{:?}", events.iter().map(|event| event.seq));
    assert!(more);
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_millis().try_into().unwrap()
}
