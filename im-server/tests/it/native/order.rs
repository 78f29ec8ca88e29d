//! Many requests before the first reply: the order of the replies, and of what they caused.

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Page, Refusal, Reply, Request};
use tokio_util::codec::Encoder;

use crate::asks::{conversation, enter, events_up_to, follow, history, open, posted, say, text, word};
use crate::harness::{Native, TestServer};

/// All in one write.
fn send_together(native: &mut Native, asks: impl IntoIterator<Item = (u32, Request)>) {
    let mut bytes = BytesMut::new();
    for (tag, request) in asks {
        ClientFrames::default().encode(&Ask { tag, request }, &mut bytes).unwrap();
    }
    native.peer().send_bytes(&bytes);
}

#[test]
fn posts_in_one_packet_are_answered_in_order_without_a_hole() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let lobby = conversation(ann.ask(open("#lobby")));
    assert_eq!(ann.ask(follow(&[(lobby.id, lobby.head.0)])), Ok(Reply::Done));
    send_together(&mut ann, (0..64).map(|i| (1000 + i, say("#lobby", i.into(), &format!("post {i}")))));
    for i in 0..64 {
        let (tag, result) = ann.reply();
        assert_eq!(tag, 1000 + i);
        let (_, seq, _, duplicate) = posted(result);
        assert_eq!((seq.0, duplicate), (lobby.head.0 + 1 + u64::from(i), false));
    }
    let events = events_up_to(&mut ann, lobby.id, lobby.head.0, lobby.head.0 + 64);
    for (i, event) in events.iter().enumerate() {
        assert_eq!(text(event), Some(format!("post {i}").as_str()));
    }
}

#[test]
fn replies_of_every_kind_keep_the_order_of_their_requests() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let asks = vec![
        say("#lobby", 1, "a"),
        say("#nothere", 2, "b"),
        Request::Ping,
        say("#lobby", 3, "c"),
        history("#lobby", Page::Newest, 1),
        enter("r"),
        say("#r", 4, "d"),
        Request::SignOut,
        say("#r", 5, "e"),
        Request::Ping,
    ];
    let wanted = [
        "posted",
        "no-such-room",
        "done",
        "posted",
        "history",
        "conversation",
        "posted",
        "done",
        "not-signed-in",
        "done",
    ];
    send_together(&mut ann, (1..).zip(asks));
    let mut got = Vec::new();
    for tag in 1..=10 {
        let (replied, result) = ann.reply();
        assert_eq!(replied, tag);
        if let Ok(Reply::History { events, .. }) = &result {
            assert_eq!(text(&events[0]), Some("c"), "what was asked before is done before");
        }
        got.push(word(&result));
    }
    assert_eq!(got, wanted);
}

#[test]
fn a_request_sees_what_those_before_it_have_done() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    for round in 0..20 {
        let posts = (0..50).map(|i| say("#lobby", round * 100 + i, &format!("{round} {i}")));
        send_together(&mut ann, (1..).zip(posts.chain([history("#lobby", Page::Newest, 1)])));
        for tag in 1..=50 {
            let (replied, result) = ann.reply();
            assert_eq!((replied, word(&result)), (tag, "posted"));
        }
        let Ok(Reply::History { events, .. }) = ann.reply().1 else { panic!() };
        assert_eq!(text(&events[0]), Some(format!("{round} 49").as_str()));
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_its_turn() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bytes = BytesMut::new();
    for tag in 1..=20 {
        if tag % 5 == 0 {
            bytes.extend_from_slice(&[0, 0, 0, 2, u8::try_from(tag).unwrap(), 200]); // an unknown request
        } else {
            let ask = Ask { tag, request: say("#lobby", tag.into(), "x") };
            ClientFrames::default().encode(&ask, &mut bytes).unwrap();
        }
    }
    ann.peer().send_bytes(&bytes);
    for wanted in 1..=20 {
        let (tag, result) = ann.reply();
        assert_eq!(tag, wanted, "{result:?}");
        assert_eq!(result == Err(Refusal::Unreadable), tag % 5 == 0);
    }
}

#[test]
fn long_answers_do_not_stop_the_requests_behind_them() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    let long = "x".repeat(im_proto::TEXT_BYTES_MAX);
    for i in 0..3 {
        assert_eq!(word(&ann.ask(say("#r", i, &long))), "posted");
    }
    // Each of these is longer than what the server lets wait for a peer.
    send_together(&mut ann, (1..=40).map(|tag| (tag, history("#r", Page::Newest, 200))));
    for wanted in 1..=40 {
        let (tag, result) = ann.reply();
        assert_eq!((tag, word(&result)), (wanted, "history"));
    }
}

#[test]
fn long_answers_do_not_hold_back_what_happens_meanwhile() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bob = server.native_user("bob");
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    let long = "x".repeat(im_proto::TEXT_BYTES_MAX);
    for i in 0..3 {
        assert_eq!(word(&ann.ask(say("#r", i, &long))), "posted");
    }
    ann.follow();
    for round in 0..200 {
        let tag = ann.send(history("#r", Page::Newest, 200));
        let said = format!("round {round}");
        assert_eq!(word(&bob.ask(say("#lobby", 100 + round, &said))), "posted");
        assert_eq!(ann.reply().0, tag);
        // Nothing else happens that could wake ann's session.
        ann.event(|event| text(event) == Some(&said));
    }
}
