//! Each row of SECURITY.md names a test that is there.

use std::fs;
use std::path::{Path, PathBuf};

fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| threat"))
}

/// The tests that the last cell of a row names.
fn named(row: &str) -> Vec<&str> {
    let cell = row.trim_end_matches([' ', '|']).rsplit_once(" | ").map_or("", |(_, cell)| cell);
    cell.split('`').skip(1).step_by(2).collect()
}

/// Where a module may stand: in its own file, in its folder, or, as `tests` do, in the file of the one above it.
fn files(root: &Path, modules: &[&str]) -> Vec<PathBuf> {
    let path: PathBuf = root.join(modules.join("/"));
    let mut files = vec![path.with_extension("rs"), path.join("mod.rs")];
    if let [above @ .., "tests"] = modules {
        let above = root.join(above.join("/"));
        files.extend([above.with_extension("rs"), above.join("mod.rs")]);
    }
    files
}

fn is_there(workspace: &Path, test: &str) -> bool {
    let path: Vec<&str> = test.split("::").collect();
    let [krate, modules @ .., name] = path.as_slice() else { return false };
    let (root, modules) = match modules {
        ["lib", modules @ ..] => (workspace.join(krate).join("src"), modules),
        modules => (workspace.join(krate).join("tests/it"), modules),
    };
    let function = format!("fn {name}(");
    let text = files(&root, modules).into_iter().find_map(|file| fs::read_to_string(file).ok());
    text.is_some_and(|text| text.contains(&function))
}

#[test]
fn every_row_names_tests_that_are_there() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(workspace.join("im-server/SECURITY.md")).unwrap();
    assert!(rows(&text).count() > 0);
    let unproved: Vec<&str> = rows(&text).filter(|row| named(row).is_empty()).collect();
    assert!(unproved.is_empty(), "no test stands in: {unproved:#?}");
    let missing: Vec<&str> = rows(&text).flat_map(named).filter(|test| !is_there(workspace, test)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert!(is_there(workspace, "im-server::security::a_test_that_is_not_there_is_missed"));
    assert!(is_there(
        workspace,
        "im-server::lib::peer::tests::a_network_is_one_site_and_a_mapped_address_is_its_own"
    ));
    assert!(!is_there(workspace, "im-server::security::a_test_that_nobody_wrote"));
    assert!(!is_there(workspace, "im-server::nowhere::named"));
}
