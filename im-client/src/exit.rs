//! How a run ends badly, and the exit code that says so.

use std::io;
use std::process::ExitCode;

use im_proto::{Refusal, UserName};

use crate::connection::ConnectionError;

/// What `--help` says about exit codes.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused by the server, or failed
  2  the command line, a name or a password is not usable
  3  no connection to the server
  4  not signed in
  129, 130, 143  ended by SIGHUP, SIGINT, SIGTERM";

/// Why a run ended badly.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for on the command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The server does not do it.
    #[error("{0}")]
    Refused(Refusal),
    /// Something else is in the way.
    #[error("{0}")]
    Failed(String),
    /// Nobody is there, or nobody whom this client understands.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// This device has no sign-in that the server takes.
    #[error("not signed in at {server}: im-client login {}", name.as_ref().map_or("NAME", UserName::as_str))]
    NotSignedIn {
        /// At which server.
        server: String,
        /// As whom one meant to be.
        name: Option<UserName>,
    },
    /// A file, the terminal or standard input or output cannot be used.
    #[error("{what}: {error}")]
    Io {
        /// Which.
        what: String,
        /// What the system says.
        error: io::Error,
    },
    /// A signal asked for the end.
    #[error("ended by signal {0}")]
    Signal(u8),
}

impl Failure {
    /// Says what an error of the system was about.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }

    /// Whether there is nothing to tell: the reader of standard output has gone, or a signal asked for the end.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Io { error, .. } => error.kind() == io::ErrorKind::BrokenPipe,
            Self::Signal(_) => true,
            _ => false,
        }
    }

    /// The exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Refused(_) | Self::Failed(_) | Self::Io { .. } => 1,
            Self::Usage(_) => 2,
            Self::Connection(_) => 3,
            Self::NotSignedIn { .. } => 4,
            Self::Signal(number) => 128 + number,
        })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
