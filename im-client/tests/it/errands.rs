//! What other programs of the machine are asked to do, by the whole program in a terminal: the clipboard, and links.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::World;

/// A program that notes down what it is given, and ends well or not.
fn program(folder: &Path, name: &str, ends: u8) {
    let script = format!(
        "#!/bin/sh\nprintf '%s|' \"$@\" >'{0}/{name}.given'\n/bin/cat >'{0}/{name}.read'\nexit {ends}\n",
        folder.display()
    );
    let path = folder.join(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Alice's client, where only those programs are, and perhaps a display.
fn client(world: &World, folder: &Path, display: &str) -> Pty {
    let mut command = CommandBuilder::new("/usr/bin/env");
    command.args([&format!("PATH={}", folder.display()), &format!("DISPLAY={display}")]);
    command.args([env!("CARGO_BIN_EXE_im-client"), "--user", "alice"]);
    let pty = Pty::run(world, command, 100, 24);
    pty.is_in();
    pty
}

#[test]
fn a_message_is_copied_and_its_link_opened_without_a_shell() {
    let world = World::new();
    world.accounts(&["alice"]);
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "xclip", 0);
    program(folder.path(), "xdg-open", 0);
    let mut alice = client(&world, folder.path(), ":9");
    alice.type_text("see https://a.example/x?a=1&b=$HOME;id\r");
    alice.shows("id ✓");
    alice.type_text("\u{1b}");
    alice.shows("r reply");
    alice.type_text("y");
    alice.shows("copied 38 characters (xclip)");
    let said = "see https://a.example/x?a=1&b=$HOME;id";
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        (read("xclip.given"), read("xclip.read")),
        ("-selection|clipboard|".to_owned(), said.to_owned())
    );
    // The terminal was asked too, as one that is far away has to be.
    let base64 = "c2VlIGh0dHBzOi8vYS5leGFtcGxlL3g/YT0xJmI9JEhPTUU7aWQ=";
    assert!(alice.written("\u{1b}]52;c;").starts_with(base64));
    alice.type_text("o");
    alice.shows("opened https://a.example");
    assert_eq!(read("xdg-open.given"), "https://a.example/x?a=1&b=$HOME;id|");
}

#[test]
fn what_is_not_there_or_fails_is_told() {
    let world = World::new();
    world.accounts(&["alice"]);
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "xclip", 3);
    let mut alice = client(&world, folder.path(), ":9");
    alice.type_text("https://a.example/\r");
    alice.shows("example/ ✓");
    alice.type_text("\u{1b}");
    alice.shows("r reply");
    alice.type_text("y");
    alice.shows("xclip failed");
    alice.type_text("o");
    alice.shows("is not opened");
    let mut other = client(&world, folder.path(), "");
    other.shows("example/ ✓");
    other.type_text("\u{1b}");
    other.shows("r reply");
    other.type_text("y");
    other.shows("(OSC 52)");
}
