//! The house rules, held against the sources: who may import whom, and how large a room may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The longest file and the longest function, in lines.
const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Each module of this crate and the modules it may import. Bytes flow one way: what stands further down is never
/// imported by what stands further up.
const MODULES: &[(&str, &[&str])] = &[
    // Plain data.
    ("entry", &[]),
    ("footing", &[]),
    ("machine", &[]),
    ("peer", &[]),
    ("limits", &["peer"]),
    ("naming", &[]),
    ("policy", &["limits", "naming"]),
    ("announcement", &["entry"]),
    // Pure.
    ("rules", &["footing"]),
    ("metrics", &[]),
    ("dialect", &["entry"]),
    // What is kept, and what is live.
    ("store", &["announcement", "entry", "footing", "machine", "metrics"]),
    ("tls", &["config", "machine"]),
    ("hub", &["announcement", "entry"]),
    (
        "service",
        &["entry", "footing", "hub", "limits", "machine", "metrics", "peer", "policy", "rules", "store"],
    ),
    // A connection. It puts a page of the store into the form in which the hub carries events.
    ("carriage", &["dialect"]),
    (
        "session",
        &[
            "carriage", "dialect", "entry", "hub", "limits", "machine", "metrics", "peer", "policy",
            "service", "store",
        ],
    ),
    ("node", &["carriage", "dialect", "hub", "machine", "metrics", "peer", "service", "session", "tls"]),
    ("http", &["carriage", "dialect", "hub", "limits", "machine", "metrics", "node", "peer", "service"]),
    // The configuration names settings of the text dialect and of the store.
    ("config", &["dialect", "limits", "naming", "policy", "store"]),
    // Doors to what has no other: for fuzzers to what is pure, for benches to what is hot.
    ("fuzzing", &["config", "dialect"]),
    ("benching", &["announcement", "entry", "hub", "machine", "store"]),
    // The program, besides serving.
    ("commands", &[]),
    ("logs", &[]),
    ("running", &[]),
    ("reload", &["config", "listen", "naming", "policy", "service"]),
    ("monitor", &["metrics", "service"]),
    // What operators do.
    ("admin", &["config", "hub", "machine", "policy", "service", "store"]),
    ("listen", &["carriage", "config", "dialect", "http", "limits", "metrics", "node", "peer", "tls"]),
];

/// Sources that may import all.
const ROOTS: &[&str] = &["lib", "main"];

#[test]
fn modules_import_only_what_the_table_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table: BTreeMap<&str, &[&str]> = MODULES.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for file in rust_files(&src) {
        let within = file.strip_prefix(&src).unwrap();
        let first = within.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs").to_owned();
        if ROOTS.contains(&module.as_str()) {
            continue;
        }
        let Some(allowed) = table.get(module.as_str()) else {
            faults.push(format!("{}: the module {module} has no row in the table", within.display()));
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            for import in imports(line) {
                if import != module && table.contains_key(import) && !allowed.contains(&import) {
                    faults.push(format!(
                        "{}:{}: {module} may not import {import}",
                        within.display(),
                        number + 1
                    ));
                }
            }
        }
        seen.insert(module);
    }
    for (module, _) in MODULES.iter().filter(|(module, _)| !seen.contains(*module)) {
        faults.push(format!("{module} has a row in the table and no source"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sql_stands_in_the_store_and_bincode_in_one_file() {
    let mut faults = Vec::new();
    for file in workspace_sources() {
        let path = file.to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        // What SQLite alone pays is what the store is measured against.
        let may = path.contains("/im-server/src/store/") || path.ends_with("/stampede/machinery/rows.rs");
        if text.contains("rusqlite::") && !may {
            faults.push(format!("{path}: SQL outside of the store"));
        }
        let calls = ["bincode::encode_", "bincode::decode_"];
        if calls.iter().any(|call| text.contains(call)) && !path.ends_with("/im-proto/src/wire.rs") {
            faults.push(format!("{path}: bincode is called in im-proto/src/wire.rs only"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_say_what_they_are_for_and_stay_small() {
    const VAGUE: &[&str] =
        &["util", "utils", "common", "helpers", "misc", "base", "types", "manager", "handler"];
    let mut faults = Vec::new();
    for file in workspace_sources() {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        if !text.starts_with("//!") {
            faults.push(format!("{name}: the first line does not say what the file is for"));
        }
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            faults.push(format!("{name}: {lines} lines, at most {FILE_LINES_MAX}"));
        }
        for (function, lines) in functions(&text).into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES_MAX)
        {
            faults.push(format!("{name}: {function} has {lines} lines, at most {FUNCTION_LINES_MAX}"));
        }
        if VAGUE.contains(&file.file_stem().unwrap().to_str().unwrap()) {
            faults.push(format!("{name}: a name that says nothing"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_mains_are_short() {
    for main in ["im-server/src/main.rs", "im-client/src/main.rs"] {
        let lines = fs::read_to_string(workspace().join(main)).unwrap().lines().count();
        assert!(lines <= 80, "{main}: {lines} lines");
    }
}

/// The modules named after `crate::` in a line.
fn imports(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    let names = code.split("crate::").skip(1);
    names
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .collect()
}

/// The functions of a formatted source, with their lengths in lines.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let words = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn "];
        let crate_async = ["pub(crate) async fn ", "pub(super) async fn ", "const fn ", "pub const fn "];
        if !words.iter().chain(&crate_async).any(|word| code.starts_with(word)) {
            continue;
        }
        let name =
            code.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next()).unwrap_or_default();
        // What a trait only declares ends on its line, or is followed by what ends earlier than any body of 70 lines.
        let close = format!("{indent}}}");
        let length = lines[start..].iter().position(|line| *line == close).map_or(1, |at| at + 1);
        found.push((name.to_owned(), if code.ends_with(';') { 1 } else { length }));
    }
    found
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The sources of all crates and of what stands beside them, without their tests.
fn workspace_sources() -> Vec<PathBuf> {
    ["im-proto", "im-server", "im-client"]
        .iter()
        .flat_map(|name| rust_files(&workspace().join(name).join("src")))
        .chain(rust_files(&workspace().join("im-server/examples")))
        .chain(rust_files(&workspace().join("im-server/fuzz/src")))
        .chain(rust_files(&workspace().join("im-proto/benches")))
        .chain(rust_files(&workspace().join("im-server/benches")))
        .chain(rust_files(&workspace().join("im-client/examples")))
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
