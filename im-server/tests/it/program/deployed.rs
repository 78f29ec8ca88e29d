//! The deployment page of the README: each of its commands that can be run without a machine of one's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::Running;
use crate::daemon::{Daemon, Home};
use crate::harness::Peer;

/// Where the page says that metrics are told.
const METRICS: &str = "127.0.0.1:9120";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The lines of the page.
fn page() -> Vec<String> {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n## Running it\n").unwrap();
    let block = section.split("```").nth(1).unwrap();
    block.lines().skip(1).map(str::to_owned).collect()
}

#[track_caller]
fn line<'a>(page: &'a [String], begin: &str) -> &'a str {
    page.iter().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin} in {page:#?}"))
}

#[test]
fn the_page_has_ten_lines_and_installs_what_is_there() {
    let page = page();
    assert!(page.len() <= 10, "{page:#?}");
    let units = line(&page, "install -m 644 ");
    let files: Vec<_> = units.split(' ').filter(|word| word.starts_with("im-server/")).collect();
    assert_eq!(files.len(), 2);
    files.iter().for_each(|file| assert!(workspace().join(file).is_file(), "{file}"));
    let enabled = line(&page, "systemctl ").split(' ').filter(|word| word.contains("im-server."));
    let installed: Vec<_> = files.iter().map(|file| file.rsplit('/').next().unwrap()).collect();
    enabled.for_each(|unit| assert!(installed.contains(&unit), "{unit}"));
    // The program is where the unit looks for it, and is what cargo makes.
    assert_eq!(line(&page, "install -m 755 "), "install -m 755 target/release/im-server /usr/bin/");
    assert!(line(&page, "git clone ").contains("cargo build --release --locked --bin im-server"));
}

/// The environment of the unit, within a home.
fn environment(home: &Home) -> Vec<(String, String)> {
    let unit = std::fs::read_to_string(workspace().join("im-server/packaging/im-server.service")).unwrap();
    let words = unit.lines().find_map(|line| line.strip_prefix("Environment=")).unwrap();
    let settings = words.split(' ').map(|word| word.split_once('=').unwrap());
    let within = |value: &str| {
        if value.starts_with('/') { format!("{}{value}", home.path("").display()) } else { value.to_owned() }
    };
    settings.map(|(name, value)| (name.to_owned(), within(value).replace("//", "/"))).collect()
}

#[test]
fn its_configuration_starts_its_command_adds_somebody_and_its_question_is_answered() {
    let home = Home::new();
    let page = page();
    let root = home.path("").display().to_string().trim_end_matches('/').to_owned();
    let configured = line(&page, "mkdir -p /etc/im-server")
        .replace("/etc/", &format!("{root}/etc/"))
        .replace(METRICS, "127.0.0.1:0");
    assert!(Command::new("sh").args(["-c", &configured]).status().unwrap().success());
    let mut command = home.command(&["--addr", "127.0.0.1:0"]);
    command.envs(environment(&home));
    let daemon = Daemon::start(command);
    let metrics = daemon.said().lines().find_map(|line| line.strip_prefix("metrics on http://"));
    let metrics = metrics.expect("its metrics are told").trim_end_matches("/metrics").to_owned();

    let add = line(&page, "im-server ").replace("/var/", &format!("{root}/var/"));
    let args: Vec<&str> = add.split(' ').skip(1).collect();
    let added = Running::to_end(home.command(&args), b"secret\n");
    assert_eq!((added.code, added.out.as_str()), (Some(0), "done\n"), "{added:?}");
    let mut alice = Peer::connect(daemon.addr());
    alice.send("signin: alice\nsecret\n");
    alice.until("auth succeed.");

    let asked = line(&page, "curl 127").replace(METRICS, &metrics);
    let mut peer = Peer::connect(metrics.parse().unwrap());
    let path = asked.strip_prefix(&format!("curl {metrics}")).unwrap();
    peer.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert!(peer.to_end().ends_with("\r\n\r\nready\n"));
    assert_eq!(daemon.stop("TERM").code, Some(0));
}

#[test]
fn the_image_is_built_by_the_rust_that_is_asked_for_and_runs_as_nobody() {
    let image = std::fs::read_to_string(workspace().join("im-server/packaging/Containerfile")).unwrap();
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    assert!(image.contains(&format!("rust:{}-", rust.trim_matches('"'))), "{rust}");
    assert!(image.contains("\nUSER nonroot\n"));
    // Each setting is one that the program knows.
    let settings = image.lines().find_map(|line| line.strip_prefix("ENV ")).unwrap();
    let help = Running::to_end(Home::new().command(&["--help"]), b"").out;
    for setting in settings.split(' ') {
        let (name, _) = setting.split_once('=').unwrap();
        assert!(help.contains(&format!("[env: {name}=")), "{name}");
    }
}
