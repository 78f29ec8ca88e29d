//! The built im-server as people start it: in a home of its own, with nothing of this machine's settings.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::child::{Ended, Running};

/// A home folder that vanishes.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A file or folder in it, there or not.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file into it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    }

    /// `im-server ARG …` with no environment but a home.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_im-server"));
        command.args(args).env_clear().env("HOME", self.0.path()).current_dir(self.0.path());
        command
    }

    /// The same on a free port and with the data in `data`.
    pub(crate) fn serving(&self, args: &[&str]) -> Command {
        let mut command = self.command(&["--addr", "127.0.0.1:0", "--data-dir", "data"]);
        command.args(args);
        command
    }

    pub(crate) fn start(&self, args: &[&str]) -> Daemon {
        Daemon::start(self.serving(args))
    }
}

/// A server that runs.
pub(crate) struct Daemon {
    running: Running,
    said: String,
}

impl Daemon {
    /// Waits until it has said all that it says when it has started.
    #[track_caller]
    pub(crate) fn start(command: Command) -> Self {
        let mut running = Running::start(command);
        running.says("im-client --addr ");
        let said = running.says("\n");
        Self { running, said }
    }

    /// What it said when it had started.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// Where it says that it keeps its data.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.said.lines().find_map(|line| line.strip_prefix("data in ")).unwrap().into()
    }

    /// Where it says that it listens, and what is spoken there.
    pub(crate) fn listens(&self) -> Vec<(SocketAddr, &str)> {
        let lines = self.said.lines().filter_map(|line| line.strip_prefix("listening on "));
        let split = lines.map(|line| line.split_once(' ').unwrap_or((line, "")));
        split.map(|(addr, manner)| (addr.parse().unwrap(), manner)).collect()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.listens()[0].0
    }

    /// Sends it a signal, by its short name.
    pub(crate) fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    /// Waits until its log has this. All of it so far comes back.
    #[track_caller]
    pub(crate) fn logs(&mut self, text: &str) -> String {
        self.running.logs(text)
    }

    /// Waits for more of its log.
    #[track_caller]
    pub(crate) fn more_log(&mut self) {
        self.running.more_log();
    }

    /// Waits for its end, of which it has reasons of its own.
    #[track_caller]
    pub(crate) fn ends(self) -> Ended {
        self.running.ends()
    }

    /// Sends it a signal, by its short name, and waits for its end.
    #[track_caller]
    pub(crate) fn stop(self, signal: &str) -> Ended {
        self.running.signal(signal);
        self.running.ends()
    }
}
