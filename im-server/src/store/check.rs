//! What was found when a database was checked.

use std::fmt;
use std::path::PathBuf;

use im_proto::printable;
use serde::Serialize;

/// Most violations of one invariant that are described; all are counted.
const DESCRIBED_MAX: usize = 5;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Where.
    pub database: String,
    /// Everything holds.
    pub ok: bool,
    /// What must hold, in the order in which it was looked at. Where the schema is not this program's the rest is left out.
    pub invariants: Vec<Invariant>,
}

/// Something that must hold, and where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invariant {
    /// Its name, for scripts.
    pub name: &'static str,
    /// What it says.
    pub means: &'static str,
    /// How often it is violated.
    pub violations: u64,
    /// The first of the violations.
    pub first: Vec<String>,
}

/// Why nothing can be said about a database.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is none.
    #[error("there is no database in the data folder {}", .0.display())]
    NoDatabase(PathBuf),
    /// It cannot be read.
    #[error("cannot look at {}: {error}", file.display())]
    Look {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: String,
    },
}

impl Invariant {
    pub(super) fn new((name, means): (&'static str, &'static str)) -> Self {
        Self { name, means, violations: 0, first: Vec::new() }
    }

    /// One more violation. A damaged database may say anything: it reaches no terminal as it is.
    pub(super) fn violated(&mut self, description: impl FnOnce() -> String) {
        self.violations += 1;
        if self.first.len() < DESCRIBED_MAX {
            self.first.push(printable(&description()).to_string());
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Invariant { name, means, violations, first } in &self.invariants {
            if *violations == 0 {
                writeln!(f, "ok     {name}: {means}")?;
                continue;
            }
            writeln!(f, "WRONG  {name}: {means}; violations: {violations}")?;
            first.iter().try_for_each(|violation| writeln!(f, "       - {violation}"))?;
        }
        let verdict = if self.ok { "fine" } else { "damaged, or not of this version" };
        writeln!(f, "{}: {verdict}", self.database)
    }
}
