//! What is linked in: licences and sources, as `deny.toml` says.

use std::path::Path;
use std::process::Command;

#[test]
#[cfg_attr(not(has_cargo_deny), ignore = "cargo install --locked cargo-deny")]
fn what_is_linked_in_has_a_licence_that_is_allowed_and_comes_from_the_registry() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut asked = Command::new(env!("CARGO"));
    asked.args(["deny", "--locked", "check", "licenses", "bans", "sources"]).current_dir(workspace);
    let told = asked.output().unwrap();
    let said = String::from_utf8_lossy(&told.stdout) + String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{said}");
    assert!(said.contains("bans ok, licenses ok, sources ok"), "{said}");
}
