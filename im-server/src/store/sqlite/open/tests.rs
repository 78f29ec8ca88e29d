//! A database of an earlier version opens, and all that was in it is there.

use refinery::Target;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::*;

/// A row or more of everything that the first version kept.
const FIRST_VERSION: &str = "
    INSERT INTO users VALUES (1, 'Ann', 'ann', 'ann', '$argon2id$', 10), (2, 'bob', 'bob', 'bob', '$argon2id$', 11),
        (5, 'neil', 'neil', 'neil', NULL, 12);
    INSERT INTO tokens VALUES (x'02', 1, 22), (x'01', 1, 21), (x'03', 2, 20);
    INSERT INTO conversations VALUES (2, 0, NULL, NULL, NULL, 1, 2, 30, 3, 2, 2, 33, 0),
        (3, 1, 'g', 'g', 'g', NULL, NULL, 31, 1, 0, 1, 31, 0), (4, 0, NULL, NULL, NULL, 1, 5, 32, 0, 0, 2, 32, 1);
    INSERT INTO members VALUES (1, 2, 0, 30, 3, 0), (2, 2, 0, 30, 1, 0), (1, 3, 2, 31, 1, 0), (5, 4, 0, 32, 0, 0),
        (1, 4, 0, 32, 0, 0), (1, 1, 0, 10, 0, 0);
    INSERT INTO pending VALUES (2, 3, 0, 1, 31);
    INSERT INTO events VALUES (1, 2, 1, 30, 1, 0, 1, 1, NULL, NULL, x'0A', 'hi'),
        (2, 3, 1, 31, 1, 0, 0, 0, NULL, NULL, NULL, NULL), (3, 2, 2, 33, 2, 0, 1, 2, NULL, NULL, x'0B', 'ho'),
        (9, 2, 3, 33, 2, 1, 8, 2, 1, 2, NULL, NULL);
";

/// The tables of the first version, with their columns.
const TABLES: &[(&str, &str)] = &[
    ("users", "id, name, key, look, password, created"),
    ("tokens", "hash, user, created"),
    ("conversations", "id, kind, name, key, look, low, high, created, head, posts, members, active, awaited"),
    ("members", "user, conversation, role, since, read, hidden"),
    ("pending", "user, conversation, kind, by, at"),
    ("events", "id, conversation, seq, at, author, guest, kind, posts, subject, role, message, text"),
];

fn table(connection: &Connection, name: &str, columns: &str) -> Vec<Vec<Value>> {
    let mut all = connection.prepare(&format!("SELECT {columns} FROM {name} ORDER BY {columns}")).unwrap();
    let width = all.column_count();
    all.query_map([], |row| (0..width).map(|column| row.get(column)).collect())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn all(connection: &Connection) -> Vec<Vec<Vec<Value>>> {
    TABLES.iter().map(|(name, columns)| table(connection, name, columns)).collect()
}

fn first_version(file: &Path) -> Connection {
    let mut connection = Connection::open(file).unwrap();
    settle(&connection, Durability::Full).unwrap();
    schema::migrations::runner().set_target(Target::Version(1)).run(&mut connection).unwrap();
    connection.execute_batch(FIRST_VERSION).unwrap();
    connection
}

#[test]
fn a_database_of_the_first_version_opens_and_has_all_rows() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    let before = first_version(&file);
    let names = table(&before, "sqlite_schema", "name, type");
    let names = names.iter().filter(|row| row[1] == Value::from("table".to_owned()));
    assert_eq!(names.count(), TABLES.len() + 1, "each table, and refinery's");
    let rows = all(&before);
    assert!(rows.iter().all(|rows| !rows.is_empty()));
    drop(before);

    // Twice: the second time there is nothing to do.
    for _ in 0..2 {
        let after = for_writing(&file, 0, Durability::Full).unwrap();
        assert_eq!(all(&after), rows);
        let numbers = table(&after, "tokens", "id, hash, label");
        let number = |id: i64, hash: u8| vec![Value::from(id), Value::Blob(vec![hash]), Value::Null];
        assert_eq!(
            numbers,
            [number(1, 3), number(2, 1), number(3, 2)],
            "numbered in the order of their making"
        );
        for member in table(&after, "members", "read, synced") {
            assert_eq!(member[0], member[1]);
        }
        assert_eq!(table(&after, "pragma_foreign_key_check", "parent"), Vec::<Vec<Value>>::new());
        assert_eq!(
            table(&after, "pragma_integrity_check", "integrity_check"),
            [[Value::from("ok".to_owned())]]
        );
    }
}

#[test]
fn a_full_database_gets_the_newest_schema_nevertheless() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    let before = first_version(&file);
    let pages: u64 = before.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let page: u64 = before.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let rows = all(&before);
    drop(before);
    let after = for_writing(&file, pages * page, Durability::Full).unwrap();
    assert_eq!(all(&after), rows);
}

#[test]
fn the_number_of_a_token_is_never_another_tokens() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("im.sqlite");
    drop(first_version(&file));
    let connection = for_writing(&file, 0, Durability::Full).unwrap();
    connection.execute_batch("DELETE FROM tokens WHERE id = 3").unwrap();
    connection.execute_batch("INSERT INTO tokens (hash, user, created) VALUES (x'04', 1, 40)").unwrap();
    assert_eq!(table(&connection, "tokens", "id")[2], [Value::from(4)]);
}
