//! The configuration: `config.toml` in the platform's folder, or the file that is named. A wrong file is refused whole,
//! with the line and the reason. Command line and environment go before it, which is for whoever asks it to see to.

mod file;
mod printed;
mod quiet;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::app::keys::{Keymap, Profile};

pub use printed::default_file;
pub use quiet::Quiet;

/// What was configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The server.
    pub server: Option<String>,
    /// The look.
    pub theme: Look,
    /// Plain characters only.
    pub ascii: bool,
    /// Clicks and the wheel are for this program.
    pub mouse: bool,
    /// From which set the keys are.
    pub profile: Profile,
    /// Which key does what.
    pub keymap: Keymap,
    /// What is told of while one looks elsewhere.
    pub notify: Notify,
}

/// Which look is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// What suits the terminal.
    #[default]
    Auto,
    /// For dark terminals.
    Dark,
    /// For bright ones.
    Light,
    /// Nothing pale.
    HighContrast,
    /// No colours.
    Mono,
    /// The terminal's own sixteen colours.
    #[serde(rename = "16")]
    Sixteen,
    /// Nothing that only red and green tell apart.
    ColourBlind,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Dark,
        Self::Light,
        Self::HighContrast,
        Self::Mono,
        Self::Sixteen,
        Self::ColourBlind,
    ];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Mono => "mono",
            Self::Sixteen => "16",
            Self::ColourBlind => "colour-blind",
        }
    }
}

/// What is told of while one looks elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notify {
    /// Of which messages, where a conversation has no level of its own.
    pub level: Level,
    /// Never what was said.
    pub privacy: bool,
    /// How the terminal shows it.
    pub by: Way,
    /// By the bell, where the terminal knows nothing better.
    pub bell: bool,
    /// When not.
    pub quiet: Quiet,
}

/// Which messages are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// All.
    All,
    /// Those to oneself: mentions and direct messages.
    #[default]
    Mentions,
    /// None.
    None,
}

/// How a terminal shows a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// As it is known to.
    #[default]
    Auto,
    /// kitty's way.
    #[serde(rename = "osc-99")]
    Osc99,
    /// iTerm2's, which others know too.
    #[serde(rename = "osc-9")]
    Osc9,
    /// urxvt's, which others know too.
    #[serde(rename = "osc-777")]
    Osc777,
    /// By its bell.
    Bell,
}

/// Why a file is refused.
#[derive(Debug, Error)]
pub struct ConfigError {
    /// Which file.
    pub file: PathBuf,
    /// In which line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.line {
            Some(line) => write!(f, "{file}, line {line}: {}", self.why),
            None => write!(f, "{file}: {}", self.why),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: None,
            theme: Look::default(),
            ascii: false,
            mouse: true,
            profile: Profile::default(),
            keymap: Keymap::default(),
            notify: Notify::default(),
        }
    }
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            level: Level::default(),
            privacy: false,
            by: Way::default(),
            bell: true,
            quiet: Quiet::default(),
        }
    }
}

impl Config {
    /// Where the file is if none is named.
    pub fn usual_file() -> Option<PathBuf> {
        let folders = directories::ProjectDirs::from("", "", "im-client")?;
        Some(folders.config_dir().join("config.toml"))
    }

    /// Reads the file that is named, or the usual one if it is there.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        match (named, Self::usual_file()) {
            (Some(file), _) => Self::read(file),
            (None, Some(file)) if file.exists() => Self::read(&file),
            (None, _) => Ok(Self::default()),
        }
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let refused =
            |error: std::io::Error| ConfigError { file: file.to_owned(), line: None, why: error.to_string() };
        Self::parse_file(file, &std::fs::read_to_string(file).map_err(refused)?)
    }

    /// Reads what is in a file.
    pub fn parse_file(file: &Path, text: &str) -> Result<Self, ConfigError> {
        file::parse(text).map_err(|(line, why)| ConfigError { file: file.to_owned(), line, why })
    }

    /// Reads the text of a file. What is wrong comes with its line, from 1.
    pub fn parse(text: &str) -> Result<Self, (Option<usize>, String)> {
        file::parse(text)
    }
}
