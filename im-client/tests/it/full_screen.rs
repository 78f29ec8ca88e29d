//! Whole conversations: real clients in real terminals against a real server.

use std::io::Write;

use crate::pty::Pty;
use crate::world::World;

const F2: &str = "\u{1b}OQ";
const PAGE_UP: &str = "\u{1b}[5~";
const END: &str = "\u{1b}[F";
const CTRL_N: &str = "\u{e}";
const ALT_ENTER: &str = "\u{1b}\r";

/// The client of somebody who is signed in on this device.
fn client(world: &World, name: &str) -> Pty {
    let pty = Pty::client(world, &["--user", name], 80, 24);
    pty.shows(" ms ");
    // Until the conversations are known nobody hears what is said.
    pty.shows_either("─ #", "─ @");
    pty
}

/// A screen without what differs from run to run: the port, times of day, the date, how long an answer takes.
fn steady(pty: &Pty) -> String {
    let rows = pty.rows().into_iter().map(|row| steady_row(&row));
    rows.collect::<Vec<_>>().join("\n")
}

fn steady_row(row: &str) -> String {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    if let Some((first, last)) = row.find('─').zip(row.rfind('─'))
        && DAYS.iter().any(|day| row.contains(&format!("─ {day}")))
    {
        return format!("{}─ a date ─{}", &row[..first], &row[last + '─'.len_utf8()..]);
    }
    let mut chars: Vec<char> = row.chars().collect();
    for at in 0..chars.len().saturating_sub(4) {
        let digits = |place: usize| chars[at + place].is_ascii_digit();
        if chars[at + 2] == ':' && digits(0) && digits(1) && digits(3) && digits(4) {
            chars.splice(at..at + 5, "10:00".chars());
        }
    }
    let row: String = chars.into_iter().collect();
    if let Some((before, rest)) = row.split_once("127.0.0.1:") {
        let port = rest.chars().take_while(char::is_ascii_digit).count();
        return format!("{before}127.0.0.1:{}{}", "0".repeat(port), &rest[port..]);
    }
    match row.split_once(" ms ") {
        Some((before, rest)) if row.starts_with(" ● ") => {
            format!(" ● 1 ms {}{rest}", " ".repeat(before.chars().count().saturating_sub(4)))
        }
        _ => row,
    }
}

#[test]
fn two_people_sign_up_on_the_screen_and_talk() {
    let world = World::new();
    let mut alice = Pty::client(&world, &[], 120, 36);
    alice.shows("make an account");
    alice.type_text(F2);
    alice.type_text("alice\r");
    alice.type_text("pass one\r");
    alice.shows("#lobby");
    assert_eq!(world.token_files().len(), 1);
    let mut bob = Pty::client(&world, &["--user", "bob"], 80, 24);
    bob.shows("make an account");
    bob.type_text(&format!("{F2}pass two\r"));
    bob.shows("#lobby");
    alice.shows("alice, bob joined");

    alice.type_text("hello bob\r");
    bob.shows("hello bob");
    bob.type_text("你好, alice 🎉\r");
    alice.shows("你好, alice 🎉");
    alice.type_text(&format!("first line{ALT_ENTER}second line\r"));
    bob.shows("second line");
    alice.shows("second line ✓");
    alice.shows("2 online");
    alice.shows(" ms ");
    // What is written last is shown last: then all before it is on the screen too.
    alice.type_text("written last");
    alice.shows("written last");
    insta::assert_snapshot!("live_120x36", steady(&alice));
    for (columns, rows, title) in [(80, 24, "^K jump  F1 help"), (40, 15, "^K  F1")] {
        alice.resize(columns, rows);
        alice.shows(title);
        alice.type_text(&format!(" at {columns}"));
        alice.shows(&format!(" at {columns}"));
        insta::assert_snapshot!(format!("live_{columns}x{rows}"), steady(&alice));
    }
}

#[test]
fn what_is_said_while_the_server_is_away_is_sent_once_when_it_is_back() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    let bob = client(&world, "bob");
    world.stop();
    alice.shows("◌ connecting");
    alice.type_text("said in the dark\r");
    alice.shows("said in the dark … queued");
    alice.type_text("and this\r");
    alice.shows("↑2");
    world.start();
    alice.shows("and this ✓");
    bob.shows("and this");
    alice.shows_no("queued");
    let history = world.does(&["--user", "bob", "history", "#lobby"]);
    let said: Vec<&str> = history.lines().filter(|line| line.contains("alice: ")).collect();
    assert_eq!(said.len(), 2, "{history}");
    assert!(said[0].ends_with("said in the dark") && said[1].ends_with("and this"));
}

#[test]
fn an_invitation_waits_on_the_screen_for_its_answer() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    alice.type_text("/create g1\r");
    alice.shows("─ #g1 ─");
    alice.type_text("/invite g1 bob\r");
    alice.shows("bob is invited to #g1");
    // Bob was not there when he was invited.
    let mut bob = client(&world, "bob");
    bob.shows("alice invites you to #g1: /accept or /reject");
    bob.type_text("/accept\r");
    bob.shows("─ #g1 ─");
    bob.shows_no("invites you");
    bob.type_text("thank you\r");
    alice.shows("thank you");
}

#[test]
fn a_guest_is_seen_as_one_while_they_are_there_and_in_what_they_said() {
    let world = World::new();
    world.accounts(&["alice"]);
    let alice = Pty::client(&world, &["--user", "alice"], 120, 36);
    alice.shows(" ms ");
    let mut neil = world.by_telnet();
    neil.write_all(b"hello from outside\r\n").unwrap();
    alice.shows("~anonymo…0 │ hello from outside");
    alice.shows("● ~anonymo…0 guest");
    neil.write_all(b"/username neil\r\n").unwrap();
    alice.shows("~anonymous0 is now ~neil");
    alice.shows("● ~neil");
    neil.write_all(b"it is me\r\n").unwrap();
    alice.shows("~neil │ it is me");
    let history = world.does(&["history", "#lobby", "--limit", "1"]);
    assert!(history.ends_with("#lobby ~neil: it is me\n"), "{history}");
    let json = world.does(&["history", "#lobby", "--limit", "1", "--json"]);
    assert!(json.contains(r#""from":"neil","guest":true,"kind":"posted""#), "{json}");
    drop(neil);
    alice.shows_no("● ~neil");
}

/// The smallest number of a line that is in sight.
fn oldest_line(pty: &Pty) -> Option<u32> {
    let number = |row: &String| row.split_once("line number ")?.1.split_once(' ')?.0.parse().ok();
    pty.rows().iter().filter_map(number).min()
}

#[test]
fn older_messages_come_as_one_scrolls_and_new_ones_move_nothing() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let lines: String = (1..=500).map(|n| format!("line number {n} of many\n")).collect();
    assert!(world.run(&["--user", "bob", "send", "#lobby", "--lines"], &lines).status.success());
    let mut alice = client(&world, "alice");
    alice.shows("line number 500 ");
    // The screen may change for another reason than the key, and then two keys scroll at once: nobody stops at one line.
    for n in [480, 300, 250, 100, 5] {
        while oldest_line(&alice).is_none_or(|oldest| oldest > n) {
            let before = alice.rows();
            alice.type_text(PAGE_UP);
            alice.changes_from(&before);
        }
    }
    // What is typed last is shown last: then no key is under way any more.
    alice.type_text("written last");
    alice.shows("written last");
    let before: Vec<String> = alice.rows().into_iter().filter(|row| row.contains("line number")).collect();
    world.does(&["--user", "bob", "send", "#lobby", "the newest"]);
    alice.shows("↓ 1 new (End)");
    let after: Vec<String> = alice.rows().into_iter().filter(|row| row.contains("line number")).collect();
    assert_eq!(after, before);
    alice.type_text(END);
    alice.shows("the newest");
}

#[test]
fn what_was_said_long_ago_is_found_and_gone_to() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let lines: String = (1..=600).map(|n| format!("line number {n} of many\n")).collect();
    assert!(world.run(&["--user", "bob", "send", "#lobby", "--lines"], &lines).status.success());
    let mut alice = client(&world, "alice");
    alice.shows("line number 600 ");
    alice.type_text("/search numb* 37\r");
    alice.shows("1 found");
    alice.type_text("\r");
    alice.shows("line number 38 ");
    alice.shows("line number 36 ");
    alice.shows("older messages (End)");
    alice.type_text(END);
    alice.shows("line number 600 ");
}

#[test]
fn what_is_unread_is_counted_and_reading_it_is_told_to_the_server() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut alice = client(&world, "alice");
    let mut bob = client(&world, "bob");
    bob.type_text("/dm alice\r");
    bob.shows("─ @alice ─");
    bob.type_text("one\rtwo\rthree\r");
    alice.shows("UNREAD");
    alice.shows("● bob         @3");
    alice.type_text(CTRL_N);
    alice.shows("── 3 new since ");
    alice.shows("three");
    bob.shows("three ✓✓ read");
    alice.type_text(CTRL_N);
    alice.shows("─ #lobby ─");
    alice.shows_no("UNREAD");
    alice.type_text("\u{11}");
    alice.ended();
    let again = client(&world, "alice");
    again.shows("DIRECT");
    again.shows_no("UNREAD");
}

#[test]
fn a_paste_is_written_and_not_done() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut alice = client(&world, "alice");
    alice.type_text("\u{1b}[200~/quit\r\nsecond\u{1b}[201~ and more");
    alice.shows("/quit");
    alice.shows("second and more");
}

#[test]
fn a_light_terminal_that_says_so_gets_the_light_theme_and_nothing_of_that_is_typed() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut alice = client(&world, "alice");
    alice.wrote("\u{1b}]11;?\u{7}");
    let light = "38;5;25;";
    assert!(!alice.has_written(light));
    alice.type_text("before \u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\and after");
    alice.shows("before and after");
    alice.wrote(light);
    alice.shows_no("rgb:");
}

#[test]
fn code_has_its_colours_and_a_link_leads_where_it_says() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let said = "see [here](https://a.example/x) and\n```rust\nfn main() {}\n```";
    assert!(world.run(&["--user", "bob", "send", "#lobby", "-"], said).status.success());
    let alice = client(&world, "alice");
    alice.shows("see here (a.example) and");
    alice.wrote(";https://a.example/x\u{1b}\\");
    alice.wrote("\u{1b}]8;;\u{1b}\\");
    // The colour of a word of the language.
    alice.wrote("38;5;176;49mfn");
}
