//! Golden bytes: what has once been sent must be readable for ever, so the bytes of every variant are written down.
//!
//! `IM_BLESS=1` writes `golden.txt` anew. Lines may be added; a line that changes breaks every client there is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::BytesMut;
use im_proto::*;
use tokio_util::codec::Decoder;

use crate::samples::*;
use crate::values::samples;

/// The golden file.
pub(crate) const GOLDEN: &str = include_str!("golden.txt");

/// How many variants there are in all types, beside the hello. A number on purpose: whoever adds a variant comes by
/// here and reads the rule: at the end of its enum only.
const VARIANTS: usize = 182;

fn all_variants() -> BTreeSet<&'static str> {
    let lists = [
        REQUESTS,
        FROM_SERVER,
        REPLIES,
        NOTICES,
        BODIES,
        ROLES,
        KINDS,
        PENDING_KINDS,
        PAGES,
        ADDRESSES,
        REFUSALS,
        DEEDS,
        SANCTIONS,
    ];
    lists.into_iter().flatten().copied().collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_variant_has_its_golden_bytes() {
    let lines: Vec<String> =
        samples().iter().map(|sample| format!("{}: {}", sample.name, hex(&sample.bytes()))).collect();
    if std::env::var_os("IM_BLESS").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden.txt");
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
        return;
    }
    for (written, now) in GOLDEN.lines().zip(&lines) {
        assert_eq!(now, written, "the bytes on the wire have changed");
    }
    assert_eq!(lines.len(), GOLDEN.lines().count(), "a line is missing or too many");
}

#[test]
fn no_variant_is_without_a_line() {
    let lines: BTreeMap<&str, &str> = GOLDEN.lines().filter_map(|line| line.split_once(": ")).collect();
    assert_eq!(lines.len(), GOLDEN.lines().count(), "two lines have one name");
    assert!(lines.contains_key("hello"));
    let mut seen = BTreeSet::new();
    for sample in samples() {
        if let Message::FromServer(from_server) = &sample.message {
            seen.insert(from_server_name(from_server));
        }
        let variant =
            |name: &'static str| sample.name == name || sample.name.starts_with(&format!("{name}."));
        seen.extend(all_variants().into_iter().filter(|name| variant(name)));
    }
    assert_eq!(seen, all_variants());
    assert_eq!(seen.len(), VARIANTS);
}

#[test]
fn golden_bytes_are_read_as_what_they_were() {
    for sample in samples() {
        let mut bytes = BytesMut::from(&sample.bytes()[..]);
        let read = match &sample.message {
            Message::Hello(_) => Message::Hello(Hello::from_bytes(bytes[..].try_into().unwrap()).unwrap()),
            Message::Ask(_) => match ServerFrames::default().decode(&mut bytes).unwrap() {
                Some(Frame::Message(ask)) => Message::Ask(ask),
                other => panic!("{}: {other:?}", sample.name),
            },
            Message::FromServer(_) => match ClientFrames::default().decode(&mut bytes).unwrap() {
                Some(Frame::Message(said)) => Message::FromServer(said),
                other => panic!("{}: {other:?}", sample.name),
            },
        };
        assert_eq!(read, sample.message, "{}", sample.name);
    }
}

#[test]
fn a_hello_of_another_version_or_protocol_is_told_apart() {
    let ours = Hello::OURS.to_bytes();
    let mut newer = ours;
    newer[3] = VERSION + 1;
    assert_eq!(Hello::from_bytes(newer), Err(HelloError::Version(VERSION + 1)));
    for byte in 0..3 {
        let mut other = ours;
        other[byte] ^= 0x20;
        assert_eq!(Hello::from_bytes(other), Err(HelloError::NotIm));
    }
    let capabilities = 0x8000_0001;
    let able = Hello { version: VERSION, capabilities };
    assert_eq!(Hello::from_bytes(able.to_bytes()), Ok(able), "unknown bits are kept, not refused");
}

#[test]
fn refusal_codes_and_event_kinds_are_the_words_of_the_document() {
    for refusal in ALL_REFUSALS {
        assert_eq!(format!("refusal.{}", refusal.code()), refusal_name(&refusal));
    }
    assert_eq!(ALL_REFUSALS.map(|refusal| refusal_name(&refusal)), *REFUSALS);
    for sample in samples() {
        if let Message::FromServer(FromServer::Event(event)) = sample.message {
            assert_eq!(format!("body.{}", event.body.kind()), body_name(&event.body));
        }
    }
}
