//! The box for going somewhere and for doing something, and the keys that go on their own.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::jump::{Goal, Kind, rows};
use im_client::app::keys::{self, Deed};
use im_client::app::{Action, Overlay, What};
use im_proto::{ConversationId, Kind as Sort, Notice, Person, Reply, Request, Role, UserName};

use crate::rig::{BOB, DEV, Rig, conversation, posted, user};

const OPS: ConversationId = ConversationId(5);
const DESIGN: ConversationId = ConversationId(6);
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;

/// Alice in #dev, with #design, #ops and bob beside it; carol is online.
fn rig() -> Rig {
    let mut rig = Rig::online(
        100,
        30,
        vec![
            conversation(DEV, "#dev", 3),
            conversation(BOB, "@bob", 3),
            conversation(OPS, "#ops", 3),
            conversation(DESIGN, "#design", 3),
        ],
    );
    rig.key(KeyCode::Null);
    open(&mut rig, DEV);
    let person = |name: &str| Person { name: user(name), online: true, role: Role::Member, guest: false };
    if rig.waits(|request| matches!(request, Request::Who { .. })).is_some() {
        rig.grant(
            |request| matches!(request, Request::Who { .. }),
            Reply::People { people: vec![person("alice"), person("carol")], online: 2, total: 2 },
        );
    }
    rig
}

fn open(rig: &mut Rig, id: ConversationId) {
    let place = rig.app.listed().iter().position(|(_, talk)| talk.about.id == id).unwrap();
    rig.press(ALT, KeyCode::Char(char::from(b'1' + u8::try_from(place).unwrap())));
    assert_eq!(rig.app.open, Some(id));
}

/// Somebody says something, while one looks elsewhere.
fn says(rig: &mut Rig, id: ConversationId) {
    let head = rig.app.conversations.get(id).unwrap().about.head.0;
    rig.event(posted(id, head + 1, "bob", "news"));
}

fn names(rig: &Rig, typed: &str) -> Vec<String> {
    rows(&rig.app, typed).into_iter().map(|row| row.name).collect()
}

#[test]
fn letters_of_a_name_in_their_order_find_it_and_are_marked() {
    let mut rig = rig();
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("dsn");
    let Some(Overlay::Jump(jump)) = &rig.app.overlay else { panic!("no box") };
    let found = rows(&rig.app, &jump.typed);
    assert_eq!(found[0].goal, Goal::Talk(DESIGN));
    assert_eq!(found[0].marks, [0, 2, 5], "d-e-s-i-g-n");
    assert_eq!(found.len(), 1);
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.open, Some(DESIGN));
    assert!(rig.app.overlay.is_none());
}

#[test]
fn what_waits_to_be_read_comes_first_and_where_one_is_last() {
    let mut rig = rig();
    says(&mut rig, BOB);
    says(&mut rig, OPS);
    says(&mut rig, OPS);
    let listed: Vec<_> = rig.app.listed().iter().map(|(_, talk)| talk.about.id).take(2).collect();
    assert_eq!(listed, [OPS, BOB], "the newest is first in the list");
    let first: Vec<String> = names(&rig, "").into_iter().take(2).collect();
    assert_eq!(first, ["bob", "ops"], "what is meant for oneself, then what is unread");
    assert_eq!(names(&rig, "").last().map(String::as_str), Some("dev"));
    rig.press(CTRL, KeyCode::Char('k'));
    assert_eq!(rig.rows_with("● bob").len() + rig.rows_with("○ bob").len(), 2, "{}", rig.screen());
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.open, Some(BOB));
}

#[test]
fn what_was_chosen_often_and_lately_comes_before_what_was_not() {
    let mut rig = rig();
    let place = |rig: &Rig, name: &str| names(rig, "").iter().position(|known| known == name).unwrap();
    assert!(place(&rig, "design") < place(&rig, "ops"), "as they are listed");
    for _ in 0..2 {
        rig.press(CTRL, KeyCode::Char('k'));
        rig.type_text("ops");
        rig.key(KeyCode::Enter);
        open(&mut rig, DEV);
    }
    assert!(place(&rig, "ops") < place(&rig, "design"));
    // Twice long ago counts for less than once lately.
    rig.pass(std::time::Duration::from_secs(20 * 24 * 3600));
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("design");
    rig.key(KeyCode::Enter);
    open(&mut rig, DEV);
    assert!(place(&rig, "design") < place(&rig, "ops"));
}

#[test]
fn people_one_has_not_talked_to_are_found_and_talked_to() {
    let mut rig = rig();
    rig.notice(Notice::Presence { user: crate::rig::author("carol"), online: true });
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("caro");
    rig.key(KeyCode::Enter);
    let opens = Request::Open { address: "@carol".parse().unwrap() };
    assert!(rig.waits(|request| *request == opens).is_some());
    // Somebody of whom nothing is known, and a room one is not in.
    assert_eq!(names(&rig, "@zoe"), ["talk to @zoe"]);
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("#party");
    rig.key(KeyCode::Enter);
    let joins = Request::Join { name: "party".parse().unwrap(), create: true };
    assert!(rig.waits(|request| *request == joins).is_some());
}

#[test]
fn the_first_character_decides_of_what_there_is_a_choice() {
    let mut rig = rig();
    assert!(names(&rig, "#").iter().all(|name| ["dev", "ops", "design"].contains(&name.as_str())));
    assert!(names(&rig, "@").contains(&"bob".to_owned()));
    assert!(!names(&rig, "@").contains(&"ops".to_owned()));
    assert_eq!(rows(&rig.app, ":tada")[0].goal, Goal::Emoji("🎉"));
    assert_eq!(rows(&rig.app, "/shipped it")[0].goal, Goal::Search("shipped it".to_owned()));
    let kinds = rows(&rig.app, "?");
    assert_eq!(kinds.len(), Kind::ALL.len());
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("?");
    for (_, prefix, does) in Kind::ALL {
        let row = rig.rows_with(&format!("{prefix}  {does}"));
        assert_eq!(row.len(), 1, "{prefix} {does}");
    }
    rig.type_text("emoji");
    rig.key(KeyCode::Enter);
    assert!(matches!(&rig.app.overlay, Some(Overlay::Jump(jump)) if jump.typed == ":"));
    rig.type_text("tada");
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.composer().lines(), ["🎉"]);
    rig.press(CTRL, KeyCode::Char('k'));
    rig.type_text("/shipped it");
    rig.key(KeyCode::Enter);
    assert!(matches!(rig.app.overlay, Some(Overlay::Search(_))) && rig.screen().contains("> shipped it"));
    rig.key(KeyCode::Esc);
    rig.press(CTRL, KeyCode::Char('p'));
    rig.type_text("/join");
    rig.key(KeyCode::Enter);
    assert!(rig.screen().contains("/join needs an empty composer"));
    rig.press(CTRL, KeyCode::Char('c'));
    rig.press(CTRL, KeyCode::Char('p'));
    rig.type_text("/join");
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.composer().lines(), ["/join "]);
}

#[test]
fn every_deed_is_in_the_palette_with_its_key_and_runs_from_it() {
    for row in keys::rows() {
        let mut rig = rig();
        rig.press(CTRL, KeyCode::Char('p'));
        rig.type_text(row.name);
        let Some(Overlay::Jump(jump)) = &rig.app.overlay else { panic!("no box") };
        let found = rows(&rig.app, &jump.typed);
        let place = found.iter().position(|found| found.goal == Goal::Deed(row.deed));
        let place = place.unwrap_or_else(|| panic!("{} is in the palette", row.name));
        assert_eq!(found[place].right, rig.app.config.keymap.shown(row.deed));
        for _ in 0..place {
            rig.key(KeyCode::Down);
        }
        rig.key(KeyCode::Enter);
        let is_open = matches!(&rig.app.overlay, Some(Overlay::Jump(jump)) if jump.typed.contains(row.name));
        assert!(!is_open, "{} was run", row.name);
    }
}

#[test]
fn deeds_without_a_key_do_what_they_say() {
    let mut rig = rig();
    rig.done.clear();
    rig.enter("/mouse off");
    assert_eq!(rig.done, [Action::CaptureMouse(false)]);
    rig.enter("/theme light");
    assert_eq!(rig.app.config.theme.name(), "light");
    rig.enter("/theme purple");
    assert!(rig.screen().contains("there is no theme purple"));
    assert_eq!(rig.app.composer().lines(), ["/theme purple"], "what was not done stays");
    rig.press(CTRL, KeyCode::Char('c'));
    rig.enter("/debug");
    assert!(rig.screen().contains("! there is no theme purple"), "{}", rig.screen());
    rig.key(KeyCode::Esc);
    let dial = rig.dial;
    rig.enter("/reconnect");
    assert_eq!(rig.dial, dial + 1);
    assert!(!rig.app.link.is_online());
    rig.enter("/keys");
    assert!(matches!(rig.app.overlay, Some(Overlay::Help(_))));
    rig.key(KeyCode::Esc);
    rig.enter("/recconect");
    assert!(rig.screen().contains("/reconnect"), "the nearest is offered");
    assert_eq!(rig.app.composer().lines(), ["/recconect"]);
}

#[test]
fn one_key_goes_through_what_is_unread_and_back() {
    let mut rig = rig();
    rig.press(ALT, KeyCode::Char('a'));
    assert!(rig.screen().contains("nothing is unread"));
    says(&mut rig, OPS);
    says(&mut rig, BOB);
    let mut opened = Vec::new();
    for _ in 0..4 {
        rig.press(ALT, KeyCode::Char('a'));
        opened.push(rig.app.open.unwrap());
    }
    assert_eq!(
        opened,
        [BOB, OPS, DEV, BOB],
        "for oneself, unread, back; nothing was in sight for long: anew"
    );
}

#[test]
fn one_key_goes_to_and_fro_between_two() {
    let mut rig = rig();
    open(&mut rig, OPS);
    for expected in [DEV, OPS, DEV] {
        rig.press(ALT, KeyCode::Char('0'));
        assert_eq!(rig.app.open, Some(expected));
    }
}

#[test]
fn messages_only_and_everything_again() {
    let mut rig = rig();
    let before = rig.screen();
    rig.press(ALT, KeyCode::Char('z'));
    let zen = rig.screen();
    assert!(!zen.contains("Conversations") && !zen.contains("jump") && !zen.contains("╭"), "{zen}");
    rig.type_text("typing works");
    assert!(rig.screen().contains("typing works"));
    rig.down();
    assert!(rig.screen().contains("connecting"), "not without a word when the server is away");
    rig.press(CTRL, KeyCode::Char('c'));
    rig.press(ALT, KeyCode::Char('z'));
    assert_eq!(rig.screen().lines().nth(1), before.lines().nth(1));
}

#[test]
fn keys_make_the_list_wider_as_far_as_there_is_room() {
    let mut rig = rig();
    let width = |rig: &Rig| rig.screen().lines().nth(1).unwrap().chars().position(|c| c == '┬').unwrap();
    let before = width(&rig);
    rig.press(ALT, KeyCode::Char('>'));
    assert_eq!(width(&rig), before + 2);
    rig.press(ALT, KeyCode::Char('<'));
    assert_eq!(width(&rig), before);
    for _ in 0..100 {
        rig.press(ALT, KeyCode::Char('>'));
    }
    let widest = width(&rig);
    rig.press(ALT, KeyCode::Char('<'));
    assert_eq!(width(&rig), widest - 2, "what there was no room for is not remembered");
    for (columns, rows) in [(60, 8), (61, 9), (99, 10), (101, 12), (500, 200), (1, 1), (12, 4)] {
        rig.take(What::Resize(ratatui::layout::Size::new(columns, rows)));
        rig.screen();
    }
}

#[test]
fn groups_and_guests_are_found_by_their_names() {
    let mut group = conversation(OPS, "#release-train", 3);
    group.kind = Sort::Group;
    let mut guest = conversation(BOB, "@neil", 3);
    guest.guest = true;
    let rig = Rig::online(100, 30, vec![group, guest]);
    assert_eq!(rows(&rig.app, "rtrain")[0].goal, Goal::Talk(OPS));
    assert_eq!(rows(&rig.app, "neil")[0].name, "~neil");
    let known: Vec<UserName> = rig.app.people.known().into_iter().collect();
    assert!(known.is_empty());
    assert!(matches!(rows(&rig.app, ">jump")[0].goal, Goal::Deed(Deed::Jump)));
}
