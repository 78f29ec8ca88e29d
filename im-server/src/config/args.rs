//! The command line. Each flag has an environment variable.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use im_proto::{Timestamp, UserName};

use crate::dialect::text::TelnetEcho;
use crate::policy::Registration;
use crate::store::Durability;

use super::{
    BanVerb, Encryption, HatchVerb, InviteVerb, LimitsSwitch, Listen, LogFormat, RoomVerb, TokenVerb,
    UserVerb,
};

/// Chat for everybody who has a terminal: one daemon, one port, nothing to configure.
///
/// Without arguments it listens on 127.0.0.1:1202, keeps its data in the platform's folder, and understands telnet, nc and
/// im-client on one port. Ctrl-C or SIGTERM stop it: clients are told, and everything is on disk.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "im-server", version, about, long_about)]
pub struct Args {
    /// Where to listen: host:port, :port for all interfaces, port 0 for any free port [default: 127.0.0.1:1202]
    #[arg(long, env = "IM_ADDR", value_name = "ADDR")]
    pub addr: Option<String>,

    /// Where to keep everything [default: the platform's folder for data]
    #[arg(long, env = "IM_DATA_DIR", value_name = "FOLDER", global = true)]
    pub data_dir: Option<PathBuf>,

    /// The configuration file [default: the platform's folder for configuration, server.toml, if it is there]
    #[arg(long, env = "IM_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// A further port with one way of speaking: any, tls, native, json, http, goim, lobby, machat
    /// or tinychat;
    /// may be given several times
    #[arg(long, env = "IM_LISTEN", value_name = "MANNER=ADDR", value_delimiter = ',')]
    pub listen: Vec<Listen>,

    /// Whether telnet is told to hide passwords [default: auto]
    #[arg(long, env = "IM_TELNET_ECHO", value_name = "WHEN")]
    pub telnet_echo: Option<TelnetEcho>,

    /// Who makes accounts: open, anybody; invite, who was invited and knows a code; closed, only operators
    /// [default: open while all listening is on loopback, else invite]
    #[arg(long, env = "IM_REGISTRATION", value_name = "WHO")]
    pub registration: Option<Registration>,

    /// What an acknowledged post outlives: full, a power cut too; process, the end of the process, while a power cut
    /// may take the last moments [default: full]
    #[arg(long, env = "IM_DURABILITY", value_name = "WHAT")]
    pub durability: Option<Durability>,

    /// What is said is kept for so many days, 0 for ever [default: 0]
    #[arg(long, env = "IM_RETENTION_DAYS", value_name = "DAYS")]
    pub retention_days: Option<u16>,

    /// Whether TLS is spoken, on every port: off; auto, with a certificate that is made on first use and kept; or the files of
    /// a certificate and its key [default: auto]
    #[arg(long, env = "IM_TLS", value_name = "off|auto|CERT,KEY")]
    pub tls: Option<Encryption>,

    /// Whether the rates and the counts by address and user hold; off is for load tests, where all listen on loopback
    /// [default: on]
    #[arg(long, env = "IM_LIMITS", value_name = "WHETHER")]
    pub limits: Option<LimitsSwitch>,

    /// Where it is told how the server does: /healthz, /readyz and /metrics, on an address of this machine such as
    /// 127.0.0.1:9120, or off [default: off]
    #[arg(long, env = "IM_METRICS", value_name = "ADDR")]
    pub metrics: Option<String>,

    /// What is logged to standard error: error, warn, info, debug, or a filter [default: info]
    #[arg(long, env = "IM_LOG", value_name = "FILTER")]
    pub log: Option<String>,

    /// How it is logged: text for people, json for programs [default: text]
    #[arg(long, env = "IM_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// Something else than to serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Something else than to serve.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Print the default configuration, with comments
    Config,
    /// Copy the database into a new file, while the server runs or not: all that was acknowledged until now is in it
    ///
    /// The copy is one file. It becomes the database of a server by the name im.sqlite in an empty data folder.
    Backup {
        /// The file to make; it must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write all that is kept about a user into a new file, while the server runs or not: one JSON object a line
    ///
    /// It is what the user gets by GET /v1/export.
    Export {
        /// Whose
        #[arg(value_name = "NAME")]
        name: UserName,
        /// The file to make; it must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the fingerprint of the certificate, by which clients can tell that it is this server
    Fingerprint,
    /// Take a user out, and all that they have said, for ever. The server must not run
    ///
    /// While it runs, users do that themselves, by DELETE /v1/account.
    Erase {
        /// Whom
        #[arg(value_name = "NAME")]
        name: UserName,
    },
    /// Accounts, while the server runs or not
    User {
        /// What to do
        #[command(subcommand)]
        verb: UserVerb,
        /// Print JSON: an object for each row
        #[arg(long, global = true)]
        json: bool,
    },
    /// Rooms and groups, while the server runs or not
    Room {
        /// What to do
        #[command(subcommand)]
        verb: RoomVerb,
        /// Print JSON: an object for each row
        #[arg(long, global = true)]
        json: bool,
    },
    /// Addresses that are kept out, while the server runs or not
    Ban {
        /// What to do
        #[command(subcommand)]
        verb: BanVerb,
        /// Print JSON: an object for each row
        #[arg(long, global = true)]
        json: bool,
    },
    /// In an emergency: nobody new, no guests
    Hatches {
        /// What to do
        #[command(subcommand)]
        verb: HatchVerb,
        /// Print JSON
        #[arg(long, global = true)]
        json: bool,
    },
    /// What was done to keep order, and by whom, newest first
    Audit {
        /// Not what is older than this moment, as 2026-11-20T14:00:00Z
        #[arg(long, value_name = "MOMENT", value_parser = moment)]
        since: Option<Timestamp>,
        /// Print JSON: an object for each row
        #[arg(long)]
        json: bool,
    },
    /// Invitations to make an account, while the server runs or not
    Invite {
        /// What to do
        #[command(subcommand)]
        verb: InviteVerb,
        /// Print JSON: an object for each row
        #[arg(long, global = true)]
        json: bool,
    },
    /// Sign-ins of devices and bots, while the server runs or not
    Token {
        /// What to do
        #[command(subcommand)]
        verb: TokenVerb,
        /// Print JSON: an object for each row
        #[arg(long, global = true)]
        json: bool,
    },
    /// Look whether the database is what it must be, while the server runs or not: the file, and the rows in it
    ///
    /// Exit code 0: it is. 1: something is wrong, and named. 2: it could not be looked at.
    Check {
        /// Print one JSON object instead of lines
        #[arg(long)]
        json: bool,
    },
}

fn moment(raw: &str) -> Result<Timestamp, String> {
    serde_json::from_value(raw.into()).map_err(|error| error.to_string())
}
