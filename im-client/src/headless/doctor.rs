//! `doctor`: what this client finds where it runs, and what of it is in the way.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use im_proto::{Reply, Request, json_line, printable};
use serde::Serialize;
use tokio::time::timeout;

use super::output;
use super::session::Session;
use crate::app::looks::{Depth, Looks};
use crate::app::wrap::cells;
use crate::begin::can_only_print;
use crate::cli::Common;
use crate::config::Config;
use crate::exit::Failure;
use crate::private;
use crate::secure::{NO_PASSWORD, Safety};
use crate::terminal::screen::size;
use crate::terminal::wall;
use crate::tokens::Tokens;

/// How long the server is waited for, in milliseconds.
const SERVER_MS_MAX: u64 = 5000;
/// A clock that differs by more shows times that surprise people, in milliseconds.
const CLOCK_MS_MAX: u64 = 60_000;
/// What terminals differ about.
const SAMPLES: &[&str] = &["a", "界", "e\u{301}", "👍", "❤\u{fe0f}", "👩\u{200d}💻", "🇯🇵"];

/// How it is with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// In the way.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Finding {
    what: &'static str,
    state: State,
    told: String,
}

/// Looks at everything; fails if something is in the way.
pub async fn run(common: &Common, json: bool) -> Result<(), Failure> {
    let (config, server) = configured(common);
    let mut findings = terminal(|name| env::var(name).ok());
    findings.extend(widths());
    findings.push(config);
    findings.extend(files());
    findings.extend(answers(common, &server).await);
    for finding in &findings {
        output::say(&if json {
            String::from_utf8_lossy(&json_line(finding)).into_owned()
        } else {
            line(finding)
        })?;
    }
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    match wrong {
        0 => Ok(()),
        wrong => Err(Failure::Failed(format!("{wrong} of these would be in your way"))),
    }
}

/// `ok    server     127.0.0.1:1202 answers in 1 ms`
fn line(finding: &Finding) -> String {
    let state = match finding.state {
        State::Fine => "ok",
        State::Note => "note",
        State::Wrong => "WRONG",
    };
    format!("{state:<6}{:<10}{}", finding.what, printable(&finding.told))
}

fn found(what: &'static str, state: State, told: impl Into<String>) -> Finding {
    Finding { what, state, told: told.into() }
}

/// What the terminal is, as far as it tells by the environment.
pub fn terminal(variable: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let looks = Looks::of_environment(&variable);
    let term = variable("TERM").unwrap_or_default();
    let has_screen = io::stdin().is_terminal() && io::stdout().is_terminal();
    let kind = match (has_screen, can_only_print(Some(term.as_ref()))) {
        (false, _) => {
            found("terminal", State::Note, "not a terminal: only --plain and the commands work here")
        }
        (_, true) => found("terminal", State::Note, format!("TERM={term:?} can only print: --plain is used")),
        _ => found("terminal", State::Fine, term.clone()),
    };
    let size =
        size().map_or_else(|error| error.to_string(), |size| format!("{}x{}", size.width, size.height));
    let colours = match looks.depth {
        Depth::None => "none",
        Depth::Sixteen => "16",
        Depth::Many => "256",
        Depth::True => "all",
    };
    let asked_for = if looks.no_colour { ", and NO_COLOR is set" } else { "" };
    let known = |names: &[&str]| {
        let program = variable("TERM_PROGRAM").unwrap_or_default().to_lowercase();
        names.iter().any(|name| term.contains(name) || program.contains(name))
    };
    let guess = |name, known: bool| {
        found(
            name,
            State::Fine,
            if known { "known to work here" } else { "used; not known whether it works here" },
        )
    };
    let modern = known(&["kitty", "ghostty", "wezterm", "foot", "alacritty", "contour", "rio", "iterm"]);
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| variable(name)).find(|set| !set.is_empty());
    let locale = match locale {
        Some(set) if set.to_lowercase().replace('-', "").contains("utf8") => {
            found("locale", State::Fine, set)
        }
        Some(set) => found("locale", State::Note, format!("{set} is not UTF-8: text may look wrong")),
        None => found("locale", State::Note, "none is set: text beyond ASCII may look wrong"),
    };
    vec![
        kind,
        found("size", State::Fine, size),
        found("colours", State::Fine, format!("{colours}{asked_for}")),
        guess("links", modern || (looks.rich && known(&["xterm", "vte", "tmux"]))),
        guess("clipboard", modern),
        guess("keys", known(&["kitty", "ghostty", "wezterm", "foot", "alacritty", "iterm"])),
        locale,
    ]
}

/// Whether the terminal and we agree how wide things are: it is asked where its cursor is.
fn widths() -> Option<Finding> {
    let may_ask = io::stdin().is_terminal() && io::stdout().is_terminal();
    if !may_ask || can_only_print(env::var_os("TERM").as_deref()) || enable_raw_mode().is_err() {
        return None;
    }
    let measured: io::Result<Vec<(&str, u16)>> =
        SAMPLES.iter().map(|sample| Ok((*sample, measure(sample)?))).collect();
    let _ = disable_raw_mode();
    let Ok(measured) = measured else {
        return Some(found("widths", State::Note, "the terminal does not tell where its cursor is"));
    };
    let other = measured.iter().filter(|(sample, columns)| cells(sample) != *columns);
    let other: Vec<String> =
        other.map(|(sample, columns)| format!("{sample} takes {columns} columns")).collect();
    Some(match other.is_empty() {
        true => found("widths", State::Fine, "CJK, emoji and combining marks are as wide as we think"),
        false => found("widths", State::Note, other.join(", ")),
    })
}

/// How wide something is shown. The wait for an answer is bounded by the library.
fn measure(sample: &str) -> io::Result<u16> {
    let mut out = io::stdout();
    write!(out, "\r{sample}")?;
    out.flush()?;
    let (column, _) = crossterm::cursor::position()?;
    write!(out, "\r\x1b[K")?;
    out.flush()?;
    Ok(column)
}

/// The configuration, and the server that it or the command line names.
fn configured(common: &Common) -> (Finding, String) {
    let file = common.config.clone().or_else(Config::usual_file);
    let path = file.as_ref().map_or_else(|| "nowhere".to_owned(), |file| file.display().to_string());
    let (finding, named) = match Config::load(common.config.as_deref()) {
        Ok(config) if file.as_ref().is_some_and(|file| file.exists()) => {
            (found("config", State::Fine, path), config.server)
        }
        Ok(config) => (found("config", State::Fine, format!("none; it would be {path}")), config.server),
        Err(error) => (found("config", State::Wrong, error.to_string()), None),
    };
    let server = common.addr.clone().or(named).unwrap_or_else(|| common.server().to_owned());
    (finding, server)
}

/// Where things are kept, and that only their owner can read them.
fn files() -> Vec<Finding> {
    let Some(folder) = private::folder() else {
        return vec![found("data", State::Wrong, "there is no home folder to keep sign-ins in")];
    };
    let mut open = Vec::new();
    readable_by_others(&folder, &mut open);
    let path = folder.display().to_string();
    let data = match (open.first(), fs::metadata(&folder)) {
        (Some(open), _) => found("data", State::Wrong, format!("others can read {open}: chmod go= it")),
        (None, Ok(about)) if about.permissions().readonly() => {
            found("data", State::Wrong, format!("{path} cannot be written to"))
        }
        (None, Ok(_)) => found("data", State::Fine, path),
        (None, Err(_)) => found("data", State::Fine, format!("nothing yet; it would be {path}")),
    };
    vec![data]
}

#[cfg(unix)]
fn readable_by_others(path: &Path, open: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(about) = fs::symlink_metadata(path) else {
        return;
    };
    if about.is_file() && about.permissions().mode() & 0o077 != 0 {
        open.push(path.display().to_string());
    }
    if about.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            readable_by_others(&entry.path(), open);
        }
    }
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path, _: &mut Vec<String>) {}

/// Whether the server is there, knows us, and has the same time.
async fn answers(common: &Common, server: &str) -> Vec<Finding> {
    let there = Common { addr: Some(server.to_owned()), ..common.clone() };
    let known =
        Tokens::of_this_user().and_then(|tokens| tokens.find(server, common.user.as_ref()).ok().flatten());
    let asked = async {
        let mut findings = Vec::new();
        let opened = match &known {
            Some(known) => Session::resume(&there, known).await,
            None => Session::open(&there).await.map_err(Failure::from),
        };
        let mut session = match opened {
            Ok(session) => session,
            Err(failure) => return vec![found("server", State::Wrong, failure.to_string())],
        };
        findings.push(found("server", State::Fine, format!("{server} answers")));
        findings.push(match session.safety() {
            Safety::Encrypted => found("tls", State::Fine, "encrypted"),
            Safety::Local => found("tls", State::Fine, "not encrypted, and within this machine"),
            Safety::Allowed => found("tls", State::Note, "not encrypted: --tls off"),
            Safety::Readable => found("tls", State::Wrong, NO_PASSWORD),
        });
        findings.push(match &known {
            Some(known) => found("sign-in", State::Fine, format!("as {}", known.user)),
            None => found("sign-in", State::Note, "nobody: im-client asks, or im-client login NAME"),
        });
        if let Ok(Ok(Reply::Time { at })) = session.ask(Request::Time).await {
            let off = at.0.abs_diff(wall().0);
            let state = if off > CLOCK_MS_MAX { State::Wrong } else { State::Fine };
            findings.push(found("clock", state, format!("{} s from the server's", off / 1000)));
        }
        findings
    };
    let waited = timeout(Duration::from_millis(SERVER_MS_MAX), asked).await;
    waited.unwrap_or_else(|_| vec![found("server", State::Wrong, format!("{server} does not answer"))])
}
