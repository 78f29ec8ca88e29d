//! The configuration: a file, over it the environment and the command line.

mod args;
mod encryption;
mod verbs;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;

use crate::dialect::text::TelnetEcho;
use crate::limits::Limits;
use crate::naming::ScriptName;
use crate::policy::Registration;
use crate::store::Durability;

pub use self::args::{Args, Command};
pub use self::encryption::{Acme, Encryption};
pub use self::verbs::{BanVerb, HatchVerb, InviteVerb, RoomVerb, TokenVerb, UserVerb};

/// The authority that is asked for certificates if no other is named.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// The default configuration with its comments, as `im-server config` prints it.
pub const DEFAULT_FILE: &str = include_str!("default.toml");

/// How a server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where everybody is understood: `host:port`, `:port` for all interfaces, port 0 for any free port.
    pub addr: String,
    /// Further ports with one way of speaking each.
    pub listen: Vec<Listen>,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Whether telnet is told to hide passwords.
    pub telnet_echo: TelnetEcho,
    /// Most connections at the same time.
    pub connections_max: usize,
    /// How much anybody may have.
    pub limits: Limits,
    /// Whether the rates and the counts by address and user hold; without them only on loopback.
    pub limits_switch: LimitsSwitch,
    /// Whether people without an account are let in.
    pub guests: bool,
    /// Who makes accounts; nothing: anybody where all listening is on loopback, elsewhere who was invited.
    pub registration: Option<Registration>,
    /// Most bytes of the database, 0 for no bound.
    pub database_bytes_max: u64,
    /// What an acknowledged post outlives.
    pub durability: Durability,
    /// What is said is kept for so many days, 0 for ever.
    pub retention_days: u16,
    /// Whether TLS is spoken, and with which certificate.
    pub tls: Encryption,
    /// A certificate from an ACME authority.
    pub acme: Option<Acme>,
    /// Passwords are taken though somebody on the way could read them.
    pub passwords_in_plaintext: bool,
    /// Where whoever watches asks, on this machine: `host:port`, or `off`.
    pub metrics: String,
    /// What is logged.
    pub log: String,
    /// New names are written in these scripts; where there are none, in one script each.
    pub name_scripts: Vec<ScriptName>,
    /// Nobody and nothing new is called so, nor by what looks like it.
    pub names_reserved: Vec<String>,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line, for programs.
    Json,
}

/// A way of speaking that a port may be fixed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Whatever the first bytes say.
    Any,
    /// Text in go-im's manner.
    Goim,
    /// Text in the lobby's manner: everybody is a guest from the start.
    Lobby,
    /// MaChat: a line of JSON, then text.
    Machat,
    /// TinyChat: a line that says who talks to whom, then text.
    Tinychat,
    /// Native frames.
    Native,
    /// One JSON object a line.
    Json,
    /// HTTP, and WebSockets.
    Http,
    /// TLS, and inside whatever the first bytes say.
    Tls,
}

/// Whether rates and counts by address and user hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LimitsSwitch {
    /// They do.
    #[default]
    On,
    /// They do not: for load tests, where all listen on loopback.
    Off,
}

/// A further port: `MANNER=ADDR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// What is spoken there.
    pub manner: Manner,
    /// Where.
    pub addr: String,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {error}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file says something that cannot be.
    #[error("in the configuration {}: {error}", file.display())]
    Parse {
        /// Which file.
        file: PathBuf,
        /// What.
        error: String,
    },
    /// The platform has no folder for data.
    #[error("there is no home folder, say where to keep things with --data-dir")]
    NoHome,
}

/// What stands in a file. What is left out is the default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    addr: Option<String>,
    #[serde(default)]
    listen: Vec<Listen>,
    data_dir: Option<PathBuf>,
    telnet_echo: Option<TelnetEcho>,
    connections_max: Option<usize>,
    #[serde(default)]
    limits: Limits,
    guests: Option<bool>,
    registration: Option<Registration>,
    database_bytes_max: Option<u64>,
    durability: Option<Durability>,
    retention_days: Option<u16>,
    tls: Option<Encryption>,
    acme: Option<String>,
    acme_directory: Option<String>,
    acme_root: Option<PathBuf>,
    passwords_in_plaintext: Option<bool>,
    metrics: Option<String>,
    log: Option<String>,
    #[serde(default)]
    name_scripts: Vec<ScriptName>,
    #[serde(default)]
    names_reserved: Vec<String>,
    log_format: Option<LogFormat>,
}

impl Config {
    /// The defaults, with the data in this folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            addr: "127.0.0.1:1202".into(),
            listen: Vec::new(),
            data_dir: data_dir.into(),
            telnet_echo: TelnetEcho::Auto,
            connections_max: 10_000,
            limits: Limits::default(),
            limits_switch: LimitsSwitch::On,
            guests: true,
            registration: None,
            database_bytes_max: 0,
            durability: Durability::Full,
            retention_days: 0,
            tls: Encryption::Auto,
            acme: None,
            passwords_in_plaintext: false,
            metrics: "off".into(),
            log: "info".into(),
            name_scripts: Vec::new(),
            names_reserved: Vec::new(),
            log_format: LogFormat::Text,
        }
    }

    /// Reads the file that is named, or the platform's if there is one, and puts the flags over it.
    pub fn load(args: &Args) -> Result<Self, ConfigError> {
        let folders = directories::ProjectDirs::from("", "", "im-server");
        let named = args.config.clone();
        let usual = folders.as_ref().map(|folders| folders.config_dir().join("server.toml"));
        let file = match (named, usual) {
            (Some(file), _) => read(&file)?,
            (None, Some(file)) if file.exists() => read(&file)?,
            _ => File::default(),
        };
        let data_dir = args.data_dir.clone().or(file.data_dir);
        let data_dir = data_dir.or_else(|| folders.map(|folders| folders.data_dir().to_owned()));
        let defaults = Self::new(data_dir.ok_or(ConfigError::NoHome)?);
        let listen = if args.listen.is_empty() { file.listen } else { args.listen.clone() };
        Ok(Self {
            addr: args.addr.clone().or(file.addr).unwrap_or(defaults.addr),
            listen,
            data_dir: defaults.data_dir,
            telnet_echo: args.telnet_echo.or(file.telnet_echo).unwrap_or(defaults.telnet_echo),
            connections_max: file.connections_max.unwrap_or(defaults.connections_max),
            limits: file.limits,
            limits_switch: args.limits.unwrap_or(defaults.limits_switch),
            guests: file.guests.unwrap_or(defaults.guests),
            registration: args.registration.or(file.registration),
            database_bytes_max: file.database_bytes_max.unwrap_or(defaults.database_bytes_max),
            durability: args.durability.or(file.durability).unwrap_or(defaults.durability),
            retention_days: args.retention_days.or(file.retention_days).unwrap_or(defaults.retention_days),
            tls: args.tls.clone().or(file.tls).unwrap_or(defaults.tls),
            acme: file.acme.map(|name| Acme {
                name,
                directory: file.acme_directory.unwrap_or_else(|| LETS_ENCRYPT.to_owned()),
                root: file.acme_root,
            }),
            passwords_in_plaintext: file.passwords_in_plaintext.unwrap_or(defaults.passwords_in_plaintext),
            metrics: args.metrics.clone().or(file.metrics).unwrap_or(defaults.metrics),
            log: args.log.clone().or(file.log).unwrap_or(defaults.log),
            name_scripts: file.name_scripts,
            names_reserved: file.names_reserved,
            log_format: args.log_format.or(file.log_format).unwrap_or(defaults.log_format),
        })
    }
}

impl Config {
    /// The limits that hold.
    #[must_use]
    pub fn limits_in_force(&self) -> Limits {
        match self.limits_switch {
            LimitsSwitch::On => self.limits.clone(),
            LimitsSwitch::Off => self.limits.clone().lifted(),
        }
    }
}

fn read(file: &Path) -> Result<File, ConfigError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| ConfigError::Read { file: file.to_owned(), error })?;
    parse(&text).map_err(|error| ConfigError::Parse { file: file.to_owned(), error })
}

/// Whether a text is a configuration file, or why it is none.
pub(crate) fn is_one(text: &str) -> Result<(), String> {
    parse(text).map(drop)
}

fn parse(text: &str) -> Result<File, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

impl Manner {
    /// The one that this word means in `--listen`.
    pub fn by_word(word: &str) -> Option<Self> {
        MANNERS.into_iter().find(|manner| manner.word() == word)
    }

    /// Its word in `--listen`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Goim => "goim",
            Self::Lobby => "lobby",
            Self::Machat => "machat",
            Self::Tinychat => "tinychat",
            Self::Native => "native",
            Self::Json => "json",
            Self::Http => "http",
            Self::Tls => "tls",
        }
    }
}

/// All of them.
const MANNERS: [Manner; 9] = [
    Manner::Any,
    Manner::Tls,
    Manner::Native,
    Manner::Json,
    Manner::Http,
    Manner::Goim,
    Manner::Lobby,
    Manner::Machat,
    Manner::Tinychat,
];

impl FromStr for Listen {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let words = || MANNERS.map(Manner::word).join(", ");
        let (word, addr) = raw
            .split_once('=')
            .ok_or_else(|| format!("it goes MANNER=ADDR, MANNER is one of {}", words()))?;
        let manner =
            Manner::by_word(word).ok_or_else(|| format!("there is no manner {word}, only {}", words()))?;
        Ok(Self { manner, addr: addr.to_owned() })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.manner.word(), self.addr)
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_printed_holds_the_defaults() {
        let file = parse(DEFAULT_FILE).unwrap();
        let defaults = Config::new("/data");
        assert_eq!(file.addr, Some(defaults.addr));
        assert_eq!(file.listen, defaults.listen);
        assert_eq!(file.telnet_echo, Some(defaults.telnet_echo));
        assert_eq!(file.connections_max, Some(defaults.connections_max));
        assert_eq!(file.guests, Some(defaults.guests));
        assert_eq!(file.limits, defaults.limits);
        assert_eq!(file.database_bytes_max, Some(defaults.database_bytes_max));
        assert_eq!(file.durability, Some(defaults.durability));
        assert_eq!(file.retention_days, Some(defaults.retention_days));
        assert_eq!(file.tls, Some(defaults.tls));
        assert_eq!(file.passwords_in_plaintext, Some(defaults.passwords_in_plaintext));
        assert_eq!(file.metrics, Some(defaults.metrics));
        assert_eq!(file.log, Some(defaults.log));
        assert_eq!(file.name_scripts, defaults.name_scripts);
        assert_eq!(file.names_reserved, defaults.names_reserved);
        assert_eq!(file.log_format, Some(defaults.log_format));
        assert_eq!(file.data_dir, None);
        // What is commented out is a key too.
        assert_eq!(file.acme_directory.as_deref(), Some(LETS_ENCRYPT));
        let all = DEFAULT_FILE.replace("# data_dir", "data_dir").replace("# acme", "acme");
        let all = parse(&all.replace("# registration", "registration")).unwrap();
        assert!(all.data_dir.is_some() && all.acme.is_some() && all.acme_root.is_some());
        assert!(all.registration.is_some());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = parse("[limits]\nposts_max = 1").unwrap_err();
        assert!(error.contains("posts_max") && error.contains("unknown"), "{error}");
        assert!(parse("[limits]\nstall_seconds_max = 0").is_err(), "no time at all is no limit either");
        let error = parse("adr = \"x\"").unwrap_err();
        assert!(error.contains("adr") && error.contains("unknown"), "{error}");
        assert!(parse("listen = [\"klingon=:1\"]").unwrap_err().contains("klingon"));
    }
}
