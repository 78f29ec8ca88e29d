//! A service manager as systemd is one: it is told when the server is ready, alive, reads again and stops; it may have opened
//! the sockets.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

/// What the manager hears.
struct Manager {
    socket: UnixDatagram,
}

impl Manager {
    fn new(home: &Home) -> Self {
        let socket = UnixDatagram::bind(home.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { socket }
    }

    /// The next word, without those that show life.
    fn hears(&self) -> String {
        loop {
            let word = self.next();
            if word != "WATCHDOG=1" {
                return word;
            }
        }
    }

    fn next(&self) -> String {
        let mut word = [0; 256];
        let read = self.socket.recv(&mut word).expect("a word for the manager");
        String::from_utf8_lossy(&word[..read]).trim_end().to_owned()
    }
}

#[test]
fn the_manager_is_told_what_happens() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut command = home.serving(&[]);
    command.env("NOTIFY_SOCKET", home.path("notify")).env("WATCHDOG_USEC", "100000");
    let daemon = Daemon::start(command);
    assert_eq!(manager.hears(), "READY=1");
    // As long as the writer answers it hears so, again and again.
    for _ in 0..5 {
        assert_eq!(manager.next(), "WATCHDOG=1");
    }
    daemon.signal("HUP");
    let reloading = manager.hears();
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{reloading}");
    assert_eq!(manager.hears(), "READY=1");
    daemon.signal("TERM");
    assert_eq!(manager.hears(), "STOPPING=1");
    assert_eq!(daemon.ends().code, Some(0));
}

/// A writer that is stuck (here on a database that somebody else has locked) is alive no more: the manager is told nothing, so
/// that it will start the server anew.
#[test]
fn a_writer_that_is_stuck_shows_no_life() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut command = home.serving(&[]);
    command.env("NOTIFY_SOCKET", home.path("notify")).env("WATCHDOG_USEC", "100000");
    let daemon = Daemon::start(command);
    assert_eq!(manager.hears(), "READY=1");
    assert_eq!(manager.next(), "WATCHDOG=1");
    let other = rusqlite::Connection::open(home.path("data/im.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // What was on its way is heard yet; then nothing for longer than a healthy server is ever silent.
    manager.socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut word = [0; 256];
    let heard = (0..100).take_while(|_| manager.socket.recv(&mut word).is_ok()).count();
    assert!(heard < 100, "it goes on showing life");
    other.execute_batch("ROLLBACK").unwrap();
    manager.socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(manager.next(), "WATCHDOG=1");
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

struct Activated(Child);

impl Drop for Activated {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it as systemd does: the sockets are descriptors from 3 on, and are meant for the process of this number.
fn activated(home: &Home, names: &str, sockets: [TcpListener; 2]) -> Activated {
    let given = "exec 3<&0 4<&2 0</dev/null 2>log; LISTEN_PID=$$ exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    let serving = home.serving(&[]);
    command.args(["-c", given]).arg(serving.get_program()).args(serving.get_args());
    command.env_clear().env("HOME", home.path("")).current_dir(home.path(""));
    command.env("LISTEN_FDS", "2").env("LISTEN_FDNAMES", names);
    let [first, second] = sockets.map(|socket| Stdio::from(OwnedFd::from(socket)));
    let mut child = Activated(command.stdin(first).stderr(second).stdout(Stdio::piped()).spawn().unwrap());
    let said = BufReader::new(child.0.stdout.take().unwrap());
    let ready = said.lines().any(|line| line.unwrap().contains("im-client --addr "));
    assert!(ready, "{}", std::io::read_to_string(File::open(home.path("log")).unwrap()).unwrap());
    child
}

#[test]
fn sockets_that_were_given_are_used_each_in_its_manner() {
    let home = Home::new();
    let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
    let sockets = [listen(), listen()];
    let [any, goim]: [SocketAddr; 2] = [0, 1].map(|at: usize| sockets[at].local_addr().unwrap());
    // Who dials before the server is there waits.
    let mut early = Peer::connect(any);
    early.send("signup: early\nsecret\nsecret\n");
    let _server = activated(&home, "im:goim", sockets);
    early.until("auth succeed.");
    Native::connect(any).sign_up("foo").unwrap();
    let mut unwelcomed = Peer::connect(goim);
    unwelcomed.send("hello\n");
    unwelcomed.expect("using [signup: foo] or [signin: foo]\n");
}
