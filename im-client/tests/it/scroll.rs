//! One looks at a message, and what comes above or below it moves nothing.

use crossterm::event::{KeyCode, MouseEvent, MouseEventKind};
use im_client::app::{Scroll, What};
use im_proto::{Body, Event, Seq, Timestamp};
use ratatui::layout::Size;

use crate::rig::{DEV, Rig, TEN, author, conversation, posted, user};

fn wheel(rig: &mut Rig, kind: MouseEventKind) {
    rig.take(What::Mouse(MouseEvent {
        kind,
        column: 30,
        row: 10,
        modifiers: crossterm::event::KeyModifiers::NONE,
    }));
}

fn loaded(width: u16, height: u16) -> Rig {
    let mut rig = Rig::online(width, height, vec![conversation(DEV, "#dev", 150)]);
    rig.grant_page(DEV, 150);
    rig
}

#[test]
fn new_messages_move_nothing_for_whoever_has_scrolled_back() {
    let mut rig = loaded(80, 24);
    rig.key(KeyCode::PageUp);
    let before = rig.messages();
    for seq in 151..=167 {
        rig.event(posted(DEV, seq, "bob", "message, new"));
    }
    assert_eq!(rig.messages(), before);
    assert_eq!(rig.rows_with("↓ 17 new (End)").len(), 1);
    rig.key(KeyCode::End);
    assert!(rig.rows_with("(End)").is_empty());
    assert!(rig.rows_with("message, new").len() > 10);
}

#[test]
fn the_message_in_sight_stays_in_sight_at_any_width() {
    let mut rig = loaded(120, 36);
    for _ in 0..2 {
        rig.key(KeyCode::PageUp);
    }
    let Scroll::At(anchor) = rig.app.talk().unwrap().scroll else {
        panic!("scrolled back");
    };
    let im_client::app::Key::Event(Seq(seq)) = anchor.key else {
        panic!("at an event");
    };
    for (width, height) in [(40, 15), (80, 24), (59, 9), (200, 60), (120, 36)] {
        rig.take(What::Resize(Size::new(width, height)));
        let found = rig.screen().lines().any(|line| line.contains(&format!("message {seq}")));
        assert!(found, "{width}×{height}");
    }
}

#[test]
fn a_page_up_and_a_page_down_come_back_to_the_same_rows() {
    let mut rig = loaded(80, 24);
    for _ in 0..3 {
        rig.key(KeyCode::PageUp);
    }
    let before = rig.messages();
    rig.key(KeyCode::PageUp);
    assert_ne!(rig.messages(), before);
    rig.key(KeyCode::PageDown);
    assert_eq!(rig.messages(), before);
    wheel(&mut rig, MouseEventKind::ScrollUp);
    wheel(&mut rig, MouseEventKind::ScrollDown);
    assert_eq!(rig.messages(), before);
}

#[test]
fn scrolling_up_ends_at_the_first_message_and_down_at_the_last() {
    let mut rig = loaded(80, 24);
    for _ in 0..50 {
        rig.key(KeyCode::PageUp);
    }
    let top = rig.screen();
    assert!(top.lines().nth(2).unwrap().contains("21 November"), "{top}");
    assert!(top.lines().nth(3).unwrap().contains("message 1"), "{top}");
    for _ in 0..50 {
        wheel(&mut rig, MouseEventKind::ScrollDown);
        wheel(&mut rig, MouseEventKind::ScrollDown);
    }
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}

#[test]
fn a_short_conversation_does_not_scroll() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3)]);
    rig.grant_page(DEV, 3);
    let before = rig.screen();
    rig.key(KeyCode::PageUp);
    assert_eq!(rig.screen(), before);
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}

#[test]
fn people_who_come_and_go_are_told_together_without_a_jump() {
    let mut rig = loaded(80, 24);
    let came = |seq, name: &str, body| Event {
        conversation: DEV,
        seq: Seq(seq),
        at: Timestamp(TEN + 9_000_000),
        author: author(name),
        body,
    };
    rig.event(came(151, "zoe", Body::Joined { by: None }));
    assert_eq!(rig.rows_with("zoe joined").len(), 1);
    rig.event(came(152, "yan", Body::Joined { by: Some(user("bob")) }));
    rig.event(came(153, "zoe", Body::Left));
    assert_eq!(rig.rows_with("zoe, yan joined · zoe left").len(), 1);
    // Seen at the edge of what is in sight, the last of them does not move when one more comes.
    rig.key(KeyCode::PageUp);
    rig.key(KeyCode::PageDown);
    wheel(&mut rig, MouseEventKind::ScrollUp);
    let before = rig.messages();
    for seq in 154..=160 {
        rig.event(came(seq, "wim", Body::Joined { by: None }));
    }
    assert_eq!(rig.messages(), before);
    rig.key(KeyCode::End);
    assert_eq!(rig.rows_with("9 joined · zoe left").len(), 1);
}
