//! Screens as snapshots: the three layouts, what lies over them, and sizes that nobody means.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::looks::Looks;
use im_client::app::{Start, What};
use im_client::config::Config;
use im_proto::{
    Body, Event, Kind, MessageId, Notice, Pending, PendingKind, Person, Refusal, Reply, Request, Role, Seq,
    Timestamp,
};
use jiff::tz::TimeZone;
use ratatui::layout::Size;

use crate::rig::{
    BOB, DEV, Rig, TEN, conversation, deleted, edited, is_history, posted, reacted, replied, text, user,
};

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (40, 15)];
const GROUP: im_proto::ConversationId = im_proto::ConversationId(4);

/// A day's talk, with everything in it that a screen has to cope with.
fn busy() -> Rig {
    let mut dev = conversation(DEV, "#dev", 8);
    dev.read = Seq(6);
    dev.unread = 2;
    dev.active = Timestamp(TEN + 99);
    let mut group = conversation(GROUP, "#release-train", 30);
    group.kind = Kind::Group;
    group.unread = 12;
    let mut rig = Rig::online(120, 36, vec![dev, group, conversation(BOB, "@bob", 4)]);
    let minute = |seq, minute: u64, author: &str, body| Event {
        conversation: DEV,
        seq: Seq(seq),
        at: Timestamp(TEN + minute * 60_000),
        author: crate::rig::author(author),
        body,
    };
    let post = |said: &str| Body::Posted { message: MessageId([9; 16]), text: text(said), reply_to: None };
    let events = vec![
        minute(1, 0, "bob", Body::Created),
        minute(2, 1, "sakura", Body::Joined { by: None }),
        minute(3, 1, "zoe", Body::Joined { by: None }),
        minute(4, 2, "bob", post("the v0.3 tag is up: https://hub.example/r/0.3")),
        minute(
            5,
            2,
            "bob",
            post("please look at the release notes, all of them, before we say anything to anybody"),
        ),
        minute(6, 9, "alice", post("你好，世界! 👩‍👩‍👧 will do\n    fn main() { run() }")),
        minute(7, 11, "sakura", post("リリースノートを確認します。e\u{301}te\u{301} 🎉")),
        minute(8, 12, "averylongname-of-somebody", post("\u{1b}[31mnot red\u{1b}[0m \u{202e}not turned")),
    ];
    rig.grant(
        |request| matches!(request, Request::History { .. }),
        Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() },
    );
    let person = |name: &str, online, role| Person { name: user(name), online, role, guest: false };
    rig.grant(
        |request| matches!(request, Request::Who { of: Some(_) }),
        Reply::People {
            people: vec![
                person("bob", true, Role::Owner),
                person("alice", true, Role::Member),
                person("sakura", false, Role::Member),
                person("averylongname-of-somebody", true, Role::Admin),
            ],
            online: 3,
            total: 4,
        },
    );
    rig.now += std::time::Duration::from_secs(15 * 60);
    rig
}

fn resized(rig: &mut Rig, (width, height): (u16, u16)) -> String {
    rig.take(What::Resize(Size::new(width, height)));
    rig.screen()
}

#[test]
fn chat() {
    let mut rig = busy();
    for size in SIZES {
        insta::assert_snapshot!(format!("chat_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
}

#[test]
fn writing_waiting_and_failing() {
    let mut rig = busy();
    rig.enter("this one is refused");
    rig.refuse(|request| matches!(request, Request::Post { .. }), Refusal::CannotStore);
    rig.notice(Notice::Pending {
        pending: vec![
            Pending {
                group: "g1".parse().unwrap(),
                kind: PendingKind::Invitation,
                by: user("foo"),
                at: Timestamp(TEN),
            },
            Pending {
                group: "release-train".parse().unwrap(),
                kind: PendingKind::Request,
                by: user("yan"),
                at: Timestamp(TEN),
            },
        ],
    });
    rig.down();
    rig.enter("shipping in 5 min");
    rig.type_text("looks good, 你好,");
    rig.press(KeyModifiers::ALT, KeyCode::Enter);
    rig.type_text(
        "and a second line that is long enough to be wrapped in the composer of each of the layouts",
    );
    for size in SIZES {
        insta::assert_snapshot!(format!("writing_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
}

#[test]
fn as_it_reads_now() {
    let mut about = conversation(BOB, "@bob", 7);
    about.receipts = Some(im_proto::Receipts { received: Seq(6), read: Seq(3) });
    let mut rig = Rig::online(120, 36, vec![about]);
    let events = vec![
        posted(BOB, 1, "bob", "the v0.3 tag is up: https://hub.example/r/0.3, and all of its release notes"),
        posted(BOB, 2, "bob", "anything against it?"),
        posted(BOB, 3, "alice", "I will check them"),
        replied(BOB, 4, "alice", 1, "looks good, 你好,\n**shipping** in five minutes, or in six at most"),
        posted(BOB, 5, "alice", "not meant for you"),
        replied(BOB, 6, "alice", 2, "no"),
        posted(BOB, 7, "alice", "one more"),
    ];
    let reply = Reply::History { conversation: BOB, events, more: false, amendments: Vec::new() };
    rig.grant(is_history, reply);
    rig.event(edited(BOB, 8, "alice", 3, "I have checked them"));
    rig.event(deleted(BOB, 9, "alice", 5));
    for (seq, (who, with)) in (10..).zip([("bob", "+1"), ("alice", "+1"), ("bob", "🎉"), ("bob", "👍")]) {
        rig.event(reacted(BOB, seq, who, 4, with));
    }
    for (seq, n) in (14..).zip(0..9) {
        rig.event(reacted(BOB, seq, "bob", 1, &format!("word-{n}")));
    }
    rig.enter("/reply #2");
    rig.type_text("all is well");
    for size in SIZES {
        insta::assert_snapshot!(format!("amended_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.key(KeyCode::Up);
    for size in SIZES {
        insta::assert_snapshot!(format!("editing_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
}

#[test]
fn scrolled_back() {
    let mut rig = Rig::online(120, 36, vec![conversation(DEV, "#dev", 100)]);
    rig.grant_page(DEV, 100);
    rig.key(KeyCode::PageUp);
    for seq in 101..=117 {
        rig.event(posted(DEV, seq, "bob", "later"));
    }
    for size in SIZES {
        insta::assert_snapshot!(format!("scrolled_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
}

#[test]
fn overlays() {
    let mut rig = busy();
    rig.key(KeyCode::F(1));
    insta::assert_snapshot!("help_120x36", rig.screen());
    rig.key(KeyCode::Esc);
    for size in [(80, 24), (40, 15)] {
        let (width, height) = size;
        resized(&mut rig, size);
        for (name, key) in [("help", KeyCode::F(1)), ("list", KeyCode::F(2)), ("people", KeyCode::F(3))] {
            if name == "list" && width == 80 {
                continue;
            }
            rig.key(key);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), rig.screen());
            rig.key(KeyCode::Esc);
        }
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('k'));
        rig.type_text("re");
        insta::assert_snapshot!(format!("jump_{width}x{height}"), rig.screen());
        rig.key(KeyCode::Esc);
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
        insta::assert_snapshot!(format!("quit_{width}x{height}"), rig.screen());
        rig.key(KeyCode::Esc);
        rig.enter("/jion dev");
        insta::assert_snapshot!(format!("toast_{width}x{height}"), rig.screen());
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    }
}

#[test]
fn a_group_is_called_as_it_is_typed() {
    let mut rig = busy();
    rig.enter("/join release-train");
    let mut group = conversation(GROUP, "#release-train", 30);
    group.kind = Kind::Group;
    rig.grant(|request| matches!(request, Request::Join { .. }), Reply::Conversation(group));
    assert_eq!(rig.rows_with("▌# release-train").len(), 1);
    assert_eq!(rig.rows_with("─ #release-train ─").len(), 1);
    assert_eq!(rig.rows_with("group · ").len(), 1);
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    assert!(rig.rows_with("group · ").is_empty(), "a room is none");
}

#[test]
fn panes_can_be_hidden() {
    let mut rig = busy();
    rig.key(KeyCode::F(2));
    rig.key(KeyCode::F(3));
    insta::assert_snapshot!("hidden_120x36", rig.screen());
}

#[test]
fn sign_in() {
    let mut rig = Rig::of(Start {
        server: "im.example:1202".to_owned(),
        user: None,
        token: None,
        password: None,
        zone: TimeZone::UTC,
        size: Size::new(80, 24),
        looks: Looks::default(),
        config: Config::default(),
        first_run: false,
    });
    rig.type_text("alice");
    rig.key(KeyCode::Tab);
    rig.type_text("s3cret");
    for size in SIZES {
        insta::assert_snapshot!(format!("sign_in_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
    rig.key(KeyCode::Enter);
    rig.take(What::Down(rig.dial, "the server at im.example:1202 did not answer in 10 seconds".to_owned()));
    insta::assert_snapshot!("sign_in_wrong_80x24", resized(&mut rig, (80, 24)));
    for (width, height) in (1..14).flat_map(|w| (1..14).map(move |h| (w, h))) {
        resized(&mut rig, (width, height));
    }
}

#[test]
fn every_size_can_be_drawn() {
    let mut rig = busy();
    rig.take(What::Paste("你好 a long line\nand another".to_owned()));
    let sizes = (1..=24)
        .flat_map(|width| (1..=12).map(move |height| (width, height)))
        .chain((55..=110).map(|width| (width, 7)))
        .chain((1..=20).map(|height| (100, height)))
        .chain([(500, 200), (1, 200), (500, 1)]);
    for size in sizes {
        resized(&mut rig, size);
        rig.key(KeyCode::PageUp);
        rig.screen();
        rig.key(KeyCode::PageDown);
        for key in [KeyCode::F(1), KeyCode::F(3)] {
            rig.key(key);
            rig.screen();
            rig.key(if size.0 < 100 || key == KeyCode::F(1) { KeyCode::Esc } else { key });
        }
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('k'));
        rig.screen();
        rig.key(KeyCode::Esc);
    }
    for size in [(1, 1), (2, 2), (5, 3), (12, 4), (20, 6), (60, 8)] {
        insta::assert_snapshot!(format!("tiny_{}x{}", size.0, size.1), resized(&mut rig, size));
    }
}
