//! The configuration file of a real client: refused at the start, printed, and read again while it runs.

use crate::pty::Pty;
use crate::world::World;

const F1: &str = "\u{1b}OP";
const F9: &str = "\u{1b}[20~";
const ESC: &str = "\u{1b}";
const FOCUS: &str = "\u{1b}[I";

#[test]
fn a_wrong_file_is_refused_at_the_start_with_its_line() {
    let world = World::new();
    world.configure("ascii = false\n[keys]\njump = \"f1\"\n");
    let told = world.fails(2, &["tail"]);
    assert!(told.contains("config.toml, line 3: F1 is the key of both "), "{told}");
    assert!(told.contains("jump") && told.contains("help"), "{told}");
    let mut pty = Pty::client(&world, &[], 80, 24);
    let (code, said) = pty.ended();
    assert!(code == 2 && said.contains("line 3") && !said.contains("\u{1b}[?1049h"), "{said}");
}

#[test]
fn the_server_may_be_configured_and_the_command_line_goes_before_it() {
    let world = World::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "server = \"127.0.0.1:1\"\n").unwrap();
    let path = file.path().to_str().unwrap();
    // The environment of the tests names a server that is there.
    world.does(&["--config", path, "signup", "alice"]);
    let told = world.fails_without_address(3, &["--config", path, "login", "alice"]);
    assert!(told.contains("127.0.0.1:1"), "{told}");
}

#[test]
fn the_printed_file_is_one_that_is_taken() {
    let world = World::new();
    let printed = world.does(&["--print-config"]);
    world.configure(&printed);
    world.accounts(&["alice"]);
}

#[test]
fn a_new_file_holds_at_once_and_a_wrong_one_changes_nothing() {
    let world = World::new();
    world.accounts(&["alice"]);
    world.configure("");
    let mut pty = Pty::client(&world, &["--user", "alice"], 80, 24);
    pty.shows("#lobby");
    world.configure("[keys]\nhelp = \"f9\"\n");
    pty.shows("the configuration is read again");
    pty.type_text(F9);
    pty.shows("Help · ");
    pty.type_text(ESC);
    pty.shows_no("Help · ");
    world.configure("[keys]\nhelp = \"banana\"\n");
    pty.shows("line 2: there is no key");
    pty.type_text(F9);
    pty.shows("Help · ");
    pty.type_text(ESC);
    pty.shows_no("Help · ");
    // With the focus it is read before the key is, whatever the system has told.
    world.configure("");
    pty.type_text(FOCUS);
    pty.type_text(F1);
    pty.shows("Help · ");
}
