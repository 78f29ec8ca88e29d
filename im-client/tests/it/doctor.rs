//! `doctor` finds what would be in one's way, and says so by its exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::pty::Pty;
use crate::world::World;

#[test]
fn all_is_well_where_all_is_well() {
    let world = World::new();
    world.accounts(&["alice"]);
    let told = world.does(&["doctor"]);
    for line in
        ["note  terminal  not a terminal", "ok    config    none; it would be", "ok    sign-in   as alice"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains(&format!("ok    server    {} answers", world.addr)), "{told}");
    assert!(told.contains("ok    clock     0 s from the server's"), "{told}");
    assert!(told.contains("ok    locale    C.UTF-8"), "{told}");
    let json = world.does(&["doctor", "--json"]);
    assert_eq!(json.lines().count(), told.lines().count());
    assert!(json.contains(r#"{"what":"locale","state":"fine","told":"C.UTF-8"}"#), "{json}");
}

#[test]
fn what_is_in_the_way_is_named() {
    let mut world = World::new();
    world.accounts(&["alice"]);
    let token = &world.token_files()[0];
    fs::set_permissions(token, fs::Permissions::from_mode(0o644)).unwrap();
    let config = world.file("config.toml", "theme = \"plaid\"\n");
    world.stop();
    let output = world.run(&["doctor", "--config", config.to_str().unwrap()], "");
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    for what in ["config", "data", "server"] {
        assert!(told.contains(&format!("WRONG {what:<10}")), "{what}: {told}");
    }
    assert!(told.contains("plaid") && told.contains(token.to_str().unwrap()), "{told}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("3 of these"));
}

#[test]
fn a_terminal_that_does_not_answer_is_not_waited_for_long_and_left_as_it_was() {
    let world = World::new();
    let mut pty = Pty::client(&world, &["doctor"], 80, 24);
    let (code, told) = pty.ended();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("note  widths    the terminal does not tell where its cursor is"), "{told}");
    assert!(told.contains("ok    size      80x24"), "{told}");
    assert!(!told.contains("\u{1b}[?1049h"));
}
