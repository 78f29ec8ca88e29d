//! The file, the environment and the flags: each setting by each way, and which way wins.

use crate::child::Running;
use crate::daemon::{Daemon, Home};
use crate::harness::Peer;

/// The bytes that make a telnet hide what is typed come before the prompt.
fn hides_passwords(daemon: &Daemon) -> bool {
    let mut peer = Peer::connect(daemon.addr());
    peer.send("signup: foo\r\n");
    !peer.until("enter password:").starts_with("[from system]")
}

#[test]
fn the_file_that_is_printed_works_as_it_is() {
    let home = Home::new();
    let printed = Running::to_end(home.command(&["config"]), b"");
    assert_eq!((printed.err.as_str(), printed.code), ("", Some(0)));
    assert!(printed.out.contains("\naddr = \"127.0.0.1:1202\"\n"), "{printed:?}");
    home.file("whole.toml", &printed.out);
    let daemon = home.start(&["--config", "whole.toml"]);
    assert!(hides_passwords(&daemon));
    // And so does each line of it, also those that are commented out.
    // (But for the one by which somebody is asked who is not of this test: it is read by the configuration's own.)
    let mut table = "";
    for line in printed.out.lines() {
        if line.starts_with('[') {
            table = line;
        }
        if !line.contains(" = ") || line.starts_with("# acme = ") {
            continue;
        }
        home.file("line.toml", &format!("{table}\n{}", line.trim_start_matches("# ")));
        let mut command = home.command(&["--config", "line.toml", "--addr", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(home.path("other"));
        assert_eq!(Daemon::start(command).stop("TERM").code, Some(0), "{line}");
    }
}

#[test]
fn each_flag_is_a_variable_too() {
    let home = Home::new();
    home.file("some.toml", "telnet_echo = \"auto\"\nlog = \"info\"\n");
    let mut command = home.command(&[]);
    command.envs([
        ("IM_ADDR", "127.0.0.1:0"),
        ("IM_DATA_DIR", "by-variable"),
        ("IM_CONFIG", "some.toml"),
        ("IM_LISTEN", "goim=127.0.0.1:0,native=127.0.0.1:0"),
        ("IM_TELNET_ECHO", "never"),
        ("IM_DURABILITY", "process"),
        ("IM_RETENTION_DAYS", "30"),
        ("IM_LIMITS", "off"),
        ("IM_LOG", "debug"),
        ("IM_LOG_FORMAT", "json"),
        ("IM_METRICS", "127.0.0.1:0"),
    ]);
    let daemon = Daemon::start(command);
    assert_eq!(daemon.data_dir().to_str(), Some("by-variable"));
    assert!(daemon.said().contains("\nmetrics on http://127.0.0.1:"), "{}", daemon.said());
    let manners: Vec<_> = daemon.listens().iter().map(|(_, manner)| *manner).collect();
    assert_eq!(manners, ["", "(goim)", "(native)"]);
    assert!(!hides_passwords(&daemon));
    let ended = daemon.stop("TERM");
    assert!(ended.err.contains("\"level\":\"DEBUG\""), "{ended:?}");

    let mut command = home.serving(&[]);
    command.env("IM_CONFIG", "not-there.toml");
    let refused = Running::to_end(command, b"");
    assert!(refused.err.contains("not-there.toml"), "{refused:?}");
    assert_eq!(refused.code, Some(1));
    let mut command = home.serving(&[]);
    command.env("IM_DURABILITY", "perhaps");
    let refused = Running::to_end(command, b"");
    assert!(refused.err.contains("perhaps") && refused.err.contains("full, process"), "{refused:?}");
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let home = Home::new();
    let settings = "addr = \"127.0.0.1:0\"\ndata_dir = \"by-file\"\nlisten = [\"goim=127.0.0.1:0\"]\ntelnet_echo = \"never\"\nlog = \"debug\"\n";
    home.file("some.toml", settings);
    let start = |variables: &[(&str, &str)], flags: &[&str]| {
        let mut command = home.command(&["--config", "some.toml"]);
        command.envs(variables.iter().copied()).args(flags);
        let daemon = Daemon::start(command);
        let manners: String = daemon.listens().iter().map(|(_, manner)| *manner).collect();
        let (data, hides) = (daemon.data_dir().display().to_string(), hides_passwords(&daemon));
        let debug = daemon.stop("TERM").err.contains("DEBUG");
        (data, manners, hides, debug)
    };
    let by_file = start(&[], &[]);
    assert_eq!(by_file, ("by-file".into(), "(goim)".into(), false, true));
    let variables = [
        ("IM_DATA_DIR", "by-variable"),
        ("IM_LISTEN", "native=127.0.0.1:0"),
        ("IM_TELNET_ECHO", "auto"),
        ("IM_LOG", "error"),
    ];
    let by_variable = start(&variables, &[]);
    assert_eq!(by_variable, ("by-variable".into(), "(native)".into(), true, false));
    let flags = [
        "--data-dir=by-flag",
        "--listen=any=127.0.0.1:0",
        "--listen=goim=127.0.0.1:0",
        "--telnet-echo=never",
        "--log=debug",
    ];
    let by_flag = start(&variables, &flags);
    assert_eq!(by_flag, ("by-flag".into(), "(goim)".into(), false, true));
}

#[test]
fn the_platforms_file_is_read_if_it_is_there() {
    let home = Home::new();
    home.file(".config/im-server/server.toml", "data_dir = \"by-home\"\n");
    home.file("xdg/im-server/server.toml", "data_dir = \"by-xdg\"\n");
    let free_port = ["--addr", "127.0.0.1:0"];
    let daemon = Daemon::start(home.command(&free_port));
    assert_eq!(daemon.data_dir().to_str(), Some("by-home"));
    let mut command = home.command(&free_port);
    command.env("XDG_CONFIG_HOME", home.path("xdg"));
    assert_eq!(Daemon::start(command).data_dir().to_str(), Some("by-xdg"));
}

#[test]
fn what_cannot_be_in_a_file_is_named() {
    for (settings, named) in [
        ("adr = \"127.0.0.1:0\"", "adr"),
        ("[section]\nx = 1", "section"),
        ("addr = 1202", "addr"),
        ("telnet_echo = \"maybe\"", "maybe"),
        ("durability = \"perhaps\"", "perhaps"),
        ("listen = [\"klingon=:1\"]", "klingon"),
        ("listen = [\"goim\"]", "MANNER=ADDR"),
        ("connections_max = -1", "-1"),
        ("[limits]\nposts = 1", "posts"),
        ("[limits]\nstall_seconds_max = 0", "nonzero"),
        ("addr = \"", "line 1"),
        ("log = \"a=b=c\"", "a=b=c"),
    ] {
        let home = Home::new();
        home.file("some.toml", settings);
        let refused = Running::to_end(home.serving(&["--config", "some.toml"]), b"");
        assert!(refused.err.contains(named), "{settings}: {refused:?}");
        assert_eq!((refused.out.as_str(), refused.code), ("", Some(1)), "{settings}");
        assert!(!home.path("data").exists(), "{settings}");
    }
}

#[test]
fn what_cannot_be_in_a_flag_is_named() {
    let home = Home::new();
    for (flag, named) in [
        ("--telnet-echo=maybe", "maybe"),
        ("--durability=perhaps", "perhaps"),
        ("--listen=klingon=:1", "klingon"),
        ("--listen=:1", "MANNER=ADDR"),
        ("--log=a=b=c", "a=b=c"),
        ("--config=not-there.toml", "not-there.toml"),
    ] {
        let refused = Running::to_end(home.serving(&[flag]), b"");
        assert!(refused.err.contains(named), "{flag}: {refused:?}");
        assert!(matches!(refused.code, Some(1 | 2)), "{flag}: {refused:?}");
    }
}
