//! Tells the tests which of the programs that they run are installed. What is missing makes its tests ignored, by name, or
//! with `IM_REQUIRE_PROGRAMS` set ends the build: continuous integration leaves nothing out.

#![allow(clippy::print_stdout, reason = "it is how a build script speaks")]

use std::env;
use std::path::PathBuf;

/// A program, and the Debian package that has it, or the crate.
const PROGRAMS: [(&str, &str); 13] = [
    ("telnet", "telnet"),
    ("nc", "netcat-openbsd"),
    ("busybox", "busybox"),
    ("socat", "socat"),
    ("curl", "curl"),
    ("openssl", "openssl"),
    ("pebble", "pebble"),
    ("strace", "strace"),
    ("valgrind", "valgrind"),
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("systemd-analyze", "systemd"),
    ("cargo-deny", CRATE),
];

/// It is no package, but compiled: `cargo install --locked`.
const CRATE: &str = "(cargo install --locked cargo-deny)";

fn main() {
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rerun-if-env-changed=IM_REQUIRE_PROGRAMS");
    println!("cargo::rerun-if-changed=/usr/bin");
    // A new migration is a new file in a folder that is embedded, which the compiler does not notice by itself.
    println!("cargo::rerun-if-changed=src/store/sqlite/schema");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut missing = Vec::new();
    for (program, package) in PROGRAMS {
        let word = program.replace('-', "_");
        println!("cargo::rustc-check-cfg=cfg(has_{word})");
        if folders.iter().any(|folder| folder.join(program).is_file()) {
            println!("cargo::rustc-cfg=has_{word}");
        } else {
            missing.push(package);
        }
    }
    if !missing.is_empty() && env::var_os("IM_REQUIRE_PROGRAMS").is_some() {
        println!("cargo::error=tests need programs: apt-get install {}", missing.join(" "));
    }
}
