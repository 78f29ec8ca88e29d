//! `--demo`: everything works, and nothing is there.

use crate::pty::Pty;
use crate::world::World;

const CTRL_N: &str = "\u{e}";
const PAGE_UP: &str = "\u{1b}[5~";

/// The demo where there is no server.
fn demo(columns: u16, rows: u16) -> (World, Pty) {
    let mut world = World::new();
    world.stop();
    let pty = Pty::client(&world, &["--demo"], columns, rows);
    pty.shows("hub.example");
    (world, pty)
}

#[test]
fn the_demo_is_a_client_in_the_midst_of_things() {
    let (world, mut pty) = demo(120, 36);
    for there in ["running five minutes late", "# nihongo", "UNREAD", "olga invites you to #book-club"] {
        pty.shows(there);
    }
    pty.type_text("I save you a seat\r");
    pty.shows("I save you a seat ✓");
    pty.type_text("/edit I save you two seats\r");
    pty.shows("two seats (edited)");
    pty.type_text("/react +1\r");
    pty.shows("[+1 1]");
    pty.type_text("/accept\r");
    pty.shows("─ #book-club ─");
    pty.type_text("/join general\r");
    pty.shows("いつでもいいよ");
    pty.type_text(PAGE_UP);
    pty.shows("fn main()");
    for _ in 0..3 {
        let before = pty.rows();
        pty.type_text(PAGE_UP);
        pty.changes_from(&before);
    }
    pty.type_text("/search release\r");
    pty.shows("1 found");
    pty.type_text("\u{1b}");
    pty.shows_no("Search");
    pty.type_text(CTRL_N);
    pty.type_text("\u{11}");
    assert_eq!(pty.ended().0, 0);
    assert_eq!(world.files_of_clients(), Vec::<std::path::PathBuf>::new(), "nothing is kept");
}

#[test]
fn the_demo_answers_without_a_screen_too() {
    let mut world = World::new();
    world.stop();
    let said =
        world.run(&["--demo", "--plain"], "/join ops\nmine, I look\n/history #general\n/search nowhere\n");
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("-- 3 unread in #general"), "{said}");
    assert!(said.contains("pavel: @alice yours?") && said.contains("alice: mine, I look"), "{said}");
    assert!(said.contains("-- 0 found"), "{said}");
    assert_eq!(world.files_of_clients(), Vec::<std::path::PathBuf>::new());
}
