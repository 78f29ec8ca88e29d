//! A real server in this process, real clients in processes of their own, and everything in folders that vanish.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use im_server::{Config, Server, StartError};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long anything may take before a test gives up. Nothing waits this long unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    runtime: Runtime,
    server: Option<Server>,
    pub(crate) addr: String,
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            runtime: Runtime::new().unwrap(),
            server: None,
            addr: "127.0.0.1:0".to_owned(),
            folder: TempDir::new().unwrap(),
        };
        fs::create_dir(world.folder.path().join("home")).unwrap();
        world.start();
        world
    }

    /// Starts the server, on the port it had before if it had one.
    pub(crate) fn start(&mut self) {
        self.start_with(|_| {});
    }

    /// Starts the server, whose configuration is changed.
    pub(crate) fn start_with(&mut self, change: impl FnOnce(&mut Config)) {
        let mut config = Config::new(self.folder.path().join("server"));
        config.addr.clone_from(&self.addr);
        change(&mut config);
        let deadline = std::time::Instant::now() + PATIENCE;
        let server = loop {
            match self.runtime.block_on(Server::start(config.clone())) {
                Ok(server) => break server,
                // Somebody's outgoing connection has been given the port for a moment.
                Err(StartError::Listen { error, .. }) if error.kind() == ErrorKind::AddrInUse => {
                    assert!(std::time::Instant::now() < deadline, "{} is taken", self.addr);
                }
                Err(error) => panic!("{error}"),
            }
        };
        self.addr = server.address().to_string();
        self.server = Some(server);
    }

    pub(crate) fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }

    /// By what the server is told to be known.
    pub(crate) fn fingerprint(&self) -> String {
        self.server.as_ref().unwrap().fingerprint().unwrap()
    }

    /// A file or folder of this world, there or not.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// What a client of this world finds in its environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let folder = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        vec![
            ("HOME", folder("home")),
            ("XDG_STATE_HOME", folder("state")),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("IM_ADDR", self.addr.clone()),
            ("TZ", "UTC".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
        ]
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_im-client"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .env("IM_PASSWORD", "pw")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a client to its end.
    pub(crate) fn run(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        // A client that ends early does not read it all.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs a client that has to succeed; what it printed.
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a client that has to fail with a code; what it complained of.
    pub(crate) fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(!said.is_empty());
        said
    }

    /// The same for one whom neither environment nor command line tells of a server.
    pub(crate) fn fails_without_address(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.command(arguments).env_remove("IM_ADDR").output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Puts a configuration in the place of the one that is there, as editors do.
    pub(crate) fn configure(&self, text: &str) {
        let folder = self.folder.path().join("home/.config/im-client");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml~"), text).unwrap();
        fs::rename(folder.join("config.toml~"), folder.join("config.toml")).unwrap();
    }

    /// Accounts that are signed in on this device.
    pub(crate) fn accounts(&self, names: &[&str]) {
        for name in names {
            self.does(&["signup", name]);
        }
    }

    /// Starts a client that prints lines until it is ended.
    pub(crate) fn lines(&self, arguments: &[&str]) -> Lines {
        let mut child = self.command(arguments).stderr(Stdio::inherit()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (told, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    return;
                }
            }
        });
        Lines { child, lines }
    }

    /// Somebody with no client of ours, on the same port.
    pub(crate) fn by_telnet(&self) -> std::net::TcpStream {
        std::net::TcpStream::connect(&self.addr).unwrap()
    }

    /// A file of this world.
    pub(crate) fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// All files that clients of this world have made.
    pub(crate) fn files_of_clients(&self) -> Vec<std::path::PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().join("home"), self.folder.path().join("state")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                let into = if path.is_dir() { &mut folders } else { &mut files };
                into.push(path);
            }
        }
        files
    }

    /// The journals of what somebody has not sent.
    pub(crate) fn journals(&self, name: &str) -> Vec<std::path::PathBuf> {
        let Ok(servers) = fs::read_dir(self.folder.path().join("state/im/unsent")) else {
            return Vec::new();
        };
        let folders = servers.filter_map(|server| fs::read_dir(server.unwrap().path().join(name)).ok());
        let mut journals: Vec<_> = folders.flatten().map(|file| file.unwrap().path()).collect();
        journals.retain(|path| path.extension().is_some_and(|extension| extension == "journal"));
        journals.sort();
        journals
    }

    /// Waits until the notes of somebody say something.
    pub(crate) fn noted(&self, name: &str, what: &str) {
        let servers = self.folder.path().join("state/im/unsent");
        let is_noted = || {
            let servers = fs::read_dir(&servers).into_iter().flatten();
            let files =
                servers.filter_map(|server| fs::read_dir(server.ok()?.path().join(name)).ok()).flatten();
            let mut notes = files.filter_map(|file| Some(file.ok()?.path()));
            notes.any(|path| {
                path.extension().is_some_and(|extension| extension == "notes")
                    && fs::read_to_string(path).is_ok_and(|notes| notes.contains(what))
            })
        };
        let deadline = std::time::Instant::now() + PATIENCE;
        while !is_noted() {
            assert!(std::time::Instant::now() < deadline, "{what} was not noted down");
            std::thread::yield_now();
        }
    }

    pub(crate) fn token_files(&self) -> Vec<std::path::PathBuf> {
        let Ok(servers) = fs::read_dir(self.folder.path().join("state/im/sign-ins")) else {
            return Vec::new();
        };
        servers
            .flat_map(|server| fs::read_dir(server.unwrap().path()).unwrap())
            .map(|file| file.unwrap().path())
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) struct Lines {
    child: Child,
    lines: Receiver<String>,
}

impl Lines {
    /// Gives it something to read.
    pub(crate) fn feed(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// There is nothing more to read; waits for its end.
    pub(crate) fn finish(&mut self) -> bool {
        drop(self.child.stdin.take());
        self.child.wait().unwrap().success()
    }

    pub(crate) fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("one more line")
    }

    /// A line, if there is one by now.
    pub(crate) fn next_soon(&self) -> Option<String> {
        self.lines.try_recv().ok()
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
