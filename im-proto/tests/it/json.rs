//! The JSON spelling: its shapes are written down, and what is written is what is read.
//!
//! `IM_BLESS=1` writes `json.txt` anew. Lines and keys may be added; a key that changes breaks every script there is.

use std::path::Path;

use im_proto::*;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::samples::{Message, Sample};
use crate::strategies::{ask, from_server};
use crate::values::{AT, bob, dev, message_id, samples, text, user};

const GOLDEN: &str = include_str!("json.txt");

fn line(value: &impl Serialize) -> String {
    String::from_utf8(json_line(value)).unwrap()
}

fn read<T: DeserializeOwned>(line: &str) -> T {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn of(sample: &Sample) -> Option<String> {
    match &sample.message {
        Message::Hello(_) => None,
        Message::Ask(ask) => Some(line(ask)),
        Message::FromServer(said) => Some(line(said)),
    }
}

#[test]
fn every_variant_has_its_golden_line() {
    let samples = samples();
    let lines: Vec<String> = samples.iter().filter_map(|s| Some(format!("{}: {}", s.name, of(s)?))).collect();
    if std::env::var_os("IM_BLESS").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/json.txt");
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
        return;
    }
    for (written, now) in GOLDEN.lines().zip(&lines) {
        assert_eq!(now, written, "the JSON has changed");
    }
    assert_eq!(lines.len(), GOLDEN.lines().count(), "a line is missing or too many");
}

#[test]
fn what_may_be_left_out_is_what_people_mean() {
    let asked = |json: &str| read::<Ask>(json);
    assert_eq!(asked(r##"{"request":"ping"}"##), Ask { tag: 0, request: Request::Ping });
    let follow = Request::Follow { after: vec![(ConversationId(3), Seq(12))] };
    assert_eq!(asked(r##"{"request":"follow","after":{"3":12},"tag":4}"##), Ask { tag: 4, request: follow });
    let history = Request::History { of: dev(), page: Page::Newest, limit: 50 };
    assert_eq!(asked(r##"{"request":"history","of":"#dev"}"##).request, history);
    let after = Request::History { of: dev(), page: Page::After(Seq(7)), limit: 200 };
    assert_eq!(asked(r##"{"request":"history","of":"#dev","page":{"after":7},"limit":200}"##).request, after);
    let post = Request::Post { to: bob(), message: MessageId::default(), text: text("hi"), reply_to: None };
    assert_eq!(asked(r##"{"request":"post","to":"@bob","text":"hi","colour":"red"}"##).request, post);
    let uuid =
        r##"{"request":"post","to":"@bob","text":"hi","message":"f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff"}"##;
    assert!(matches!(asked(uuid).request, Request::Post { message, .. } if message == message_id()));
}

#[test]
fn nonsense_is_an_error() {
    for json in [
        "",
        "null",
        "[]",
        "{}",
        r##"{"request":"dance"}"##,
        r##"{"request":"post","to":"dev","text":"hi"}"##,
        r##"{"request":"post","to":"#dev","text":"  "}"##,
        r##"{"request":"post","to":"#dev","text":"hi","message":"12"}"##,
        r##"{"request":"post","to":"#dev","text":"hi","message":"+0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"}"##,
        r##"{"request":"check-name","name":"two words"}"##,
        r##"{"request":"mark","of":"#dev","read":-1}"##,
        r##"{"request":"resume","token":"00"}"##,
        r##"{"tag":4294967296,"request":"ping"}"##,
    ] {
        assert!(serde_json::from_str::<Ask>(json).is_err(), "{json}");
    }
}

#[test]
fn an_event_names_its_conversation_as_is_useful() {
    let event = Event {
        conversation: ConversationId(7),
        seq: Seq(301),
        at: AT,
        author: Author { name: user("ann"), guest: false },
        body: Body::Posted { message: message_id(), text: text("hi"), reply_to: None },
    };
    let rest = r##""seq":301,"at":"2026-11-21T10:00:00.000Z","from":"ann","kind":"posted","message":"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff","text":"hi"}"##;
    assert_eq!(line(&event), format!(r##"{{"conversation":"7",{rest}"##));
    assert_eq!(
        line(&event.clone().with_address(dev())),
        format!(r##"{{"conversation":"7","address":"#dev",{rest}"##)
    );
    assert_eq!(line(&event.by_address(dev())), format!(r##"{{"conversation":"#dev",{rest}"##));
}

#[test]
fn a_line_cannot_act_on_a_terminal() {
    let hostile = "\u{1b}]0;x\u{7} \u{9b}2J \u{7f}\u{202e}\u{e0041}\r\n\t<script>";
    let request = Request::Post { to: dev(), message: message_id(), text: text(hostile), reply_to: None };
    let written = line(&Ask { tag: 1, request: request.clone() });
    assert_eq!(printable(&written).to_string(), written);
    assert!(written.contains(r"\u202e\udb40\udc41\r\n\t<script>"), "{written}");
    assert_eq!(read::<Ask>(&written).request, request);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn asks_come_back(ask in ask()) {
        let once: Ask = read(&line(&ask));
        prop_assert_eq!(read::<Ask>(&line(&once)), once);
    }

    #[test]
    fn what_the_server_says_comes_back(said in from_server()) {
        let once: FromServer = read(&line(&said));
        prop_assert_eq!(&read::<FromServer>(&line(&once)), &once);
        prop_assert_eq!(line(&once), line(&said));
    }
}
