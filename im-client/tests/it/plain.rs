//! Without a screen: lines in, lines out.

use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::{Lines, World};

fn plain(world: &World, name: &str) -> Lines {
    world.lines(&["--user", name, "--plain"])
}

/// Reads on until a line has some words; that line without the time of day, which each message begins with.
fn until(lines: &Lines, words: &str) -> String {
    loop {
        let line = lines.next();
        if line.contains(words) {
            return line.get(5..).filter(|_| line.as_bytes()[2] == b':').unwrap_or(&line).to_owned();
        }
    }
}

#[test]
fn what_is_said_comes_as_lines_and_lines_are_said() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["--user", "bob", "send", "#lobby", "before she came"]);
    let mut alice = plain(&world, "alice");
    until(&alice, "-- connected to 127.0.0.1");
    assert_eq!(until(&alice, "unread"), "-- 1 unread in #lobby");
    assert_eq!(until(&alice, "you are in"), "-- you are in #lobby");
    assert_eq!(until(&alice, "before she came"), " bob: before she came");
    alice.feed("hello from a line\n");
    // There is no terminal that shows what is typed: so it is told.
    assert_eq!(until(&alice, "hello from"), " alice: hello from a line");
    world.does(&["--user", "bob", "send", "@alice", "psst\nand more"]);
    assert_eq!(until(&alice, "psst"), " @bob bob: psst");
    assert_eq!(alice.next(), "    and more");
    alice.feed("/dm bob\n");
    assert_eq!(until(&alice, "you are in"), "-- you are in @bob");
    assert_eq!(until(&alice, "psst"), " bob: psst");
    alice.feed("what?\n/hlep\n");
    until(&alice, "/help");
    alice.feed("/quit\n");
    assert!(alice.finish());
    let history = world.does(&["--user", "bob", "history", "@alice"]);
    assert!(history.ends_with("alice: what?\n"), "{history}");
}

#[test]
fn the_end_of_the_input_is_the_end_when_all_of_it_was_said_and_answered() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["--user", "bob", "send", "#lobby", "the needle is here"]);
    let said = world.run(&["--user", "alice", "--plain"], "one\ntwo\n/search needle\n/who\n");
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("-- 1 found"), "{said}");
    assert!(said.contains("#lobby #") && said.contains("bob: the needle is here"), "{said}");
    assert!(said.contains("-- alice, online"), "{said}");
    let history = world.does(&["--user", "bob", "history", "#lobby"]);
    let lines: Vec<&str> = history.lines().filter(|line| line.contains("alice: ")).collect();
    assert!(lines.len() == 2 && lines[0].ends_with("one") && lines[1].ends_with("two"), "{history}");
}

#[test]
fn what_follows_a_line_that_asks_for_something_comes_after_the_answer() {
    let world = World::new();
    world.accounts(&["alice"]);
    let input = "/join new\nsaid there\n/join other\nand there\n/quit\nnever said\n";
    let output = world.run(&["--user", "alice", "--plain"], input);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !said.contains("not sent yet"), "{said}");
    for (room, text) in [("#new", "alice: said there"), ("#other", "alice: and there")] {
        let history = world.does(&["--user", "alice", "history", room]);
        assert!(history.contains(text), "{room}: {history}");
    }
    assert!(!world.does(&["--user", "alice", "history", "#other"]).contains("never said"));
}

#[test]
fn what_waits_for_the_server_and_what_failed_is_told_in_words() {
    let mut world = World::new();
    world.accounts(&["alice"]);
    let mut alice = plain(&world, "alice");
    until(&alice, "you are in #lobby");
    world.stop();
    assert_eq!(
        until(&alice, "-- not connected"),
        "-- not connected: what you say waits here, and is sent when the server is back"
    );
    alice.feed("in the dark\n");
    assert_eq!(until(&alice, "queued"), "-- queued");
    world.start();
    assert_eq!(until(&alice, "in the dark"), " alice: in the dark");
}

#[test]
fn a_dumb_terminal_gets_lines_and_nothing_that_acts_on_it() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let client = env!("CARGO_BIN_EXE_im-client");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &format!("TERM=dumb exec {client} --user alice")]);
    let mut alice = Pty::run(&world, command, 80, 24);
    alice.shows("-- you are in #lobby");
    let bob = plain(&world, "bob");
    until(&bob, "you are in #lobby");
    alice.type_text("typed here\r");
    until(&bob, "typed here");
    world.does(&["--user", "bob", "send", "#lobby", "\u{1b}[2Jcleared\u{7}\u{202e}?"]);
    alice.shows("cleared");
    alice.type_text("/quit\r");
    let (code, bytes) = alice.ended();
    assert_eq!(code, 0);
    assert!(!bytes.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{bytes:?}");
    // As it was typed, and not a second time.
    assert_eq!(bytes.matches("typed here").count(), 1, "{bytes}");
}

#[test]
fn without_a_sign_in_it_says_how_to_get_one() {
    let world = World::new();
    // Nobody is named whose password could be used.
    assert!(world.fails(4, &["--plain"]).contains("im-client login NAME"));
}
