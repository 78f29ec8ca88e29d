//! A log in memory is bounded and never shown with a silent hole.

use std::time::Duration;

use crossterm::event::KeyCode;
use im_client::app::{EVENTS_MAX, Scroll};
use im_proto::{Page, Refusal, Request, Seq};

use crate::rig::{BOB, DEV, Rig, conversation, posted};

pub(crate) fn page(rig: &Rig) -> Option<Page> {
    match rig.waits(|request| matches!(request, Request::History { .. })) {
        Some(Request::History { page, .. }) => Some(*page),
        _ => None,
    }
}

/// The entries follow one another.
pub(crate) fn assert_whole(rig: &Rig) {
    let talk = rig.app.talk().unwrap();
    let seqs: Vec<u64> = talk.log.entries().map(|entry| entry.event.seq.0).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
    assert!(seqs.len() <= EVENTS_MAX);
}

#[test]
fn what_is_opened_is_loaded_from_its_end_and_further_back_as_it_comes_into_sight() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 1_000)]);
    assert_eq!(page(&rig), Some(Page::Newest));
    rig.grant_page(DEV, 1_000);
    assert_eq!(page(&rig), None, "enough is here");
    assert!(rig.screen().contains("message 1000"));
    for _ in 0..12 {
        rig.key(KeyCode::PageUp);
    }
    assert_eq!(page(&rig), Some(Page::Before(Seq(801))));
    rig.grant_page(DEV, 1_000);
    assert_whole(&rig);
    assert_eq!(rig.app.talk().unwrap().log.first(), Some(Seq(601)));
}

#[test]
fn scrolling_to_the_beginning_stays_within_bounds_and_comes_back_whole() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 5_000)]);
    rig.grant_page(DEV, 5_000);
    for _ in 0..400 {
        rig.key(KeyCode::PageUp);
        if page(&rig).is_some() {
            rig.grant_page(DEV, 5_000);
        }
        assert_whole(&rig);
    }
    assert_eq!(rig.app.talk().unwrap().log.first(), Some(Seq(1)));
    assert!(rig.screen().contains("message 1\n") || !rig.rows_with("message 1 ").is_empty());
    // What comes meanwhile is known of, not shown as if it followed.
    rig.event(posted(DEV, 5_001, "bob", "message 5001"));
    assert_whole(&rig);
    for _ in 0..400 {
        rig.key(KeyCode::PageDown);
        if page(&rig).is_some() {
            rig.grant_page(DEV, 5_001);
        }
        assert_whole(&rig);
    }
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
    assert_eq!(rig.rows_with("message 5001").len(), 1);
    assert_eq!(rig.rows_with("message 5000").len(), 1);
}

#[test]
fn end_from_far_back_loads_the_end_anew() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 5_000)]);
    rig.grant_page(DEV, 5_000);
    for _ in 0..200 {
        rig.key(KeyCode::PageUp);
        if page(&rig).is_some() {
            rig.grant_page(DEV, 5_000);
        }
    }
    assert!(rig.app.talk().unwrap().log.last().unwrap() < Seq(4_500));
    rig.key(KeyCode::End);
    assert_eq!(page(&rig), Some(Page::Newest));
    rig.grant_page(DEV, 5_000);
    assert_whole(&rig);
    assert!(rig.screen().contains("message 5000"));
}

#[test]
fn a_long_absence_leaves_no_hole() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 50)]);
    rig.grant_page(DEV, 50);
    rig.down();
    rig.pass(Duration::from_secs(2));
    rig.sign_in(vec![conversation(DEV, "#dev", 100_000)]);
    assert_eq!(page(&rig), Some(Page::Newest));
    // One comes while the page is under way.
    rig.event(posted(DEV, 100_001, "bob", "message 100001"));
    rig.grant_page(DEV, 100_000);
    assert_whole(&rig);
    let talk = rig.app.talk().unwrap();
    assert_eq!(talk.log.last(), Some(Seq(100_001)));
    assert!(rig.screen().contains("message 100001"));
}

#[test]
fn a_long_absence_does_not_move_whoever_has_scrolled_back() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    for _ in 0..3 {
        rig.key(KeyCode::PageUp);
    }
    let before = rig.messages();
    rig.down();
    rig.pass(Duration::from_secs(2));
    rig.sign_in(vec![conversation(DEV, "#dev", 100_000)]);
    rig.event(posted(DEV, 100_001, "bob", "message 100001"));
    rig.pass(Duration::from_secs(6));
    assert_eq!(rig.messages(), before);
    // What happened to it meanwhile comes with its page.
    assert_eq!(page(&rig), Some(Page::Before(Seq(250))));
    rig.grant_page(DEV, 100_001);
    assert_eq!(rig.messages(), before);
    assert_whole(&rig);
    // Down again it goes on with what really follows.
    while page(&rig).is_none() {
        rig.key(KeyCode::PageDown);
    }
    assert_eq!(page(&rig), Some(Page::After(Seq(249))));
    rig.grant_page(DEV, 100_001);
    assert_whole(&rig);
    assert_eq!(rig.app.talk().unwrap().log.last(), Some(Seq(449)));
}

#[test]
fn events_with_a_hole_before_them_wait_until_it_is_filled() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3)]);
    rig.grant_page(DEV, 3);
    rig.event(posted(DEV, 7, "bob", "message 7"));
    assert!(rig.rows_with("message 7").is_empty());
    assert_eq!(page(&rig), Some(Page::After(Seq(3))));
    rig.grant_page(DEV, 7);
    assert_whole(&rig);
    assert_eq!(rig.rows_with("message 7").len(), 1);
}

#[test]
fn conversations_in_the_background_keep_little() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    for seq in 1..=3_000 {
        rig.event(posted(BOB, seq, "bob", "hi"));
    }
    let talk = rig.app.conversations.get(BOB).unwrap();
    assert!(talk.log.entries().count() <= 200);
    assert_eq!(talk.about.unread, 3_000);
}

#[test]
fn a_page_that_is_refused_is_not_asked_for_over_and_over() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 30)]);
    rig.refuse(|request| matches!(request, Request::History { .. }), Refusal::Busy);
    rig.pass(Duration::from_secs(10));
    assert_eq!(page(&rig), None);
}
