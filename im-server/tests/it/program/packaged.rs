//! The units of systemd: they are what systemd understands, and the sandbox is tight.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::daemon::Home;

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
