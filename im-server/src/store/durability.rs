//! What an acknowledged post outlives.

use serde::Deserialize;

/// What outlives what. Nothing that was acknowledged is lost when the process ends, however it ends; the difference is the
/// end of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// A power cut, too: each commit is on the disk before it is acknowledged.
    #[default]
    Full,
    /// The end of the process: what was acknowledged in the last moments before a power cut may be lost.
    Process,
}
