//! A database that is looked at: in use it is fine, and each kind of damage is named, and nothing else.

use std::collections::BTreeSet;
use std::thread;

use im_proto::Role;
use rusqlite::Connection;
use serde_json::Value;

use super::killed::{post, post_for_ever};
use crate::asks::{
    People, answer, answer_to, create, delete, edit, enter, invite, join, leave, mark, open, posted, react,
    reply, say, set_role, sign_up,
};
use crate::child::{Ended, Running};
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

/// `im-server check` of the data in a folder.
fn look(home: &Home, data: &str, args: &[&str]) -> Ended {
    let mut command = home.command(&["check", "--data-dir", data]);
    command.args(args);
    Running::to_end(command, b"")
}

/// The names of what is violated.
#[track_caller]
pub(super) fn violated(home: &Home, data: &str) -> BTreeSet<String> {
    let ended = look(home, data, &["--json"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
    let found = report["invariants"].as_array().unwrap().iter().filter(|found| found["violations"] != 0);
    let names: BTreeSet<_> = found.map(|found| found["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ended.code, Some(i32::from(!names.is_empty())), "{ended:?}");
    assert_eq!(report["ok"], names.is_empty(), "{ended:?}");
    names
}

/// Everything that people do, done.
fn in_use(home: &Home) -> Daemon {
    let daemon = home.start(&[]);
    let native = || Native::connect(daemon.addr());
    let names = ["ann", "bob", "cid", "dan"];
    let mut people = People(names.iter().map(|name| (*name, native())).collect());
    names.iter().for_each(|name| drop(people.of(name).ask(sign_up(name)).unwrap()));
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("ann", set_role("g", "bob", Role::Admin), "done"),
        ("ann", create("h"), "conversation"),
        ("ann", invite("h", "dan"), "done"),
        ("cid", join("g"), "asked"),
        ("dan", join("g"), "asked"),
        ("bob", answer_to("g", "dan", false), "done"),
        ("cid", enter("Räume"), "conversation"),
        ("dan", join("räume"), "conversation"),
        ("dan", create("z"), "conversation"),
        ("dan", leave("z"), "done"),
        ("dan", create("z"), "conversation"),
        ("cid", open("@ann"), "conversation"),
        ("ann", say("@ann", 1_000, "note"), "posted"),
    ]);
    for number in 0..10 {
        people.ask_all(vec![
            ("ann", say("#g", number, &format!("in g {number}")), "posted"),
            ("bob", say("@ann", number, "to ann"), "posted"),
            ("cid", say("#räume", number, "你好 👋"), "posted"),
        ]);
    }
    people.ask_all(vec![
        ("bob", mark("#g", 10), "done"),
        ("ann", mark("@bob", 7), "done"),
        ("ann", leave("g"), "done"), // bob owns it now
        ("cid", edit("#räume", 4, "hello"), "done"),
        ("cid", delete("#räume", 4), "done"),
        ("cid", reply("#räume", 10, "to what was there", 4), "posted"),
        ("cid", edit("#räume", 5, "hello again, @dan"), "done"),
        ("cid", react("#räume", 5, "👋", true), "done"),
        ("cid", react("#räume", 5, "👋", false), "done"),
        ("cid", say("#räume", 2_000, "@dan, and `@ann`"), "posted"),
    ]);
    guests(&daemon);
    daemon
}

/// A guest who whispers and then makes an account, and a pair of TinyChat's, one of whom never came.
fn guests(daemon: &Daemon) {
    let mut neil = Peer::connect(daemon.addr());
    neil.send("/username neil\n@ann psst\n/time\n");
    neil.until(" UTC");
    neil.send("/bye\n");
    neil.to_end();
    Native::connect(daemon.addr()).ask(sign_up("neil")).unwrap();
    let mut john = Peer::connect(daemon.addr());
    john.send("INIT:John:Marie\nhello Marie\n/time\n");
    john.until(" UTC");
    john.send("QUIT\n");
    john.to_end();
}

#[test]
fn a_database_in_use_is_fine_while_the_server_runs_and_after() {
    let home = Home::new();
    let daemon = in_use(&home);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    let stream = foo.peer().stream().try_clone().unwrap();
    let posting = thread::spawn(|| post_for_ever(stream));
    let reading = thread::spawn(move || while foo.next().is_some() {});
    for _ in 0..3 {
        let ended = look(&home, "data", &[]);
        assert_eq!((ended.err.as_str(), ended.code), ("", Some(0)), "{}", ended.out);
        assert!(ended.out.lines().rev().skip(1).all(|line| line.starts_with("ok     ")), "{}", ended.out);
        assert!(ended.out.ends_with("data/im.sqlite: fine\n"), "{}", ended.out);
    }
    daemon.stop("KILL");
    posting.join().unwrap();
    reading.join().unwrap();
    assert_eq!(violated(&home, "data"), BTreeSet::new());
    // It is as the killed server has left it, and the next one starts on it.
    home.start(&[]).stop("TERM");
    let file = home.path("data/im.sqlite");
    let before = std::fs::read(&file).unwrap();
    assert_eq!(violated(&home, "data"), BTreeSet::new());
    assert!(before == std::fs::read(&file).unwrap(), "it was only looked at");
    let daemon = home.start(&[]);
    let mut ann = Native::connect(daemon.addr());
    ann.ask(sign_up("bar")).unwrap();
    posted(ann.ask(post(1)));
}

/// A damage, and what is named because of it.
const DAMAGES: &[(&str, &str)] = &[
    ("DELETE FROM refinery_schema_history WHERE version = 2", "version"),
    ("INSERT INTO refinery_schema_history VALUES (99, 'of_tomorrow', '', '1')", "version"),
    ("UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1", "version"),
    ("DROP INDEX members_by_conversation", "schema"),
    ("DROP TABLE friends", "schema erased"),
    ("UPDATE events SET author = 999 WHERE conversation = 1 AND seq = 2", "references"),
    ("INSERT INTO hooks (hash, user, conversation, label, created) VALUES (x'00', 1, 999, 'x', 1)", "references"),
    ("DELETE FROM events WHERE conversation = $g AND seq = 3", "seqs"),
    ("DELETE FROM events WHERE conversation = $g AND seq = 1", "seqs"),
    ("UPDATE conversations SET head = head + 1 WHERE id = $g", "heads"),
    ("DELETE FROM events WHERE conversation = $g AND seq = (SELECT head FROM conversations WHERE id = $g)", "heads"),
    ("UPDATE events SET posts = posts + 1 WHERE conversation = $g AND seq = 12", "running-counts"),
    ("UPDATE conversations SET posts = posts + 1 WHERE id = $g", "posts"),
    ("UPDATE events SET at = 1 WHERE conversation = $g AND seq = 4", "times"),
    ("UPDATE conversations SET active = active + 1 WHERE id = $g", "active"),
    ("UPDATE conversations SET active = active + 1 WHERE head = 0", "active"),
    ("UPDATE events SET id = 100000 WHERE conversation = $g AND seq = 4", "positions"),
    ("UPDATE events SET text = '' WHERE conversation = $g AND seq = 12", "readable"),
    ("UPDATE events SET message = x'01' WHERE conversation = $g AND seq = 12", "readable"),
    ("UPDATE events SET role = 9 WHERE conversation = $g AND kind = 8", "readable"),
    ("UPDATE conversations SET members = members + 1 WHERE id = $g", "members"),
    ("INSERT INTO members (user, conversation, role, since, read) VALUES (1, 999, 0, 0, 0)", "memberships"),
    ("UPDATE members SET user = 999 WHERE conversation = 1 AND user = 1", "memberships"),
    ("UPDATE members SET role = 3 WHERE conversation = 1 AND user = 1", "memberships"),
    ("UPDATE members SET read = 1000 WHERE conversation = 1 AND user = 1", "marks"),
    ("UPDATE members SET synced = -1 WHERE conversation = 1 AND user = 1", "marks"),
    ("DELETE FROM mentions WHERE seq = 5", "mentions"),
    ("INSERT INTO mentions SELECT 3, conversation, seq, position FROM mentions WHERE seq = 19", "mentions"),
    ("UPDATE mentions SET position = position - 1 WHERE seq = 19", "mentions"),
    ("UPDATE members SET received = 1000 WHERE conversation = 1 AND user = 1", "marks"),
    ("UPDATE members SET hidden = 1000 WHERE conversation = 1 AND user = 1", "marks"),
    ("UPDATE conversations SET kind = 7 WHERE key = 'räume'", "kinds"),
    ("UPDATE conversations SET name = 'x' WHERE kind = 0 AND head = 0", "kinds"),
    ("UPDATE conversations SET key = NULL, look = NULL WHERE key = 'räume'", "kinds"),
    ("UPDATE conversations SET low = 1 WHERE id = $g", "kinds"),
    (
        "DELETE FROM members WHERE conversation = $d AND user = 1;
         UPDATE conversations SET members = members - 1 WHERE id = $d",
        "pairs",
    ),
    (
        "INSERT INTO members (user, conversation, role, since, read) VALUES (4, $d, 0, 0, 0);
         UPDATE conversations SET members = members + 1 WHERE id = $d",
        "pairs",
    ),
    ("INSERT INTO pending VALUES (2, $g, 1, 2, 5)", "pending"),
    ("UPDATE pending SET kind = 9", "pending"),
    ("UPDATE members SET role = 1 WHERE conversation = $g", "owners"),
    (
        "DROP INDEX events_by_message; UPDATE events SET message = (SELECT message FROM events WHERE conversation = $g
             AND seq = 12) WHERE conversation = $g AND seq = 13",
        "message-ids schema",
    ),
    ("UPDATE conversations SET forgotten = 12 WHERE id = $g", "forgotten"),
    ("UPDATE conversations SET forgotten = 1000 WHERE head = 0", "forgotten"),
    ("UPDATE users SET erased = 1, erasing = 0 WHERE id = 2", "erased"),
    (
        "INSERT INTO users (id, name, key, look, created, erased) VALUES (99, 'erased-99', 'erased-99', 'erased-99', 1, 2);
         UPDATE events SET author = 99 WHERE conversation = $g AND seq = 12",
        "erased",
    ),
    ("UPDATE events SET text = 'x' WHERE kind = 13", "messages"),
    ("UPDATE events SET about = 5 WHERE kind = 3", "messages"),
    ("UPDATE events SET about = 99 WHERE kind = 11", "abouts"),
    ("UPDATE events SET about = 1 WHERE kind = 11", "abouts"),
    ("UPDATE events SET kind = 1, text = 'x' WHERE kind = 13 AND message IS NOT NULL", "deletions"),
    ("UPDATE events SET kind = 9, text = 'x' WHERE kind = 13 AND message IS NULL", "deletions"),
    ("UPDATE events SET author = 1 WHERE kind = 9", "deletions mentions"),
    ("UPDATE users SET look = 'zzz' WHERE id = 2", "names"),
    ("UPDATE users SET key = 'bobby' WHERE id = 2", "names"),
    ("UPDATE users SET name = 'b' || char(27) || 'b' WHERE id = 2", "names readable"),
    ("UPDATE conversations SET look = NULL WHERE id = $g", "names"),
    // An index that has an entry too many.
    (
        "PRAGMA writable_schema = ON;
         CREATE TEMP TABLE kept AS SELECT * FROM main.sqlite_schema WHERE name = 'tokens_by_user';
         DELETE FROM main.sqlite_schema WHERE name = 'tokens_by_user';
         PRAGMA writable_schema = RESET;
         DELETE FROM tokens WHERE id = 1;
         PRAGMA writable_schema = ON;
         INSERT INTO main.sqlite_schema SELECT * FROM kept;
         PRAGMA writable_schema = RESET",
        "pages",
    ),
];

#[test]
fn each_damage_is_named_and_nothing_else() {
    let home = Home::new();
    in_use(&home).stop("TERM");
    let mut faults = Vec::new();
    for (number, (damage, wanted)) in DAMAGES.iter().enumerate() {
        let data = format!("damaged-{number}");
        std::fs::create_dir(home.path(&data)).unwrap();
        let file = home.path(&data).join("im.sqlite");
        std::fs::copy(home.path("data/im.sqlite"), &file).unwrap();
        let group = "(SELECT id FROM conversations WHERE key = 'g')";
        let direct = "(SELECT id FROM conversations WHERE low = 1 AND high = 2)";
        let connection = Connection::open(file).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        let before = connection.total_changes();
        connection.execute_batch(&damage.replace("$g", group).replace("$d", direct)).unwrap();
        assert!(connection.total_changes() > before || damage.starts_with("DROP"), "no damage: {damage}");
        drop(connection);
        let named = violated(&home, &data);
        if named != wanted.split(' ').map(str::to_owned).collect() {
            faults.push(format!("{damage}\n{named:?}\n{}", look(&home, &data, &[]).out));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn what_is_wrong_is_said_in_lines_and_in_json() {
    let home = Home::new();
    in_use(&home).stop("TERM");
    let connection = Connection::open(home.path("data/im.sqlite")).unwrap();
    let damage = "UPDATE conversations SET head = head + 1; UPDATE users SET name = char(27) || '[2J'";
    connection.execute_batch(damage).unwrap();
    let count: u64 =
        connection.query_row("SELECT count(*) FROM conversations", [], |row| row.get(0)).unwrap();
    drop(connection);
    let ended = look(&home, "data", &[]);
    assert_eq!((ended.err.as_str(), ended.code), ("", Some(1)));
    let means = "a conversation's head is the number of its newest event";
    let wanted =
        format!("WRONG  heads: {means}; violations: {count}\n       - conversation 1: says 6, it is 5\n");
    assert!(ended.out.contains(&wanted), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}'));
    assert_eq!(ended.out.lines().filter(|line| line.contains(": says ")).count(), 5);
    assert!(ended.out.ends_with("data/im.sqlite: damaged, or not of this version\n"), "{}", ended.out);
    let report: Value = serde_json::from_str(&look(&home, "data", &["--json"]).out).unwrap();
    let heads =
        report["invariants"].as_array().unwrap().iter().find(|found| found["name"] == "heads").unwrap();
    assert_eq!((&heads["violations"], &heads["means"]), (&count.into(), &means.into()));
    assert_eq!(heads["first"][0], "conversation 1: says 6, it is 5");
}

#[test]
fn what_cannot_be_looked_at_is_neither_fine_nor_wrong() {
    let home = Home::new();
    std::fs::create_dir(home.path("empty")).unwrap();
    for data in ["empty", "missing"] {
        let ended = look(&home, data, &[]);
        assert_eq!(ended.err, format!("Error: there is no database in the data folder {data}\n"));
        assert_eq!((ended.out.as_str(), ended.code), ("", Some(2)));
    }
    assert_eq!(home.path("empty").read_dir().unwrap().count(), 0);
    let ended = look(&home, "empty", &["--config", "missing.toml"]);
    assert!(ended.err.contains("missing.toml"), "{ended:?}");
    assert_eq!(ended.code, Some(2));
    // A file that is no database is damage, and so is one that was cut off.
    home.file("garbage/im.sqlite", &"no database at all ".repeat(1000));
    assert!(violated(&home, "garbage").contains("pages"));
    in_use(&home).stop("TERM");
    let file = std::fs::OpenOptions::new().write(true).open(home.path("data/im.sqlite")).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    assert!(violated(&home, "data").contains("pages"));
}
