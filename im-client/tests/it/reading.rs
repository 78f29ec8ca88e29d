//! What counts as read, and what is unread.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use im_client::app::{Group, What};
use im_proto::{Notice, Page, Request, Seq};

use crate::log::{assert_whole, page};
use crate::rig::{BOB, DEV, Rig, conversation, posted};

fn marks(rig: &mut Rig) -> Vec<u64> {
    let marks = rig.asked.iter().filter_map(|ask| match &ask.request {
        Request::Mark { read, .. } => Some(read.0),
        _ => None,
    });
    let marks = marks.collect();
    rig.asked.retain(|ask| !matches!(ask.request, Request::Mark { .. }));
    marks
}

fn unread(rig: &Rig, id: im_proto::ConversationId) -> u64 {
    rig.app.conversations.get(id).unwrap().about.unread
}

#[test]
fn the_first_to_be_opened_is_where_something_is_unread_or_was_said() {
    let quiet = || conversation(im_proto::ConversationId(7), "#quiet", 4);
    let lobby = || conversation(im_proto::ConversationId(1), "#lobby", 2);
    let said = || conversation(BOB, "@bob", 1);
    let unread = || im_proto::Conversation { unread: 2, read: Seq(3), ..conversation(DEV, "#dev", 9) };
    let opened = |there| Rig::online(80, 24, there).app.talk().unwrap().about.address.to_string();
    assert_eq!(opened(vec![quiet(), said(), lobby(), unread()]), "#dev");
    assert_eq!(opened(vec![quiet(), said(), lobby()]), "@bob");
    assert_eq!(opened(vec![quiet(), lobby()]), "#lobby");
    assert_eq!(opened(vec![quiet()]), "#quiet");
}

#[test]
fn what_is_in_sight_is_marked_once_a_second_at_most() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.pass(Duration::from_secs(1));
    rig.event(posted(DEV, 1, "bob", "one"));
    assert_eq!(marks(&mut rig), [1]);
    for seq in 2..=30 {
        rig.event(posted(DEV, seq, "bob", "more"));
    }
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    rig.pass(Duration::from_secs(1));
    assert_eq!(marks(&mut rig), [30]);
    rig.pass(Duration::from_secs(20));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
}

#[test]
fn a_day_that_begins_with_what_is_new_has_one_rule() {
    let unread =
        |read, unread| im_proto::Conversation { unread, read: Seq(read), ..conversation(DEV, "#dev", 9) };
    for (read, rule, date_rules) in
        [(0, "── 9 new since 10:01 · Sat 21 November ──", 0), (5, "── 4 new since 10:06 ──", 1)]
    {
        let mut rig = Rig::online(80, 24, vec![unread(read, 9 - read)]);
        rig.grant_page(DEV, 9);
        assert_eq!(rig.rows_with(rule).len(), 1, "{}", rig.screen());
        assert_eq!(rig.rows_with("─ Sat 21 November ─").len(), date_rules);
    }
}

#[test]
fn what_nobody_sees_is_not_marked() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    marks(&mut rig);
    rig.take(What::Focus(false));
    rig.event(posted(DEV, 301, "bob", "unfocused"));
    rig.pass(Duration::from_secs(5));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    assert_eq!(unread(&rig, DEV), 1);
    rig.take(What::Focus(true));
    // A glance is no look.
    rig.pass(Duration::from_millis(999));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    rig.take(What::Focus(false));
    rig.take(What::Focus(true));
    rig.pass(Duration::from_millis(999));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    rig.pass(Duration::from_millis(1));
    assert_eq!(marks(&mut rig), [301]);

    rig.pass(Duration::from_secs(5));
    rig.key(KeyCode::PageUp);
    rig.event(posted(DEV, 302, "bob", "scrolled back"));
    rig.pass(Duration::from_secs(5));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    rig.key(KeyCode::End);
    rig.pass(Duration::from_secs(1));
    assert_eq!(marks(&mut rig), [302]);

    rig.pass(Duration::from_secs(5));
    rig.key(KeyCode::F(1));
    rig.event(posted(DEV, 303, "bob", "behind the help"));
    rig.pass(Duration::from_secs(5));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    rig.key(KeyCode::Esc);
    rig.pass(Duration::from_secs(1));
    assert_eq!(marks(&mut rig), [303]);
}

#[test]
fn unread_is_the_servers_count_and_what_came_since() {
    let mut behind = conversation(BOB, "@bob", 10);
    behind.read = Seq(4);
    behind.unread = 5;
    let first = im_proto::Conversation { unread: 1, read: Seq(8), ..conversation(DEV, "#dev", 9) };
    let mut rig = Rig::online(80, 24, vec![first, behind]);
    assert_eq!(rig.app.open, Some(DEV));
    assert_eq!(unread(&rig, BOB), 5);
    rig.event(posted(BOB, 11, "bob", "new"));
    rig.event(posted(BOB, 11, "bob", "new"));
    assert_eq!(unread(&rig, BOB), 6);
    rig.notice(Notice::Mark { conversation: BOB, read: Seq(10), unread: 1 });
    assert_eq!(unread(&rig, BOB), 1);
    // Who speaks has read what was said before: there is no other notice of it.
    rig.event(posted(BOB, 12, "alice", "from another device"));
    assert_eq!(unread(&rig, BOB), 0);
    rig.event(posted(BOB, 13, "bob", "new"));
    assert_eq!(unread(&rig, BOB), 1);
}

#[test]
fn the_unread_come_first_and_what_is_opened_stays_where_it_is() {
    let rooms = vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(80, 24, rooms);
    let groups = |rig: &Rig| -> Vec<(Group, u64)> {
        let listed = rig.app.listed();
        listed.iter().map(|(group, talk)| (*group, talk.about.id.0)).collect()
    };
    assert_eq!(groups(&rig), [(Group::Rooms, 2), (Group::Direct, 3)]);
    rig.event(posted(BOB, 1, "bob", "psst"));
    assert_eq!(groups(&rig), [(Group::Unread, 3), (Group::Rooms, 2)]);
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    assert_eq!(rig.app.open, Some(BOB));
    rig.pass(Duration::from_secs(2));
    assert_eq!(unread(&rig, BOB), 0);
    assert_eq!(groups(&rig), [(Group::Unread, 3), (Group::Rooms, 2)]);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.app.open, Some(DEV));
    assert_eq!(groups(&rig), [(Group::Rooms, 2), (Group::Direct, 3)]);
}

#[test]
fn a_line_tells_where_the_new_begins_until_one_answers() {
    let mut behind = conversation(DEV, "#dev", 10);
    behind.read = Seq(7);
    behind.unread = 3;
    let mut rig = Rig::online(80, 24, vec![behind]);
    rig.grant_page(DEV, 10);
    let screen = rig.screen();
    let at = |part: &str| screen.lines().position(|line| line.contains(part));
    assert!(at("── 3 new since 10:08 ─").is_some());
    assert!(at("message 7") < at("── 3 new since 10:08 ─"));
    assert!(at("── 3 new since 10:08 ─") < at("message 8"));
    rig.enter("I am here");
    assert!(rig.rows_with("── 3 new since 10:08 ─").is_empty());
}

#[test]
fn turning_to_another_conversation_marks_what_was_read_at_once() {
    let there = vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(80, 24, there);
    rig.pass(Duration::from_secs(1));
    rig.event(posted(DEV, 1, "bob", "one"));
    rig.event(posted(DEV, 2, "bob", "two"));
    assert_eq!(marks(&mut rig), [1]);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(marks(&mut rig), [2]);
    assert_eq!(unread(&rig, DEV), 0);
}

#[test]
fn who_turns_away_after_a_glance_has_read_nothing() {
    let behind = im_proto::Conversation { unread: 2, read: Seq(3), ..conversation(DEV, "#dev", 5) };
    let mut rig = Rig::online(80, 24, vec![behind, conversation(BOB, "@bob", 0)]);
    rig.grant_page(DEV, 5);
    rig.pass(Duration::from_millis(900));
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    rig.pass(Duration::from_secs(3));
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    assert_eq!(unread(&rig, DEV), 2);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.rows_with("── 2 new since 10:04 ─").len(), 1);
}

#[test]
fn the_line_stands_where_one_stopped_reading() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3)]);
    rig.grant_page(DEV, 3);
    rig.pass(Duration::from_secs(2));
    // What comes before one's eyes is not new behind one's back.
    rig.event(posted(DEV, 4, "bob", "message 4"));
    assert!(rig.rows_with(" new since ").is_empty());
    rig.pass(Duration::from_secs(2));
    rig.take(What::Focus(false));
    for seq in 5..=6 {
        rig.event(posted(DEV, seq, "bob", &format!("message {seq}")));
    }
    assert_eq!(rig.rows_with("── 2 new since 10:05 ─").len(), 1);
    rig.take(What::Focus(true));
    rig.pass(Duration::from_secs(2));
    assert_eq!(marks(&mut rig).last(), Some(&6));
    assert_eq!(rig.rows_with("── 2 new since 10:05 ─").len(), 1, "it stays as long as one is there");
    // Away once more: there is one line, and it is of what is new now.
    rig.take(What::Focus(false));
    rig.event(posted(DEV, 7, "bob", "message 7"));
    assert_eq!(rig.rows_with(" new since ").len(), 1);
    assert_eq!(rig.rows_with("── 1 new since 10:07 ─").len(), 1, "{}", rig.screen());
}

#[test]
fn the_first_unread_message_is_gone_to_and_from_there_the_newest() {
    let behind = im_proto::Conversation { unread: 900, read: Seq(100), ..conversation(DEV, "#dev", 1_000) };
    let mut rig = Rig::online(80, 24, vec![behind]);
    rig.grant_page(DEV, 1_000);
    let first_unread = |rig: &mut Rig| rig.press(KeyModifiers::ALT, KeyCode::Char('u'));
    first_unread(&mut rig);
    while page(&rig).is_some() {
        rig.grant_page(DEV, 1_000);
        assert_whole(&rig);
    }
    let screen = rig.screen();
    let at = |part: &str| screen.lines().position(|line| line.contains(part)).unwrap();
    assert_eq!(at("── 900 new since 11:41 ─") + 1, at("message 101 "), "{screen}");
    assert!(at("message 101 ") < 11);
    assert_eq!(marks(&mut rig), [] as [u64; 0]);
    first_unread(&mut rig);
    while page(&rig).is_some() {
        rig.grant_page(DEV, 1_000);
    }
    assert_eq!(rig.rows_with("message 1000 ").len(), 1);
    rig.pass(Duration::from_secs(2));
    assert_eq!(marks(&mut rig), [1_000]);
    // All is read: the line stays where it was as long as one is here, and is still gone to.
    first_unread(&mut rig);
    assert_eq!(page(&rig), Some(Page::After(Seq(100))));
}

#[test]
fn where_nothing_is_unread_nothing_is_gone_to() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3)]);
    rig.grant_page(DEV, 3);
    rig.press(KeyModifiers::ALT, KeyCode::Char('u'));
    assert_eq!(rig.rows_with("nothing is unread here").len(), 1);
}

#[test]
fn what_was_counted_while_one_was_further_up_stays_counted() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    rig.key(KeyCode::PageUp);
    rig.event(posted(DEV, 301, "bob", "new"));
    rig.enter("/goto 10:30");
    while page(&rig).is_some() {
        rig.grant_page(DEV, 301);
    }
    assert_eq!(rig.rows_with("↓ 1 new (End)").len(), 1);
}

#[test]
fn who_speaks_on_another_device_has_read_what_was_said_before() {
    let about = || vec![conversation(DEV, "#dev", 9), conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(80, 24, about());
    assert_eq!(rig.app.open, Some(DEV));
    rig.event(posted(BOB, 1, "bob", "are you there?"));
    assert_eq!(unread(&rig, BOB), 1);
    rig.event(posted(BOB, 2, "alice", "said on a phone"));
    assert_eq!(unread(&rig, BOB), 0);
    rig.event(posted(BOB, 3, "bob", "good"));
    assert_eq!(unread(&rig, BOB), 1);
}

#[test]
fn a_click_on_the_line_goes_to_the_first_unread_and_one_on_the_status_line_to_the_end() {
    let behind = im_proto::Conversation { unread: 30, read: Seq(100), ..conversation(DEV, "#dev", 130) };
    let mut rig = Rig::online(80, 24, vec![behind]);
    rig.grant_page(DEV, 130);
    rig.key(KeyCode::PageUp);
    let row = |rig: &Rig| rig.screen().lines().position(|line| line.contains("── 30 new since")).unwrap();
    let click = |rig: &mut Rig, row: u16| {
        for kind in [MouseEventKind::Down(MouseButton::Left), MouseEventKind::Up(MouseButton::Left)] {
            let modifiers = KeyModifiers::NONE;
            rig.take(What::Mouse(MouseEvent { kind, column: 40, row, modifiers }));
        }
    };
    let row = u16::try_from(row(&rig)).unwrap();
    click(&mut rig, row);
    assert_eq!(rig.app.talk().unwrap().spot, Some(Seq(101)), "{}", rig.screen());
    assert!(!rig.app.is_selecting());
    click(&mut rig, 23);
    assert_eq!(rig.rows_with("message 130").len(), 1);
}
