//! The search index, held against the log. Whether the index agrees with its own copy of the texts is SQLite's to say.

use rusqlite::{Connection, Row};

use super::Rule;
use crate::store::Invariant;
use crate::store::sqlite::search::{place, spaced};

pub(super) const SEARCH: Rule =
    ("search", "what can be searched for is what is said, as far as the index was filled");

/// Each message up to where the index was filled, with what it said then, and what the index has of it. 1 is a message, 9
/// an edit.
pub(super) const SELECT_MESSAGES: &str = "SELECT e.id, e.conversation, ifnull((SELECT a.text FROM events a
            WHERE a.conversation = e.conversation AND a.about = e.seq AND a.kind = 9 AND a.author = e.author
            AND a.id <= (SELECT position FROM search_filled) ORDER BY a.id DESC LIMIT 1), e.text), s.c0, s.c1
     FROM events e LEFT JOIN search_content s ON s.id = e.id
     WHERE e.kind = 1 AND e.id <= (SELECT position FROM search_filled)";

/// What is there and should not be.
pub(super) const SELECT_STRAY: &str =
    "SELECT format('event %d: is in the index and is no message', s.id)
     FROM search_filled f CROSS JOIN search_content s LEFT JOIN events e ON e.id = s.id
     WHERE s.id > f.position OR e.kind IS NOT 1
     UNION ALL
     SELECT format('it says that it was filled up to %d', f.position) FROM search_filled f
     WHERE f.position NOT BETWEEN 0 AND (SELECT ifnull(max(id), 0) FROM events)
     UNION ALL
     SELECT format('it says %d times how far it was filled', count(*)) FROM search_filled HAVING count(*) != 1";

pub(super) fn search(moment: &Connection, [search]: &mut [Invariant; 1]) -> rusqlite::Result<()> {
    super::facts::each_row(moment, SELECT_STRAY, search)?;
    let mut statement = moment.prepare(SELECT_MESSAGES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(fault) = fault(row)? {
            let position: i64 = row.get(0)?;
            search.violated(|| format!("event {position}: {fault}"));
        }
    }
    Ok(())
}

fn fault(row: &Row<'_>) -> rusqlite::Result<Option<&'static str>> {
    let (Some(place_there), Some(there)) =
        (row.get::<_, Option<String>>(3)?, row.get::<_, Option<String>>(4)?)
    else {
        return Ok(Some("is not in the index"));
    };
    let text: String = row.get(2)?;
    Ok(if place_there != place(row.get(1)?) {
        Some("is in the index as part of another conversation")
    } else if there != spaced(&text) {
        Some("says something else in the index")
    } else {
        None
    })
}
