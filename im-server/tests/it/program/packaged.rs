//! The units of systemd: they are what systemd understands, and the sandbox is tight.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::daemon::Home;

/// What the server's unit must say for a server that was taken over to have no privilege and nothing to write but its folder. Some of
/// it is implied by `DynamicUser`, and weighs nothing in what `systemd-analyze` counts.
const SANDBOX: [&str; 13] = [
    "DynamicUser=yes",
    "StateDirectory=im-server",
    "CapabilityBoundingSet=",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "MemoryDenyWriteExecute=yes",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
];

/// What takes back some of that.
const OPENINGS: [&str; 6] =
    ["User=", "Group=", "AmbientCapabilities=", "ReadWritePaths=", "BindPaths=", "ExecPaths="];

/// The units, in a folder, with the program that was built.
fn units(home: &Home) -> Vec<PathBuf> {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let program = format!("ExecStart={}", env!("CARGO_BIN_EXE_im-server"));
    ["im-server.service", "im-server.socket"]
        .map(|name| {
            let unit = std::fs::read_to_string(packaging.join(name)).unwrap();
            home.file(name, &unit.replace("ExecStart=im-server", &program))
        })
        .into()
}

#[test]
#[cfg_attr(not(has_systemd_analyze), ignore = "apt-get install systemd")]
fn systemd_understands_the_units() {
    let home = Home::new();
    let units = units(&home);
    let verified =
        Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&units).output().unwrap();
    let told = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !told.contains("im-server."), "{told}");
    // A wrong word would have been told.
    let wrong = std::fs::read_to_string(&units[0]).unwrap().replace("WatchdogSec=", "WatchdogSecs=");
    let wrong = home.file("wrong/im-server.service", &wrong);
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(wrong).output().unwrap();
    assert!(String::from_utf8_lossy(&verified.stderr).contains("WatchdogSecs"), "{verified:?}");
}

#[test]
#[cfg_attr(not(has_systemd_analyze), ignore = "apt-get install systemd")]
fn the_sandbox_is_tight() {
    let home = Home::new();
    let unit = &units(&home)[0];
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=15"])
        .arg(unit)
        .output();
    let judged = judged.unwrap();
    let told = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success(), "more than 1.5 of 10 points of exposure:\n{told}");
}

#[test]
fn nothing_of_the_sandbox_is_left_out_or_taken_back() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/im-server.service");
    let unit = std::fs::read_to_string(unit).unwrap();
    let word = |line: &str| line.split_once('=').unwrap_or_default().0.to_owned();
    let words: Vec<_> = SANDBOX.iter().chain(&OPENINGS).map(|line| word(line)).collect();
    // All of it, and nothing twice: said again, a setting is another one.
    let said: Vec<_> = unit.lines().filter(|line| words.contains(&word(line))).collect();
    assert_eq!(said, SANDBOX);
}
