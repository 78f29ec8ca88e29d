//! The real server as a process: started on the same folder and ports again and again, killed, or stopped in good order.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::dice::Dice;
use super::violation::Violation;

/// Ports below those that systems give to clients: a client that dials a port where nobody listens could be given that
/// very port, and talk to itself.
const PORTS: (u64, u64) = (12_000, 31_999);
const PORT_TRIES_MAX: usize = 200;

/// How often it is looked whether the server has ended, in milliseconds.
const LOOK_MILLISECONDS: u64 = 20;
/// The signal that asks a program to end.
const SIGTERM: i32 = 15;
/// How long an orderly end may take, in seconds.
const STOP_SECONDS_MAX: u64 = 60;
/// How often a port may be taken by somebody else when the server comes back.
const TAKEN_MAX: u32 = 50;
/// So much of what the server wrote is shown, in bytes.
const SAID_BYTES_MAX: usize = 2_000;

pub(crate) struct Daemon {
    program: PathBuf,
    folder: TempDir,
    pub(crate) native: SocketAddr,
    pub(crate) json: SocketAddr,
    child: Option<Child>,
    taken: u32,
}

impl Daemon {
    /// Chooses a folder and two ports. Nothing runs yet.
    pub(crate) fn new(program: &Path) -> Result<Self, Violation> {
        let folder = TempDir::new().map_err(failed)?;
        // The folder has a random name: others on this machine throw otherwise.
        let name = folder.path().as_os_str().as_encoded_bytes();
        let whose = name.iter().fold(0, |sum: u64, byte| sum.wrapping_mul(257).wrapping_add((*byte).into()));
        let mut dice = Dice::of(std::process::id().into(), whose);
        let (native, json) = (free(&mut dice)?, free(&mut dice)?);
        if !program.is_file() {
            return Err(Violation::Torture(format!("there is no server {}", program.display())));
        }
        Ok(Self { program: program.to_owned(), folder, native, json, child: None, taken: 0 })
    }

    fn errors(&self) -> PathBuf {
        self.folder.path().join("errors")
    }

    pub(crate) fn start(&mut self) -> Result<(), Violation> {
        let errors: File =
            OpenOptions::new().create(true).append(true).open(self.errors()).map_err(failed)?;
        let mut command = Command::new(&self.program);
        command.env_clear().env("HOME", self.folder.path()).current_dir(self.folder.path());
        command.args(["--data-dir", "data", "--log", "warn", "--addr", &self.native.to_string()]);
        command.args(["--listen", &format!("json={}", self.json)]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
        self.child = Some(command.spawn().map_err(failed)?);
        Ok(())
    }

    /// kill -9. Whether there was something to kill.
    pub(crate) fn kill(&mut self) -> Result<bool, Violation> {
        let Some(mut child) = self.child.take() else { return Ok(false) };
        child.kill().map_err(failed)?;
        child.wait().map_err(failed)?;
        Ok(true)
    }

    /// Ends by being told to. Whether it was up already, so that it could end in good order: before it listens to
    /// signals, they end it as they end any program.
    pub(crate) async fn stop(&mut self) -> Result<bool, Violation> {
        let Some(child) = &self.child else { return Ok(false) };
        let pid = child.id().to_string();
        Command::new("sh").args(["-c", "kill -s TERM \"$0\"", &pid]).status().map_err(failed)?;
        let ended = tokio::time::timeout(Duration::from_secs(STOP_SECONDS_MAX), self.exit());
        let status = match ended.await {
            Ok(status) => status?,
            Err(_) => return Err(Violation::NoOrderlyEnd(format!("not within {STOP_SECONDS_MAX} s"))),
        };
        self.child = None;
        match (status.success(), status.signal()) {
            (true, _) => Ok(true),
            (_, Some(SIGTERM)) => Ok(false),
            _ => Err(Violation::NoOrderlyEnd(format!("{status}: {}", self.said()))),
        }
    }

    /// Ends in good order.
    pub(crate) async fn stop_well(&mut self) -> Result<(), Violation> {
        if self.stop().await? { Ok(()) } else { Err(Violation::NoOrderlyEnd("it was not up".into())) }
    }

    async fn exit(&mut self) -> Result<ExitStatus, Violation> {
        let mut look = tokio::time::interval(Duration::from_millis(LOOK_MILLISECONDS));
        loop {
            look.tick().await;
            let Some(child) = &mut self.child else { return std::future::pending().await };
            if let Some(status) = child.try_wait().map_err(failed)? {
                return Ok(status);
            }
        }
    }

    /// Sees to it that it runs. Ends only where it does not, which is its fault.
    pub(crate) async fn attend(&mut self) -> Result<(), Violation> {
        loop {
            let status = self.exit().await?;
            let said = self.said();
            self.taken += 1;
            let port_taken = said.lines().last().is_some_and(|line| line.contains("cannot listen on"));
            if !port_taken || self.taken > TAKEN_MAX {
                return Err(Violation::ServerEnded(format!("{status}: {said}")));
            }
            self.start()?; // somebody else's client had the port for a moment
        }
    }

    /// Whatever a thread of the server's may have said before it died.
    pub(crate) fn panicked(&self) -> Result<(), Violation> {
        let said = std::fs::read_to_string(self.errors()).map_err(failed)?;
        match said.lines().find(|line| line.contains("panicked at")) {
            Some(line) => Err(Violation::ServerEnded(line.to_owned())),
            None => Ok(()),
        }
    }

    fn said(&self) -> String {
        let said = std::fs::read(self.errors()).unwrap_or_default();
        String::from_utf8_lossy(&said[said.len().saturating_sub(SAID_BYTES_MAX)..]).into_owned()
    }

    /// How much it keeps, in bytes.
    pub(crate) fn kept_bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.folder.path().join("data")).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn free(dice: &mut Dice) -> Result<SocketAddr, Violation> {
    for _ in 0..PORT_TRIES_MAX {
        let port = u16::try_from(dice.between(PORTS.0, PORTS.1)).unwrap_or(1);
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(addr).is_ok() {
            return Ok(addr);
        }
    }
    Err(Violation::Torture("there is no free port".into()))
}

#[allow(clippy::needless_pass_by_value, reason = "made for map_err")]
fn failed(error: std::io::Error) -> Violation {
    Violation::Torture(error.to_string())
}
