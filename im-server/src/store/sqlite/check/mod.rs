//! Whether a database is what the code makes: SQLite's own checks, then what must hold of the rows. It reads, in one
//! transaction and row by row, so that a server may run meanwhile and the size of the file does not matter.
//!
//! A violation is named once where that can be: what follows from one that was named is not named again.

mod facts;
mod logs;
mod names;
mod schema;
mod search;

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use crate::store::{CheckError, CheckReport, Invariant};

use super::{DATABASE, open};

#[cfg(test)]
mod tests;

/// A name for scripts, and what must hold.
type Rule = (&'static str, &'static str);

/// Looks at all of a data folder's database.
pub(crate) fn check(folder: &Path) -> Result<CheckReport, CheckError> {
    let file = folder.join(DATABASE);
    if !file.is_file() {
        return Err(CheckError::NoDatabase(folder.to_owned()));
    }
    let invariants = match open::for_reading(&file).and_then(|connection| invariants(&connection)) {
        Ok(invariants) => invariants,
        Err(error) if is_damage(&error) => {
            let mut pages = Invariant::new(facts::PAGES);
            pages.violated(|| format!("the file cannot be read: {error}"));
            vec![pages]
        }
        Err(error) => return Err(CheckError::Look { file, error: error.to_string() }),
    };
    let ok = invariants.iter().all(|invariant| invariant.violations == 0);
    Ok(CheckReport { database: file.display().to_string(), ok, invariants })
}

fn invariants(connection: &Connection) -> rusqlite::Result<Vec<Invariant>> {
    let moment = &connection.unchecked_transaction()?;
    let mut found = Vec::new();
    pass(moment, &mut found, [schema::VERSION], schema::version)?;
    let known = found.iter().all(|invariant| invariant.violations == 0);
    for (rule, sql) in facts::OF_SQLITE {
        pass(moment, &mut found, [*rule], |moment, [invariant]| facts::each_row(moment, sql, invariant))?;
    }
    // What another version means by its rows is not for this one to say.
    if known {
        pass(moment, &mut found, [schema::SCHEMA], schema::schema)?;
        pass(moment, &mut found, logs::RULES, logs::logs)?;
        pass(moment, &mut found, [logs::READABLE], logs::readable)?;
        for (rule, sql) in facts::OF_OURS {
            pass(moment, &mut found, [*rule], |moment, [invariant]| facts::each_row(moment, sql, invariant))?;
        }
        pass(moment, &mut found, [names::NAMES], names::names)?;
        pass(moment, &mut found, [search::SEARCH], search::search)?;
    }
    Ok(found)
}

/// Looks once at what some rules are about. A database that cannot be read further on the way violates the first of them;
/// what was found until then stands.
fn pass<const N: usize>(
    moment: &Connection,
    found: &mut Vec<Invariant>,
    rules: [Rule; N],
    look: impl FnOnce(&Connection, &mut [Invariant; N]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut invariants = rules.map(Invariant::new);
    if let Err(error) = look(moment, &mut invariants) {
        if !is_damage(&error) {
            return Err(error);
        }
        invariants[0].violated(|| format!("cannot be read further: {error}"));
    }
    found.extend(invariants);
    Ok(())
}

/// Whether an error tells of the database, and not of the machine or the moment.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        // A statement that does not fit the schema is of no special kind.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => true,
        Some(_) => false,
        None => true, // a value that is not what its column holds
    }
}
