//! What the program says, where it listens, where it keeps its data, and when it refuses to start.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::asks::sign_up;
use crate::child::Running;
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn it_says_where_it_listens_where_the_data_is_and_what_to_try() {
    let home = Home::new();
    let data = home.path("data");
    let daemon =
        Daemon::start(home.command(&["--addr", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()]));
    let addr = daemon.addr();
    let (ip, port, data) = (addr.ip(), addr.port(), data.display());
    assert_ne!(port, 0);
    let fingerprint = Running::to_end(home.command(&["fingerprint", "--data-dir", "data"]), b"").out;
    let wanted = format!(
        "im-server {VERSION}\nlistening on {addr}\ncertificate {fingerprint}data in {data}\ntry:  telnet {ip} {port}\n      im-client --addr {addr}\n      http://{addr}/ in a browser\n"
    );
    assert_eq!(daemon.said(), wanted);
    Peer::connect(addr).send("signup: foo\n");
}

#[test]
fn help_and_version() {
    let home = Home::new();
    let version = Running::to_end(home.command(&["--version"]), b"");
    assert_eq!((version.out, version.code), (format!("im-server {VERSION}\n"), Some(0)));
    let help = Running::to_end(home.command(&["--help"]), b"");
    assert_eq!(help.code, Some(0));
    let words: Vec<_> = help.out.split_whitespace().collect();
    let all = words.join(" ");
    for wanted in [
        "[default: 127.0.0.1:1202] [env: IM_ADDR=]",
        "--data-dir <FOLDER>",
        "[env: IM_DATA_DIR=]",
        "[env: IM_CONFIG=]",
        "[env: IM_LISTEN=]",
        "[env: IM_TELNET_ECHO=]",
        "[env: IM_DURABILITY=]",
        "[env: IM_LOG=]",
        "[env: IM_LOG_FORMAT=]",
        "[env: IM_METRICS=]",
        "user Accounts",
        "room Rooms and groups",
        "token Sign-ins",
        "backup Copy the database",
        "check Look whether",
    ] {
        assert!(all.contains(wanted), "{wanted}:\n{}", help.out);
    }
    let unknown = Running::to_end(home.command(&["--adr", ":1"]), b"");
    assert!(unknown.err.contains("--adr") && unknown.err.contains("--addr"), "{unknown:?}");
    assert_eq!(unknown.code, Some(2));
}

#[test]
fn without_a_word_the_data_is_in_the_platforms_folder() {
    let home = Home::new();
    let free_port = ["--addr", "127.0.0.1:0"];
    let daemon = Daemon::start(home.command(&free_port));
    assert_eq!(daemon.data_dir(), home.path(".local/share/im-server"));
    drop(daemon);

    let mut command = home.command(&free_port);
    command.env("XDG_DATA_HOME", home.path("elsewhere"));
    let daemon = Daemon::start(command);
    assert_eq!(daemon.data_dir(), home.path("elsewhere/im-server"));
    assert!(home.path("elsewhere/im-server").is_dir());
}

#[test]
fn data_is_for_its_owner_only() {
    let home = Home::new();
    let daemon = home.start(&[]);
    Native::connect(daemon.addr()).ask(sign_up("foo")).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let data = home.path("data");
    assert_eq!(mode(&data), 0o700);
    let check = || {
        let files: Vec<_> = data.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty());
        for file in files {
            let wanted = if file.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&file), wanted, "{}", file.display());
        }
    };
    check();
    daemon.stop("TERM");
    check();
}

#[test]
fn further_ports_speak_one_way_only() {
    let home = Home::new();
    let daemon = home.start(&["--listen", "goim=127.0.0.1:0", "--listen", "native=127.0.0.1:0"]);
    let listens = daemon.listens();
    let manners: Vec<_> = listens.iter().map(|(_, manner)| *manner).collect();
    assert_eq!(manners, ["", "(goim)", "(native)"]);
    let [any, goim, native] = [0, 1, 2].map(|at: usize| listens[at].0);

    // Whoever comes later to the port for everybody is greeted, and nothing was said here before that.
    let mut unwelcomed = Peer::connect(goim);
    Peer::connect(any).until("using [signup: foo] or [signin: foo]\r\n");
    unwelcomed.send("hello\n");
    unwelcomed.expect("using [signup: foo] or [signin: foo]\n");

    Native::connect(native).ask(sign_up("foo")).unwrap();
    Native::connect(any).ask(sign_up("bar")).unwrap();
    let mut text = Peer::connect(native);
    text.send("signup: foo\n");
    assert!(!text.to_end().contains("password"));
    // Frames are nothing that a go-im port knows: they are lines that end nowhere.
    let mut frames = Peer::connect(goim);
    frames.send_bytes(&im_proto::Hello::OURS.to_bytes());
    frames.half_close();
    assert_eq!(frames.to_end(), "using [signup: foo] or [signin: foo]\n");
}

#[test]
fn a_data_folder_is_for_one_server() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let second = Running::to_end(home.serving(&[]), b"");
    assert_eq!(second.code, Some(1));
    assert_eq!(second.err, "Error: another im-server is running on the data folder data\n");
    assert_eq!(second.out, "");
    Native::connect(daemon.addr()).ask(sign_up("foo")).unwrap();
    drop(daemon);
    home.start(&[]);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let home = Home::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    for args in [vec!["--addr", &taken], vec!["--addr", "127.0.0.1:0", "--listen", &format!("goim={taken}")]]
    {
        let refused = Running::to_end(home.command(&args), b"");
        assert_eq!(refused.code, Some(1));
        let wanted = format!("Error: cannot listen on {taken}: Address already in use");
        assert!(refused.err.starts_with(&wanted), "{refused:?}");
        assert_eq!(refused.out, "");
    }
    for nonsense in ["nowhere", "127.0.0.1:99999", ""] {
        let refused = Running::to_end(home.command(&["--addr", nonsense]), b"");
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.starts_with(&format!("Error: cannot listen on {nonsense}: ")), "{refused:?}");
    }
}

#[test]
fn a_data_folder_that_cannot_be_is_named() {
    let home = Home::new();
    let file = home.file("file", "");
    let folder = file.join("data").display().to_string();
    let refused = Running::to_end(home.command(&["--addr", "127.0.0.1:0", "--data-dir", &folder]), b"");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.starts_with(&format!("Error: cannot use the data folder {folder}: ")), "{refused:?}");
}
