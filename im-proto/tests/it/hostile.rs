//! What a hostile or a newer peer sends: nothing panics, what cannot be read is skipped, what is too long ends the
//! stream. What it may cost is in `memory.rs`.

use bytes::{BufMut, BytesMut};
use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::codec::{Decoder, Encoder};

use crate::samples::{Message, REFUSALS, REQUESTS};
use crate::strategies::tag;
use crate::values::samples;

/// A number as it is spelled on the wire, written by hand: the tests do not trust what they test.
pub(crate) fn varint(n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    match n {
        0..=250 => out.push(n as u8),
        251..=0xffff => out.extend([&[0xfb][..], &(n as u16).to_le_bytes()].concat()),
        0x1_0000..=0xffff_ffff => out.extend([&[0xfc][..], &(n as u32).to_le_bytes()].concat()),
        _ => out.extend([&[0xfd][..], &n.to_le_bytes()].concat()),
    }
    out
}

/// A string as it is spelled on the wire.
fn string(text: &str) -> Vec<u8> {
    [varint(text.len() as u64), text.as_bytes().to_vec()].concat()
}

/// A frame around some bytes.
pub(crate) fn framed(payload: &[u8]) -> BytesMut {
    let mut frame = BytesMut::with_capacity(payload.len() + 4);
    frame.put_u32(payload.len() as u32);
    frame.put_slice(payload);
    frame
}

/// What a server makes of a frame, which must leave the stream intact: a ping behind it is read.
fn server_reads(payload: &[u8]) -> Frame<Ask> {
    let ping = Ask { tag: 77, request: Request::Ping };
    let mut stream = framed(payload);
    let mut codec = ServerFrames::default();
    ClientFrames::default().encode(&ping, &mut stream).unwrap();
    let frame = codec.decode(&mut stream).unwrap().unwrap();
    assert_eq!(codec.decode(&mut stream).unwrap(), Some(Frame::Message(ping)));
    assert!(stream.is_empty());
    frame
}

/// The same for a client.
fn client_reads(payload: &[u8]) -> Frame<FromServer> {
    let stale = FromServer::Notice(Notice::PresenceStale);
    let mut stream = framed(payload);
    let mut codec = ClientFrames::default();
    stream.extend_from_slice(&stale.to_frame().unwrap());
    let frame = codec.decode(&mut stream).unwrap().unwrap();
    assert_eq!(codec.decode(&mut stream).unwrap(), Some(Frame::Message(stale)));
    assert!(stream.is_empty());
    frame
}

/// The payload of every golden frame, and whether it is an ask.
pub(crate) fn payloads() -> Vec<(bool, Vec<u8>)> {
    let frames = samples().into_iter().filter(|sample| !matches!(sample.message, Message::Hello(_)));
    frames.map(|sample| (matches!(sample.message, Message::Ask(_)), sample.bytes().split_off(4))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_streams_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let mut stream = BytesMut::from(&bytes[..]);
        while let Ok(Some(_)) = ServerFrames::default().decode(&mut stream) {}
        let mut stream = BytesMut::from(&bytes[..]);
        while let Ok(Some(_)) = ClientFrames::default().decode(&mut stream) {}
        if let Ok(hello) = bytes[..].try_into() {
            let _ = Hello::from_bytes(hello);
        }
    }

    #[test]
    fn random_frames_leave_the_stream_intact(payload in vec(any::<u8>(), 0..400)) {
        server_reads(&payload);
        client_reads(&payload);
    }

    #[test]
    fn random_arguments_leave_the_stream_intact(kind in 0..21_u8, arguments in vec(prop_oneof![0..4_u8, any::<u8>()], 0..60)) {
        server_reads(&[vec![1, kind], arguments.clone()].concat());
        client_reads(&[vec![kind % 3, kind / 3], arguments].concat());
    }

    #[test]
    fn an_unknown_request_is_unreadable_under_its_tag(tag in tag(), kind in REQUESTS.len() as u32..=u32::MAX, rest in vec(any::<u8>(), 0..40)) {
        let payload = [varint(tag.into()), varint(kind.into()), rest].concat();
        prop_assert_eq!(server_reads(&payload), Frame::Unreadable { tag });
    }

    #[test]
    fn unknown_things_from_the_server_are_skipped(kind in REFUSALS.len() as u32..=u32::MAX, rest in vec(any::<u8>(), 0..40)) {
        let kind = varint(kind.into());
        let within = |before: &[u8]| client_reads(&[before, &kind, &rest].concat());
        prop_assert!(matches!(within(&[]), Frame::Unreadable { .. }), "kind of frame");
        prop_assert_eq!(within(&[0, 9, 0]), Frame::Unreadable { tag: 0 }, "reply");
        prop_assert_eq!(within(&[0, 9, 1]), Frame::Unreadable { tag: 0 }, "refusal");
        prop_assert_eq!(within(&[1, 7, 1, 0, 1, b'a', 1]), Frame::Unreadable { tag: 1 }, "event");
        prop_assert_eq!(within(&[2]), Frame::Unreadable { tag: 2 }, "notice");
    }
}

#[test]
fn flipped_bits_leave_the_stream_intact() {
    for (is_ask, payload) in payloads() {
        for bit in 0..payload.len() * 8 {
            let mut flipped = payload.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if is_ask {
                server_reads(&flipped);
            } else {
                client_reads(&flipped);
            }
        }
    }
}

#[test]
fn a_frame_with_bytes_missing_or_left_over_is_unreadable() {
    for (is_ask, payload) in payloads() {
        let unreadable = |payload: &[u8]| match is_ask {
            true => matches!(server_reads(payload), Frame::Unreadable { .. }),
            false => matches!(client_reads(payload), Frame::Unreadable { .. }),
        };
        assert!(!unreadable(&payload));
        for length in 0..payload.len() {
            assert!(unreadable(&payload[..length]), "{length} bytes of {payload:?}");
        }
        for extra in [0, 1, 0xff] {
            assert!(unreadable(&[&payload[..], &[extra]].concat()), "{payload:?} and {extra}");
        }
    }
    assert_eq!(server_reads(&[]), Frame::Unreadable { tag: 0 });
    assert_eq!(server_reads(&[0xfb, 0x34]), Frame::Unreadable { tag: 0 }, "a tag cut short");
    assert_eq!(server_reads(&[0xfb, 0x34, 0x12]), Frame::Unreadable { tag: 0x1234 });
}

#[test]
fn a_frame_that_is_too_long_ends_the_stream() {
    let refused = |codec: &mut ServerFrames, bytes: usize| {
        let mut stream = BytesMut::from(&u32::try_from(bytes).unwrap().to_be_bytes()[..]);
        match codec.decode(&mut stream) {
            Err(FrameError::TooLong { bytes: told, max }) => {
                assert_eq!(told, bytes);
                Some(max)
            }
            Ok(None) => None,
            other => panic!("{other:?}"),
        }
    };
    let mut codec = ServerFrames::new(FRAME_BYTES_MAX_STRANGER);
    assert_eq!(refused(&mut codec, FRAME_BYTES_MAX_STRANGER), None);
    assert_eq!(refused(&mut codec, FRAME_BYTES_MAX_STRANGER + 1), Some(FRAME_BYTES_MAX_STRANGER));
    codec.set_limit(usize::MAX);
    assert_eq!(refused(&mut codec, FRAME_BYTES_MAX), None);
    assert_eq!(refused(&mut codec, FRAME_BYTES_MAX + 1), Some(FRAME_BYTES_MAX));
    assert_eq!(refused(&mut codec, u32::MAX as usize), Some(FRAME_BYTES_MAX));
}

#[test]
fn a_message_that_is_too_long_is_not_sent_and_harms_nothing() {
    let many = Request::Follow { after: vec![(ConversationId(u64::MAX), Seq(u64::MAX)); 40_000] };
    let mut out = BytesMut::from(&b"before"[..]);
    let error = ClientFrames::default().encode(&Ask { tag: 1, request: many }, &mut out).unwrap_err();
    assert!(matches!(error, FrameError::TooLong { max: FRAME_BYTES_MAX, .. }), "{error}");
    assert_eq!(out, &b"before"[..]);
}

#[test]
fn a_list_is_as_long_as_its_memory_allows() {
    let follow = |many: usize| [vec![5, 7], varint(many as u64), [7, 1].repeat(many)].concat();
    assert!(matches!(server_reads(&follow(20_000)), Frame::Message(_)));
    assert!(server_reads(&follow(40_000)) == Frame::Unreadable { tag: 5 }, "it took more memory than it may");
}

#[test]
fn names_and_texts_that_are_not_allowed_are_unreadable() {
    let long_name = "n".repeat(NAME_CHARS_MAX + 1);
    let names = ["", "a b", "a/b", "1a", "@a", "~a", "a\u{1b}[2J", "a\u{202e}b", "a\u{3164}", &long_name];
    for name in names {
        let check = [vec![5, 1], string(name)].concat();
        assert_eq!(server_reads(&check), Frame::Unreadable { tag: 5 }, "{name:?}");
        let presence = [vec![2, 3], string(name), vec![0, 1]].concat();
        assert_eq!(client_reads(&presence), Frame::Unreadable { tag: 2 }, "{name:?}");
    }
    let long_text = "t".repeat(TEXT_BYTES_MAX + 1);
    for text in ["", "  \r\n\t ", &long_text] {
        let post = [vec![5, 15, 1], string("dev"), vec![0; 16], string(text), vec![0]].concat();
        assert_eq!(server_reads(&post), Frame::Unreadable { tag: 5 });
    }
    let long_password = "p".repeat(PASSWORD_BYTES_MAX + 1);
    for password in ["", &long_password] {
        let sign_in = [vec![5, 3], string("ann"), string(password)].concat();
        assert_eq!(server_reads(&sign_in), Frame::Unreadable { tag: 5 });
    }
    let broken_utf8 = [5, 1, 2, b'a', 0xff];
    assert_eq!(server_reads(&broken_utf8), Frame::Unreadable { tag: 5 });
    let neither_true_nor_false = [vec![5, 10], string("dev"), vec![2]].concat();
    assert_eq!(server_reads(&neither_true_nor_false), Frame::Unreadable { tag: 5 });
    let longest = [vec![5, 15, 1], string("dev"), vec![0; 16], string(&long_text[1..]), vec![0]].concat();
    assert!(matches!(server_reads(&longest), Frame::Message(_)), "the longest text is readable");
}
