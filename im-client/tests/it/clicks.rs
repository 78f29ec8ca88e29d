//! What clicks, the wheel and dragged borders do.

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use im_client::app::{Action, Scroll, What};
use im_proto::{ConversationId, Person, Reaction, Reply, Request, Role, Seq};
use ratatui::layout::Size;

use crate::rig::{BOB, DEV, Rig, conversation, posted, reacted, user};

const LEFT: MouseButton = MouseButton::Left;

/// Alice in #dev, where bob said something with a link, and people stand beside it.
fn rig() -> Rig {
    let mut rig = Rig::online(120, 30, vec![conversation(DEV, "#dev", 2), conversation(BOB, "@bob", 1)]);
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    assert_eq!(rig.app.open, Some(DEV));
    let events =
        vec![posted(DEV, 1, "bob", "see https://hub.example/r now"), reacted(DEV, 2, "bob", 1, "+1")];
    let of_dev =
        |request: &Request| matches!(request, Request::History { of, .. } if of.to_string() == "#dev");
    rig.grant(of_dev, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    let person = |name: &str| Person { name: user(name), online: true, role: Role::Member, guest: false };
    rig.grant(
        |request| matches!(request, Request::Who { of: Some(_) }),
        Reply::People { people: vec![person("alice"), person("carol")], online: 2, total: 2 },
    );
    rig.done.clear();
    rig
}

fn mouse(rig: &mut Rig, kind: MouseEventKind, (column, row): (u16, u16)) {
    rig.take(What::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

fn click(rig: &mut Rig, at: (u16, u16)) {
    mouse(rig, MouseEventKind::Down(LEFT), at);
    mouse(rig, MouseEventKind::Up(LEFT), at);
}

/// Where some text begins on the screen, behind a column.
fn place(rig: &Rig, text: &str, behind: usize) -> (u16, u16) {
    let screen = rig.screen();
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let start = line.char_indices().nth(behind)?.0;
        let at = start + line[start..].find(text)?;
        Some((line[..at].chars().count(), row))
    });
    let (column, row) = found.unwrap_or_else(|| panic!("no {text} in\n{screen}"));
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

#[test]
fn a_room_a_name_a_link_and_a_reaction_do_what_they_say() {
    let mut rig = rig();
    let link = place(&rig, "https://", 24);
    click(&mut rig, link);
    assert_eq!(rig.done, [Action::OpenLink("https://hub.example/r".to_owned())]);
    let beside = place(&rig, "now", 24);
    click(&mut rig, beside);
    assert_eq!(rig.done.len(), 1, "what is no link is none");
    let name = place(&rig, "bob │", 24);
    click(&mut rig, name);
    assert_eq!(rig.app.composer().lines(), ["@bob "]);
    let reaction = place(&rig, "[+1", 24);
    click(&mut rig, (reaction.0 + 1, reaction.1));
    let gives = |request: &Request| matches!(request, Request::React { seq: Seq(1), on: true, reaction, .. } if *reaction == Reaction::parse("+1").unwrap());
    assert!(rig.waits(gives).is_some());
    let carol = place(&rig, "carol", 98);
    click(&mut rig, carol);
    let opens = Request::Open { address: "@carol".parse().unwrap() };
    assert!(rig.waits(|request| *request == opens).is_some());
    let me = place(&rig, "alice", 98);
    click(&mut rig, me);
    assert!(rig.waits(|request| *request == Request::Open { address: "@alice".parse().unwrap() }).is_none());
    let room = place(&rig, "bob", 0);
    click(&mut rig, room);
    assert_eq!(rig.app.open, Some(BOB));
}

#[test]
fn borders_are_dragged_as_far_as_there_is_room() {
    let mut rig = rig();
    let width = |rig: &Rig| {
        let screen = rig.screen();
        let top: Vec<char> = screen.lines().nth(1).unwrap().chars().collect();
        let corners: Vec<usize> = (0..top.len()).filter(|at| top[*at] == '┬').collect();
        (corners[0], corners[1])
    };
    let (list, people) = width(&rig);
    let column = |at: usize| u16::try_from(at).unwrap();
    mouse(&mut rig, MouseEventKind::Down(LEFT), (column(list), 10));
    mouse(&mut rig, MouseEventKind::Drag(LEFT), (column(list) + 7, 12));
    assert_eq!(width(&rig), (list + 7, people));
    mouse(&mut rig, MouseEventKind::Drag(LEFT), (119, 12));
    let (widest, _) = width(&rig);
    assert!(widest > list + 7 && widest < people - 30, "{widest}");
    mouse(&mut rig, MouseEventKind::Drag(LEFT), (0, 12));
    let (narrowest, _) = width(&rig);
    assert!(narrowest > 8, "{narrowest}");
    mouse(&mut rig, MouseEventKind::Up(LEFT), (0, 12));
    // It is let go: what moves now moves nothing.
    mouse(&mut rig, MouseEventKind::Drag(LEFT), (30, 12));
    assert_eq!(width(&rig), (narrowest, people));
    mouse(&mut rig, MouseEventKind::Down(LEFT), (column(people), 10));
    mouse(&mut rig, MouseEventKind::Drag(LEFT), (column(people) - 5, 10));
    mouse(&mut rig, MouseEventKind::Up(LEFT), (column(people) - 5, 10));
    assert_eq!(width(&rig), (narrowest, people - 5));
    assert!(
        !rig.done.iter().any(|action| matches!(action, Action::Copy(_))),
        "nothing was copied on the way"
    );
    for (columns, rows) in [(100, 8), (60, 8), (61, 30), (500, 200), (59, 3), (1, 1)] {
        rig.take(What::Resize(Size::new(columns, rows)));
        rig.screen();
    }
}

#[test]
fn the_wheel_scrolls_what_is_under_it_and_a_click_below_comes_back() {
    let many = (2..62).map(|n| conversation(ConversationId(n), &format!("#room{n:02}"), 0));
    let mut rig = Rig::online(100, 20, many.collect());
    assert!(rig.screen().contains("room02") && rig.screen().contains("more"));
    let open = rig.app.open;
    for _ in 0..100 {
        mouse(&mut rig, MouseEventKind::ScrollDown, (5, 5));
    }
    assert!(rig.screen().contains("room61") && !rig.screen().contains("# room02"), "{}", rig.screen());
    assert_eq!(rig.app.open, open);
    mouse(&mut rig, MouseEventKind::ScrollUp, (5, 5));
    assert!(!rig.screen().contains("room61"));
    let room = place(&rig, "room50", 0);
    click(&mut rig, room);
    assert_eq!(rig.app.open, Some(ConversationId(50)), "what is seen is what is clicked");

    let mut rig = Rig::online(100, 20, vec![conversation(DEV, "#dev", 100)]);
    rig.grant_page(DEV, 100);
    mouse(&mut rig, MouseEventKind::ScrollUp, (50, 5));
    assert_ne!(rig.app.talk().unwrap().scroll, Scroll::End);
    let below = place(&rig, "(End)", 0);
    click(&mut rig, below);
    assert_eq!(rig.app.talk().unwrap().scroll, Scroll::End);
}
