//! Finding what was said, and going there.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Emphasis, Scroll, What};
use im_proto::{Event, Found, Page, Refusal, Reply, Request, Seq, Timestamp};

use crate::log::{assert_whole, page};
use crate::rig::{BOB, DEV, Rig, TEN, conversation, posted};

pub(crate) fn is_search(request: &Request) -> bool {
    matches!(request, Request::Search { .. })
}

/// What was asked to be searched for, and before which position.
pub(crate) fn sought(rig: &Rig) -> Option<(String, Option<u64>)> {
    match rig.waits(is_search) {
        Some(Request::Search { words, before, .. }) => Some((words.as_str().to_owned(), *before)),
        _ => None,
    }
}

fn found(event: Event) -> Found {
    let address = if event.conversation == DEV { "#dev" } else { "@bob" };
    // Positions are not numbers of a log.
    Found { address: address.parse().unwrap(), position: event.seq.0 * 10, event }
}

/// The server finds these messages of #dev.
fn finds(rig: &mut Rig, seqs: impl DoubleEndedIterator<Item = u64>, more: bool) {
    let found =
        seqs.rev().map(|seq| found(posted(DEV, seq, "bob", &format!("message {seq}, a Release")))).collect();
    rig.grant(is_search, Reply::Found { found, more });
}

fn at_5000() -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 5_000), conversation(BOB, "@bob", 3)]);
    rig.grant_page(DEV, 5_000);
    rig
}

/// The messages in sight, from the top, each with its row.
pub(crate) fn said(rig: &Rig) -> Vec<(usize, String)> {
    let bare = |text: String| text.trim_end_matches(['│', ' ']).to_owned();
    rig.messages().into_iter().map(|(row, text)| (row, bare(text))).collect()
}

/// Whatever is asked for is answered, until nothing is.
fn load(rig: &mut Rig) {
    while page(rig).is_some() {
        rig.grant_page(DEV, 5_000);
        assert_whole(rig);
    }
}

#[test]
fn what_is_found_is_shown_with_where_who_when_and_the_words() {
    let mut rig = at_5000();
    rig.enter("/search relea*");
    assert_eq!(sought(&rig), Some(("relea*".to_owned(), None)));
    assert_eq!(rig.rows_with("searching …").len(), 1);
    finds(&mut rig, [7, 3000].into_iter(), false);
    insta::assert_snapshot!("found_80x24", rig.screen());
    assert_eq!(rig.rows_with("2 found").len(), 1);
}

#[test]
fn enter_opens_a_message_far_back_and_both_ends_grow_until_they_join() {
    let mut rig = at_5000();
    rig.enter("/search release");
    finds(&mut rig, [2_500, 4_990].into_iter(), false);
    rig.key(KeyCode::Down);
    rig.key(KeyCode::Enter);
    assert!(rig.app.overlay.is_none());
    assert_eq!(page(&rig), Some(Page::After(Seq(2_499))));
    assert_eq!(rig.rows_with("loading …").len(), 1);
    rig.grant_page(DEV, 5_000);
    let (row, first) = said(&rig).remove(0);
    assert_eq!(first, "message 2500", "nothing above it is here yet");
    load(&mut rig);
    // What came above it moved nothing.
    assert!(said(&rig).contains(&(row, first)), "{}", rig.screen());
    assert!((5..10).contains(&row), "in the upper part: {row}");
    // Down it goes, message by message, to the newest.
    let mut newest = 0;
    for _ in 0..400 {
        rig.key(KeyCode::PageDown);
        load(&mut rig);
        let last: u64 = said(&rig).pop().unwrap().1["message ".len()..].parse().unwrap();
        assert!(last >= newest);
        newest = last;
    }
    assert_eq!((newest, rig.app.talk().unwrap().scroll), (5_000, Scroll::End));
}

#[test]
fn from_far_back_one_scrolls_up_to_the_first_message_and_end_is_the_newest() {
    let mut rig = at_5000();
    rig.enter("/search release");
    finds(&mut rig, [300].into_iter(), false);
    rig.key(KeyCode::Enter);
    load(&mut rig);
    for _ in 0..60 {
        rig.key(KeyCode::PageUp);
        load(&mut rig);
    }
    assert_eq!(said(&rig)[0].1, "message 1");
    rig.key(KeyCode::End);
    load(&mut rig);
    assert_eq!(said(&rig).pop().unwrap().1, "message 5000");
}

#[test]
fn near_the_beginning_and_near_the_end_no_row_stays_empty() {
    let mut rig = at_5000();
    for (seq, edge) in [(3, "message 1"), (4_998, "message 5000")] {
        rig.enter("/search release");
        finds(&mut rig, [seq].into_iter(), false);
        rig.key(KeyCode::Enter);
        load(&mut rig);
        let messages = said(&rig);
        assert!(messages.len() > 15, "{}", rig.screen());
        for wanted in [edge, &format!("message {seq}")] {
            assert!(messages.iter().any(|(_, text)| text == wanted), "{wanted}: {}", rig.screen());
        }
    }
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}

#[test]
fn what_is_said_meanwhile_is_not_shown_as_if_it_followed() {
    let mut rig = at_5000();
    rig.enter("/search release");
    finds(&mut rig, [2_500].into_iter(), false);
    rig.key(KeyCode::Enter);
    load(&mut rig);
    let before = rig.messages();
    rig.event(posted(DEV, 5_001, "bob", "message 5001"));
    assert_whole(&rig);
    assert_eq!(rig.messages(), before);
    assert_eq!(rig.rows_with("↓ 1 new (End)").len(), 1);
}

#[test]
fn a_key_while_the_page_is_under_way_takes_the_wish_back() {
    let mut rig = at_5000();
    rig.enter("/search release");
    finds(&mut rig, [2_500].into_iter(), false);
    rig.key(KeyCode::Enter);
    rig.key(KeyCode::PageUp);
    let before = rig.messages();
    rig.grant_page(DEV, 5_000);
    assert_eq!(rig.messages(), before);
    assert_whole(&rig);
}

#[test]
fn a_message_of_another_conversation_opens_that() {
    let mut rig = at_5000();
    rig.enter("/search hi");
    let hit = found(posted(BOB, 2, "bob", "hi there"));
    rig.grant(is_search, Reply::Found { found: vec![hit], more: false });
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.open, Some(BOB));
    assert_eq!(page(&rig), Some(Page::After(Seq(1))));
}

#[test]
fn moving_past_the_end_of_what_is_found_asks_for_more() {
    let mut rig = at_5000();
    rig.enter("/search release");
    finds(&mut rig, 101..=200, true);
    assert_eq!(sought(&rig), None, "enough is here");
    for _ in 0..12 {
        rig.key(KeyCode::PageDown);
    }
    assert_eq!(sought(&rig), Some(("release".to_owned(), Some(1010))));
    finds(&mut rig, 1..=100, false);
    rig.key(KeyCode::End);
    assert_eq!(sought(&rig), None);
    assert_eq!(rig.app.search.hits.len(), 200);
    assert_eq!(rig.rows_with("message 1,").len(), 1);
}

#[test]
fn typing_is_searched_for_after_a_pause_and_an_old_answer_is_not_shown() {
    let mut rig = at_5000();
    rig.enter("/search x");
    finds(&mut rig, 1..=2, false);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('w'));
    rig.type_text("rele");
    assert_eq!(sought(&rig), None);
    rig.pass(Duration::from_millis(200));
    // More of a word may come.
    assert_eq!(sought(&rig), Some(("rele*".to_owned(), None)));
    rig.type_text("ase ");
    rig.pass(Duration::from_millis(500));
    assert_eq!(rig.asked.iter().filter(|ask| is_search(&ask.request)).count(), 1, "one at a time");
    finds(&mut rig, 1..=5, false);
    assert!(rig.rows_with("5 found").is_empty(), "of what is not typed any more");
    assert_eq!(sought(&rig), Some(("release".to_owned(), None)));
    finds(&mut rig, 1..=7, false);
    assert_eq!(rig.rows_with("7 found").len(), 1);
    // Idle is idle.
    assert_eq!(sought(&rig), None);
}

#[test]
fn what_the_server_does_not_narrow_down_is_left_out_here_and_counted() {
    let mut rig = at_5000();
    rig.enter("/search in:#dev from:zoe release");
    let Some(Request::Search { words, of, .. }) = rig.waits(is_search).cloned() else { panic!("nothing") };
    assert_eq!((words.as_str(), of), ("release", Some("#dev".parse().unwrap())));
    // Nothing of hers: further back it is looked for, so far and no further.
    let mut asked = 0;
    while sought(&rig).is_some() {
        finds(&mut rig, 1..=100, true);
        asked += 1;
    }
    assert_eq!(asked, 10);
    assert_eq!(rig.rows_with("nothing of 1000 with these words · ↓ finds older").len(), 1);
    rig.key(KeyCode::Down);
    let hers = found(posted(DEV, 1, "zoe", "release me"));
    rig.grant(is_search, Reply::Found { found: vec![hers], more: false });
    assert_eq!(rig.rows_with("1 of 1001 with these words").len(), 1);
    assert_eq!(rig.rows_with("release me").len(), 1);
}

#[test]
fn a_search_outlives_the_connection_and_a_refusal_is_told() {
    let mut rig = at_5000();
    rig.enter("/search release");
    rig.down();
    assert_eq!(rig.rows_with("not connected").len(), 1);
    rig.pass(Duration::from_secs(2));
    rig.sign_in(vec![conversation(DEV, "#dev", 5_000)]);
    assert_eq!(sought(&rig), Some(("release".to_owned(), None)));
    rig.refuse(is_search, Refusal::Busy);
    assert_eq!(rig.rows_with(&Refusal::Busy.to_string()).len(), 1);
}

#[test]
fn the_words_stand_out_where_one_has_come_to_and_not_in_names() {
    let mut rig = at_5000();
    rig.enter("/search bob message");
    let hit = found(posted(DEV, 2_500, "bob", "bob's message 2500"));
    rig.grant(is_search, Reply::Found { found: vec![hit], more: false });
    rig.key(KeyCode::Enter);
    load(&mut rig);
    let marked = rig.marked();
    assert!(marked.iter().all(|word| word == "message") && marked.len() > 10, "{marked:?}");
    rig.press(KeyModifiers::NONE, KeyCode::Esc);
    assert!(rig.marked().is_empty());
}

#[test]
fn history_goes_to_a_moment_by_the_clock_on_the_wall() {
    let mut rig = at_5000();
    // 500 minutes after ten.
    rig.enter("/history 2026-11-21 18:20");
    assert_eq!(page(&rig), Some(Page::Around(Timestamp(TEN + 500 * 60_000))));
    load(&mut rig);
    let (row, _) = said(&rig).into_iter().find(|(_, text)| text == "message 500").unwrap();
    assert!((5..10).contains(&row), "{row}");
    assert_eq!(rig.rows_with("18:20").len(), 1);
    // In another zone the same words are another moment.
    rig.app.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    rig.enter("/history 2026-11-21 18:20");
    load(&mut rig);
    assert_eq!(rig.rows_with("message 380").len(), 1);
}

#[test]
fn words_are_found_as_the_server_finds_them() {
    for (typed, text, wanted) in [
        ("hello", "Hello, HELLO-helloes", vec!["Hello", "HELLO"]),
        ("hel*", "hello shell hell", vec!["hello", "hell"]),
        ("cafe", "Café, cafe\u{301}s and a cafe\u{301}", vec!["Café", "cafe\u{301}"]),
        ("foo-bar", "foo bar, foobar, bar foo, Foo/Bar", vec!["foo bar", "Foo/Bar"]),
        ("日本", "今日本を読む", vec!["日本"]),
        ("v0.3", "the v0.3 tag", vec!["v0.3"]),
        ("a b", "b or a, ab", vec!["b", "a"]),
        ("\"* +", "nothing \" * +", vec![]),
    ] {
        let places = Emphasis::of(typed).places(text);
        let found: Vec<&str> = places.into_iter().map(|place| &text[place]).collect();
        assert_eq!(found, wanted, "{typed} in {text}");
    }
}

#[test]
fn pasted_words_go_into_the_box() {
    let mut rig = at_5000();
    rig.enter("/search x");
    finds(&mut rig, 1..=2, false);
    rig.take(What::Paste("yz\u{1b}[2J\nw".to_owned()));
    rig.pass(Duration::from_millis(200));
    assert_eq!(sought(&rig), Some(("x yz[2J*".to_owned(), None)));
}
