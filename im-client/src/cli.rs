//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use im_proto::{Address, Seq, Timestamp, UserName, Words, WordsError};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::app::notify::millis;
use crate::exit::EXIT_CODES;
use crate::secure::{Dialer, Fingerprint, Known, Mode};

/// Chat in the terminal: full screen without a command, one thing at a time with one.
#[derive(Debug, Parser)]
#[command(name = "im-client", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
    /// Print the configuration file with all defaults, and comments
    #[arg(long)]
    pub print_config: bool,
    /// Without a screen: what happens line by line, for screen readers and logs (also where TERM is dumb)
    #[arg(long)]
    pub plain: bool,
    /// On sample data: no server, and nothing is kept
    #[arg(long)]
    pub demo: bool,
    /// What to do instead of the full screen.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// The server if none is named.
const USUAL_SERVER: &str = "127.0.0.1:1202";

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The server [default: that of the configuration, or 127.0.0.1:1202]
    #[arg(long, global = true, env = "IM_ADDR", value_name = "HOST:PORT")]
    pub addr: Option<String>,
    /// Who you are, if more than one user is signed in on this device
    #[arg(long, global = true, env = "IM_USER", value_name = "NAME")]
    pub user: Option<UserName>,
    /// A file whose first line is the password (IM_PASSWORD may hold the password itself; else it is asked for)
    #[arg(long, global = true, env = "IM_PASSWORD_FILE", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Whether the connection is encrypted: auto, where the server can and within this machine not; always; off, whoever may
    /// read it
    #[arg(long, global = true, env = "IM_CLIENT_TLS", value_name = "WHEN", default_value = "auto")]
    pub tls: Mode,
    /// The configuration file [default: config.toml in the platform's folder for configuration, if it is there]
    #[arg(long, global = true, env = "IM_CLIENT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Common {
    /// The server.
    pub fn server(&self) -> &str {
        self.addr.as_deref().unwrap_or(USUAL_SERVER)
    }

    /// What makes connections.
    pub fn dialer(&self) -> Dialer {
        Dialer::new(self.tls, Known::of_this_user())
    }
}

/// One way or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// From now on.
    On,
    /// No more.
    Off,
}

/// What can be done without a screen.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Make an account and sign this device in
    Signup {
        /// The name of the account
        name: UserName,
    },
    /// Sign this device in
    Login {
        /// The name of the account
        name: UserName,
    },
    /// Sign this device out: its sign-in is void from then on
    Logout,
    /// Change your password; whatever else is signed in is signed out
    Password,
    /// List where you are signed in, or sign out there
    Sessions {
        /// The number of the one to sign out
        #[arg(long, value_name = "NUMBER")]
        end: Option<u64>,
    },
    /// Ask for a code besides the password when you sign in, or no more
    Codes {
        /// From now on, or no more
        on: Switch,
    },
    /// Say something; a room that is not there yet is made, an open room is joined
    Send(Send),
    /// Print what is said from now on; reconnects by itself and never marks anything as read
    Tail(Tail),
    /// Print what was said, oldest first
    History(History),
    /// Write all that was said in one conversation, oldest first, to be kept or read elsewhere
    Export(Export),
    /// Find what was said in your conversations, newest first
    Search(Search),
    /// Print the completions for a shell, to be put where it looks for them
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the man pages into a folder
    Man {
        /// The folder; it is made if need be
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Trust the certificate with this fingerprint from now on, at the server of --addr
    Trust {
        /// As the server prints it when it starts, or by `im-server fingerprint`
        fingerprint: Fingerprint,
    },
    /// Look at the terminal, the configuration, the files and the server; ends with 1 if something would be in your way
    Doctor {
        /// Print one JSON object for each thing that was looked at
        #[arg(long)]
        json: bool,
    },
}

/// `send`
#[derive(Debug, Args)]
pub struct Send {
    /// Where: #room or @user
    #[arg(value_name = "ADDRESS")]
    pub to: Address,
    /// What; `-` takes all of standard input as one message
    #[arg(required_unless_present = "lines", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Take each line of standard input as one message
    #[arg(long)]
    pub lines: bool,
}

/// `tail`
#[derive(Debug, Args)]
pub struct Tail {
    /// Where: #room or @user; all of one's conversations if none is named
    #[arg(value_name = "ADDRESS")]
    pub of: Vec<Address>,
    /// From a moment on instead of from now on: 90s, 30m, 2h or 3d ago, or as `history --around` takes it
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// Where: #room or @user
    #[arg(value_name = "ADDRESS")]
    pub of: Address,
    /// As Markdown, as the messages read now (this is how it is without an option)
    #[arg(long, conflicts_with = "json")]
    pub md: bool,
    /// As JSON, one object a line: the events as they were
    #[arg(long)]
    pub json: bool,
}

/// `history`
#[derive(Debug, Args)]
pub struct History {
    /// Where: #room or @user
    #[arg(value_name = "ADDRESS")]
    pub of: Address,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: u64,
    /// Only what came before this entry
    #[arg(long, value_name = "SEQ", value_parser = |raw: &str| raw.parse().map(Seq))]
    pub before: Option<Seq>,
    /// From shortly before a moment on: 2026-11-20, 2026-11-20T14:00 (both in your zone) or 2026-11-20T14:00Z
    #[arg(long, value_name = "WHEN", value_parser = moment, conflicts_with = "before")]
    pub around: Option<Timestamp>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `search`
#[derive(Debug, Args)]
pub struct Search {
    /// Words that must all be there; one that ends with `*` is the beginning of a word
    #[arg(required = true)]
    pub words: Vec<String>,
    /// Only in this conversation: #room or @user
    #[arg(long = "in", value_name = "ADDRESS")]
    pub of: Option<Address>,
    /// At most so many messages
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: u64,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

impl Search {
    /// The words, as one search.
    pub fn words(&self) -> Result<Words, WordsError> {
        Words::parse(&self.words.join(" "))
    }
}

/// So long ago, or a moment.
fn since(raw: &str) -> Result<Timestamp, String> {
    match millis(raw) {
        Some(ago) => {
            let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
            Ok(Timestamp(now.saturating_sub(ago)))
        }
        None => moment(raw),
    }
}

/// A moment: with a zone, or in that of this device.
fn moment(raw: &str) -> Result<Timestamp, String> {
    let zoned = raw.parse::<jiff::Timestamp>();
    let at = match zoned {
        Ok(at) => at,
        Err(_) => {
            let local: DateTime = raw.parse().map_err(|error: jiff::Error| error.to_string())?;
            local.to_zoned(TimeZone::system()).map_err(|error| error.to_string())?.timestamp()
        }
    };
    u64::try_from(at.as_millisecond()).map(Timestamp).map_err(|_| "a time before 1970".to_owned())
}
