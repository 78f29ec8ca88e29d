//! The mouse in the boxes over the panes: what is listed there is clicked and scrolled as it is by keys.

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use im_client::app::{Action, Overlay, Scroll, What};
use im_proto::{ConversationId, Found, Person, Reaction, Reply, Request, Role, Seq};

use crate::rig::{BOB, DEV, Rig, conversation, is_history, posted, user};
use crate::search::is_search;

const LEFT: MouseButton = MouseButton::Left;

fn mouse(rig: &mut Rig, kind: MouseEventKind, (column, row): (u16, u16)) {
    rig.take(What::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn click(rig: &mut Rig, at: (u16, u16)) {
    mouse(rig, MouseEventKind::Down(LEFT), at);
    mouse(rig, MouseEventKind::Up(LEFT), at);
}

/// Where some text stands on the screen, the last time from above.
fn place(rig: &Rig, text: &str) -> (u16, u16) {
    let screen = rig.screen();
    let found = screen.lines().enumerate().filter_map(|(row, line)| {
        let at = line.rfind(text)?;
        Some((line[..at].chars().count(), row))
    });
    let (column, row) = found.last().unwrap_or_else(|| panic!("no {text} in\n{screen}"));
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

/// In #dev, where bob said something with two links, in a terminal of a size.
fn rig(columns: u16, rows: u16) -> Rig {
    let talks = vec![conversation(DEV, "#dev", 1), conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(columns, rows, talks);
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    assert_eq!(rig.app.open, Some(DEV));
    let events = vec![posted(DEV, 1, "bob", "see https://a.example and https://b.example")];
    rig.grant(is_history, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    rig.done.clear();
    rig
}

#[test]
fn a_found_message_is_opened_by_a_click_and_one_beside_the_box_closes_it() {
    let mut rig = Rig::online(100, 24, vec![conversation(DEV, "#dev", 500), conversation(BOB, "@bob", 0)]);
    rig.grant_page(DEV, 500);
    rig.enter("/search words");
    let hits = (1..=300).rev().step_by(3).map(|seq| Found {
        address: "#dev".parse().unwrap(),
        position: seq,
        event: posted(DEV, seq, "bob", &format!("words {seq} here")),
    });
    rig.grant(is_search, Reply::Found { found: hits.take(40).collect(), more: false });
    // Further down than what is seen at first: what is clicked is what is seen.
    for _ in 0..20 {
        mouse(&mut rig, MouseEventKind::ScrollDown, (50, 10));
    }
    let hit = place(&rig, "words 240 here");
    click(&mut rig, hit);
    assert!(rig.app.overlay.is_none());
    rig.grant_page(DEV, 500);
    assert!(rig.screen().contains("message 240"), "{}", rig.screen());

    rig.enter("/search words");
    let below = place(&rig, "searching");
    click(&mut rig, below);
    assert!(matches!(rig.app.overlay, Some(Overlay::Search(_))), "that is no message");
    click(&mut rig, (1, 23));
    assert!(rig.app.overlay.is_none());
}

#[test]
fn a_row_of_the_jump_box_is_gone_to_and_a_command_is_done() {
    let mut rig = rig(100, 24);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('k'));
    rig.type_text("bo");
    let bob = place(&rig, "▌○ bob");
    click(&mut rig, bob);
    assert_eq!((rig.app.open, rig.app.overlay.is_none()), (Some(BOB), true));
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('p'));
    // The wheel chooses; what is chosen is in sight.
    for _ in 0..30 {
        mouse(&mut rig, MouseEventKind::ScrollDown, (50, 10));
    }
    assert!(!rig.screen().contains("▌send"));
    rig.type_text("zen");
    let zen = place(&rig, "zen  messages only");
    click(&mut rig, zen);
    assert!(rig.app.is_zen);
}

#[test]
fn the_menu_of_a_message_its_links_and_its_reactions_are_clicked() {
    let mut rig = rig(100, 24);
    rig.key(KeyCode::Esc);
    rig.key(KeyCode::Enter);
    let open = place(&rig, "open a link in it");
    click(&mut rig, open);
    let second = place(&rig, "b  https://b.example");
    click(&mut rig, second);
    assert_eq!(rig.done, [Action::OpenLink("https://b.example".to_owned())]);
    rig.key(KeyCode::Char('+'));
    let heart = place(&rig, "2 ❤️");
    click(&mut rig, heart);
    let hearts = Request::React {
        of: "#dev".parse().unwrap(),
        seq: Seq(1),
        reaction: Reaction::parse("❤️").unwrap(),
        on: true,
    };
    assert!(rig.waits(|request| *request == hearts).is_some());
}

#[test]
fn where_there_are_no_panes_conversations_and_people_are_clicked_in_their_boxes() {
    let mut rig = rig(40, 15);
    rig.press(KeyModifiers::ALT, KeyCode::Left);
    let bob = place(&rig, "bob");
    click(&mut rig, bob);
    assert_eq!((rig.app.open, rig.app.overlay.is_none()), (Some(BOB), true));
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    let person = |n: u64| Person {
        name: user(&format!("user{n:02}")),
        online: true,
        role: Role::Member,
        guest: false,
    };
    let people: Vec<Person> = (10..60).map(person).collect();
    rig.grant(
        |request| matches!(request, Request::Who { of: Some(_) }),
        Reply::People { people, online: 50, total: 50 },
    );
    rig.key(KeyCode::F(3));
    assert!(rig.screen().contains("user10") && rig.screen().contains("+ 38 more"), "{}", rig.screen());
    rig.key(KeyCode::PageDown);
    assert!(!rig.screen().contains("user10"));
    for _ in 0..100 {
        mouse(&mut rig, MouseEventKind::ScrollDown, (20, 5));
    }
    assert!(rig.screen().contains("user59"), "{}", rig.screen());
    let last = place(&rig, "user58");
    click(&mut rig, last);
    let opens = Request::Open { address: "@user58".parse().unwrap() };
    assert!(rig.waits(|request| *request == opens).is_some());
}

#[test]
fn the_wheel_over_the_people_scrolls_them_and_nothing_else() {
    let mut rig = Rig::online(120, 20, vec![conversation(DEV, "#dev", 100)]);
    rig.grant_page(DEV, 100);
    let person = |n: u64| Person {
        name: user(&format!("user{n:02}")),
        online: true,
        role: Role::Member,
        guest: false,
    };
    let people: Vec<Person> = (10..60).map(person).collect();
    rig.grant(
        |request| matches!(request, Request::Who { of: Some(_) }),
        Reply::People { people, online: 50, total: 50 },
    );
    assert!(rig.screen().contains("user10"));
    mouse(&mut rig, MouseEventKind::ScrollDown, (110, 5));
    assert!(!rig.screen().contains("user12") && rig.screen().contains("user13"), "{}", rig.screen());
    let third = place(&rig, "user15");
    click(&mut rig, third);
    let opens = Request::Open { address: "@user15".parse().unwrap() };
    assert!(rig.waits(|request| *request == opens).is_some(), "who is seen is who is clicked");
    for _ in 0..100 {
        mouse(&mut rig, MouseEventKind::ScrollDown, (110, 5));
    }
    assert!(rig.screen().contains("user59"));
    for _ in 0..100 {
        mouse(&mut rig, MouseEventKind::ScrollUp, (110, 5));
    }
    assert!(rig.screen().contains("user10"));
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}

#[test]
fn what_is_new_above_is_told_below_and_a_click_goes_there() {
    let mut about = conversation(ConversationId(7), "#ops", 100);
    (about.read, about.unread) = (Seq(20), 80);
    let mut rig = Rig::online(100, 20, vec![conversation(DEV, "#dev", 1), about]);
    while rig.app.open != Some(ConversationId(7)) {
        rig.press(KeyModifiers::ALT, KeyCode::Down);
    }
    while rig
        .waits(|request| matches!(request, Request::History { of, .. } if of.to_string() != "#ops"))
        .is_some()
    {
        rig.grant_page(DEV, 1);
    }
    rig.grant_page(ConversationId(7), 100);
    let told = place(&rig, "↑ 80 new (Alt-U)");
    click(&mut rig, told);
    while rig.waits(is_history).is_some() {
        rig.grant_page(ConversationId(7), 100);
    }
    assert!(
        rig.screen().contains("── 80 new since") && rig.screen().contains("message 21"),
        "{}",
        rig.screen()
    );
    assert!(!rig.screen().contains("↑ 80 new"));
}
