//! Select mode: a highlighted message, and what single keys do with it.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use im_client::app::select::links;
use im_client::app::{Action, Key, Notes, UnsentState, What};
use im_client::view::theme::Theme;
use im_client::view::view;
use im_proto::{Event, Reaction, Receipts, Refusal, Reply, Request, Seq};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;

use crate::rig::{BOB, DEV, Rig, conversation, deleted, edited, is_history, posted, reacted, replied};

/// In #dev, where bob said one, alice two, bob three, alice four; and with bob, where nothing was said.
fn online() -> Rig {
    let mut rig = Rig::online(100, 24, vec![conversation(DEV, "#dev", 4), conversation(BOB, "@bob", 0)]);
    let said = [("bob", "one"), ("alice", "two"), ("bob", "three"), ("alice", "four")];
    let events: Vec<Event> =
        (1..).zip(said).map(|(seq, (author, said))| posted(DEV, seq, author, said)).collect();
    rig.grant(is_history, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    rig.asked.clear();
    rig
}

fn dev() -> im_proto::Address {
    "#dev".parse().unwrap()
}

fn selected(rig: &Rig) -> Option<u64> {
    match rig.app.talk().unwrap().selected()? {
        Key::Event(seq) => Some(seq.0),
        Key::Unsent(_) => None,
    }
}

/// Selects the message with a number, from the end.
fn select(rig: &mut Rig, seq: u64) {
    if selected(rig).is_some() {
        rig.key(KeyCode::Esc);
    }
    rig.press(KeyModifiers::CONTROL, KeyCode::Up);
    while selected(rig) != Some(seq) {
        let before = selected(rig);
        rig.key(KeyCode::Char('k'));
        assert_ne!(selected(rig), before, "{seq} is not reached");
    }
}

/// The rows with the bar of what is highlighted, without the one of the open conversation.
fn highlighted(rig: &Rig) -> Vec<String> {
    let is_it = |row: &String| {
        row.split('▌').skip(1).any(|after| after.starts_with(|c: char| c == ' ' || c.is_ascii_digit()))
    };
    rig.screen().lines().map(ToOwned::to_owned).filter(is_it).collect()
}

/// What was asked, without what is asked by itself.
fn asked(rig: &Rig) -> Vec<Request> {
    let asked = rig.asked.iter().map(|ask| ask.request.clone());
    asked
        .filter(|request| !matches!(request, Request::Mark { .. } | Request::Ping | Request::History { .. }))
        .collect()
}

fn react(seq: u64, with: &str, on: bool) -> Request {
    Request::React { of: dev(), seq: Seq(seq), reaction: Reaction::parse(with).unwrap(), on }
}

#[test]
fn esc_and_ctrl_up_select_the_newest_and_keys_move_over_messages_only() {
    let mut rig = online();
    rig.event(crate::rig::did(DEV, 5, "carol", im_proto::Body::Joined { by: None }));
    rig.event(posted(DEV, 6, "bob", "gone soon"));
    rig.event(deleted(DEV, 7, "bob", 6));
    rig.event(posted(DEV, 8, "bob", "eight"));
    for (modifiers, code) in [(KeyModifiers::NONE, KeyCode::Esc), (KeyModifiers::CONTROL, KeyCode::Up)] {
        rig.press(modifiers, code);
        assert_eq!(selected(&rig), Some(8));
        let [row] = &highlighted(&rig)[..] else { panic!("one row: {}", rig.screen()) };
        assert!(row.contains("eight"), "{row}");
        rig.key(KeyCode::Char('k'));
        assert_eq!(selected(&rig), Some(4), "who came is no message, and what was deleted is none any more");
        rig.key(KeyCode::Up);
        assert_eq!(selected(&rig), Some(3));
        rig.key(KeyCode::Char('j'));
        rig.key(KeyCode::Down);
        rig.key(KeyCode::Down);
        assert_eq!(selected(&rig), Some(8), "below the last is nothing");
        rig.key(KeyCode::Esc);
        assert_eq!(selected(&rig), None);
    }
    assert!(rig.app.composer().is_empty());
}

#[test]
fn any_other_letter_is_typed_and_so_is_what_is_pasted() {
    let mut rig = online();
    select(&mut rig, 3);
    rig.type_text("xyz");
    assert_eq!((selected(&rig), rig.app.composer().lines()), (None, &["xyz".to_owned()][..]));
    rig.key(KeyCode::Esc);
    assert_eq!(selected(&rig), Some(4), "what is written stays while one selects");
    rig.take(What::Paste("!".to_owned()));
    assert_eq!((selected(&rig), rig.app.composer().lines()), (None, &["xyz!".to_owned()][..]));
    rig.key(KeyCode::Esc);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    assert_eq!(selected(&rig), None, "it is of what is open");
}

#[test]
fn what_comes_moves_nothing_and_end_leaves() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    rig.pass(Duration::from_secs(2));
    rig.key(KeyCode::Esc);
    let before = rig.messages();
    for seq in 301..=303 {
        rig.event(posted(DEV, seq, "bob", "later"));
    }
    assert_eq!(rig.messages(), before);
    assert_eq!(selected(&rig), Some(300));
    assert_eq!(rig.rows_with("↓ 3 new (End)").len(), 1);
    rig.key(KeyCode::End);
    assert_eq!(selected(&rig), None);
    assert_eq!(rig.rows_with("later").len(), 3);
    // Without anything new, one is at the end again.
    rig.key(KeyCode::Esc);
    rig.key(KeyCode::Esc);
    rig.event(posted(DEV, 304, "bob", "at the end"));
    assert_eq!(rig.rows_with("at the end").len(), 1);
}

#[test]
fn moving_up_goes_on_into_what_is_still_to_be_loaded() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 500)]);
    rig.grant_page(DEV, 500);
    rig.key(KeyCode::Esc);
    for wanted in (1..500).rev() {
        if rig.waits(is_history).is_some() {
            rig.grant_page(DEV, 500);
        }
        rig.key(KeyCode::Char('k'));
        assert_eq!(selected(&rig), Some(wanted));
        let [row] = &highlighted(&rig)[..] else { panic!("one is highlighted: {}", rig.screen()) };
        assert!(row.contains(&format!("message {wanted}")), "{row}");
    }
    rig.key(KeyCode::Char('k'));
    assert_eq!(selected(&rig), Some(1), "above the first is nothing");
}

#[test]
fn r_answers_and_e_edits_in_the_composer() {
    let mut rig = online();
    select(&mut rig, 1);
    rig.key(KeyCode::Char('r'));
    assert_eq!(selected(&rig), None);
    rig.enter("to one");
    let reply = rig.waits(|request| matches!(request, Request::Post { reply_to: Some(Seq(1)), .. }));
    assert!(reply.is_some());
    rig.asked.clear();
    select(&mut rig, 2);
    rig.key(KeyCode::Char('e'));
    rig.enter("!");
    assert_eq!(asked(&rig), [Request::Edit { of: dev(), seq: Seq(2), text: crate::rig::text("two!") }]);
    select(&mut rig, 3);
    rig.key(KeyCode::Char('e'));
    assert!(rig.screen().contains("#3 is not yours"));
    // What is half written is not lost for an edit, and may become an answer.
    rig.type_text("half");
    select(&mut rig, 2);
    rig.key(KeyCode::Char('e'));
    assert_eq!(rig.app.composer().lines(), ["half"]);
    assert!(rig.screen().contains("something is being written"));
    rig.key(KeyCode::Char('r'));
    assert_eq!(rig.app.composer().lines(), ["half"]);
    assert_eq!(rig.rows_with("replying to alice").len(), 1);
}

#[test]
fn d_asks_first_and_says_who_sees_it() {
    let mut rig = online();
    select(&mut rig, 2);
    rig.key(KeyCode::Char('d'));
    assert!(rig.screen().contains("All 3 members of #dev see"), "{}", rig.screen());
    rig.key(KeyCode::Char('n'));
    assert_eq!(asked(&rig), []);
    assert_eq!(selected(&rig), Some(2));
    rig.key(KeyCode::Char('d'));
    rig.key(KeyCode::Char('y'));
    assert_eq!(asked(&rig), [Request::Delete { of: dev(), seq: Seq(2) }]);
    rig.event(deleted(DEV, 5, "alice", 2));
    assert_eq!(selected(&rig), None, "there is nothing to be done with it any more");
    select(&mut rig, 1);
    rig.key(KeyCode::Char('u'));
    assert!(rig.screen().contains("a deletion cannot be undone"));
    rig.down();
    rig.key(KeyCode::Char('d'));
    assert!(rig.app.overlay.is_none() && rig.screen().contains("not connected"));
}

#[test]
fn what_is_asked_about_a_message_is_not_asked_of_another_conversation() {
    let mut rig = online();
    select(&mut rig, 2);
    rig.key(KeyCode::Char('d'));
    rig.event(crate::rig::did(DEV, 5, "alice", im_proto::Body::Left));
    assert!(rig.app.overlay.is_none());
    rig.key(KeyCode::Char('y'));
    assert_eq!(asked(&rig).iter().filter(|request| matches!(request, Request::Delete { .. })).count(), 0);
}

#[test]
fn reactions_are_picked_by_digit_or_name_and_taken_back_by_the_same() {
    let mut rig = online();
    rig.take(What::Noted(Notes::default()));
    select(&mut rig, 3);
    rig.key(KeyCode::Char('+'));
    rig.key(KeyCode::Char('1'));
    assert_eq!(asked(&rig), [react(3, "👍", true)]);
    rig.event(reacted(DEV, 5, "alice", 3, "👍"));
    rig.asked.clear();
    rig.key(KeyCode::Char('+'));
    rig.type_text("rocket");
    assert_eq!(rig.rows_with("🚀  rocket").len(), 1);
    rig.key(KeyCode::Enter);
    assert_eq!(asked(&rig), [react(3, "🚀", true)]);
    rig.asked.clear();
    // The last one used comes first, and stays so in the next run.
    rig.key(KeyCode::Char('+'));
    let screen = rig.screen();
    assert!(screen.contains("1 🚀") && screen.contains("2 👍"), "{screen}");
    rig.key(KeyCode::Char('2'));
    assert_eq!(asked(&rig), [react(3, "👍", false)], "it stood");
    rig.pass(Duration::from_secs(1));
    let noted = rig.done.iter().rev().find_map(|action| match action {
        Action::KeepNotes(notes) => Some(notes.reactions.iter().map(ToString::to_string).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(noted.unwrap(), ["👍", "🚀"]);
    rig.asked.clear();
    rig.key(KeyCode::Char('+'));
    rig.type_text("+7");
    rig.key(KeyCode::Enter);
    assert_eq!(asked(&rig), [react(3, "+7", true)], "a word is a reaction too");
}

#[test]
fn a_reaction_to_the_last_message_is_seen_at_once_and_one_is_at_the_end_again_afterwards() {
    let mut rig = online();
    for seq in 5..=40 {
        rig.event(posted(DEV, seq, "bob", &format!("line {seq}")));
    }
    rig.key(KeyCode::Esc);
    assert_eq!(rig.rows_with("line 40").len(), 1);
    rig.event(reacted(DEV, 41, "alice", 40, "👍"));
    assert_eq!(rig.rows_with("[👍 1]").len(), 1, "{}", rig.screen());
    rig.key(KeyCode::Esc);
    rig.event(posted(DEV, 42, "bob", "line 42"));
    assert_eq!(rig.rows_with("line 42").len(), 1, "{}", rig.screen());
}

#[test]
fn u_undoes_the_last_of_what_was_done_here() {
    let mut rig = online();
    select(&mut rig, 2);
    rig.key(KeyCode::Char('u'));
    assert!(rig.screen().contains("there is nothing to undo here"));
    rig.key(KeyCode::Char('e'));
    rig.enter(" and a half");
    rig.event(edited(DEV, 5, "alice", 2, "two and a half"));
    rig.asked.clear();
    select(&mut rig, 3);
    rig.key(KeyCode::Char('+'));
    rig.key(KeyCode::Char('3'));
    rig.asked.clear();
    rig.key(KeyCode::Char('u'));
    assert_eq!(asked(&rig), [react(3, "😂", false)]);
    rig.asked.clear();
    rig.key(KeyCode::Char('u'));
    assert_eq!(asked(&rig), [Request::Edit { of: dev(), seq: Seq(2), text: crate::rig::text("two") }]);
    rig.key(KeyCode::Char('u'));
    assert!(rig.screen().contains("there is nothing to undo here"));
}

#[test]
fn y_copies_what_is_said_and_nothing_that_acts() {
    let mut rig = online();
    rig.event(posted(DEV, 5, "bob", "first \u{1b}[31mline\nsecond"));
    rig.event(edited(DEV, 6, "bob", 5, "now \u{7}this\nand \u{202e}that"));
    select(&mut rig, 5);
    rig.key(KeyCode::Char('y'));
    assert!(rig.done.contains(&Action::Copy("now this\nand that".to_owned())));
    rig.take(What::Told("copied 2 lines (xclip)".to_owned()));
    assert!(rig.screen().contains("copied 2 lines"));
}

#[test]
fn o_opens_a_link_or_asks_which_and_never_anything_else() {
    let mut rig = online();
    rig.event(posted(DEV, 5, "bob", "see https://a.example/x?y=1#z."));
    rig.event(posted(DEV, 6, "bob", "(http://b.example/q_(w)), <mailto:c@d.example> https://e.example!"));
    rig.event(posted(DEV, 7, "bob", "file:///etc/passwd javascript:alert(1) xhttps://no https:// ssh://a"));
    select(&mut rig, 5);
    rig.key(KeyCode::Char('o'));
    let opened = |rig: &Rig| -> Vec<String> {
        let opened = rig.done.iter().filter_map(|action| match action {
            Action::OpenLink(link) => Some(link.clone()),
            _ => None,
        });
        opened.collect()
    };
    assert_eq!(opened(&rig), ["https://a.example/x?y=1#z"]);
    select(&mut rig, 6);
    rig.key(KeyCode::Char('o'));
    for shown in ["a  http://b.example/q_(w)", "b  mailto:c@d.example", "c  https://e.example"] {
        assert_eq!(rig.rows_with(shown).len(), 1, "{}", rig.screen());
    }
    rig.key(KeyCode::Char('b'));
    assert_eq!(opened(&rig)[1..], ["mailto:c@d.example"]);
    rig.key(KeyCode::Char('o'));
    rig.key(KeyCode::Char('z'));
    rig.key(KeyCode::Esc);
    select(&mut rig, 7);
    rig.key(KeyCode::Char('o'));
    assert!(rig.screen().contains("there is no link in it"));
    assert_eq!(opened(&rig).len(), 2);
    for never in ["file:///x", "https://", "http://a b", "https://a\u{1b}[2J", "--help", "https://\u{202e}x"]
    {
        assert!(!links::may_open(never), "{never:?}");
    }
}

#[test]
fn m_keeps_unread_until_one_comes_back_to_it_and_through_a_new_start() {
    let mut rig = online();
    rig.take(What::Noted(Notes::default()));
    rig.pass(Duration::from_secs(2));
    select(&mut rig, 1);
    rig.key(KeyCode::Char('m'));
    assert_eq!(rig.rows_with("── 2 new").len(), 1, "two are of somebody else");
    rig.key(KeyCode::Esc);
    rig.pass(Duration::from_secs(2));
    assert_eq!(
        rig.rows_with("▌# dev              2 │").len(),
        1,
        "looking on does not read it: {}",
        rig.screen()
    );
    let kept = rig.done.iter().rev().find_map(|action| match action {
        Action::KeepNotes(notes) => Some(notes.clone()),
        _ => None,
    });
    let kept = kept.unwrap();
    assert_eq!((kept.unread[0].after, kept.unread[0].posts), (Seq(0), 2));
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.rows_with("UNREAD").len(), 1);
    // Who only passes by has not read it.
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    rig.pass(Duration::from_millis(900));
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.rows_with("UNREAD").len(), 1);
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    assert_eq!(rig.rows_with("── 2 new").len(), 1);
    rig.pass(Duration::from_secs(2));
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.rows_with("UNREAD").len(), 0, "read again");

    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Noted(kept));
    rig.sign_in(vec![conversation(BOB, "@bob", 9), conversation(DEV, "#dev", 4)]);
    assert_eq!(rig.rows_with("# dev          2 │").len(), 1, "{}", rig.screen());
    // Undone, it was never kept.
    let mut rig = online();
    select(&mut rig, 1);
    rig.key(KeyCode::Char('m'));
    rig.key(KeyCode::Char('u'));
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.rows_with("UNREAD").len(), 0);
}

#[test]
fn i_tells_what_is_known() {
    let mut direct = conversation(BOB, "@bob", 3);
    direct.receipts = Some(Receipts { received: Seq(2), read: Seq(1) });
    let mut rig = Rig::online(100, 30, vec![direct]);
    let events = vec![
        posted(BOB, 1, "alice", "first words"),
        replied(BOB, 2, "alice", 1, "an answer"),
        posted(BOB, 3, "alice", "not there yet"),
    ];
    rig.grant(is_history, Reply::History { conversation: BOB, events, more: false, amendments: Vec::new() });
    rig.event(edited(BOB, 4, "alice", 1, "second \u{1b}[2Jwords"));
    rig.event(edited(BOB, 5, "alice", 1, "third words"));
    rig.event(reacted(BOB, 6, "bob", 1, "+1"));
    for (seq, shown) in [
        (
            1,
            &[
                "from       alice",
                "#1 of @bob",
                "read by @bob",
                "first words",
                "second [2Jwords",
                "third words",
                "+1 bob",
            ][..],
        ),
        (2, &["answers    #1", "delivered to @bob", "2026, 10:02:00 UTC"]),
        (3, &["not delivered to @bob yet", "00000000000000000000000300000003"]),
    ] {
        select(&mut rig, seq);
        rig.key(KeyCode::Char('i'));
        let screen = rig.screen();
        for told in shown {
            assert!(screen.contains(told), "{told}: {screen}");
        }
        rig.key(KeyCode::Esc);
        assert_eq!(selected(&rig), Some(seq));
        rig.key(KeyCode::Esc);
    }
}

#[test]
fn what_failed_is_sent_again_taken_back_or_dropped() {
    for (key, left) in [('r', 1), ('e', 0), ('d', 0)] {
        let mut rig = online();
        rig.enter("too much");
        rig.refuse(|request| matches!(request, Request::Post { .. }), Refusal::NotAllowed);
        rig.asked.clear();
        rig.key(KeyCode::Esc);
        assert!(highlighted(&rig)[0].contains("too much"));
        rig.key(KeyCode::Char(key));
        assert_eq!(rig.app.outbox.iter().count(), left, "{key}");
        let sent = rig.waits(|request| matches!(request, Request::Post { .. })).is_some();
        assert_eq!(sent, key == 'r');
        let written = if key == 'e' { "too much" } else { "" };
        assert_eq!(rig.app.composer().lines(), [written]);
    }
    // One that is on its way becomes the same message of the log, and stays highlighted.
    let mut rig = online();
    rig.enter("five");
    rig.key(KeyCode::Esc);
    rig.key(KeyCode::Char('d'));
    assert!(rig.screen().contains("it is not sent yet"));
    let Some(im_client::app::Unsent { message, state: UnsentState::Sent, .. }) =
        rig.app.outbox.iter().next().cloned()
    else {
        panic!("it is on its way")
    };
    let mut came = posted(DEV, 5, "alice", "five");
    if let im_proto::Body::Posted { message: id, .. } = &mut came.body {
        *id = message;
    }
    rig.event(came);
    assert_eq!(selected(&rig), Some(5));
}

#[test]
fn enter_opens_a_menu_of_all_with_their_keys() {
    let mut rig = online();
    select(&mut rig, 3);
    rig.key(KeyCode::Enter);
    insta::assert_snapshot!("select_menu", rig.screen());
    rig.key(KeyCode::Down);
    rig.key(KeyCode::Up);
    rig.key(KeyCode::Enter);
    assert_eq!(rig.rows_with("replying to bob").len(), 1, "the first is to answer");
    select(&mut rig, 3);
    rig.key(KeyCode::Enter);
    rig.key(KeyCode::Char('y'));
    assert!(rig.app.overlay.is_none());
    assert!(rig.done.contains(&Action::Copy("three".to_owned())));
}

/// Where some text is on the screen.
fn place_of(rig: &Rig, text: &str) -> (u16, u16) {
    let screen = rig.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap();
    let column = line[..line.find(text).unwrap()].chars().count();
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

/// What is drawn reversed, row by row.
fn reversed(rig: &Rig) -> Vec<String> {
    let size = rig.app.size;
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    terminal.draw(|frame| view(&rig.app, &Theme::of(&rig.app.config, &rig.app.looks), frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y| {
        let cells = (0..size.width).map(|x| &buffer[(x, y)]);
        cells
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    };
    (0..size.height).map(row).filter(|row: &String| !row.is_empty()).collect()
}

fn mouse(rig: &mut Rig, kind: MouseEventKind, (column, row): (u16, u16)) {
    rig.take(What::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

fn copied(rig: &Rig) -> Vec<String> {
    let copied = rig.done.iter().filter_map(|action| match action {
        Action::Copy(text) => Some(text.clone()),
        _ => None,
    });
    copied.collect()
}

#[test]
fn a_click_selects_the_message_under_it() {
    let mut rig = online();
    let at = place_of(&rig, "three");
    mouse(&mut rig, DOWN, at);
    mouse(&mut rig, UP, at);
    assert_eq!(selected(&rig), Some(3));
    assert_eq!(copied(&rig), [""; 0]);
}

#[test]
fn dragging_takes_words_only_and_copies_them_when_it_ends() {
    let mut rig = online();
    let long = "a long line that has to be broken where the room for it ends, and then goes on\nsecond line";
    rig.event(posted(DEV, 5, "bob", long));
    let (from, to) = (place_of(&rig, "wo ✓"), place_of(&rig, "nd line"));
    mouse(&mut rig, DOWN, from);
    mouse(&mut rig, DRAG, to);
    assert_eq!(reversed(&rig)[..3], ["wo", "three", "four"], "nothing that stands beside them");
    assert_eq!(
        reversed(&rig).concat().replace(' ', ""),
        format!("wothreefour{}", long.trim_end_matches("d line").replace(['\n', ' '], ""))
    );
    // What comes meanwhile moves it, and changes nothing.
    rig.event(posted(DEV, 6, "bob", "later"));
    mouse(&mut rig, UP, to);
    assert_eq!(copied(&rig), [format!("wo\nthree\nfour\n{}", long.trim_end_matches("d line"))]);
    assert_eq!(selected(&rig), None);
    // From below to above it is the same.
    rig.done.clear();
    let (from, one) = (place_of(&rig, "ree"), place_of(&rig, "one"));
    let to = (one.0 + 1, one.1);
    mouse(&mut rig, DOWN, from);
    mouse(&mut rig, DRAG, to);
    mouse(&mut rig, UP, to);
    assert_eq!(copied(&rig), ["ne\ntwo\nthr"]);
}

#[test]
fn dragging_over_an_edge_brings_into_sight_what_is_there() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 300)]);
    rig.grant_page(DEV, 300);
    let from = place_of(&rig, "message 300");
    mouse(&mut rig, DOWN, from);
    for _ in 0..30 {
        mouse(&mut rig, DRAG, (60, 0));
    }
    mouse(&mut rig, UP, (60, 0));
    let lines: Vec<String> = copied(&rig)[0].lines().map(ToOwned::to_owned).collect();
    assert_eq!(lines.last().unwrap(), "m");
    assert!(lines.len() > 40 && lines[0].starts_with("message 2"), "{lines:?}");
    for (n, line) in (0..).zip(lines.iter().rev().skip(1)) {
        assert_eq!(*line, format!("message {}", 299 - n));
    }
}

#[test]
fn it_looks_right_at_every_size() {
    for (columns, rows) in [(120, 36), (80, 24), (40, 15)] {
        let mut rig = Rig::online(columns, rows, vec![conversation(DEV, "#dev", 3)]);
        let events = vec![
            posted(DEV, 1, "bob", "the first of them"),
            posted(DEV, 2, "alice", "two lines\nand a link: https://a.example/page"),
            replied(DEV, 3, "bob", 2, "an answer"),
        ];
        rig.grant(
            is_history,
            Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() },
        );
        rig.event(reacted(DEV, 4, "bob", 2, "👍"));
        select(&mut rig, 2);
        insta::assert_snapshot!(format!("select_{columns}x{rows}"), rig.screen());
        for (key, name) in [('+', "react"), ('i', "info"), ('d', "delete")] {
            rig.key(KeyCode::Char(key));
            insta::assert_snapshot!(format!("select_{name}_{columns}x{rows}"), rig.screen());
            rig.key(KeyCode::Esc);
        }
        rig.key(KeyCode::Esc);
        rig.type_text("/");
        rig.key(KeyCode::Tab);
        insta::assert_snapshot!(format!("composing_commands_{columns}x{rows}"), rig.screen());
    }
}
