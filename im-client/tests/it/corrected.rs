//! Messages that are answered, edited, deleted and reacted to, and how far they came: two clients in terminals, one
//! without a screen, and a real server that is started anew in between.

use crate::pty::Pty;
use crate::world::World;

const UP: &str = "\u{1b}[A";
const CTRL_U: &str = "\u{15}";

fn client(world: &World, name: &str) -> Pty {
    let pty = Pty::client(world, &["--user", name], 80, 24);
    pty.shows(" ms ");
    // Until the conversations are known nobody hears what is said.
    pty.shows_either("─ #", "─ @");
    pty
}

/// The end of each line that a client prints, behind the time.
fn said(printed: &str) -> Vec<&str> {
    printed.lines().map(|line| line.splitn(3, ' ').nth(2).unwrap_or_default()).collect()
}

#[test]
fn what_was_said_is_mended_for_everybody_and_for_good() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["send", "--user", "alice", "@bob", "helo bob"]);
    let mut alice = client(&world, "alice");
    alice.type_text("/dm bob\r");
    // Nobody is there to take it.
    alice.shows("helo bob ✓ ");
    let mut bob = client(&world, "bob");
    alice.shows("helo bob ✓");
    bob.type_text("/dm alice\r");
    bob.shows("helo bob");
    alice.shows("helo bob ✓✓ read");

    alice.type_text(UP);
    alice.shows("editing");
    alice.type_text(&format!("{CTRL_U}hello bob\r"));
    bob.shows("hello bob (edited)");
    alice.shows("hello bob (edited) ✓✓ read");
    bob.type_text("/react +1\r");
    alice.shows("[+1 1]");
    bob.type_text("/reply\r");
    bob.shows("replying to alice");
    bob.type_text("hello yourself\r");
    alice.shows("┌ alice: hello bob");
    alice.shows("hello yourself");
    alice.type_text("not meant for you\r");
    bob.shows("not meant for you");
    // Who sees it may be ahead of who said it: what is still on its way is not what is deleted.
    alice.shows("not meant for you ✓");
    alice.type_text("/delete\r");
    bob.shows("message deleted");
    bob.shows_no("not meant for you");

    // Whoever comes later, and whoever was there, read the same.
    world.stop();
    world.start();
    let later = Pty::client(&world, &["--user", "bob"], 80, 24);
    for screen in [&alice, &bob, &later] {
        screen.shows("hello bob (edited)");
        screen.shows("[+1 1]");
        screen.shows("┌ alice: hello bob");
        screen.shows("message deleted");
        screen.shows_no("helo");
    }
    let printed = world.does(&["history", "--user", "bob", "@alice"]);
    assert_eq!(
        said(&printed),
        [
            "@alice alice: hello bob (edited) [+1 1]",
            "@alice bob: (to #1) hello yourself",
            "@alice alice: (deleted)"
        ]
    );
    let printed = world.does(&["history", "--user", "bob", "@alice", "--json", "--before", "2"]);
    let events: Vec<serde_json::Value> =
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = events.iter().map(|event| (event["seq"].as_u64(), event["kind"].as_str())).collect();
    assert_eq!(told, [(Some(1), Some("posted")), (Some(2), Some("edited")), (Some(3), Some("reacted"))]);
    assert_eq!(events[0]["text"], "helo bob");
}
