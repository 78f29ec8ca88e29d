//! Whether names are compared, and looked at, as the code does it now.

use im_proto::{RoomName, UserName};
use rusqlite::Connection;

use super::Rule;
use crate::store::Invariant;

pub(super) const NAMES: Rule =
    ("names", "each name is one, and its key and look are what the code makes of it");

pub(super) fn names(moment: &Connection, [names]: &mut [Invariant; 1]) -> rusqlite::Result<()> {
    let of_user = |raw: &str| {
        let name = UserName::parse(raw).map_err(|error| error.to_string())?;
        Ok((name.key().to_owned(), name.look()))
    };
    each(moment, "SELECT 'user', id, name, key, look FROM users", of_user, names)?;
    let of_room = |raw: &str| {
        let name = RoomName::parse(raw).map_err(|error| error.to_string())?;
        Ok((name.key().to_owned(), name.look()))
    };
    // A group that everybody has left keeps its name and has given up key and look.
    let sql = "SELECT 'conversation', id, name, key, look FROM conversations
         WHERE name IS NOT NULL AND NOT (key IS NULL AND look IS NULL)";
    each(moment, sql, of_room, names)
}

fn each(
    moment: &Connection,
    sql: &str,
    made: impl Fn(&str) -> Result<(String, String), String>,
    names: &mut Invariant,
) -> rusqlite::Result<()> {
    let mut statement = moment.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (what, id, name): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (key, look): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        match made(&name) {
            Err(error) => names.violated(|| format!("{what} {id}, {name:?}: {error}")),
            Ok(made) if (key.as_ref(), look.as_ref()) == (Some(&made.0), Some(&made.1)) => {}
            Ok(made) => names.violated(|| {
                format!("{what} {id}, {name:?}: its key and look are {key:?} and {look:?}, not {made:?}")
            }),
        }
    }
    Ok(())
}
