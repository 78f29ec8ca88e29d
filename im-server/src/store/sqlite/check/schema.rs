//! Whether the schema is the one that this program makes.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::Rule;
use crate::store::Invariant;
use crate::store::sqlite::mentions;
use crate::store::sqlite::open::migrations;

pub(super) const VERSION: Rule = ("version", "the schema is of this program's version");
pub(super) const SCHEMA: Rule =
    ("schema", "tables, columns, indexes and triggers are as this program makes them");

/// Whether the migrations of this program, and no others, were run.
pub(super) fn version(moment: &Connection, [version]: &mut [Invariant; 1]) -> rusqlite::Result<()> {
    let sql = "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
    let mut statement = moment.prepare(sql)?;
    let ran: BTreeSet<(i64, String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let runner = migrations();
    let ours: BTreeSet<(i64, String, String)> = runner
        .get_migrations()
        .iter()
        .map(|ours| (ours.version().into(), ours.name().to_owned(), ours.checksum().to_string()))
        .collect();
    for (number, name, _) in ours.difference(&ran) {
        version.violated(|| format!("{number}, {name}, was not run: a start of this im-server does it"));
    }
    for (number, name, _) in ran.difference(&ours) {
        version.violated(|| format!("{number}, {name}, is unknown: another im-server made it"));
    }
    Ok(())
}

/// What makes up a schema, one line each. Not its text: that depends on the version of SQLite that wrote it.
const PARTS: &str = r#"
    SELECT 'the column ' || t.name || '.' || c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '')
    FROM pragma_table_list t, pragma_table_xinfo(t.name) c
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT GLOB 'sqlite_*'
    UNION ALL
    SELECT iif(i."unique", 'the unique', 'an') || ' index of ' || t.name || ' by '
        || (SELECT group_concat(p.name, ', ' ORDER BY p.seqno) FROM pragma_index_info(i.name) p)
        || iif(i.partial, ', of some rows', '')
    FROM pragma_table_list t, pragma_index_list(t.name) i
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT GLOB 'sqlite_*'
    UNION ALL
    SELECT 'the trigger ' || name FROM sqlite_schema WHERE type = 'trigger'
    UNION ALL
    SELECT 'the search index ' || name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'"#;

/// Whether all is there. What somebody has added does no harm.
pub(super) fn schema(moment: &Connection, [schema]: &mut [Invariant; 1]) -> rusqlite::Result<()> {
    let model = Connection::open_in_memory()?;
    mentions::teach(&model)?;
    let runner = migrations();
    let mut in_order: Vec<_> = runner.get_migrations().iter().collect();
    in_order.sort_by_key(|migration| migration.version()); // not 10 before 2
    for migration in in_order {
        model.execute_batch(migration.sql().unwrap_or_default())?;
    }
    for missing in parts(&model)?.difference(&parts(moment)?) {
        schema.violated(|| format!("{missing}, is missing"));
    }
    Ok(())
}

fn parts(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    connection.prepare(PARTS)?.query_map([], |row| row.get(0))?.collect()
}
