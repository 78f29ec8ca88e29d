//! What the README says about curl, run as it stands there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::child::Running;
use crate::daemon::Home;
use crate::harness::Peer;

/// The lines of the block below a heading.
fn block(heading: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let (_, below) = readme.split_once(heading).unwrap();
    let (_, block) = below.split_once("```sh\n").unwrap();
    block.split_once("```\n").unwrap().0.to_owned()
}

#[test]
#[cfg_attr(not(has_curl), ignore = "apt-get install curl")]
fn three_lines_of_curl_are_heard_by_telnet() {
    let lines = block("## With curl, in three lines\n");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut telnet = Peer::connect(daemon.addr());
    telnet.send("signup: foo\nsecret\nsecret\n/join dev\n");
    telnet.until("join in group dev.\n");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(lines.replace("127.0.0.1:1202", &daemon.addr().to_string()));
    let ended = Running::to_end(shell, b"");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    telnet.until("[from group dev user robot] hello from curl\n");
    assert!(ended.out.contains(r##"{"conversation":"#dev","seq":"##), "{ended:?}");
}
