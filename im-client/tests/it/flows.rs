//! What people do all day, from end to end: two clients in terminals of their own, and a server.

use crate::pty::Pty;
use crate::world::World;

const ESC: &str = "\u{1b}";
const UP: &str = "\u{1b}[A";
const CTRL_Q: &str = "\u{11}";

fn client(world: &World, name: &str) -> Pty {
    let pty = Pty::client(world, &["--user", name], 80, 24);
    pty.shows(" ms ");
    pty.shows_either("─ #", "─ @");
    pty
}

#[test]
fn a_mention_in_another_room_is_seen_and_one_goes_there() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["--user", "alice", "send", "#dev", "this room is mine"]);
    world.does(&["--user", "bob", "send", "#dev", "I am here too"]);
    let mut alice = client(&world, "alice");
    alice.type_text("/join lobby\r");
    alice.shows("─ #lobby ─");
    let mut bob = client(&world, "bob");
    bob.type_text("/join dev\r");
    bob.shows("─ #dev ─");
    bob.type_text("@alice have you seen it?\r");
    alice.shows("UNREAD");
    alice.type_text(&format!("{ESC}a"));
    alice.shows("─ #dev ─");
    alice.shows("@alice have you seen it?");
}

#[test]
fn a_reply_and_an_edit_are_seen_by_the_other_side() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    let mut bob = client(&world, "bob");
    bob.type_text("shall we?\r");
    alice.shows("shall we?");
    alice.type_text(ESC);
    alice.shows("r reply");
    alice.type_text("r");
    alice.shows("replying to bob");
    alice.type_text("we shal\r");
    bob.shows("┌ bob: shall we?");
    bob.shows("we shal");
    alice.shows("we shal ✓");
    alice.type_text(UP);
    alice.shows("editing");
    alice.type_text("l\r");
    bob.shows("we shall (edited)");
    alice.type_text("/search shall\r");
    alice.shows("2 found");
}

#[test]
fn two_hundred_pasted_lines_are_one_message_and_none_of_them_a_command() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    let bob = client(&world, "bob");
    let lines: Vec<String> = (1..=200).map(|n| format!("/quit line {n}")).collect();
    alice.type_text(&format!("{ESC}[200~{}{ESC}[201~", lines.join("\r\n")));
    alice.shows("Paste of 200 lines");
    assert!(!world.does(&["--user", "bob", "history", "#lobby"]).contains("/quit"), "nothing was said yet");
    alice.type_text("m");
    bob.shows("/quit line 200");
    let history = world.does(&["--user", "bob", "history", "#lobby"]);
    assert_eq!(history.matches("alice: /quit line 1\n").count(), 1, "{history}");
    assert_eq!(history.matches("/quit line").count(), 200);
    assert_eq!(history.matches("alice: ").count(), 1, "one message");
}

#[test]
fn what_is_half_written_when_the_server_goes_is_written_on_and_sent_once() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    alice.type_text("half of ");
    alice.shows("half of");
    world.stop();
    alice.shows("◌ connecting");
    alice.type_text("it\r");
    alice.shows("half of it … queued");
    world.start();
    alice.shows("half of it ✓");
    let history = world.does(&["--user", "bob", "history", "#lobby"]);
    assert_eq!(history.matches("half of it").count(), 1, "{history}");
}

#[test]
fn a_storm_of_resizes_takes_nothing_away() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    alice.type_text("written in the storm");
    alice.shows("written in the storm");
    let lines: String = (1..=300).map(|n| format!("你好 line {n} of the flood 👩\u{200d}💻\n")).collect();
    let flood = std::thread::scope(|scope| {
        let flood = scope.spawn(|| world.run(&["--user", "bob", "send", "#lobby", "--lines"], &lines));
        for n in 0..40_u16 {
            for (columns, rows) in
                [(1, 1), (500, 200), (2 + n, 1), (1, 2 + n), (59 + n % 3, 15), (100, 5), (7, 3)]
            {
                alice.resize(columns, rows);
            }
        }
        flood.join().unwrap()
    });
    assert!(flood.status.success());
    alice.resize(80, 24);
    alice.shows("line 300 of the flood");
    alice.shows("written in the storm");
    assert!(alice.rows()[23].contains(" ms "), "{:#?}", alice.rows());
    alice.type_text(CTRL_Q);
    assert_eq!(alice.ended().0, 0);
    alice.assert_restored();
}
