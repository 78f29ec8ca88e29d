//! A database of any earlier version opens, and all that was in it is there; also when the power of a start that brings
//! it up to date is cut. One of a later version is left alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use im_proto::{Address, Body, Page, Seq, Timestamp, UserId};
use refinery::Target;
use rusqlite::types::Value;
use tempfile::TempDir;

use crate::machine::Machine;
use crate::store::{Access, Account, Store, check};

use super::*;

/// What is put into a database when it has got that version: so that there is a row or more in every table. Whoever adds a
/// table adds a row here.
const FILLINGS: &[(u32, &str)] = &[
    (
        1,
        "INSERT INTO users VALUES (1, 'Ann', 'ann', 'ann', '$argon2id$', 10), (2, 'bob', 'bob', 'bob', '$argon2id$', 11),
             (5, 'neil', 'neil', 'neil', NULL, 12);
         INSERT INTO tokens VALUES (x'02', 1, 22), (x'01', 1, 21), (x'03', 2, 20);
         INSERT INTO conversations VALUES (2, 0, NULL, NULL, NULL, 1, 2, 30, 2, 2, 2, 33, 0),
             (3, 1, 'g', 'g', 'g', NULL, NULL, 31, 2, 0, 1, 34, 0), (4, 0, NULL, NULL, NULL, 1, 5, 32, 1, 1, 2, 35, 1);
         UPDATE conversations SET head = 1, members = 1, active = 20 WHERE id = 1;
         INSERT INTO members VALUES (1, 2, 0, 30, 2, 0), (2, 2, 0, 30, 1, 0), (1, 3, 2, 31, 1, 0), (5, 4, 0, 32, 0, 1),
             (1, 4, 0, 32, 0, 0), (1, 1, 0, 10, 0, 0);
         INSERT INTO pending VALUES (2, 3, 0, 1, 34);
         INSERT INTO events VALUES (1, 1, 1, 20, 1, 0, 2, 0, NULL, NULL, NULL, NULL),
             (2, 2, 1, 30, 1, 0, 1, 1, NULL, NULL, x'0A0000000000000000000000000000AA', 'hi'),
             (3, 3, 1, 31, 1, 0, 0, 0, NULL, NULL, NULL, NULL),
             (4, 2, 2, 33, 2, 0, 1, 2, NULL, NULL, x'0B0000000000000000000000000000BB', 'ho'),
             (5, 3, 2, 34, 1, 0, 4, 0, 2, NULL, NULL, NULL),
             (9, 4, 1, 35, 5, 1, 1, 1, NULL, NULL, x'0C0000000000000000000000000000CC', 'psst');",
    ),
    (
        2,
        "INSERT INTO tokens (hash, user, label, created) VALUES (x'04', 2, 'builds', 40);
         INSERT INTO hooks (hash, user, conversation, label, created) VALUES (x'05', 1, 3, 'green', 41);
         INSERT INTO friends (user, friend, since) VALUES (1, 2, 42);
         UPDATE members SET synced = 1 WHERE conversation = 2;",
    ),
    (
        3,
        "INSERT INTO events VALUES
             (10, 3, 3, 50, 1, 0, 1, 1, NULL, NULL, x'0D0000000000000000000000000000DD', 'said', NULL),
             (11, 3, 4, 51, 1, 0, 9, 1, NULL, NULL, NULL, 'said better', 3);
         UPDATE conversations SET head = 4, posts = 1, active = 51 WHERE id = 3;",
    ),
    (
        6,
        "INSERT INTO users (id, name, key, look, created, erased) VALUES (7, 'erased-7', 'erased-7', 'erased-7', 60, 61);
         INSERT INTO erased_names VALUES (x'06');
         UPDATE conversations SET retention_days = 30 WHERE id = 3;",
    ),
    (
        7,
        "INSERT INTO members (user, conversation, role, since, read) VALUES (5, 3, 0, 40, 0);
         UPDATE conversations SET head = 5, posts = 2, members = 2, active = 70 WHERE id = 3;
         INSERT INTO events VALUES (12, 3, 5, 70, 1, 0, 1, 2, NULL, NULL, x'0E0000000000000000000000000000EE', '@neil', NULL);
         INSERT INTO mentions VALUES (5, 3, 5, 12);",
    ),
    (
        8,
        "UPDATE users SET suspended = 80 WHERE id = 5;
         INSERT INTO invitations (hash, uses, created, expires) VALUES (x'08', 3, 80, 90);
         INSERT INTO codes VALUES (2, x'09', 1, 7);
         INSERT INTO recovery_codes VALUES (2, x'0a');",
    ),
    (
        9,
        "INSERT INTO sanctions VALUES (3, 2, 0, 0, 1, 80, NULL, 'spam'), (1, 2, 1, 0, 1, 81, 999, NULL);
         INSERT INTO site_sanctions VALUES (0, '192.0.2.7', 0, NULL, 1, 82, 999, 'flood');
         INSERT INTO slow_posts VALUES (1, '2', 83);
         INSERT INTO audit (at, by, site, deed, user, conversation) VALUES (80, 1, '127.0.0.1', 'ban', 2, 3);
         UPDATE users SET operator = 1 WHERE id = 1;
         UPDATE conversations SET topic = 'tests', topic_by = 1 WHERE id = 3;
         UPDATE conversations SET moderated = 1 WHERE id IN (1, 3);",
    ),
];

/// A table with its columns, and all its rows.
type Contents = Vec<(String, String, Vec<Vec<Value>>)>;

fn versions() -> Vec<u32> {
    let mut all: Vec<u32> =
        migrations().get_migrations().iter().map(|known| known.version().try_into().unwrap()).collect();
    all.sort_unstable();
    all
}

/// A database as that version left it.
fn of_version(version: u32, file: &Path) -> Connection {
    let mut connection = Connection::open(file).unwrap();
    settle(&connection, Durability::Full).unwrap();
    for next in versions().into_iter().filter(|next| *next <= version) {
        let target = Target::Version(next.try_into().unwrap());
        migrations().set_target(target).run(&mut connection).unwrap();
        for (_, filling) in FILLINGS.iter().filter(|(filled, _)| *filled == next) {
            connection.execute_batch(filling).unwrap();
        }
    }
    connection
}

fn table(connection: &Connection, name: &str, columns: &str) -> Vec<Vec<Value>> {
    let mut all = connection.prepare(&format!("SELECT {columns} FROM {name} ORDER BY {columns}")).unwrap();
    let width = all.column_count();
    all.query_map([], |row| (0..width).map(|column| row.get(column)).collect())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// Everything that is ours.
fn contents(connection: &Connection) -> Contents {
    let sql = "SELECT t.name, (SELECT group_concat(c.name, ', ') FROM pragma_table_info(t.name) c)
         FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table'
         AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB 'refinery_*' ORDER BY t.name";
    let mut tables = connection.prepare(sql).unwrap();
    let tables = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let rows = tables.map(|found: rusqlite::Result<(String, String)>| {
        let (name, columns) = found.unwrap();
        let rows = table(connection, &name, &columns);
        (name, columns, rows)
    });
    rows.collect()
}

#[track_caller]
fn has_all(connection: &Connection, before: &Contents, what: &str) {
    for (name, columns, rows) in before {
        assert_eq!(table(connection, name, columns), *rows, "{what}: {name}");
    }
}

#[tokio::test]
async fn a_database_of_each_version_opens_has_all_rows_and_is_served() {
    for version in versions() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("im.sqlite");
        let connection = of_version(version, &file);
        let before = contents(&connection);
        for (name, _, rows) in &before {
            assert!(!rows.is_empty(), "version {version}: nothing is in {name}, see FILLINGS");
        }
        drop(connection);
        // Twice: the second time there is nothing to do.
        for _ in 0..2 {
            let after = for_writing(&file, 0, Durability::Full).unwrap();
            has_all(&after, &before, &format!("version {version}"));
        }
        let report = check(folder.path()).unwrap();
        assert!(report.ok, "version {version}: {report}");
        let store = Store::open(folder.path(), 0, Durability::Full, Box::new(drop), Machine::REAL).unwrap();
        let bob = Account { id: UserId(2), name: "bob".parse().unwrap(), guest: false };
        let ann = Address::User("ann".parse().unwrap());
        let allow = Access { rule: |_| Ok(()), now: Timestamp(1) };
        let page = store.history(bob, ann, Page::After(Seq::ZERO), 200, allow).await.unwrap();
        let said = page.events.iter().filter_map(|entry| match &entry.event().body {
            Body::Posted { text, .. } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(said.collect::<Vec<_>>(), ["hi", "ho"]);
        assert!(store.close().await);
    }
}

#[test]
fn tokens_were_numbered_and_mailboxes_begin_where_was_read() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    drop(of_version(1, &file));
    let after = for_writing(&file, 0, Durability::Full).unwrap();
    let number = |id: i64, hash: u8| vec![Value::from(id), Value::Blob(vec![hash]), Value::Null];
    let numbers = table(&after, "tokens", "id, hash, label");
    assert_eq!(numbers, [number(1, 3), number(2, 1), number(3, 2)], "in the order of their making");
    for member in table(&after, "members", "read, synced") {
        assert_eq!(member[0], member[1]);
    }
    // The number of a token is never another token's.
    after.execute_batch("DELETE FROM tokens WHERE id = 3").unwrap();
    after.execute_batch("INSERT INTO tokens (hash, user, created) VALUES (x'04', 1, 40)").unwrap();
    assert_eq!(table(&after, "tokens", "id")[2], [Value::from(4)]);
}

#[test]
fn what_was_said_before_there_were_mentions_mentions_who_was_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    let connection = of_version(6, &file);
    // In the group 3 ann speaks to bob, who is in it since 60, and to the erased one, who comes at 73. 2 is between ann and bob.
    connection
        .execute_batch(
            "INSERT INTO members (user, conversation, role, since, read) VALUES (2, 3, 0, 60, 5), (5, 3, 0, 73, 0);
             UPDATE conversations SET head = 9, posts = 5, members = 3, active = 75 WHERE id = 3;
             INSERT INTO events VALUES
                 (12, 3, 5, 59, 1, 0, 1, 2, NULL, NULL, x'01', '@bob, before he came', NULL),
                 (13, 3, 6, 71, 1, 0, 1, 3, NULL, NULL, x'02', '@BOB @Ann @neil', NULL),
                 (14, 3, 7, 72, 1, 0, 1, 4, NULL, NULL, x'03', 'nobody yet', NULL),
                 (15, 3, 8, 74, 1, 0, 9, 4, NULL, NULL, NULL, 'now @bob', 7),
                 (16, 3, 9, 75, 1, 0, 1, 5, NULL, NULL, x'04', 'bob@example.org @neil', NULL),
                 (17, 2, 3, 76, 1, 0, 1, 3, NULL, NULL, x'05', '@bob', NULL);
             UPDATE conversations SET head = 3, posts = 3, active = 76 WHERE id = 2;",
        )
        .unwrap();
    drop(connection);
    let after = for_writing(&file, 0, Durability::Full).unwrap();
    let row = |user: i64, seq: i64, position: i64| [user, 3, seq, position].map(Value::from).to_vec();
    let wanted = [row(2, 6, 13), row(2, 7, 14), row(5, 9, 16)];
    assert_eq!(table(&after, "mentions", "user, conversation, seq, position"), wanted);
}

/// At many moments on the way the files are copied as a process that is killed leaves them.
#[test]
fn a_migration_that_is_killed_leaves_the_old_schema_or_the_new_one() {
    let (folder, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = folder.path().join("im.sqlite");
    let mut connection = of_version(1, &file);
    // Enough that it does not fit the memory that it gets, and is written before it is committed.
    connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
             INSERT INTO tokens SELECT CAST('token ' || i AS BLOB), 1, i FROM n;
             PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 1;",
        )
        .unwrap();
    let before = contents(&connection);
    let taken = Arc::new(Mutex::new(Vec::new()));
    let copy = {
        let (taken, from, to) = (Arc::clone(&taken), folder.path().to_owned(), copies.path().to_owned());
        move || {
            let mut taken = taken.lock().unwrap();
            let into = to.join(taken.len().to_string());
            std::fs::create_dir(&into).unwrap();
            for name in ["im.sqlite", "im.sqlite-wal"] {
                std::fs::copy(from.join(name), into.join(name)).unwrap();
            }
            taken.push(into);
            false // go on
        }
    };
    connection.progress_handler(50, Some(copy)).unwrap();
    migrations().run(&mut connection).unwrap();
    connection.progress_handler(0, None::<fn() -> bool>).unwrap();
    has_all(&connection, &before, "not killed");
    drop(connection);

    let (mut found, mut half_written) = (BTreeSet::new(), 0);
    let taken = std::mem::take(&mut *taken.lock().unwrap());
    for killed in taken {
        let file = killed.join("im.sqlite");
        half_written += u32::from(file.with_extension("sqlite-wal").metadata().unwrap().len() > 0);
        found.insert(version(&for_reading(&file).unwrap()).unwrap().unwrap());
        let after = for_writing(&file, 0, Durability::Full).unwrap();
        has_all(&after, &before, &killed.display().to_string());
        drop(after);
        let report = check(&killed).unwrap();
        assert!(report.ok, "{report}");
        std::fs::remove_dir_all(killed).unwrap();
    }
    assert!(found.len() > 1 && found.contains(&1), "killed at versions {found:?}");
    assert!(half_written > 5, "{half_written}");
}

#[test]
fn a_full_database_gets_the_newest_schema_nevertheless() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    let connection = of_version(1, &file);
    let pages: u64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let page: u64 = connection.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let before = contents(&connection);
    drop(connection);
    let after = for_writing(&file, pages * page, Durability::Full).unwrap();
    has_all(&after, &before, "full");
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    let newest = *versions().last().unwrap();
    let connection = of_version(newest, &file);
    let sql = "INSERT INTO refinery_schema_history VALUES (?1, 'of_tomorrow', '2030-01-01T00:00:00Z', '1')";
    connection.execute(sql, [newest + 1]).unwrap();
    drop(connection);
    let before = std::fs::read(&file).unwrap();
    let Err(refused) = Store::open(folder.path(), 0, Durability::Full, Box::new(drop), Machine::REAL) else {
        panic!()
    };
    let told =
        format!("is of a newer im-server: its schema is {}, this one knows up to {newest}", newest + 1);
    assert!(refused.to_string().ends_with(&told), "{refused}");
    assert!(before == std::fs::read(&file).unwrap());
}
