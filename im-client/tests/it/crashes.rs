//! The whole program, killed with what it has not sent: all of it is there at the next start, and each message is said
//! once, in order.

use std::fs;

use crate::pty::Pty;
use crate::world::World;

const CTRL_N: &str = "\u{e}";
const CTRL_Q: &str = "\u{11}";
const ALT_ENTER: &str = "\u{1b}\r";

fn client(world: &World, name: &str) -> Pty {
    Pty::client(world, &["--user", name], 80, 24)
}

/// What alice said in the lobby, oldest first.
fn said(world: &World) -> Vec<String> {
    let history = world.does(&["--user", "bob", "history", "#lobby"]);
    let said = history.lines().filter_map(|line| Some(line.split_once(" alice: ")?.1.to_owned()));
    said.collect()
}

/// Types each as a message of its own; returns when all are shown.
fn say(pty: &mut Pty, messages: &[&str]) {
    for message in messages {
        pty.type_text(&format!("{message}\r"));
        pty.shows(&format!("{message} … queued"));
    }
}

#[test]
fn what_was_unsent_when_it_was_killed_is_said_once_in_order() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["--user", "bob", "send", "@alice", "are you there?"]);
    let mut alice = client(&world, "alice");
    alice.shows(" ms ");
    // She is where something is unread: with bob.
    alice.shows("─ @bob ─");
    world.stop();
    alice.shows("◌ connecting");
    say(&mut alice, &["to bob"]);
    alice.type_text(CTRL_N);
    alice.shows("─ #lobby ─");
    say(&mut alice, &["one", "two"]);
    alice.type_text(&format!("first line{ALT_ENTER}second line\r"));
    alice.shows("second line … queued");
    alice.crash();
    // Twice: nobody is there, and what is said now stands behind what was said before.
    for (waiting, more) in [("↑4", "three"), ("↑5", "four")] {
        let mut alice = client(&world, "alice");
        alice.shows(waiting);
        alice.shows("two … queued");
        say(&mut alice, &[more]);
        alice.crash();
    }
    world.start();
    let mut alice = client(&world, "alice");
    alice.shows("four ✓");
    alice.shows_no("queued");
    alice.shows_no("↑");
    assert_eq!(said(&world), ["one", "two", "first line", "three", "four"]);
    let with_bob = world.does(&["--user", "bob", "history", "@alice"]);
    assert_eq!(with_bob.matches("alice: to bob").count(), 1, "{with_bob}");
    alice.type_text(CTRL_Q);
    alice.ended();
    for journal in world.journals("alice") {
        assert_eq!(fs::read_to_string(journal).unwrap(), "", "nothing is unsent");
    }
}

#[test]
fn what_was_sent_but_not_yet_crossed_off_when_it_was_killed_is_not_said_twice() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    alice.shows(" ms ");
    world.stop();
    alice.shows("◌ connecting");
    say(&mut alice, &["one", "two"]);
    let [journal] = &world.journals("alice")[..] else { panic!("one journal") };
    let before = fs::read(journal).unwrap();
    world.start();
    alice.shows("two ✓");
    alice.crash();
    // As if it had been killed after the server had taken the messages and before it heard so.
    fs::write(journal, before).unwrap();
    let mut again = client(&world, "alice");
    again.shows(" ms ");
    again.shows("two ✓");
    again.type_text("three\r");
    again.shows("three ✓");
    // What is said later is answered later: the others were sent again and answered by now.
    assert_eq!(said(&world), ["one", "two", "three"]);
    assert_eq!(again.rows().iter().filter(|row| row.contains("│ one") || row.contains("│ two")).count(), 2);
}

#[test]
fn what_was_shown_is_said_once_in_order_however_far_it_was_when_it_was_killed() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut shown = Vec::new();
    for run in 0..5 {
        let mut alice = client(&world, "alice");
        alice.shows("─ #lobby ─");
        // They are typed at once: some are answered, some on their way, some not sent.
        let messages: Vec<String> = (0..8).map(|n| format!("run {run} message {n}")).collect();
        alice.type_text(&messages.iter().map(|message| format!("{message}\r")).collect::<String>());
        alice.shows_either(&format!("{} …", messages[7]), &format!("{} ✓", messages[7]));
        alice.crash();
        shown.extend(messages);
    }
    let alice = client(&world, "alice");
    alice.shows(" ms ");
    alice.shows_no("↑");
    assert_eq!(said(&world), shown);
}

#[test]
fn two_at_once_keep_apart_what_they_have_not_sent() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut one = client(&world, "alice");
    let mut other = client(&world, "alice");
    one.shows(" ms ");
    other.shows(" ms ");
    world.stop();
    one.shows("◌ connecting");
    other.shows("◌ connecting");
    say(&mut one, &["one"]);
    say(&mut other, &["two"]);
    say(&mut one, &["three"]);
    assert_eq!(world.journals("alice").len(), 2);
    one.crash();
    // Whose queue has died is taken over, whose has not is left alone.
    let mut third = client(&world, "alice");
    third.shows("↑2");
    third.shows("three … queued");
    assert!(!third.rows().iter().any(|row| row.contains("two")));
    third.crash();
    other.crash();
    let last = client(&world, "alice");
    last.shows("↑3");
    last.shows("three … queued");
    assert_eq!(world.journals("alice").len(), 1);
    world.start();
    last.shows("three ✓");
    last.shows_no("↑");
    assert_eq!(said(&world), ["one", "two", "three"]);
}

#[test]
fn what_alice_left_is_never_said_by_bob() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    alice.shows(" ms ");
    world.stop();
    alice.shows("◌ connecting");
    say(&mut alice, &["only alice says this"]);
    alice.crash();
    world.start();
    let mut bob = client(&world, "bob");
    bob.shows(" ms ");
    bob.type_text("bob was here\r");
    bob.shows("bob was here ✓");
    bob.type_text(CTRL_Q);
    bob.ended();
    assert!(said(&world).is_empty());
    let alice = client(&world, "alice");
    alice.shows("only alice says this ✓");
    assert_eq!(said(&world), ["only alice says this"]);
}

#[test]
fn what_was_half_written_when_it_was_killed_is_there_again() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut alice = client(&world, "alice");
    alice.shows(" ms ");
    alice.type_text(&format!("the first line{ALT_ENTER}and half of the sec"));
    alice.shows("half of the sec");
    world.noted("alice", "half of the sec");
    alice.crash();
    let mut again = client(&world, "alice");
    again.shows(" ms ");
    again.shows("the first line");
    again.shows("and half of the sec");
    again.type_text("ond\r");
    again.shows("and half of the second ✓");
    let history = world.does(&["history", "#lobby"]);
    assert!(history.contains("the first line\n"), "{history}");
    again.type_text(CTRL_Q);
    again.ended();
    let third = client(&world, "alice");
    third.shows("half of the second ✓");
    assert!(
        third.rows().iter().filter(|row| row.contains("half of the sec")).count() == 1,
        "said, and not written"
    );
}

#[test]
fn what_was_half_written_when_it_was_asked_to_end_is_there_again() {
    let world = World::new();
    world.accounts(&["alice"]);
    for signal in ["TERM", "HUP"] {
        let mut alice = client(&world, "alice");
        alice.shows(" ms ");
        // At once: typing has not paused yet.
        alice.type_text(&format!("{signal} "));
        alice.shows(&format!("{signal} "));
        alice.end_by(signal);
        alice.ended();
    }
    let again = client(&world, "alice");
    again.shows("TERM HUP");
}
