//! Errands: what other programs of this machine are asked to do, without a shell and without the terminal. The clipboard is
//! asked through the terminal first, which also works from another machine.

use std::io::{self, Write, stdout};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;

use crate::app::What;
use crate::app::select::links::may_open;

/// Most programs that are asked at once.
const ERRANDS_MAX: usize = 8;
/// Longest text that is put on the clipboard through the terminal, in bytes: terminals refuse, or break at, longer ones.
const OSC_52_BYTES_MAX: usize = 72 * 1024;

/// Who runs them, and what is told of them.
#[derive(Debug)]
pub(super) struct Errands {
    tell: UnboundedSender<What>,
    told: UnboundedReceiver<What>,
    free: Arc<Semaphore>,
}

impl Errands {
    pub(super) fn new() -> Self {
        let (tell, told) = unbounded_channel();
        Self { tell, told, free: Arc::new(Semaphore::new(ERRANDS_MAX)) }
    }

    /// What became of one. May be dropped and called again.
    pub(super) async fn done(&mut self) -> What {
        match self.told.recv().await {
            Some(what) => what,
            None => std::future::pending().await,
        }
    }

    /// Puts a text on the clipboard: through the terminal, and by a program of this machine where there is one.
    pub(super) fn copy(&self, text: String) -> Option<What> {
        let by_terminal = if text.len() > OSC_52_BYTES_MAX {
            Err("it is too long for the terminal".to_owned())
        } else {
            let written = execute!(stdout(), CopyToClipboard::to_clipboard_from(&text));
            written.map_err(|error| error.to_string())
        };
        let Some(mut program) = clipboard() else {
            return Some(match by_terminal {
                Ok(()) => What::Told("copied, if the terminal allows it (OSC 52)".to_owned()),
                Err(why) => {
                    What::Trouble(format!("not copied: {why}, and there is no wl-copy, xclip or xsel"))
                }
            });
        };
        let name = program.get_program().to_string_lossy().into_owned();
        let size = counted(&text);
        self.run(move || match fed(&mut program, &text) {
            Ok(()) => What::Told(format!("copied {size} ({name})")),
            Err(error) => match by_terminal {
                Ok(()) => What::Told(format!("{name} failed; copied if the terminal allows it (OSC 52)")),
                Err(why) => What::Trouble(format!("not copied: {why}; {name}: {error}")),
            },
        })
    }

    /// Opens a link as this machine opens links.
    pub(super) fn open(&self, link: String) -> Option<What> {
        if !may_open(&link) {
            return Some(What::Trouble("that is not a link that is opened".to_owned()));
        }
        let mut program = opener(&link);
        let name = program.get_program().to_string_lossy().into_owned();
        self.run(move || match fed(&mut program, "") {
            Ok(()) => What::Told(format!("opened {link}")),
            Err(error) => What::Trouble(format!("{link} is not opened; {name}: {error}")),
        })
    }

    fn run(&self, errand: impl FnOnce() -> What + Send + 'static) -> Option<What> {
        let Ok(free) = Arc::clone(&self.free).try_acquire_owned() else {
            return Some(What::Trouble("too many programs are still at it: not now".to_owned()));
        };
        let tell = self.tell.clone();
        spawn_blocking(move || {
            // Nobody is there to be told if the program has ended.
            let _ = tell.send(errand());
            drop(free);
        });
        None
    }
}

/// The program that has the clipboard, if there is one: it reads the text.
fn clipboard() -> Option<Command> {
    let has_display = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let candidates: [(bool, &str, &[&str]); 4] = [
        (cfg!(target_os = "macos"), "pbcopy", &[]),
        (has_display("WAYLAND_DISPLAY"), "wl-copy", &[]),
        (has_display("DISPLAY"), "xclip", &["-selection", "clipboard"]),
        (has_display("DISPLAY"), "xsel", &["--clipboard", "--input"]),
    ];
    let mut usable = candidates.into_iter().filter(|(may, program, _)| *may && is_there(program));
    usable.next().map(|(_, program, arguments)| {
        let mut command = Command::new(program);
        command.args(arguments);
        command
    })
}

/// Whether a program is where programs are looked for.
fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The program that opens links. The link is an argument of its own: no shell reads it.
fn opener(link: &str) -> Command {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(link);
    command
}

/// Runs a program that reads something, and sees nothing of the terminal, to its end.
fn fed(program: &mut Command, input: &str) -> io::Result<()> {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input.as_bytes()));
    let ended = child.wait()?;
    if !ended.success() {
        return Err(io::Error::other(ended.to_string()));
    }
    // Who needs no input may end before it has read any.
    if input.is_empty() { Ok(()) } else { written }
}

/// `3 lines`, `12 characters`
fn counted(text: &str) -> String {
    let (count, what) = match text.lines().count() {
        0 | 1 => (text.chars().count(), "character"),
        lines => (lines, "line"),
    };
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
