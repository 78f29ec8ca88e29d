//! Messages as they read now: edits, deletions and reactions show where the message stands, and nothing else moves.

use std::time::Duration;

use crossterm::event::KeyCode;
use im_client::app::{Key, Scroll, What};
use im_proto::{Body, Event, Notice, Page, Reply, Request, Seq};
use ratatui::layout::Size;

use crate::rig::{
    BOB, DEV, Rig, conversation, deleted, did, edited, is_history, posted, reacted, replied, unreacted,
};

/// A conversation with these events, all of them there.
fn with(events: Vec<Event>) -> Rig {
    let head = events.last().map_or(0, |event| event.seq.0);
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", head)]);
    page(&mut rig, events, Vec::new());
    rig
}

fn page(rig: &mut Rig, events: Vec<Event>, amendments: Vec<Event>) {
    let more = events.first().is_some_and(|event| event.seq > Seq(1));
    let reply = Reply::History { conversation: DEV, events, more, amendments };
    rig.grant(is_history, reply);
}

fn three() -> Vec<Event> {
    vec![posted(DEV, 1, "bob", "one"), posted(DEV, 2, "alice", "two"), posted(DEV, 3, "bob", "three")]
}

/// What is said and done in the rows of messages, without the panes beside it.
fn rows(rig: &Rig) -> Vec<String> {
    let screen = rig.screen();
    let messages = screen.lines().skip(2).take_while(|line| !line.contains("─ Message"));
    let said = messages.filter_map(|line| line.rsplit_once("│")?.0.rsplit_once("│"));
    let said = said.map(|(_, said)| said.trim_end().to_owned());
    said.filter(|said| !said.is_empty() && !said.starts_with('─') && said != " loading …").collect()
}

#[test]
fn what_happens_to_a_message_shows_where_it_stands() {
    let mut rig = with(three());
    assert_eq!(rows(&rig), [" one", " two ✓", " three"]);
    rig.event(edited(DEV, 4, "alice", 2, "2"));
    rig.event(reacted(DEV, 5, "bob", 2, "+1"));
    rig.event(reacted(DEV, 6, "~zoe", 2, "👍"));
    rig.event(reacted(DEV, 7, "alice", 2, "+1"));
    assert_eq!(rows(&rig), [" one", " 2 (edited) ✓", " [+1 2] [👍 1]", " three"]);
    rig.event(unreacted(DEV, 8, "bob", 2, "+1"));
    rig.event(unreacted(DEV, 9, "~zoe", 2, "👍"));
    rig.event(replied(DEV, 10, "bob", 2, "yes"));
    assert_eq!(rows(&rig), [" one", " 2 (edited) ✓", " [+1 1]", " three", " ┌ alice: 2", " yes"]);
    rig.event(edited(DEV, 11, "alice", 2, "zwei\nand more"));
    rig.event(deleted(DEV, 12, "bob", 1));
    let now = [
        " message deleted",
        " zwei",
        " and more (edited) ✓",
        " [+1 1]",
        " three",
        " ┌ alice: zwei …",
        " yes",
    ];
    assert_eq!(rows(&rig), now);
    rig.event(deleted(DEV, 13, "alice", 2));
    rig.event(reacted(DEV, 14, "bob", 2, "+1"));
    let now = [" message deleted", " message deleted", " three", " ┌ alice: message deleted", " yes"];
    assert_eq!(rows(&rig), now);
    let kept =
        rig.app.talk().unwrap().log.entries().map(|entry| format!("{:?}", entry.event)).collect::<String>();
    assert!(!kept.contains("zwei"), "what was taken out is not kept here: {kept}");
}

#[test]
fn what_happened_later_comes_with_the_page() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    // Five that are to be seen, and many about them that are not.
    let mut events = vec![replied(DEV, 101, "bob", 7, "an answer"), posted(DEV, 102, "bob", "new")];
    events.extend((103..=300).map(|seq| reacted(DEV, seq, "bob", 101 + seq % 2, &format!("r{}", seq / 60))));
    page(&mut rig, events, Vec::new());
    let shown = [" ┌ #7, further up", " an answer", " [r1 1] [r2 1] [r3 1] [r4 1] [r5 1]", " new"];
    assert_eq!(rows(&rig)[..4], shown);
    assert_eq!(rig.waits(is_history), Some(&before(101)), "rows are what fills a screen");
    let mut events: Vec<Event> = (1..=99).map(|seq| posted(DEV, seq, "zoe", &format!("old {seq}"))).collect();
    events.push(did(DEV, 100, "zoe", Body::Tombstone { of: None }));
    events[97] = edited(DEV, 98, "zoe", 97, "ninety-seven");
    page(
        &mut rig,
        events,
        vec![edited(DEV, 210, "zoe", 99, "ninety-nine"), reacted(DEV, 211, "bob", 99, "+1")],
    );
    let shown = [
        " ninety-seven (edited)",
        " ninety-nine (edited)",
        " [+1 1]",
        " message deleted",
        " ┌ zoe: old 7",
        " an answer",
        shown[2],
    ];
    let all = rows(&rig);
    let at = all.iter().position(|row| row == shown[0]).unwrap();
    assert_eq!(all[at..at + 7], shown);
}

fn before(seq: u64) -> Request {
    Request::History { of: "#dev".parse().unwrap(), page: Page::Before(Seq(seq)), limit: 200 }
}

#[test]
fn what_comes_while_a_page_is_under_way_is_newer_than_the_page() {
    for from_sight in [false, true] {
        let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
        rig.grant_page(DEV, 300);
        for _ in 0..10 {
            rig.key(KeyCode::PageUp);
        }
        assert_eq!(rig.waits(is_history), Some(&before(101)));
        if from_sight {
            // Nothing follows directly: these are not in the stretch themselves.
            rig.event(posted(DEV, 400, "bob", "after a hole"));
        }
        let seq = rig.app.talk().unwrap().log.head().0;
        rig.event(edited(DEV, seq + 1, "bob", 99, "said better"));
        rig.event(reacted(DEV, seq + 2, "bob", 100, "+1"));
        rig.event(unreacted(DEV, seq + 3, "bob", 100, "+1"));
        rig.event(deleted(DEV, seq + 4, "bob", 98));
        let events = (1..=100).map(|seq| posted(DEV, seq, "bob", &format!("message {seq}"))).collect();
        // Read a moment before the edit.
        let amendments = vec![edited(DEV, 290, "bob", 99, "said well"), reacted(DEV, 291, "bob", 100, "-1")];
        page(&mut rig, events, amendments);
        rig.key(KeyCode::PageUp);
        let rows = rows(&rig);
        let at = rows.iter().position(|row| row.contains("message 97")).unwrap();
        let now = [" message 97", " message deleted", " said better (edited)", " message 100", " [-1 1]"];
        assert_eq!(rows[at..at + 5], now);
    }
}

#[test]
fn more_than_is_remembered_while_a_page_is_under_way_brings_the_page_again() {
    let mut rig = with(three());
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 900)]);
    assert!(rig.waits(is_history).is_some());
    for seq in 901..=1300 {
        rig.event(reacted(DEV, seq, "bob", 850, &format!("r{seq}")));
    }
    rig.grant_page(DEV, 900);
    assert!(rig.messages().is_empty(), "that page is not how it reads now");
    assert_eq!(rig.waits(is_history), Some(&before(901)));
    rig.grant_page(DEV, 900);
    assert_eq!(rig.rows_with("message 900").len(), 1);
}

#[test]
fn nothing_in_sight_moves_when_what_is_said_there_becomes_longer_or_shorter() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 150)]);
    rig.grant_page(DEV, 150);
    for _ in 0..2 {
        rig.key(KeyCode::PageUp);
    }
    let Scroll::At(anchor) = rig.app.talk().unwrap().scroll else { panic!("scrolled back") };
    let Key::Event(Seq(held)) = anchor.key else { panic!("at an event") };
    let lowest = |rig: &Rig| rig.messages().last().cloned();
    let (row, _) = lowest(&rig).unwrap();
    let mut seq = 150;
    let mut next = || {
        seq += 1;
        seq
    };
    // Above, below, and the one at the edge itself: that one stays where it is.
    for of in [held - 3, held + 3, held] {
        rig.event(edited(DEV, next(), "bob", of, &format!("message {of}, in\nthree\nlines")));
        rig.event(reacted(DEV, next(), "zoe", of, "+1"));
        let at = lowest(&rig).unwrap();
        assert!(at.0 == row && at.1.starts_with(&format!("message {held}")), "{at:?} {of}");
        assert!(rig.rows_with("(End)").len() == 1 && rig.rows_with(" new (End)").is_empty());
    }
    assert!(rig.rows_with(&format!("message {}, in", held - 3)).len() == 1);
    rig.event(deleted(DEV, next(), "bob", held - 3));
    rig.event(edited(DEV, next(), "bob", held, &format!("message {held}")));
    assert_eq!(lowest(&rig).unwrap().0, row);
    assert_eq!(rig.rows_with("message deleted").len(), 1);
    // One row down is one row.
    rig.key(KeyCode::PageDown);
    rig.key(KeyCode::PageUp);
    assert_eq!(lowest(&rig).unwrap().0, row);
}

#[test]
fn a_shorter_message_at_the_edge_can_be_scrolled_away_from() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 60)]);
    let long: Vec<String> = (1..=60).map(|n| format!("line {n}")).collect();
    let mut events: Vec<Event> =
        (1..=60).map(|seq| posted(DEV, seq, "bob", &format!("message {seq}"))).collect();
    events[49] = posted(DEV, 50, "bob", &long.join("\n"));
    page(&mut rig, events, Vec::new());
    while rig.rows_with("line 30").is_empty() {
        rig.key(KeyCode::PageUp);
    }
    rig.event(edited(DEV, 61, "bob", 50, "short now"));
    assert_eq!(rig.rows_with("short now (edited)").len(), 1);
    rig.key(KeyCode::PageUp);
    assert!(rig.rows_with("short now").is_empty(), "one page up is one page up");
    rig.key(KeyCode::PageDown);
    assert_eq!(rig.rows_with("short now").len(), 1);
}

#[test]
fn what_has_no_rows_parts_nothing() {
    let joined = |seq, who: &str| did(DEV, seq, who, Body::Joined { by: None });
    let rig = with(vec![
        joined(1, "zoe"),
        reacted(DEV, 2, "bob", 1, "+1"),
        joined(3, "yan"),
        posted(DEV, 4, "bob", "one"),
        edited(DEV, 5, "bob", 4, "first"),
        did(DEV, 6, "bob", Body::Tombstone { of: Some(Seq(4)) }),
        posted(DEV, 7, "bob", "second"),
    ]);
    assert_eq!(rows(&rig), [" zoe, yan joined", " first (edited)", " second"]);
    assert_eq!(rig.rows_with("bob │").len(), 1, "one group");
}

#[test]
fn only_what_is_said_is_unread() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 0)]);
    page(&mut rig, three(), Vec::new());
    let unread = |rig: &Rig| rig.app.conversations.get(DEV).unwrap().about.unread;
    rig.key(KeyCode::PageUp);
    rig.take(What::Focus(false));
    rig.event(edited(DEV, 4, "bob", 3, "drei"));
    rig.event(reacted(DEV, 5, "bob", 2, "+1"));
    assert_eq!(unread(&rig), 0);
    rig.event(posted(DEV, 6, "bob", "six"));
    rig.event(deleted(DEV, 7, "bob", 6));
    assert_eq!(unread(&rig), 1, "as the server counts: its place is still there");
    rig.take(What::Resize(Size::new(80, 24)));
    let mut behind = conversation(DEV, "#dev", 7);
    behind.read = Seq(5);
    behind.unread = 1;
    let mut rig = Rig::online(80, 24, vec![behind]);
    let mut events = three();
    events.extend([edited(DEV, 4, "bob", 3, "drei"), reacted(DEV, 5, "bob", 2, "+1")]);
    events.extend([reacted(DEV, 6, "zoe", 2, "+1"), posted(DEV, 7, "bob", "seven")]);
    page(&mut rig, events, Vec::new());
    let screen = rig.screen();
    let at = |part: &str| screen.lines().position(|line| line.contains(part));
    assert!(at("drei") < at("── 1 new since") && at("── 1 new since") < at("seven"), "{screen}");
}

#[test]
fn what_is_forgotten_is_loaded_anew_at_the_same_place() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    for _ in 0..3 {
        rig.key(KeyCode::PageUp);
    }
    let before_it = rig.messages();
    rig.notice(Notice::Forgotten { conversation: DEV });
    assert!(rig.messages().is_empty(), "what is no more is not shown");
    assert_eq!(rig.waits(is_history), Some(&before(250)));
    // One more that is older than what comes now.
    rig.notice(Notice::Forgotten { conversation: DEV });
    rig.event(posted(DEV, 301, "bob", "new"));
    rig.grant_page(DEV, 300);
    assert!(rig.messages().is_empty());
    assert_eq!(rig.waits(is_history), Some(&before(250)), "the same place, once more");
    let mut events: Vec<Event> =
        (51..=249).map(|seq| posted(DEV, seq, "bob", &format!("message {seq}"))).collect();
    events[148].body = Body::Tombstone { of: None };
    page(&mut rig, events, Vec::new());
    let mut now = before_it;
    for (_, said) in now.iter_mut().filter(|(_, said)| said.starts_with("message 199 ")) {
        said.replace_range(.., "message deleted");
    }
    let shown: Vec<_> = rig
        .messages()
        .into_iter()
        .map(|(row, said)| (row, said.trim_end_matches([' ', '│']).to_owned()))
        .collect();
    let now: Vec<_> =
        now.into_iter().map(|(row, said)| (row, said.trim_end_matches([' ', '│']).to_owned())).collect();
    assert_eq!(shown, now);
}

#[test]
fn a_conversation_that_is_not_open_is_forgotten_at_once() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    rig.event(posted(BOB, 1, "bob", "psst"));
    rig.notice(Notice::Forgotten { conversation: BOB });
    assert_eq!(rig.app.conversations.get(BOB).unwrap().log.entries().count(), 0);
    assert_eq!(rig.app.conversations.get(BOB).unwrap().about.unread, 1);
}
