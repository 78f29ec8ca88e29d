//! The real `nc`: by hand on a terminal, and at the end of a pipe, where every answer comes before the end.

use std::net::SocketAddr;
use std::process::Command;

use portable_pty::CommandBuilder;

use crate::child::{Ended, Running};
use crate::harness::TestServer;
use crate::terminal::{CTRL_C, CTRL_D, Terminal, installed};

const SIGN_UP: &str =
    "[from system] enter password:[from system] re-enter password:[from system] auth succeed.\n";

fn nc(flags: &[&str], addr: SocketAddr) -> Command {
    let mut nc = Command::new(installed("nc", "netcat-openbsd"));
    nc.args(flags).args([addr.ip().to_string(), addr.port().to_string()]);
    nc
}

/// `printf INPUT | nc FLAG … HOST PORT`
fn piped(flags: &[&str], addr: SocketAddr, input: &str) -> Ended {
    Running::to_end(nc(flags, addr), input.as_bytes())
}

fn interactive(addr: SocketAddr) -> Terminal {
    let mut command = CommandBuilder::new(installed("nc", "netcat-openbsd"));
    command.args([addr.ip().to_string(), addr.port().to_string()]);
    Terminal::run(command)
}

/// Somebody at an nc with an account, signed in. That the password can be seen is nc's way.
fn nc_user(server: &TestServer, name: &str) -> Terminal {
    let mut nc = interactive(server.addr());
    nc.enter(&format!("signup: {name}"));
    nc.ends_in("[from system] enter password:");
    nc.enter("secret");
    nc.ends_in("[from system] re-enter password:");
    nc.enter("secret");
    nc.shows_line("[from system] auth succeed.");
    nc
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn by_hand() {
    let server = TestServer::start();
    let mut foo = interactive(server.addr());
    foo.ends_in("using [signup: foo] or [signin: foo]");
    foo.enter("signup: foo");
    foo.ends_in("[from system] enter password:");
    foo.press(CTRL_C);
    foo.ends();

    let mut foo = nc_user(&server, "foo");
    let mut bar = nc_user(&server, "bar");
    foo.enter("to user: bar");
    foo.enter("你好");
    bar.shows_line("[from user foo] 你好");
    bar.enter("to group: lobby");
    bar.enter("hello");
    foo.shows_line("[from group lobby user bar] hello");
    bar.shows_line("[from group lobby user bar] hello");
    foo.enter("/bye");
    foo.shows_line("[from system] bye.");
    bar.press(CTRL_C);
    bar.ends();
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn ctrl_d_on_a_terminal_only_ends_the_input() {
    let server = TestServer::start();
    let mut foo = nc_user(&server, "foo");
    let mut bar = nc_user(&server, "bar");
    foo.press(CTRL_D);
    bar.enter("to user: foo");
    bar.enter("can you hear me?");
    foo.shows_line("[from user bar] can you hear me?");
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn every_answer_comes_before_the_end() {
    let server = TestServer::start();
    let mut bar = server.text_user("bar");
    let input = "signup: foo\nsecret\nsecret\nto user: bar\nhello bar\nto group: lobby\nhello all\n";
    let ended = piped(&["-N"], server.addr(), input);
    assert_eq!(ended.out, format!("{SIGN_UP}[from group lobby user foo] hello all\n"));
    assert_eq!(ended.code, Some(0));
    // Two conversations have no order between them.
    let lines = ["[from user foo] hello bar\n", "[from group lobby user foo] hello all\n"];
    let got = bar.until("hello ") + &bar.until("\n") + &bar.until("\n");
    assert!(lines.iter().all(|line| got.contains(line)), "{got}");
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn a_last_line_needs_no_end() {
    let server = TestServer::start();
    let ended = piped(&["-N"], server.addr(), "signup: foo\nsecret\nsecret\nto group: lobby\nno end");
    assert_eq!(ended.out, format!("{SIGN_UP}[from group lobby user foo] no end\n"));
    assert_eq!(ended.code, Some(0));

    let ended = piped(&["-N"], server.addr(), "signin: foo\nsecret");
    assert_eq!(ended.out, "[from system] enter password:[from system] auth succeed.\n");
    let ended = piped(&["-N"], server.addr(), "signin: 1nobody");
    assert_eq!(ended.out, "[from system] invalid user name.\n");
    let ended = piped(&["-N"], server.addr(), "");
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(0)));
}

/// Somebody at the end of a pipe who has signed up and whose first words have come back.
fn piped_user(server: &TestServer) -> Running {
    let mut running = Running::start(nc(&["-N"], server.addr()));
    running.write(b"signup: foo\nsecret\nsecret\nto group: lobby\nfirst\n");
    running.says("[from group lobby user foo] first\n");
    running
}

/// What came after the first words.
fn answers(ended: &Ended) -> Vec<&str> {
    ended.out.lines().skip_while(|line| !line.ends_with("first")).skip(1).collect()
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn many_lines_are_answered_in_order() {
    let server = TestServer::start();
    let mut foo = piped_user(&server);
    let posts = |from: u32| (from..from + 200).map(|number| format!("line {number}\n")).collect::<String>();
    let elsewhere = "to user: ghost\nwho are you\nto group: lobby\n";
    foo.write(format!("{}{elsewhere}{}/bye\n", posts(0), posts(200)).as_bytes());
    let ended = foo.ends();
    let echo = |number| format!("[from group lobby user foo] line {number}");
    let mut wanted: Vec<String> = (0..400).map(echo).collect();
    wanted.insert(200, "[from system] object does not exist.".into());
    wanted.push("[from system] bye.".into());
    let answers = answers(&ended);
    for (number, (answer, wanted)) in answers.iter().zip(&wanted).enumerate() {
        assert_eq!(answer, wanted, "line {number}");
    }
    assert_eq!((answers.len(), ended.code), (wanted.len(), Some(0)));
}

#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn what_is_answered_at_once_overtakes_nothing() {
    let server = TestServer::start();
    let mut foo = piped_user(&server);
    foo.write(b"hello\n/help bye\nagain\n/nonsense\n@ghost boo\nlast\n");
    let ended = foo.ends();
    let answers = answers(&ended);
    let wanted = [
        "[from group lobby user foo] hello",
        "  /quit ",
        "[from group lobby user foo] again",
        "[from system] unsupported command.",
        "[from system] object does not exist.",
        "[from group lobby user foo] last",
    ];
    assert_eq!((answers.len(), ended.code), (wanted.len(), Some(0)), "{ended:?}");
    for (answer, wanted) in answers.iter().zip(wanted) {
        assert!(answer.starts_with(wanted), "{ended:?}");
    }
}

/// Lines that end as telnet's do are answered so, and the password's prompt comes after telnet's three bytes.
#[test]
#[cfg_attr(not(has_nc), ignore = "apt-get install netcat-openbsd")]
fn with_cr_lf() {
    let server = TestServer::start();
    let input = "signup: foo\nsecret\nsecret\nto group: lobby\nhello\n";
    let ended = piped(&["-C", "-N"], server.addr(), input);
    let hide = "\u{fffd}\u{fffd}\u{1}";
    let answers = format!("{hide}{SIGN_UP}[from group lobby user foo] hello\n").replace('\n', "\r\n");
    assert_eq!(ended.out, answers);
    assert_eq!(ended.code, Some(0));
}
