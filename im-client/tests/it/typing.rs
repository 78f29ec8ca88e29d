//! Who is writing: told to others while one types and to oneself while they do, and over by itself.

use std::time::Duration;

use crossterm::event::KeyCode;
use im_proto::{Address, Notice};

use crate::rig::{BOB, DEV, Rig, author, conversation, posted};

fn rig() -> Rig {
    let mut rig = Rig::online(140, 24, vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 3)]);
    rig.enter("to group: dev");
    assert_eq!(rig.app.open, Some(DEV));
    rig.typing.clear();
    rig
}

/// What was told of typing since it was asked last.
fn told(rig: &mut Rig) -> Vec<Address> {
    std::mem::take(&mut rig.typing)
}

fn writes(who: &str) -> Notice {
    Notice::Typing { conversation: DEV, user: author(who) }
}

fn status(rig: &Rig) -> String {
    rig.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn who_types_tells_it_once_in_three_seconds_and_no_command() {
    let mut rig = rig();
    rig.type_text("hello");
    assert_eq!(told(&mut rig), ["#dev".parse().unwrap()]);
    for _ in 0..29 {
        rig.pass(Duration::from_millis(100));
        rig.type_text("x");
    }
    assert_eq!(told(&mut rig).len(), 0, "2.9 s");
    rig.pass(Duration::from_millis(100));
    rig.type_text("x");
    assert_eq!(told(&mut rig).len(), 1);
    // Looking around is no typing, and neither is what is sent or taken out.
    rig.pass(Duration::from_secs(10));
    rig.key(KeyCode::Left);
    rig.key(KeyCode::PageUp);
    rig.key(KeyCode::Enter);
    assert_eq!(told(&mut rig).len(), 0);
    rig.pass(Duration::from_secs(10));
    rig.type_text("/who everybody");
    assert_eq!(told(&mut rig).len(), 0);
    rig.enter("");
    rig.enter("/dm bob");
    rig.type_text("psst");
    assert_eq!(told(&mut rig), ["@bob".parse().unwrap()]);
}

#[test]
fn who_writes_is_named_until_they_have_said_it_or_some_seconds_passed() {
    let mut rig = rig();
    rig.notice(writes("bob"));
    assert!(status(&rig).contains("│ bob is typing…"), "{}", status(&rig));
    rig.notice(writes("~neil"));
    assert!(status(&rig).contains("bob and ~neil are typing…"), "{}", status(&rig));
    rig.event(posted(DEV, 4, "bob", "there"));
    assert!(status(&rig).contains("│ ~neil is typing…"), "{}", status(&rig));
    rig.pass(Duration::from_millis(5900));
    assert!(status(&rig).contains("~neil"), "{}", status(&rig));
    rig.notice(writes("~neil"));
    rig.pass(Duration::from_millis(5900));
    assert!(status(&rig).contains("~neil"), "said again: {}", status(&rig));
    rig.pass(Duration::from_millis(200));
    assert!(!status(&rig).contains("typing"), "{}", status(&rig));
    // Oneself at another device, somewhere else, and somebody who goes.
    rig.notice(writes("alice"));
    rig.notice(Notice::Typing { conversation: BOB, user: author("bob") });
    rig.notice(writes("cid"));
    assert!(status(&rig).contains("│ cid is typing…"), "{}", status(&rig));
    rig.notice(Notice::Presence { user: author("cid"), online: false });
    assert!(!status(&rig).contains("typing"), "{}", status(&rig));
    rig.enter("/dm bob");
    assert!(status(&rig).contains("│ bob is typing…"), "{}", status(&rig));
    for number in 0..1000 {
        rig.notice(writes(&format!("bot{number}")));
    }
    assert!(rig.app.writers().count() < 64);
    rig.down();
    assert_eq!(rig.app.writers().count(), 0);
}
