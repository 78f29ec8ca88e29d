//! The real program as a process of its own: its memory and its descriptors are nobody else's.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::Native;

const PROGRAM: &str = env!("CARGO_BIN_EXE_im-server");

/// How long a condition may take to come true before a test gives up, in seconds.
const PATIENCE_SECONDS: u64 = 30;

/// A server that can be looked at from outside.
pub(crate) struct Measured {
    child: Child,
    addr: SocketAddr,
    /// The ports with one manner each: go-im's, the lobby's, MaChat's, TinyChat's.
    others: [SocketAddr; 4],
    _folder: TempDir,
}

impl Measured {
    pub(crate) fn start() -> Self {
        Self::run(Command::new(PROGRAM))
    }

    /// One with these settings.
    pub(crate) fn with_settings(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("some.toml"), settings).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg("--config").arg(folder.path().join("some.toml"));
        Self::run(command)
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// One that the system gives only so many descriptors.
    pub(crate) fn with_descriptors(most: usize) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {most} && exec \"$0\" \"$@\""), PROGRAM]);
        Self::run(shell)
    }

    fn run(mut command: Command) -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = command
            .args(["--addr", "127.0.0.1:0", "--log", "warn", "--listen", "goim=127.0.0.1:0"])
            .args(["lobby", "machat", "tinychat"].map(|manner| format!("--listen={manner}=127.0.0.1:0")))
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
        let mut next = || -> SocketAddr {
            let addr = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
            addr.expect("it says where it listens").split(' ').next().unwrap().parse().unwrap()
        };
        let (addr, others) = (next(), [next(), next(), next(), next()]);
        Self { addr, others, child, _folder: folder }
    }

    /// The port for go-im's manner, where nobody is a guest.
    pub(crate) fn goim(&self) -> SocketAddr {
        self.others[0]
    }

    /// The port where everybody is understood, and those for one manner each.
    pub(crate) fn text_ports(&self) -> impl Iterator<Item = SocketAddr> {
        std::iter::once(self.addr).chain(self.others)
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn native_user(&self, name: &str) -> Native {
        let mut native = Native::connect(self.addr);
        native.sign_up(name).unwrap();
        native
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// How much memory it has, in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Stops it as an operator does. What it had to say on standard error comes back.
    pub(crate) fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is true, with something to do in between.
#[track_caller]
pub(crate) fn until(what: &str, mut true_now: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
    while !true_now() {
        assert!(Instant::now() < patience, "it never came true that {what}");
        std::thread::yield_now();
    }
}
