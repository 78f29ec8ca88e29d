//! The log: lines on standard error, as text or as JSON. Whatever a peer made up stands in it as characters: what could move
//! a cursor, end a line or turn it around is written as an escape.

use std::fmt::Write as _;
use std::io::{self, Write};

use anyhow::Context;
use im_proto::printable;
use im_server::{Config, LogFormat};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

/// The log of this process, of which the filter may change.
pub(crate) struct Logs(reload::Handle<EnvFilter, Registry>);

impl Logs {
    /// Everything is logged from now on that the configuration lets through.
    pub(crate) fn begin(config: &Config) -> anyhow::Result<Self> {
        let (filter, handle) = reload::Layer::new(filter(config)?);
        let lines = fmt::layer().with_target(false).with_ansi(false);
        let lines = match config.log_format {
            LogFormat::Text => lines.with_writer(Harmless(LogFormat::Text)).boxed(),
            LogFormat::Json => {
                lines.json().flatten_event(true).with_writer(Harmless(LogFormat::Json)).boxed()
            }
        };
        tracing_subscriber::registry().with(filter).with(lines).init();
        Ok(Self(handle))
    }

    /// From now on by this filter.
    pub(crate) fn change(&self, filter: EnvFilter) {
        if let Err(error) = self.0.reload(filter) {
            tracing::error!(%error, "the filter of the log stays as it was");
        }
    }
}

/// The filter that a configuration names, if there can be such a one.
pub(crate) fn filter(config: &Config) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(&config.log).with_context(|| format!("log = {:?}", config.log))
}

/// Where lines go. Each comes whole, in one piece.
#[derive(Clone, Copy)]
struct Harmless(LogFormat);

impl MakeWriter<'_> for Harmless {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl Write for Harmless {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(harmless(&String::from_utf8_lossy(line), self.0).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// A line, and nothing in it that is no character, but its end.
fn harmless(line: &str, format: LogFormat) -> String {
    let (words, end) = line.strip_suffix('\n').map_or((line, ""), |words| (words, "\n"));
    let mut harmless = String::with_capacity(line.len());
    for c in words.chars() {
        let mut bytes = [0; 4];
        if printable(c.encode_utf8(&mut bytes)).chars().next().is_some() {
            harmless.push(c);
        } else if format == LogFormat::Json {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(harmless, "\\u{unit:04x}"); // into memory
            }
        } else {
            harmless.extend(c.escape_unicode());
        }
    }
    harmless + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_character_is_escaped_and_json_stays_json() {
        let evil = "a\u{1b}]0;x\u{7}\rb\u{9b}6n\u{202e}\u{e0041}你好\nc";
        let text = harmless(&format!("{evil}\n"), LogFormat::Text);
        assert_eq!(text, "a\\u{1b}]0;x\\u{7}\\u{d}b\\u{9b}6n\\u{202e}\\u{e0041}你好\\u{a}c\n");
        let line = serde_json::to_string(evil).unwrap();
        let json = harmless(&line, LogFormat::Json);
        assert!(!json.contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{e0041}'), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), evil);
    }
}
