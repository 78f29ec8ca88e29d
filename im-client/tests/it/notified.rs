//! Notifications of a real client in a real terminal, against a real server: they reach the terminal, and only when they should.

use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::World;

const FOCUS_OUT: &str = "\u{1b}[O";

/// The client of alice in a terminal that calls itself so, with a configuration.
fn client(world: &World, term: &str, config: &str) -> Pty {
    let file = world.file("config.toml", config);
    let mut command = CommandBuilder::new("env");
    command.args([&format!("TERM={term}"), env!("CARGO_BIN_EXE_im-client")]);
    command.args(["--user", "alice", "--config"]);
    command.arg(file);
    let pty = Pty::run(world, command, 80, 24);
    pty.shows(" ms ");
    pty.shows_either("─ #", "─ @");
    pty
}

#[test]
fn a_mention_reaches_a_terminal_that_nobody_looks_at_and_no_other() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let says = |what: &str| world.does(&["send", "--user", "bob", "#lobby", what]);
    let mut alice = client(&world, "xterm-kitty", "");
    says("@alice while you look");
    alice.shows("while you look");
    says("nothing for you");
    alice.shows("nothing for you");
    assert!(!alice.has_written("\u{1b}]99;"), "who looks is not told");
    alice.type_text(&format!("{FOCUS_OUT}looks away"));
    alice.shows("looks away");
    says("not for anybody");
    alice.shows("not for anybody");
    assert!(!alice.has_written("\u{1b}]99;"));
    says("@alice look; \u{1b}]0;me");
    alice.wrote("\u{1b}]99;i=im:d=0;bob in #lobby\u{1b}\\\u{1b}]99;i=im:p=body;@alice look, ");
    assert!(!alice.has_written("\u{1b}]0;me"));
    alice.wrote("\u{1b}]2;(@");
    assert_eq!(alice.count("\u{1b}]99;i=im:d=0;"), 1);
}

#[test]
fn what_is_private_stays_so_in_quiet_hours_nothing_is_told_and_the_bell_is_for_the_rest() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let says = |what: &str| world.does(&["send", "--user", "bob", "@alice", what]);
    let mut private = client(&world, "foot", "[notify]\nprivacy = true\n");
    private.type_text(&format!("{FOCUS_OUT}away"));
    private.shows("away");
    says("a secret");
    private.wrote("\u{1b}]777;notify;bob;says something\u{1b}\\");
    let shown = private.has_written("notify;bob;a secret");
    assert!(!shown);
    drop(private);

    // An hour before now, and one after.
    let hour = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 3600 % 24;
    let hours = format!("[notify]\nquiet = \"{:02}:00-{:02}:00\"\n", (hour + 23) % 24, (hour + 2) % 24);
    let mut quiet = client(&world, "foot", &hours);
    quiet.type_text(&format!("{FOCUS_OUT}away"));
    quiet.shows("away");
    says("at night");
    quiet.wrote("\u{1b}]2;(@");
    quiet.shows("@2");
    assert!(!quiet.has_written("\u{1b}]777;"));
    drop(quiet);

    let mut plain = client(&world, "xterm-256color", "");
    plain.type_text(&format!("{FOCUS_OUT}away"));
    plain.shows("away");
    // A sequence for the terminal may end with the same byte.
    let bells = plain.count("\u{7}");
    says("ring");
    plain.writes("\u{7}", bells + 1);
}
