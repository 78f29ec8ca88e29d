//! A program in a terminal of its own: keys go in, and what such a terminal would show is looked at.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::world::{PATIENCE, World};

struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    has_ended: bool,
}

pub(crate) struct Pty {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

fn rows_of(shown: &Shown) -> Vec<String> {
    let screen = shown.parser.screen();
    screen.rows(0, screen.size().1.into()).map(|row| row.trim_end().to_owned()).collect()
}

impl Pty {
    /// The client, full screen.
    pub(crate) fn client(world: &World, arguments: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_im-client"));
        command.args(arguments);
        Self::run(world, command, columns, rows)
    }

    pub(crate) fn run(world: &World, mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        command.env_clear();
        for (name, value) in world.environment() {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let shown = Shown { parser, bytes: Vec::new(), has_ended: false };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let fed = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut shown = fed.0.lock().unwrap();
                shown.parser.process(&buffer[..read]);
                shown.bytes.extend_from_slice(&buffer[..read]);
                shown.has_ended = read == 0;
                fed.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { shown, keys, master: pair.master, child }
    }

    /// How often something was written so far.
    pub(crate) fn count(&self, written: &str) -> usize {
        let shown = self.shown.0.lock().unwrap();
        String::from_utf8_lossy(&shown.bytes).matches(written).count()
    }

    /// Waits until something was written so often.
    pub(crate) fn writes(&self, written: &str, times: usize) {
        self.wait(&format!("{written:?} {times} times"), |shown| {
            String::from_utf8_lossy(&shown.bytes).matches(written).count() >= times
        });
    }

    pub(crate) fn type_text(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.shown.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).unwrap();
    }

    fn wait(&self, what: &str, is_so: impl Fn(&Shown) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !is_so(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} on the screen:\n{}", shown.parser.screen().contents());
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    pub(crate) fn shows(&self, text: &str) {
        self.wait(text, |shown| shown.parser.screen().contents().contains(text));
    }

    /// Waits until it is connected, and known where one writes.
    pub(crate) fn is_in(&self) {
        self.shows(" ms ");
        self.shows("lobby");
    }

    /// Waits until one of two texts is on the screen.
    pub(crate) fn shows_either(&self, one: &str, other: &str) {
        self.wait(&format!("{one} or {other}"), |shown| {
            let contents = shown.parser.screen().contents();
            contents.contains(one) || contents.contains(other)
        });
    }

    /// Waits until a text is on the screen no more.
    pub(crate) fn shows_no(&self, text: &str) {
        self.wait(&format!("screen without {text}"), |shown| {
            !shown.parser.screen().contents().contains(text)
        });
    }

    /// Waits until the screen is another.
    pub(crate) fn changes_from(&self, rows: &[String]) {
        self.wait("change", |shown| rows_of(shown) != rows);
    }

    /// The rows of the screen.
    pub(crate) fn rows(&self) -> Vec<String> {
        rows_of(&self.shown.0.lock().unwrap())
    }

    /// Waits until some bytes were written.
    pub(crate) fn wrote(&self, bytes: &str) {
        self.wait(bytes, |shown| String::from_utf8_lossy(&shown.bytes).contains(bytes));
    }

    /// Whether some bytes were written so far.
    pub(crate) fn has_written(&self, bytes: &str) -> bool {
        String::from_utf8_lossy(&self.shown.0.lock().unwrap().bytes).contains(bytes)
    }

    /// The rest of the line that was written after some words.
    pub(crate) fn written(&self, words: &str) -> String {
        let shown = self.shown.0.lock().unwrap();
        let written = String::from_utf8_lossy(&shown.bytes);
        let (_, rest) = written.split_once(words).expect("it was written");
        rest.lines().next().unwrap_or_default().to_owned()
    }

    /// Ends it as a crash does: it gets to do nothing more.
    pub(crate) fn crash(&mut self) {
        let id = self.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args(["-s", "KILL", &id]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub(crate) fn end_by(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the exit code and all that was ever written.
    pub(crate) fn ended(&mut self) -> (u32, String) {
        self.wait("end", |shown| shown.has_ended);
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&self.shown.0.lock().unwrap().bytes).into_owned())
    }

    /// Every mode of the terminal is as it was before.
    pub(crate) fn assert_restored(&self) {
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        assert!(!screen.alternate_screen());
        assert!(!screen.hide_cursor());
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let written = String::from_utf8_lossy(&shown.bytes);
        for (on, off) in [("\u{1b}[?1004h", "\u{1b}[?1004l"), ("\u{1b}[>5u", "\u{1b}[<1u")] {
            let last = |mode| written.rfind(mode);
            assert!(last(on).is_some(), "it was on");
            assert!(last(off) > last(on), "{off:?} comes last");
        }
    }
}

impl Pty {
    /// The modes of the full screen are on, after whatever happened.
    pub(crate) fn assert_taken(&self) {
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_ne!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
