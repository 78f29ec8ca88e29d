//! The server as a process: started on a core of its own, and what it has paid so far.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::speech::Spelling;

/// The server's core, and the load's.
const SERVER_CORE: usize = 0;
const LOAD_CORE: usize = 1;

/// Where an im-server keeps its data, in its home.
const DATA: &str = "data";

/// Which server, and how it is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    whence: Whence,
    pub(crate) dialect: Spelling,
    name: Option<String>,
}

#[derive(Debug, Clone)]
enum Whence {
    Running { addr: SocketAddr, pid: u32 },
    Program(PathBuf),
    Bare { group: usize },
}

impl Target {
    pub(crate) fn running(addr: SocketAddr, pid: u32, dialect: Spelling, name: Option<String>) -> Self {
        Self { whence: Whence::Running { addr, pid }, dialect, name }
    }

    pub(crate) fn started(program: PathBuf, dialect: Spelling, name: Option<String>) -> Self {
        Self { whence: Whence::Program(program), dialect, name }
    }

    pub(crate) fn bare(group: usize) -> Self {
        Self { whence: Whence::Bare { group }, dialect: Spelling::Bare, name: None }
    }

    pub(crate) fn name(&self) -> &str {
        match (&self.name, &self.whence) {
            (Some(name), _) => name,
            (None, Whence::Running { .. }) => "server",
            (None, Whence::Program(_)) => "im-server",
            (None, Whence::Bare { .. }) => "bare loop",
        }
    }

    /// The server, up and on its core.
    pub(crate) fn up(&self) -> anyhow::Result<Server> {
        match &self.whence {
            Whence::Running { addr, pid } => {
                for thread in threads(*pid)? {
                    pin(Pid::from_raw(i32::try_from(thread)?), SERVER_CORE)?;
                }
                pin(Pid::from_raw(0), LOAD_CORE)?;
                Ok(Server { addr: *addr, pid: *pid, child: None, folder: None })
            }
            Whence::Program(program) => {
                let home = tempfile::tempdir()?;
                let mut server = start_program(program, self.dialect, home.path())?;
                server.folder = Some(home);
                Ok(server)
            }
            Whence::Bare { group } => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["bare", "--group", &group.to_string()]);
                start(command, "listening on ")
            }
        }
    }

    /// An im-server that keeps its data in a home of the caller's, which may have been one before.
    pub(crate) fn up_in(&self, home: &Path) -> anyhow::Result<Server> {
        let Whence::Program(program) = &self.whence else {
            anyhow::bail!("this needs an im-server that is started for it");
        };
        start_program(program, self.dialect, home)
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pid: u32,
    child: Option<Child>,
    folder: Option<TempDir>,
}

fn start_program(program: &Path, dialect: Spelling, home: &Path) -> anyhow::Result<Server> {
    let mut command = Command::new(std::path::absolute(program)?);
    command.env_clear().env("HOME", home).current_dir(home);
    command.args(["--data-dir", DATA, "--log", "warn", "--addr", "127.0.0.1:0", "--limits", "off"]);
    let line = match dialect {
        Spelling::Json => {
            command.args(["--listen", "json=127.0.0.1:0"]);
            " (json)"
        }
        _ => "",
    };
    start(command, line)
}

/// Starts it on its core, and reads where it listens: in the first line that begins or ends so.
fn start(mut command: Command, line: &str) -> anyhow::Result<Server> {
    let me = Pid::from_raw(0);
    pin(me, SERVER_CORE)?; // a child is where its parent is
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    pin(me, LOAD_CORE)?;
    let mut child = child.with_context(|| format!("cannot start {command:?}"))?;
    let said = BufReader::new(child.stdout.take().context("it has no output")?);
    for said in said.lines() {
        let said = said?;
        let Some(addr) = said.strip_prefix("listening on ") else { continue };
        let addr = match line {
            "" | "listening on " => addr.parse(),
            suffix => addr.strip_suffix(suffix).unwrap_or_default().parse(),
        };
        if let Ok(addr) = addr {
            return Ok(Server { addr, pid: child.id(), child: Some(child), folder: None });
        }
    }
    anyhow::bail!("{command:?} ended without saying where it listens")
}

fn pin(thread: Pid, core: usize) -> anyhow::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core)?;
    sched_setaffinity(thread, &cores).context("this needs two cores")
}

impl Server {
    /// What it has paid so far, in seconds of a core.
    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        threads(self.pid)?.into_iter().try_fold(0.0, |sum, thread| {
            let file = format!("/proc/{}/task/{thread}/schedstat", self.pid);
            Ok(sum + spent(&fs::read_to_string(file)?)?)
        })
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024)
    }
}

impl Server {
    /// Where it keeps its data, if it was started for this and by itself.
    pub(crate) fn data(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.path().join(DATA))
    }

    /// Tells it to stop, and waits until it has put everything away.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM)?;
        let ended = child.wait()?;
        anyhow::ensure!(ended.success(), "it ended with {ended}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What this thread has paid so far, in seconds.
pub(crate) fn own_cpu() -> anyhow::Result<f64> {
    spent(&fs::read_to_string("/proc/thread-self/schedstat")?)
}

/// The first number of `schedstat`: nanoseconds on a core.
fn spent(schedstat: &str) -> anyhow::Result<f64> {
    let nanoseconds: u64 = schedstat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds as f64 / 1e9)
}

fn threads(pid: u32) -> anyhow::Result<Vec<u32>> {
    let folder = fs::read_dir(format!("/proc/{pid}/task"))?;
    folder.map(|thread| Ok(thread?.file_name().to_string_lossy().parse()?)).collect()
}
