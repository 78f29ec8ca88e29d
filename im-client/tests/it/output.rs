//! What the headless commands print, to the letter: scripts rely on it.

use im_client::headless::output::Manner;
use im_proto::{Body, ConversationId, Event, MessageId, Reaction, Role, Seq, Timestamp};
use jiff::tz::TimeZone;

use crate::rig::{TEN, author, text, user};

fn event(body: Body) -> Event {
    Event { conversation: ConversationId(7), seq: Seq(12), at: Timestamp(TEN), author: author("bob"), body }
}

fn said(what: &str) -> Event {
    event(Body::Posted { message: MessageId([0; 16]), text: text(what), reply_to: None })
}

#[test]
fn json_has_one_object_a_line_with_steady_keys() {
    let start = r##"{"conversation":"#dev","seq":12,"at":"2026-11-21T10:00:00.000Z","from":"bob","kind":"##;
    let cases = [
        (said("hi"), r#""posted","message":"00000000000000000000000000000000","text":"hi"}"#),
        (
            said("two\nlines \"and\" \\ 你好"),
            r#""posted","message":"00000000000000000000000000000000","text":"two\nlines \"and\" \\ 你好"}"#,
        ),
        (
            said("\u{1b}[31m \u{9b}2J \u{202e}x \u{7f}\u{e0001}"),
            r#""posted","message":"00000000000000000000000000000000","text":"\u001b[31m \u009b2J \u202ex \u007f\udb40\udc01"}"#,
        ),
        (event(Body::Created), r#""created"}"#),
        (event(Body::Joined { by: None }), r#""joined"}"#),
        (event(Body::Joined { by: Some(user("zoe")) }), r#""joined","by":"zoe"}"#),
        (event(Body::Left), r#""left"}"#),
        (event(Body::Invited { user: user("zoe") }), r#""invited","user":"zoe"}"#),
        (event(Body::Asked), r#""asked"}"#),
        (event(Body::InvitationDeclined { by: user("zoe") }), r#""invitation-declined","by":"zoe"}"#),
        (event(Body::RequestDeclined { user: user("zoe") }), r#""request-declined","user":"zoe"}"#),
        (
            event(Body::RoleSet { user: user("zoe"), role: Role::Admin }),
            r#""role","user":"zoe","role":"admin"}"#,
        ),
    ];
    for (event, rest) in cases {
        let line = Manner::Json.line(&"#dev".parse().unwrap(), &event);
        assert_eq!(line, format!("{start}{rest}"));
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        if let Body::Posted { text, .. } = &event.body {
            assert_eq!(object["text"], text.as_str(), "escaped or not, it is the same text");
        }
    }
}

/// A message of bob's, and what may happen to it.
fn amended() -> [Event; 6] {
    let (of, reaction) = (Seq(12), Reaction::parse("+1").unwrap());
    let later = |seq, body| Event { seq: Seq(seq), ..event(body) };
    [
        event(Body::Posted { message: MessageId([0; 16]), text: text("hi\nyou"), reply_to: Some(Seq(11)) }),
        later(13, Body::Edited { of, text: text("hello\n\u{1b}you") }),
        later(14, Body::Reacted { of, reaction: reaction.clone() }),
        later(15, Body::Unreacted { of, reaction }),
        later(16, Body::Deleted { of }),
        later(17, Body::Tombstone { of: None }),
    ]
}

#[test]
fn what_happens_to_messages_is_told_as_it_happens() {
    let manner = Manner::Plain(TimeZone::UTC);
    let address = "#dev".parse().unwrap();
    let lines = amended().map(|event| manner.line(&address, &event));
    let said = [
        "bob: (to #11) hi\n    you",
        "* bob edited #12: hello\n    you",
        "* bob reacted +1 to #12",
        "* bob took +1 back from #12",
        "* bob deleted #12",
        "bob: (deleted)",
    ];
    assert_eq!(lines, said.map(|said| format!("2026-11-21 10:00:00 #dev {said}")));
}

#[test]
fn a_page_reads_for_people_as_it_does_now_and_for_programs_as_it_was() {
    let address = "#dev".parse().unwrap();
    let [said, edited, reacted, unreacted, deleted, gone] = amended();
    let page = |events: &[Event], amendments: &[Event]| -> Vec<String> {
        let lines = Manner::Plain(TimeZone::UTC).page(&address, events, amendments);
        lines.into_iter().map(|line| line["2026-11-21 10:00:00 #dev ".len()..].to_owned()).collect()
    };
    let all = [said.clone(), edited.clone(), gone.clone(), reacted.clone()];
    assert_eq!(page(&all, &[]), ["bob: (to #11) hello\n    you (edited) [+1 1]", "bob: (deleted)"]);
    assert_eq!(
        page(&all[..1], &[edited.clone(), reacted, unreacted]),
        ["bob: (to #11) hello\n    you (edited)"]
    );
    assert_eq!(page(&all[..1], &[edited.clone(), deleted]), ["bob: (deleted)"]);
    let json = Manner::Json.page(&address, &all, &[]);
    assert_eq!(json, all.map(|event| Manner::Json.line(&address, &event)));
    assert!(json[0].ends_with(r#""text":"hi\nyou","reply_to":11}"#), "{}", json[0]);
    assert!(json[1].ends_with(r#""kind":"edited","of":12,"text":"hello\n\u001byou"}"#), "{}", json[1]);
}

#[test]
fn what_is_kept_as_markdown_is_what_was_typed_below_who_said_it() {
    let address = "#dev".parse().unwrap();
    let [said, edited, reacted, ..] = amended();
    let manner = Manner::Markdown(TimeZone::UTC);
    let joined = Event { seq: Seq(18), ..event(Body::Joined { by: None }) };
    assert_eq!(
        manner.page(&address, &[said.clone(), joined], &[edited, reacted]),
        [
            "\n**bob** #12 to #11, 2026-11-21 10:00:00 (edited)\n\nhello\nyou\n\n[+1 1]",
            "\n*2026-11-21 10:00:00: bob joined*",
        ]
    );
    let [.., deleted, _] = amended();
    let gone = manner.page(&address, &[said], &[deleted]);
    assert_eq!(gone, ["\n**bob** #12, 2026-11-21 10:00:00\n\n(deleted)"]);
}

#[test]
fn guests_are_told_apart_in_every_line() {
    let by_guest = |event: Event| Event { author: author("~neil"), ..event };
    let address = "#lobby".parse().unwrap();
    for (event, json, plain) in [
        (
            said("~ hi"),
            r#""posted","message":"00000000000000000000000000000000","text":"~ hi"}"#,
            "~neil: ~ hi",
        ),
        (event(Body::Created), r#""created"}"#, "* ~neil made this"),
        (event(Body::Joined { by: None }), r#""joined"}"#, "* ~neil joined"),
    ] {
        let event = by_guest(event);
        let start = r##"{"conversation":"#lobby","seq":12,"at":"2026-11-21T10:00:00.000Z","from":"neil","guest":true,"kind":"##;
        assert_eq!(Manner::Json.line(&address, &event), format!("{start}{json}"));
        let line = Manner::Plain(TimeZone::UTC).line(&address, &event);
        assert_eq!(line, format!("2026-11-21 10:00:00 #lobby {plain}"));
    }
}

#[test]
fn plain_lines_are_for_people_and_cannot_act() {
    let manner = Manner::Plain(TimeZone::UTC);
    let address = "@bob".parse().unwrap();
    for (event, line) in [
        (said("hi"), "2026-11-21 10:00:00 @bob bob: hi"),
        (said("one\r\ntwo"), "2026-11-21 10:00:00 @bob bob: one\n    two"),
        (said("\u{1b}]0;x\u{7}"), "2026-11-21 10:00:00 @bob bob: ]0;x"),
        (event(Body::Joined { by: None }), "2026-11-21 10:00:00 @bob * bob joined"),
        (event(Body::Joined { by: Some(user("zoe")) }), "2026-11-21 10:00:00 @bob * bob joined through zoe"),
    ] {
        assert_eq!(manner.line(&address, &event), line);
    }
}
