//! Why there is no copy of the database.

use std::path::PathBuf;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no database in the data folder {}", .0.display())]
    NoDatabase(PathBuf),
    /// What is there is not replaced.
    #[error("{} is there already, and is not replaced", .0.display())]
    Exists(PathBuf),
    /// There cannot be such a file.
    #[error("cannot make {}: {error}", to.display())]
    Place {
        /// Which file.
        to: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The database cannot be read, or the copy cannot be written.
    #[error("cannot copy the database to {}: {error}; nothing was left there", to.display())]
    Copy {
        /// Which file.
        to: PathBuf,
        /// Why.
        error: String,
    },
    /// It was told to stop.
    #[error("interrupted; nothing was left at {}", .0.display())]
    Interrupted(PathBuf),
}
