//! What is handed out to a user of all that is kept about them, and why it is not.

use std::path::PathBuf;

use im_proto::{Address, ConversationId, Seq, UserName};

use super::BackupError;

/// What comes next in an export.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Next {
    /// The account, and what hangs on it.
    #[default]
    Account,
    /// The conversation after this one.
    Conversation(ConversationId),
    /// The events of a conversation after this one.
    Events(ConversationId, Address, Seq),
}

/// Some lines of an export.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// One JSON object each.
    pub(crate) lines: Vec<u8>,
    /// Nothing where it was the last piece.
    pub(crate) next: Option<Next>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no database, or there cannot be such a file.
    #[error(transparent)]
    File(#[from] BackupError),
    /// The database is not this program's.
    #[error(
        "the database has another schema than this im-server's: a start of im-server brings an older one up to date"
    )]
    Version,
    /// There is no such account.
    #[error("there is no account {0}")]
    NoSuchUser(UserName),
    /// The database cannot be read, or the file cannot be written.
    #[error("cannot export to {}: {error}; nothing was left there", to.display())]
    Write {
        /// Which file.
        to: PathBuf,
        /// Why.
        error: String,
    },
}
