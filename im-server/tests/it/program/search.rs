//! The search index outlives the worst, and whether it is right is seen.

use std::collections::BTreeSet;
use std::path::Path;

use im_proto::{Reply, Request, Words};
use rusqlite::Connection;

use super::check::violated;
use crate::asks::{posted, say, sign_up};
use crate::daemon::Home;
use crate::harness::Native;

/// More than wait for the index together.
const MANY: u64 = 520;

fn found(native: &mut Native, words: &str) -> usize {
    let words = Words::parse(words).unwrap();
    match native.ask(Request::Search { words, of: None, before: None, limit: 100 }) {
        Ok(Reply::Found { found, .. }) => found.len(),
        other => panic!("{other:?}"),
    }
}

/// How far the index is filled, and how many messages are in it.
fn filled(database: &Connection) -> (u64, u64) {
    let sql = "SELECT position, (SELECT count(*) FROM search_content) FROM search_filled";
    database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

/// Waits until what was said first is in the index.
fn until_filled(file: &Path, native: &mut Native) {
    let database = Connection::open(file).unwrap();
    let waits = (0..100_000).take_while(|_| filled(&database).0 == 0);
    for _ in waits {
        native.ask(Request::Ping).unwrap();
    }
    assert!(filled(&database).0 > 0);
}

#[test]
fn a_server_that_was_killed_goes_on_with_the_index() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("foo")).unwrap();
    for number in 0..30 {
        posted(native.ask(say("#lobby", number, "early")));
    }
    daemon.stop("KILL");
    let file = home.path("data/im.sqlite");
    assert_eq!(filled(&Connection::open(&file).unwrap()), (0, 0), "nothing is in the index yet");

    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("bar")).unwrap();
    assert_eq!((found(&mut native, "early"), found(&mut native, "late")), (30, 0));
    for number in 0..MANY {
        posted(native.ask(say("#lobby", number, "late")));
    }
    until_filled(&file, &mut native);
    daemon.stop("KILL");
    let (position, messages) = filled(&Connection::open(&file).unwrap());
    assert!(messages < position, "events that are no messages are not in it");
    assert_eq!(violated(&home, "data"), BTreeSet::new());
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("neil")).unwrap();
    let page = 100;
    assert_eq!((found(&mut native, "early"), found(&mut native, "late")), (30, page));
}

/// A damage, and what is named because of it.
const DAMAGES: &[(&str, &[&str])] = &[
    ("DELETE FROM search WHERE rowid = 20", &["search"]),
    ("UPDATE search SET text = 'something else' WHERE rowid = 20", &["search"]),
    ("UPDATE search SET place = 'c2' WHERE rowid = 20", &["search"]),
    ("INSERT INTO search (rowid, place, text) VALUES (100000, 'c1', 'never said')", &["search"]),
    ("INSERT INTO search (rowid, place, text) VALUES (1, 'c1', 'not a message')", &["search"]),
    ("UPDATE search_filled SET position = 100000", &["search"]),
    ("DELETE FROM search_filled", &["search"]),
    ("INSERT INTO search_filled VALUES (0)", &["search"]),
    ("UPDATE events SET text = 'other' WHERE id = 20", &["search"]),
    ("UPDATE search_content SET c1 = 'unseen' WHERE id = 20", &["pages", "search"]),
    ("DELETE FROM search_docsize WHERE id = 20", &["pages"]),
    ("DROP TRIGGER search_forgets", &["schema"]),
];

#[test]
fn an_index_that_is_wrong_is_seen() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("foo")).unwrap();
    for number in 0..MANY {
        posted(native.ask(say("#lobby", number, &format!("word{number}"))));
    }
    let file = home.path("data/im.sqlite");
    until_filled(&file, &mut native);
    daemon.stop("TERM");
    assert_eq!(violated(&home, "data"), BTreeSet::new());
    for (damage, named) in DAMAGES {
        std::fs::create_dir_all(home.path("damaged")).unwrap();
        std::fs::copy(&file, home.path("damaged/im.sqlite")).unwrap();
        Connection::open(home.path("damaged/im.sqlite")).unwrap().execute_batch(damage).unwrap();
        let named: BTreeSet<String> = named.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(violated(&home, "damaged"), named, "{damage}");
        std::fs::remove_dir_all(home.path("damaged")).unwrap();
    }
}
