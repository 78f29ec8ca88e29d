//! The commands that scripts rely on: what they print, and the codes they end with.

use std::process::{Command, Stdio};

use crate::world::World;

#[test]
fn accounts_are_made_used_and_signed_out() {
    let world = World::new();
    assert!(world.fails(4, &["history", "#lobby"]).contains("im-client login NAME"));
    assert_eq!(world.does(&["signup", "alice"]), format!("signed in as alice at {}\n", world.addr));
    assert!(world.fails(1, &["signup", "ALICE"]).contains("taken"));
    assert!(world.fails(2, &["signup", "two words"]).contains("a name holds only"));
    assert!(world.fails(1, &["login", "nobody"]).contains("no such user"));
    world.does(&["send", "#lobby", "here"]);
    assert_eq!(world.token_files().len(), 1);
    world.does(&["logout"]);
    assert!(world.token_files().is_empty());
    assert!(world.fails(4, &["logout"]).contains("not signed in"));
    assert!(world.fails(4, &["send", "--user", "alice", "#lobby", "x"]).contains("im-client login alice"));
    world.does(&["login", "alice"]);
    world.does(&["send", "#lobby", "here again"]);
}

#[test]
fn a_token_that_was_signed_out_is_void() {
    let world = World::new();
    world.does(&["signup", "alice"]);
    let file = &world.token_files()[0];
    let kept = std::fs::read(file).unwrap();
    world.does(&["logout"]);
    std::fs::write(file, kept).unwrap();
    world.fails(4, &["send", "#lobby", "x"]);
    world.does(&["logout"]);
    assert!(world.token_files().is_empty());
}

#[test]
fn codes_tell_what_went_wrong() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    world.fails(2, &["send", "nowhere", "x"]);
    world.fails(2, &["send", "#lobby"]);
    world.fails(2, &["send", "#lobby", "  "]);
    world.fails(2, &["history", "#lobby", "--limit", "0"]);
    world.fails(2, &["no-such-command"]);
    world.fails(1, &["send", "@nobody", "x"]);
    world.fails(1, &["history", "#nowhere"]);
    world.fails(1, &["tail", "#nowhere"]);
    world.stop();
    for command in [&["send", "#lobby", "x"][..], &["history", "#lobby"], &["tail"], &["logout"]] {
        assert!(world.fails(3, command).contains("cannot reach"), "{command:?}");
    }
    assert_eq!(world.token_files().len(), 2, "a sign-out that did not reach the server can be tried again");
}

#[test]
fn what_is_sent_is_there_in_order() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    // Whoever sends to a room that is not there makes it, whoever is not in it joins it.
    world.does(&["send", "--user", "alice", "#dev", "hi"]);
    world.does(&["--user", "bob", "send", "#dev", "-dashes are fine-"]);
    let text = "all of\nstandard input\n";
    assert!(world.run(&["send", "--user", "bob", "#dev", "-"], text).status.success());
    let lines = "one\n\ntwo\r\nthree";
    assert!(world.run(&["send", "--user", "alice", "--lines", "#dev"], lines).status.success());
    let json = world.does(&["history", "--user", "bob", "#dev", "--json"]);
    let objects: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seqs: Vec<u64> = objects.iter().map(|object| object["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{json}");
    let said: Vec<(&str, &str)> = objects
        .iter()
        .filter(|object| object["kind"] == "posted")
        .map(|object| (object["from"].as_str().unwrap(), object["text"].as_str().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("alice", "hi"),
            ("bob", "-dashes are fine-"),
            ("bob", "all of\nstandard input"),
            ("alice", "one"),
            ("alice", "two"),
            ("alice", "three"),
        ]
    );
    assert!(objects.iter().all(|object| object["conversation"] == "#dev"));
    let at = objects[0]["at"].as_str().unwrap();
    assert!(at.len() == "2026-11-21T10:00:00.000Z".len() && at.ends_with('Z'), "{at}");

    let last = world.does(&["history", "--user", "bob", "#dev", "--limit", "2"]);
    let last: Vec<&str> = last.lines().map(|line| line.split(' ').next_back().unwrap()).collect();
    assert_eq!(last, ["two", "three"]);
    let first = world.does(&["history", "--user", "bob", "#dev", "--before", "3", "--json"]);
    assert_eq!(first.lines().count(), 2);
}

#[test]
fn much_history_comes_page_by_page() {
    let world = World::new();
    world.accounts(&["alice"]);
    let lines: String = (1..=700).map(|n| format!("{n}\n")).collect();
    assert!(world.run(&["send", "#big", "--lines"], &lines).status.success());
    let shown = world.does(&["history", "#big", "--limit", "650"]);
    let said: Vec<u32> =
        shown.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(said, (51..=700).collect::<Vec<u32>>());
    let before = world.does(&["history", "#big", "--limit", "300", "--before", "402"]);
    assert_eq!(before.lines().count(), 300);
    assert!(before.lines().last().unwrap().ends_with(" 400"));
}

#[test]
fn direct_conversations_are_named_by_the_other_side() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["send", "--user", "alice", "@bob", "hi"]);
    for (me, other) in [("alice", "@bob"), ("bob", "@alice")] {
        let line = world.does(&["history", "--user", me, other, "--json"]);
        let object: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
        assert_eq!(object["conversation"], other);
        assert_eq!(object["from"], "alice");
    }
}

#[test]
fn sending_to_a_group_one_is_not_in_asks_to_be_let_in_and_says_so() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut screen = crate::pty::Pty::client(&world, &["--user", "alice"], 80, 24);
    screen.shows("#lobby");
    screen.type_text("/create g1\r");
    screen.shows("─ #g1 ─");
    let told = world.fails(1, &["send", "--user", "bob", "#g1", "hi"]);
    assert!(told.contains("asked to let you in"), "{told}");
    screen.shows("bob asks to join #g1: /accept or /reject");
}

#[test]
fn tail_begins_at_a_moment_and_goes_on_from_there() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    for said in ["one", "two", "three"] {
        world.does(&["send", "--user", "alice", "#dev", said]);
    }
    world.does(&["send", "--user", "bob", "#dev", "four"]);
    let all = world.does(&["history", "--user", "bob", "#dev", "--json"]);
    let at = |said: &str| {
        let events = all.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let event = events.into_iter().find(|event| event["text"] == said).unwrap();
        event["at"].as_str().unwrap().to_owned()
    };
    let (since, later) = (at("two"), at("four"));
    assert!(since < later);
    let tail = world.lines(&["tail", "--user", "bob", "#dev", "--since", &since]);
    let said = |line: String| line.rsplit(' ').next().unwrap().to_owned();
    let first: Vec<String> = (0..2).map(|_| said(tail.next())).collect();
    assert_eq!(first, ["two", "three"]);
    let joined = tail.next();
    assert!(joined.ends_with("* bob joined"), "{joined}");
    assert_eq!(said(tail.next()), "four");
    world.does(&["send", "--user", "alice", "#dev", "five"]);
    assert_eq!(said(tail.next()), "five");
    // So long ago, here: everything; and what was never said is not waited for.
    let tail = world.lines(&["tail", "--user", "bob", "#dev", "--since", "2h"]);
    assert!(tail.next().ends_with("* alice made this"));
    let tail = world.lines(&["tail", "--user", "bob", "#dev", "--since", "2999-01-01"]);
    let mut said_since = 0;
    let first = loop {
        world.does(&["send", "--user", "alice", "#dev", "later"]);
        said_since += 1;
        if let Some(line) = tail.next_soon() {
            break line;
        }
    };
    assert!(first.ends_with("alice: later") && said_since > 0, "{first}");
    world.fails(2, &["tail", "--since", "whenever"]);
}

#[test]
fn all_of_a_conversation_is_exported_as_markdown_or_json() {
    let world = World::new();
    world.accounts(&["alice"]);
    let lines: String = (1..=450).map(|n| format!("line {n}\n")).collect();
    assert!(world.run(&["send", "#dev", "--lines"], &lines).status.success());
    let markdown = world.does(&["export", "#dev"]);
    assert!(markdown.starts_with("# #dev\n\n*"), "{}", &markdown[..80]);
    assert_eq!(markdown.lines().filter(|line| line.starts_with("**alice** #")).count(), 450);
    let said = markdown.lines().filter_map(|line| line.strip_prefix("line ")?.parse().ok());
    assert_eq!(said.collect::<Vec<u32>>(), (1..=450).collect::<Vec<_>>());
    let json = world.does(&["export", "#dev", "--json"]);
    let everything = world.does(&["history", "#dev", "--json", "--limit", "1000"]);
    assert_eq!(json, everything);
    assert_eq!(json.matches("\"posted\"").count(), 450);
    world.fails(2, &["export", "#dev", "--json", "--md"]);
}

#[test]
fn tail_prints_each_event_once_over_any_number_of_connections() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["send", "--user", "alice", "#dev", "before"]);
    world.does(&["send", "--user", "bob", "#dev", "before"]);
    let all = world.lines(&["tail", "--user", "bob", "--json"]);
    let dev = world.lines(&["tail", "--user", "bob", "#dev"]);
    let text = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        object["text"].as_str().unwrap_or("").to_owned()
    };
    // Both are there when both have shown something.
    let mut begun = 0;
    let mut heard = (None, None);
    while heard.0.is_none() || heard.1.is_none() {
        begun += 1;
        world.does(&["send", "--user", "alice", "#dev", &format!("begun {begun}")]);
        heard = (heard.0.or_else(|| all.next_soon()), heard.1.or_else(|| dev.next_soon()));
    }
    let next_all = || text(&all.next());
    for round in 0..3 {
        world.does(&["send", "--user", "alice", "#dev", &format!("in round {round}")]);
        world.does(&["send", "--user", "alice", "#lobby", &format!("beside {round}")]);
        world.does(&["send", "--user", "alice", "@bob", &format!("whispered {round}")]);
        // What was said while the connection was away comes in the order of each conversation, in no order of theirs.
        let mut said = Vec::new();
        while said.len() < 3 {
            said.extend(Some(next_all()).filter(|text| !text.starts_with("begun")));
        }
        said.sort();
        assert_eq!(said, ["beside", "in round", "whispered"].map(|what| format!("{what} {round}")));
        let mut line = dev.next();
        while line.contains("begun") {
            line = dev.next();
        }
        assert!(line.ends_with(&format!("#dev alice: in round {round}")), "{line}");
        world.stop();
        world.start();
    }
    let unread = crate::pty::Pty::client(&world, &["--user", "bob"], 80, 24);
    unread.shows("UNREAD");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let world = World::new();
    world.accounts(&["alice"]);
    let lines: String = (1..=300).map(|n| format!("{n} {}\n", "long ".repeat(200))).collect();
    assert!(world.run(&["send", "#big", "--lines"], &lines).status.success());
    let script = format!(
        "{{ {} history '#big' --limit 300; echo code=$? >&2; }} | head -n 1",
        env!("CARGO_BIN_EXE_im-client")
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .envs(world.environment())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim(), "code=0");
}

#[test]
fn a_broken_connection_loses_and_doubles_nothing_of_what_is_sent() {
    let mut world = World::new();
    world.accounts(&["alice", "bob"]);
    world.does(&["send", "--user", "bob", "#log", "begin"]);
    let tail = world.lines(&["tail", "--user", "bob", "#log", "--json"]);
    let mut send = world.lines(&["send", "--user", "alice", "#log", "--lines"]);
    let mut said = Vec::new();
    let wanted = |n: u32| format!("line {n}");
    for round in 0..4 {
        for n in round * 25 + 1..=round * 25 + 25 {
            send.feed(&format!("{}\n", wanted(n)));
        }
        // At the latest when something of this round is there, the connection is cut in the midst of it.
        let is_there = || {
            let history = world.does(&["history", "--user", "bob", "#log", "--limit", "200"]);
            history.contains(&wanted(round * 25 + 1))
        };
        let deadline = std::time::Instant::now() + crate::world::PATIENCE;
        while !is_there() {
            assert!(std::time::Instant::now() < deadline);
        }
        world.stop();
        world.start();
    }
    assert!(send.finish());
    while said.last() != Some(&wanted(100)) {
        let object: serde_json::Value = serde_json::from_str(&tail.next()).unwrap();
        said.extend(object["text"].as_str().filter(|text| text.starts_with("line")).map(ToOwned::to_owned));
    }
    let expected: Vec<String> = (1..=100).map(wanted).collect();
    let history = world.does(&["history", "--user", "bob", "#log", "--limit", "200"]);
    let kept: Vec<&str> =
        history.lines().filter_map(|line| line.split_once("alice: ").map(|(_, said)| said)).collect();
    assert_eq!(kept, expected);
    assert!(expected.ends_with(&said), "{said:?}");
}

#[test]
fn a_password_is_asked_for_where_none_is_given() {
    let world = World::new();
    let mut signup = crate::pty::Pty::client(&world, &["signup", "alice"], 80, 24);
    signup.shows("Password: ");
    signup.type_text("secret\r");
    signup.shows("Again: ");
    signup.type_text("other\r");
    let (code, said) = signup.ended();
    assert_eq!(code, 2);
    assert!(said.contains("the two passwords differ") && !said.contains("secret"));
    let mut signup = crate::pty::Pty::client(&world, &["signup", "alice"], 80, 24);
    signup.shows("Password: ");
    signup.type_text("secret\u{3}");
    let (code, said) = signup.ended();
    assert!(code == 130 && !said.contains("secret") && !said.contains("im-client:"), "{code}: {said}");
    let mut signup = crate::pty::Pty::client(&world, &["signup", "alice"], 80, 24);
    signup.shows("Password: ");
    // A script that answers before it is asked.
    signup.type_text("secret\rsecret\r");
    let (code, said) = signup.ended();
    assert!(code == 0 && said.contains("Again: ") && !said.contains("secret"), "{code}: {said}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "secret\n").unwrap();
    world.does(&["login", "alice", "--password-file", file.path().to_str().unwrap()]);
    world.fails(1, &["login", "alice"]);
}

#[test]
fn what_was_said_is_found_by_words_and_around_a_moment() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let lines: String = (1..=120).map(|number| format!("number {number}\n")).collect();
    assert!(world.run(&["send", "--user", "alice", "#dev", "--lines"], &lines).status.success());
    world.does(&["send", "--user", "alice", "@bob", "a number for bob"]);
    let found = world.does(&["search", "--user", "alice", "number", "--limit", "110"]);
    assert_eq!(found.lines().count(), 110, "more than one page");
    assert!(found.lines().next().unwrap().ends_with(" @bob alice: a number for bob"), "{found}");
    assert!(found.lines().nth(1).unwrap().ends_with(" #dev alice: number 120"), "{found}");
    let json = world.does(&["search", "--user", "alice", "numb*", "7", "--in", "#dev", "--json"]);
    let history = world.does(&["history", "--user", "alice", "#dev", "--limit", "200", "--json"]);
    assert!(json.lines().count() == 1 && history.contains(&json) && json.contains("number 7\""), "{json}");
    assert_eq!(world.does(&["search", "--user", "bob", "number"]).lines().count(), 1);
    assert_eq!(world.does(&["search", "--user", "bob", "--", "-number"]).lines().count(), 1);
    assert_eq!(world.does(&["search", "--user", "bob", "nothing"]), "");
    world.fails(2, &["search", "--user", "bob", " "]);
    world.fails(1, &["search", "--user", "bob", "x", "--in", "#dev"]);

    let first: serde_json::Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    let around = ["history", "--user", "alice", "#dev", "--around", first["at"].as_str().unwrap(), "--json"];
    assert_eq!(
        world.does(&around),
        history.lines().take(50).map(|line| format!("{line}\n")).collect::<String>()
    );
    let of_old =
        world.does(&["history", "--user", "alice", "#dev", "--around", "2001-02-03", "--limit", "300"]);
    assert_eq!(of_old.lines().count(), history.lines().count());
    let to_come = ["history", "--user", "alice", "#dev", "--around", "2100-01-01T12:00", "--limit", "1"];
    assert!(world.does(&to_come).ends_with("number 120\n"));
    world.fails(2, &["history", "--user", "alice", "#dev", "--around", "tomorrow"]);
}
