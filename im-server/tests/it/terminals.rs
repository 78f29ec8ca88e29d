//! What people have at hand: the real `telnet` and the real `nc`, on real terminals and in pipes.

use std::net::SocketAddr;

use portable_pty::CommandBuilder;

use crate::harness::TestServer;
use crate::terminal::{BACKSPACE, CTRL_C, CTRL_D, Terminal, installed};

const ENTER_PASSWORD: &str = "[from system] enter password:";
const RE_ENTER_PASSWORD: &str = "[from system] re-enter password:";
const WELCOME: &str = "[from system] auth succeed.";
/// The last line of the greeting.
const HINT: &str = "using [signup: foo] or [signin: foo]";

fn telnet(addr: SocketAddr) -> Terminal {
    let mut command = CommandBuilder::new(installed("telnet", "telnet"));
    command.args([addr.ip().to_string(), addr.port().to_string()]);
    let mut terminal = Terminal::run(command);
    terminal.shows("Escape character is");
    terminal
}

/// Somebody at a telnet with an account, signed in.
fn telnet_user(server: &TestServer, name: &str) -> Terminal {
    let mut telnet = telnet(server.addr());
    telnet.enter(&format!("signup: {name}"));
    telnet.ends_in(ENTER_PASSWORD);
    telnet.enter("secret");
    telnet.ends_in(RE_ENTER_PASSWORD);
    telnet.enter("secret");
    telnet.shows_line(WELCOME);
    telnet
}

#[test]
fn x_play() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    eprintln!("{}\n----", foo.screen());
    foo.press("half a li");
    foo.shows("half a li");
    foo.press(CTRL_C);
    let mut bar = telnet_user(&server, "bar");
    bar.enter("to user: foo");
    bar.enter("hello");
    foo.shows("hello");
    eprintln!("{}\n----", foo.screen());
    eprintln!("{:?}\n----", foo.has_shown("secret"));
    let _ = (BACKSPACE, CTRL_D, HINT);
}
