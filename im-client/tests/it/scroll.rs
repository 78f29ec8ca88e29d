//! One looks at a message, and what comes above or below it moves nothing.

use crossterm::event::{KeyCode, MouseEvent, MouseEventKind};
use im_client::app::{EVENTS_MAX, Scroll, What};
use im_proto::{Body, Event, Seq, Timestamp};
use ratatui::layout::Size;

use crate::log::{assert_whole, page};
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

/// How many entries are here, and how many of them were ever wrapped: who asks for the lines of other words gets the old
/// ones if they are there.
fn wrapped(rig: &Rig) -> (usize, usize) {
    let talk = rig.app.talk().unwrap();
    let text = im_client::app::rows::shape(&rig.app).unwrap().text;
    let asked = "never said";
    let old = talk.log.entries().filter(|entry| {
        let lines = entry.wrapped.lines(asked, text, rig.app.looks.rich);
        !format!("{lines:?}").contains(asked)
    });
    (talk.log.entries().count(), old.count())
}

/// Whatever is asked for is answered; how many pages that were.
fn load(rig: &mut Rig, head: u64) -> u32 {
    let mut pages = 0;
    while page(rig).is_some() {
        rig.grant_page(DEV, head);
        pages += 1;
    }
    pages
}

#[test]
fn a_million_messages_scroll_as_ten_thousand_do_and_only_what_is_seen_is_touched() {
    let mut asked = Vec::new();
    for head in [10_000, 1_000_000] {
        let mut rig = Rig::online(120, 36, vec![conversation(DEV, "#dev", head)]);
        rig.grant_page(DEV, head);
        rig.enter("/goto 2026-11-21 15:00");
        let (mut pages, mut most) = (0, 0);
        load(&mut rig, head);
        for place in 0..220 {
            match place {
                0..200 => rig.key(KeyCode::PageDown),
                _ => wheel(&mut rig, MouseEventKind::ScrollUp),
            }
            pages += load(&mut rig, head);
            most = most.max(rig.app.talk().unwrap().log.entries().count());
        }
        assert_whole(&rig);
        assert!(most <= EVENTS_MAX);
        asked.push(pages);

        // From here nothing but what comes into sight is looked at, and a little around it.
        rig.enter("/goto 2026-11-21 20:00");
        load(&mut rig, head);
        let height = usize::from(im_client::app::rows::shape(&rig.app).unwrap().height);
        for _ in 0..3 {
            rig.key(KeyCode::PageDown);
            rig.screen();
        }
        let (here, wrapped) = wrapped(&rig);
        assert!(wrapped <= height * 8 && wrapped >= height * 4, "{wrapped} of {here} at {height} rows");
        assert!(here > wrapped);
    }
    assert_eq!(asked[0], asked[1]);
    assert!((27..=33).contains(&asked[0]), "200 pages of a screen are {} pages of the log", asked[0]);
}

#[test]
fn what_is_still_to_come_above_is_told_in_a_row_of_its_own_and_moves_nothing() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 1_000)]);
    assert_eq!(rig.rows_with("loading …").len(), 1);
    rig.grant_page(DEV, 1_000);
    assert!(rig.rows_with("loading …").is_empty());
    // Faster than the server: at the top of what is here one waits, and sees it.
    for _ in 0..30 {
        rig.key(KeyCode::PageUp);
    }
    let before = rig.messages();
    assert_eq!(before[0].1.trim_end_matches(['│', ' ']), "message 801");
    rig.key(KeyCode::PageUp);
    assert_eq!(rig.messages(), before);
    assert_eq!(rig.rows_with("loading …").len(), 1, "{}", rig.screen());
    rig.grant_page(DEV, 1_000);
    assert_eq!(rig.messages()[1..], before);
    assert!(rig.rows_with("loading …").is_empty());
}
