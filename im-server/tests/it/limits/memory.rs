//! Many who stop reading: what waits for all of them together has a bound. Over it those end for whom most waits; the others,
//! and whoever comes back, get it all.

use im_proto::{Reply, Token};

use crate::asks::{
    conversation, enter, events_up_to, follow, join, log, posted, resume, say, text, token, word,
};
use crate::harness::Native;
use crate::hostile::measured::Measured;

/// How many stop reading.
const STOPPED: usize = 48;

/// What may wait for all, and what is said: more than any system takes in for a peer.
const WAITING_BYTES_MAX: usize = 1024 * 1024;
const POSTS: u64 = 256;
const POST_BYTES: usize = 60 * 1000;

fn session(server: &Measured, key: &Token) -> Native {
    let mut native = Native::connect(server.addr());
    assert_eq!(word(&native.ask(resume(key))), "welcome");
    native
}

#[test]
fn what_waits_for_all_who_stopped_reading_has_a_bound() {
    let settings = format!("[limits]\nwaiting_bytes_max = {WAITING_BYTES_MAX}\n");
    let server = Measured::with_settings(&settings);
    let mut ann = server.native_user("ann");
    let id = conversation(ann.ask(enter("flood"))).id;
    let mut native = Native::connect(server.addr());
    let key = token(native.sign_up("reader"));
    assert_eq!(word(&native.ask(join("flood"))), "conversation");
    let head = log(&mut ann, "#flood").len() as u64;
    let reads = |native: &mut Native| assert_eq!(native.ask(follow(&[(id, head)])), Ok(Reply::Done));
    let mut stopped: Vec<_> = (0..STOPPED).map(|_| session(&server, &key)).collect();
    for native in &mut stopped {
        reads(native);
        // The less the system takes in, the sooner the server notices.
        socket2::SockRef::from(native.peer().stream()).set_recv_buffer_size(32 * 1024).unwrap();
    }
    reads(&mut native);

    let said = "x".repeat(POST_BYTES);
    for number in 1..=POSTS {
        posted(ann.ask(say("#flood", number, &said)));
        // Who reads has each before the next is said.
        native.event(|event| event.conversation == id && event.seq.0 == head + number);
    }
    // Some were given up, and not all: for those who are left no more waits than may.
    let mut cut = 0;
    for mut native in stopped {
        let mut next = head + 1;
        while next <= head + POSTS {
            match native.next() {
                Some(im_proto::FromServer::Event(event)) if event.conversation == id => {
                    assert_eq!(event.seq.0, next);
                    next += 1;
                }
                Some(_) => {}
                None => {
                    cut += 1;
                    break;
                }
            }
        }
    }
    assert!(cut > 0 && cut < STOPPED, "{cut} of {STOPPED} were given up");
    // They come back, and have missed nothing.
    let mut back = session(&server, &key);
    reads(&mut back);
    let events = events_up_to(&mut back, id, head, head + POSTS);
    assert_eq!(events.iter().filter_map(text).count() as u64, POSTS);
}
