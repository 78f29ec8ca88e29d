//! Searching in the open conversation, and going to a date.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Key, Overlay, Scroll};
use im_proto::{Found, Page, Reply, Request, Seq, Timestamp};

use crate::log::{assert_whole, page};
use crate::rig::{BOB, DEV, Rig, TEN, conversation, posted};
use crate::search::{is_search, said, sought};

fn ctrl(rig: &mut Rig, c: char) {
    rig.press(KeyModifiers::CONTROL, KeyCode::Char(c));
}

fn rig() -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 5_000), conversation(BOB, "@bob", 9)]);
    rig.grant_page(DEV, 5_000);
    rig
}

fn load(rig: &mut Rig) {
    while page(rig).is_some() {
        rig.grant_page(DEV, 5_000);
        assert_whole(rig);
    }
}

/// The server finds these messages of #dev, newest first.
fn finds(rig: &mut Rig, seqs: &[u64], more: bool) {
    let found = seqs.iter().map(|seq| Found {
        address: "#dev".parse().unwrap(),
        position: seq * 10,
        event: posted(DEV, *seq, "bob", &format!("message {seq}")),
    });
    let found = found.collect();
    rig.grant(is_search, Reply::Found { found, more });
    load(rig);
}

/// Types words into the line, and waits for the pause.
fn find(rig: &mut Rig, words: &str) {
    ctrl(rig, 'f');
    rig.type_text(words);
    rig.pass(Duration::from_millis(200));
}

fn is_in_sight(rig: &Rig, seq: u64) -> bool {
    said(rig).iter().any(|(_, text)| *text == format!("message {seq}"))
}

#[test]
fn the_newest_match_comes_into_sight_while_one_types_and_up_goes_on_to_older_ones() {
    let mut rig = rig();
    find(&mut rig, "mess");
    let Some(Request::Search { words, of, .. }) = rig.waits(is_search).cloned() else { panic!("nothing") };
    assert_eq!((words.as_str(), of), ("mess*", Some("#dev".parse().unwrap())));
    finds(&mut rig, &[4_800, 2_000, 7], false);
    assert!(is_in_sight(&rig, 4_800), "{}", rig.screen());
    assert_eq!(rig.rows_with("find: mess").len(), 1);
    assert_eq!(rig.rows_with("1 of 3").len(), 1);
    assert!(rig.marked().iter().all(|word| word == "message") && rig.marked().len() > 10);
    for (key, place, seq) in [
        (KeyCode::Up, 2, 2_000),
        (KeyCode::Up, 3, 7),
        (KeyCode::Up, 3, 7),
        (KeyCode::Down, 2, 2_000),
        (KeyCode::Down, 1, 4_800),
        (KeyCode::Down, 1, 4_800),
    ] {
        rig.key(key);
        load(&mut rig);
        assert!(is_in_sight(&rig, seq), "{seq}: {}", rig.screen());
        assert_eq!(rig.rows_with(&format!("{place} of 3")).len(), 1);
    }
    insta::assert_snapshot!("find_80x24", rig.screen());
}

#[test]
fn enter_stays_and_escape_goes_back() {
    let mut rig = rig();
    for _ in 0..3 {
        rig.key(KeyCode::PageUp);
        load(&mut rig);
    }
    let before = said(&rig);
    find(&mut rig, "message");
    finds(&mut rig, &[4_800, 2_000], false);
    assert_ne!(said(&rig), before);
    // The place one was at is not here any more: it comes back.
    rig.key(KeyCode::Up);
    load(&mut rig);
    assert!(is_in_sight(&rig, 2_000));
    rig.key(KeyCode::Esc);
    load(&mut rig);
    assert!(rig.app.overlay.is_none());
    assert!(is_in_sight(&rig, 4_950), "{}", rig.screen());
    assert!(rig.marked().is_empty());

    ctrl(&mut rig, 'f');
    assert_eq!(sought(&rig), Some(("message*".to_owned(), None)), "as it was left");
    finds(&mut rig, &[2_000], false);
    rig.key(KeyCode::Enter);
    assert!(rig.app.overlay.is_none() && is_in_sight(&rig, 2_000));
    assert!(!rig.marked().is_empty(), "the words still stand out");
    rig.key(KeyCode::End);
    load(&mut rig);
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}

#[test]
fn from_further_up_the_nearest_older_match_is_shown_first_and_looked_for_further_back() {
    let mut rig = rig();
    rig.enter("/goto 2026-11-21 18:20");
    load(&mut rig);
    assert!(is_in_sight(&rig, 500), "{}", rig.screen());
    find(&mut rig, "message");
    finds(&mut rig, &[4_900, 4_800], true);
    assert!(is_in_sight(&rig, 500), "nothing of it is further up");
    assert_eq!(sought(&rig), Some(("message*".to_owned(), Some(48_000))));
    finds(&mut rig, &[3_000, 400, 300], false);
    assert!(is_in_sight(&rig, 400), "{}", rig.screen());
    assert_eq!(rig.rows_with("4 of 5").len(), 1);
    // Without any older one, the oldest.
    ctrl(&mut rig, 'w');
    rig.type_text("other");
    rig.pass(Duration::from_millis(200));
    finds(&mut rig, &[4_000, 3_500], false);
    assert!(is_in_sight(&rig, 3_500), "{}", rig.screen());
}

#[test]
fn what_was_chosen_is_not_taken_away_by_what_is_found_later() {
    let mut rig = rig();
    find(&mut rig, "message");
    finds(&mut rig, &[4_990, 4_980], true);
    rig.key(KeyCode::Up);
    finds(&mut rig, &[100], false);
    assert!(is_in_sight(&rig, 4_980) && rig.rows_with("2 of 3").len() == 1, "{}", rig.screen());
}

#[test]
fn nothing_typed_finds_nothing_and_nothing_found_is_told() {
    let mut rig = rig();
    let before = said(&rig);
    find(&mut rig, "");
    assert_eq!(sought(&rig), None);
    find(&mut rig, "zzz");
    finds(&mut rig, &[], false);
    assert_eq!(rig.rows_with("nothing was found").len(), 1);
    assert_eq!(said(&rig), before);
    // Nothing of it is left in the composer.
    rig.key(KeyCode::Esc);
    assert!(rig.app.composer().is_empty());
}

#[test]
fn what_one_searched_for_elsewhere_is_searched_for_here_anew() {
    let mut rig = rig();
    find(&mut rig, "message");
    finds(&mut rig, &[4_900], false);
    rig.key(KeyCode::Enter);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.app.open, Some(BOB));
    ctrl(&mut rig, 'f');
    let Some(Request::Search { of, .. }) = rig.waits(is_search).cloned() else { panic!("nothing") };
    assert_eq!(of, Some("@bob".parse().unwrap()));
    assert!(rig.app.finding.hits.is_empty());
    // A key begins anew.
    rig.type_text("x");
    assert_eq!(rig.app.finding.typed, "x");
}

#[test]
fn the_box_for_dates_shows_what_one_means_and_goes_there() {
    let mut rig = rig();
    ctrl(&mut rig, 'g');
    assert_eq!(rig.rows_with("mon, 3d, yesterday 14:00").len(), 1);
    rig.type_text("2026-11-22T18:2");
    assert_eq!(rig.rows_with("2026-11-22T18:2 is no date").len(), 1);
    rig.key(KeyCode::Enter);
    assert!(matches!(rig.app.overlay, Some(Overlay::GoTo(_))));
    rig.type_text("0");
    assert_eq!(rig.rows_with("Sun 22 November 2026, 18:20:00 UTC").len(), 1);
    rig.key(KeyCode::Enter);
    assert!(rig.app.overlay.is_none());
    assert_eq!(page(&rig), Some(Page::Around(Timestamp(TEN + 1_940 * 60_000))));
    load(&mut rig);
    assert!(is_in_sight(&rig, 1_940), "{}", rig.screen());
}

#[test]
fn a_date_that_is_none_stays_written_and_one_beyond_the_ends_is_the_end() {
    let mut rig = rig();
    rig.enter("/goto soon");
    assert_eq!(rig.app.composer().lines(), ["/goto soon"]);
    assert_eq!(rig.rows_with("soon is no date").len(), 1);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.enter("/goto 2020-01-01");
    load(&mut rig);
    rig.pass(Duration::from_secs(6));
    assert_eq!(said(&rig)[0].1, "message 1");
    assert_eq!(rig.app.talk().unwrap().log.first(), Some(Seq(1)));
    rig.enter("/goto 2027-01-01");
    load(&mut rig);
    assert!(is_in_sight(&rig, 5_000));
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
    // The end has all that was said before above it.
    for _ in 0..12 {
        rig.key(KeyCode::PageUp);
        load(&mut rig);
    }
    assert!(rig.app.talk().unwrap().log.first() < Some(Seq(4_750)));
    rig.enter("/goto");
    assert!(matches!(rig.app.overlay, Some(Overlay::GoTo(_))));
}

#[test]
fn with_a_message_highlighted_n_goes_on_to_older_matches_and_shift_n_back() {
    let mut rig = rig();
    find(&mut rig, "message");
    finds(&mut rig, &[4_900, 2_000, 1_990], false);
    rig.key(KeyCode::Enter);
    rig.key(KeyCode::Esc);
    assert!(rig.marked().is_empty(), "first the words stand out no more");
    rig.key(KeyCode::Esc);
    let selected = |rig: &Rig| rig.app.talk().unwrap().selected();
    assert_eq!(selected(&rig), Some(Key::Event(Seq(4_900))), "what one has gone to");
    for (typed, seq) in [("n", 2_000), ("n", 1_990), ("n", 1_990), ("N", 2_000), ("N", 4_900)] {
        rig.type_text(typed);
        load(&mut rig);
        assert_eq!(selected(&rig), Some(Key::Event(Seq(seq))), "{}", rig.screen());
        assert!(is_in_sight(&rig, seq), "{}", rig.screen());
    }
    assert!(rig.app.composer().is_empty());
}

#[test]
fn what_one_has_gone_to_has_a_bar_until_one_leaves() {
    let mut rig = rig();
    let spotted = |rig: &Rig| rig.rows_with("▌ message").len();
    assert_eq!(spotted(&rig), 0);
    rig.enter("/goto 2026-11-21 18:20");
    load(&mut rig);
    assert_eq!(rig.rows_with("▌ message 500 ").len(), 1, "{}", rig.screen());
    rig.key(KeyCode::PageDown);
    rig.key(KeyCode::PageUp);
    assert_eq!(rig.rows_with("▌ message 500 ").len(), 1);
    rig.key(KeyCode::End);
    load(&mut rig);
    assert_eq!(spotted(&rig), 0);
}
