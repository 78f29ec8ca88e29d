//! The kept corpus of attacks on terminals (`im-proto/tests/escapes`), from the network to whatever the client shows: the screen, lines
//! for people and for programs, notifications, the title of the window, errors.

use std::time::Duration;

use crossterm::event::KeyCode;
use im_client::app::What;
use im_client::app::notify::Notification;
use im_client::config::Way;
use im_client::headless::output::Manner;
use im_client::terminal::notify::{bytes, title};
use im_proto::{Reaction, Reply, Text};
use jiff::tz::TimeZone;

use crate::hostile::Shown;
use crate::rig::{DEV, Rig, conversation, edited, is_history, posted, reacted, replied};
use crate::world::World;

#[allow(unreachable_pub, dead_code, reason = "other crates include it, too")]
#[path = "../../../im-proto/tests/escapes/mod.rs"]
mod corpus;

use corpus::{Attack, attacks, harm};

#[test]
fn no_attack_on_a_terminal_reaches_the_screen_a_line_or_the_title() {
    let mut rig = Rig::online(100, 30, vec![conversation(DEV, "#dev", 1)]);
    let events = vec![posted(DEV, 1, "bob", "first")];
    rig.grant(is_history, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    let mut shown = Shown::new(&rig);
    let plain = Manner::Plain(TimeZone::UTC);
    let mut seq = 1;
    let mut seen = 0;
    for attack in attacks() {
        // What stands for what is no UTF-8 is a character that this terminal does not know.
        let texts = || attack.texts().into_iter().map(|text| text.replace(char::REPLACEMENT_CHARACTER, "?"));
        for text in texts().filter(|text| Text::parse(text).is_ok()) {
            let of = seq + 1;
            let mut events = vec![
                posted(DEV, of, "bob", &text),
                replied(DEV, of + 1, "zoe", of, &text),
                edited(DEV, of + 2, "bob", of, &format!("{text} again")),
            ];
            if Reaction::parse(&text).is_ok() {
                events.push(reacted(DEV, of + 3, "zoe", of, &text));
            }
            seq = of + u64::try_from(events.len()).unwrap() - 1;
            for event in events {
                for manner in [&plain, &Manner::Json] {
                    let line = manner.line(&"#dev".parse().unwrap(), &event);
                    assert_eq!(harm(line.as_bytes()), None, "{}: a line", attack.name);
                }
                rig.event(event);
            }
            rig.take(What::Trouble(text.clone()));
            let drawn = shown.draw(&rig);
            shown.assert_same(&drawn, &attack.name);
            let screen = shown.parser.screen().contents();
            assert_eq!(harm(screen.as_bytes()), None, "{}: on the screen", attack.name);
            seen += screen.matches("again").count();
            assert_eq!(of_the_window(&text), None, "{}: outside of the screen", attack.name);
        }
        // What is written by oneself, and what is looked at more closely.
        rig.take(What::Paste(texts().collect()));
        rig.key(KeyCode::Esc);
        rig.key(KeyCode::Char('i'));
        let drawn = shown.draw(&rig);
        shown.assert_same(&drawn, &attack.name);
        assert_eq!(harm(shown.parser.screen().contents().as_bytes()), None, "{}: looked at", attack.name);
        rig.key(KeyCode::Esc);
        rig.key(KeyCode::Esc);
        rig.pass(Duration::from_secs(10));
    }
    assert!(seen > 100, "the attacks were seen {seen} times");
}

/// What is wrong with what a text does to the terminal's notifications, or to the title of the window: each is one sequence, and
/// in it there are characters.
fn of_the_window(text: &str) -> Option<String> {
    let inside = |bytes: Vec<u8>, begins: &[&str]| -> Option<String> {
        let mut rest = String::from_utf8(bytes).unwrap();
        for begin in begins {
            let Some((sequence, after)) =
                rest.strip_prefix(begin).and_then(|rest| rest.split_once("\u{1b}\\"))
            else {
                return Some(format!("no sequence of ours: {rest:?}"));
            };
            if let Some(harm) = harm(sequence.as_bytes()) {
                return Some(harm);
            }
            rest = after.to_owned();
        }
        (!rest.is_empty()).then_some(rest)
    };
    let note = Notification { title: text.to_owned(), body: Some(text.to_owned()) };
    inside(title(text), &["\u{1b}]2;"])
        .or_else(|| inside(bytes(Way::Osc9, &note), &["\u{1b}]9;"]))
        .or_else(|| inside(bytes(Way::Osc777, &note), &["\u{1b}]777;notify;"]))
        .or_else(|| inside(bytes(Way::Osc99, &note), &["\u{1b}]99;i=im:d=0;", "\u{1b}]99;i=im:p=body;"]))
}

#[test]
fn no_attack_comes_out_of_a_command() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let said: Vec<String> = attacks().iter().flat_map(Attack::texts).collect();
    let sent =
        world.run(&["--user", "bob", "send", "#lobby", "-"], &format!("needle {}", said.join(" needle ")));
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let evil = said.concat().replace('\0', "");
    let mut told = 0;
    for (arguments, input) in [
        (vec!["--user", "alice", "history", "#lobby"], ""),
        (vec!["--user", "alice", "history", "#lobby", "--json"], ""),
        (vec!["--user", "alice", "export", "#lobby"], ""),
        (vec!["--user", "alice", "search", "needle"], ""),
        (vec!["--user", "alice", "search", "needle", "--json"], ""),
        (vec!["--user", "alice", "--plain"], "/search needle\n/join dev\n"),
        (vec!["--user", "alice", "history", &evil], ""),
        (vec!["--user", "alice", "search", &evil], ""),
        (vec!["--user", "alice", "send", &evil, "x"], ""),
        (vec!["--user", &evil, "history", "#lobby"], ""),
        (vec!["--addr", &evil, "--user", "alice", "history", "#lobby"], ""),
        (vec!["login", &evil], ""),
        (vec!["doctor", "--addr", &evil], ""),
        (vec!["doctor", "--json", "--addr", &evil], ""),
        (vec!["--config", &evil, "doctor"], ""),
        (vec!["--config", &evil, "history", "#lobby"], ""),
    ] {
        let output = world.run(&arguments, input);
        for out in [&output.stdout, &output.stderr] {
            assert_eq!(harm(out), None, "{arguments:?}");
            told += out.len();
        }
    }
    assert!(told > 10_000, "{told} bytes were told");
}
