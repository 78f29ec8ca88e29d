//! What is linked in: licences and sources, as `deny.toml` says. `cargo deny` asks more; this is asked on each run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// An SPDX expression with these licences allowed.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // An old way to say OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().collect::<Vec<_>>().into_iter().peekable();
    let holds = any(&mut words, allowed);
    assert_eq!(words.next(), None, "{expression} is not understood");
    holds
}

type Words<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

fn any(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut holds = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        holds |= all(words, allowed);
    }
    holds
}

fn all(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut holds = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words, allowed);
    }
    holds
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        let holds = any(words, allowed);
        assert_eq!(words.next(), Some(")"));
        return holds;
    }
    if words.next_if_eq(&"WITH").is_none() {
        return allowed.contains(word);
    }
    allowed.contains(&format!("{word} WITH {}", words.next().unwrap_or_default()))
}

#[test]
fn what_is_linked_in_has_a_licence_that_is_allowed_and_comes_from_the_registry() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let rules = std::fs::read_to_string(workspace.join("deny.toml")).unwrap();
    let rules: toml::Table = toml::from_str(&rules).unwrap();
    let allowed: BTreeSet<String> = rules["licenses"]["allow"].clone().try_into().unwrap();
    assert_eq!(rules["sources"]["unknown-registry"].as_str(), Some("deny"));

    // For this machine only: what other systems need may not be here.
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(rustc.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host])
        .current_dir(workspace)
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let mut faults = Vec::new();
    for package in packages {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence, &allowed) {
            faults.push(format!("{name} {version}: the licence {licence}"));
        }
        match package["source"].as_str() {
            None if name.starts_with("im-") => {}
            Some("registry+https://github.com/rust-lang/crates.io-index") => {}
            source => faults.push(format!("{name} {version}: from {source:?}")),
        }
        let ours = package["source"].is_null();
        for needs in package["dependencies"].as_array().unwrap().iter().filter(|_| ours) {
            if needs["req"] == "*" && needs["path"].is_null() {
                faults.push(format!("{name}: any version of {}", needs["name"]));
            }
        }
    }
    assert!(packages.len() > 100 && faults.is_empty(), "{faults:#?}");
}

#[test]
fn an_expression_is_read_as_it_is_meant() {
    let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, holds) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND Zlib", true),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
        ("none", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), holds, "{expression}");
    }
}
