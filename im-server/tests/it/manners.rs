//! Every manner by the programs that people have at hand, on a terminal or at the end of a pipe.

mod busybox;
mod pipes;
mod telnet;

use std::net::SocketAddr;

use portable_pty::CommandBuilder;

use crate::terminal::{Terminal, installed};

const ENTER_PASSWORD: &str = "[from system] enter password:";
const RE_ENTER_PASSWORD: &str = "[from system] re-enter password:";
const GOODBYE: &str = "Connection closed by foreign host.";

/// `PROGRAM ARGUMENT… HOST PORT` on a terminal.
fn on_terminal(program: &str, package: &str, arguments: &[&str], addr: SocketAddr) -> Terminal {
    let mut command = CommandBuilder::new(installed(program, package));
    command.args(arguments);
    command.args([addr.ip().to_string(), addr.port().to_string()]);
    Terminal::run(command)
}

/// The lines of the screen from this one on.
#[track_caller]
fn lines_from(terminal: &Terminal, first: &str) -> Vec<String> {
    let lines: Vec<_> = terminal.lines().into_iter().skip_while(|line| line != first).collect();
    assert!(!lines.is_empty(), "there is no line {first:?}:\n{}", terminal.screen());
    lines
}
