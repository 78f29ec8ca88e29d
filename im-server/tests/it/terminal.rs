//! A real program on a real terminal: keys go in, a screen comes out, and tests wait for what it shows.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 30;

const ROWS: NonZero<u16> = NonZero::new(40).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();

pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const BACKSPACE: &str = "\x7f";
pub(crate) const ENTER: &str = "\r";

/// Where a program is. Tests that need one that is not installed are ignored, see `build.rs`.
pub(crate) fn installed(program: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed: apt-get install {package}"))
}

/// A program on a terminal of its own.
pub(crate) struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// All that was ever shown.
    raw: Vec<u8>,
}

impl Terminal {
    pub(crate) fn run(mut command: CommandBuilder) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        // Nobody's settings but the program's own.
        command.env("HOME", "/");
        command.cwd("/");
        command.env("TERM", "xterm");
        command.env("LC_ALL", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keys = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A terminal whose program is gone gives an error or nothing.
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        Self { master: Some(pair.master), keys, child, output, screen, raw: Vec::new() }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Types a line.
    pub(crate) fn enter(&mut self, line: &str) {
        self.press(&format!("{line}{ENTER}"));
    }

    /// What the screen shows now, without blanks at the ends of lines.
    pub(crate) fn screen(&self) -> String {
        self.screen.screen().contents()
    }

    /// The screen's lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.screen().lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// The line that the cursor is on.
    pub(crate) fn last_line(&self) -> String {
        self.lines().pop().unwrap_or_default()
    }

    /// Waits until the screen shows some text.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) {
        self.until(text, |terminal| terminal.screen().contains(text));
    }

    /// Waits until some line of the screen is this one.
    #[track_caller]
    pub(crate) fn shows_line(&mut self, line: &str) {
        self.until(line, |terminal| terminal.lines().iter().any(|shown| shown == line));
    }

    /// Waits until the last line of the screen is this one: a prompt, or what is being typed after it.
    #[track_caller]
    pub(crate) fn ends_in(&mut self, line: &str) {
        self.until(line, |terminal| terminal.last_line() == line);
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub(crate) fn until(&mut self, wanted: &str, condition: impl Fn(&Self) -> bool) {
        while !condition(self) {
            assert!(
                self.more(),
                "waited for {wanted:?}, the program ended, the screen shows:\n{}",
                self.screen()
            );
        }
    }

    /// Waits until the program has ended. What comes back is its exit code.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> u32 {
        while self.more() {}
        self.child.wait().unwrap().exit_code()
    }

    /// Whether some text was shown at any time, even if only for a moment.
    pub(crate) fn has_shown(&self, text: &str) -> bool {
        self.raw.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[track_caller]
    fn more(&mut self) -> bool {
        use std::sync::mpsc::RecvTimeoutError;
        match self.output.recv_timeout(Duration::from_secs(PATIENCE_SECONDS)) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                self.raw.extend_from_slice(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                panic!("nothing more came, the screen shows:\n{}", self.screen())
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if thread::panicking() {
            // The one whose screen is not as it should be is not always the one to blame.
            self.output.try_iter().for_each(|bytes| self.screen.process(&bytes));
            eprintln!("at the end a screen shows:\n{}\n", self.screen());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.master = None;
    }
}
