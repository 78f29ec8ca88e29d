//! A real program in pipes: what it says is waited for, and it does not outlive its test.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take before a test gives up, in seconds: under `valgrind` on a busy machine it takes long to start.
/// Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 120;

/// How long it takes to press Enter again, in milliseconds.
const ENTER_MILLISECONDS: u64 = 20;

/// A program that runs.
pub(crate) struct Running {
    child: Child,
    out: Pipe,
    err: Pipe,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) out: String,
    pub(crate) err: String,
    /// Nothing: a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let out = Pipe::of(child.stdout.take().unwrap());
        let err = Pipe::of(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// Runs a program to its end with this input.
    #[track_caller]
    pub(crate) fn to_end(command: Command, input: &[u8]) -> Ended {
        let mut running = Self::start(command);
        running.write(input);
        running.ends()
    }

    pub(crate) fn write(&mut self, input: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(input).unwrap();
    }

    /// Waits until it has said some text on standard output. All that it has said so far comes back.
    #[track_caller]
    pub(crate) fn says(&mut self, text: &str) -> String {
        self.says_one_of(&[text])
    }

    /// The same of several texts.
    #[track_caller]
    pub(crate) fn says_one_of(&mut self, texts: &[&str]) -> String {
        while !texts.iter().any(|text| self.out.text().contains(text)) {
            assert!(
                self.out.more(),
                "waited for {texts:?}, the program ended:\n{}{}",
                self.out.text(),
                self.err.rest()
            );
        }
        self.out.text()
    }

    /// Waits until it has said some text on standard error. All that it has said there so far comes back.
    #[track_caller]
    pub(crate) fn logs(&mut self, text: &str) -> String {
        while !self.err.text().contains(text) {
            assert!(self.err.more(), "waited for {text:?}, the program ended:\n{}", self.err.text());
        }
        self.err.text()
    }

    /// Waits for more on standard error.
    #[track_caller]
    pub(crate) fn more_log(&mut self) {
        assert!(self.err.more(), "the program ended:\n{}", self.err.text());
    }

    /// The same of a program that looks for what has come only when something is typed: Enter is pressed until it shows.
    #[track_caller]
    pub(crate) fn says_after_enter(&mut self, text: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
        while !self.out.text().contains(text) {
            assert!(Instant::now() < patience, "waited for {text:?}, so far:\n{}", self.out.text());
            self.write(b"\n");
            self.out.more_soon();
        }
        self.out.text()
    }

    /// Sends it a signal, by its short name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends its input, and waits for its end.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Ended {
        drop(self.child.stdin.take());
        let (out, err) = (self.out.rest(), self.err.rest());
        let code = self.child.wait().unwrap().code();
        Ended { out, err, code }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One stream of a program, read as it comes.
struct Pipe {
    chunks: Receiver<Vec<u8>>,
    taken: Vec<u8>,
}

impl Pipe {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let (sender, chunks) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { chunks, taken: Vec::new() }
    }

    /// Waits for more. There is none: the program has closed it.
    #[track_caller]
    fn more(&mut self) -> bool {
        match self.chunks.recv_timeout(Duration::from_secs(PATIENCE_SECONDS)) {
            Ok(bytes) => {
                self.taken.extend_from_slice(&bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("nothing more came, so far:\n{}", self.text()),
        }
    }

    /// Takes what comes before one would press Enter again.
    fn more_soon(&mut self) {
        if let Ok(bytes) = self.chunks.recv_timeout(Duration::from_millis(ENTER_MILLISECONDS)) {
            self.taken.extend_from_slice(&bytes);
        }
    }

    #[track_caller]
    fn rest(&mut self) -> String {
        while self.more() {}
        self.text()
    }

    /// What is no UTF-8 is shown as such.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.taken).into_owned()
    }
}
