//! The terminal is given back for a while: to the shell by Ctrl-Z, to an editor; and it is taken back as it is then.

use std::io::Read;
use std::process::Command;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::pty::Pty;
use crate::world::World;

const CTRL_X_CTRL_E: &str = "\u{18}\u{5}";
const CTRL_Z: &str = "\u{1a}";
const ALTERNATE: &str = "\u{1b}[?1049h";

/// A shell with job control that runs the client in front, tells how the terminal is when that stops, and goes on with
/// it after a line was typed.
fn as_a_job(world: &World) -> Pty {
    let client = env!("CARGO_BIN_EXE_im-client");
    let script = format!(
        "set -m; sh -c 'echo pid=$$; exec {client} --user alice'; echo stopped; stty -a; read x; fg; echo code=$?"
    );
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &script]);
    let pty = Pty::run(world, command, 80, 24);
    pty.shows("#lobby");
    pty.is_in();
    pty
}

fn assert_stopped(pty: &Pty) {
    pty.writes("icanon", 1);
    assert!(pty.count(" icanon") == 1 && pty.count(" echo ") == 1 && pty.count("-icanon") == 0);
    pty.assert_restored();
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_goes_on_in_whatever_size_it_has() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let mut pty = as_a_job(&world);
    pty.type_text("half a line");
    pty.shows("half a line");
    pty.type_text(CTRL_Z);
    assert_stopped(&pty);
    pty.resize(100, 30);
    world.does(&["--user", "bob", "send", "#lobby", "said while she was away"]);
    pty.type_text("\r");
    pty.shows("said while she was away");
    pty.shows("half a line");
    assert_eq!(pty.count(ALTERNATE), pty.count("\u{1b}[?1049l") + 1);
    // All of the new size is drawn on, and keys come.
    assert!(pty.rows()[29].contains(" ms "), "{:#?}", pty.rows());
    pty.type_text(" and the rest\r");
    pty.shows("half a line and the rest ✓");
    pty.type_text("\u{11}");
    assert!(pty.ended().1.contains("code=0"));
    pty.assert_restored();
}

#[test]
fn who_is_asked_to_stop_from_outside_gives_the_terminal_back_first() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut pty = as_a_job(&world);
    let id = pty.written("pid=");
    assert!(Command::new("kill").args(["-s", "TSTP", &id]).status().unwrap().success());
    assert_stopped(&pty);
    pty.type_text("\r");
    pty.shows("#lobby");
    pty.type_text("here again");
    pty.shows("here again");
}

#[test]
fn who_was_stopped_without_being_asked_takes_the_terminal_anew() {
    let world = World::new();
    world.accounts(&["alice"]);
    // No shell takes the terminal meanwhile.
    let client = env!("CARGO_BIN_EXE_im-client");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &format!("echo pid=$$; exec {client} --user alice")]);
    let pty = Pty::run(&world, command, 80, 24);
    pty.is_in();
    let id = pty.written("pid=");
    for signal in ["STOP", "CONT"] {
        let before = pty.count(ALTERNATE);
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        if signal == "CONT" {
            pty.writes(ALTERNATE, before + 1);
        }
    }
    pty.assert_taken();
}

#[test]
fn where_no_shell_could_let_it_go_on_it_goes_on_at_once() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut pty = Pty::client(&world, &["--user", "alice"], 80, 24);
    pty.is_in();
    let before = pty.count(ALTERNATE);
    pty.type_text(CTRL_Z);
    pty.writes(ALTERNATE, before + 1);
    pty.type_text("still here");
    pty.shows("still here");
}

#[test]
fn an_editor_gets_the_terminal_and_what_it_wrote_is_in_the_composer() {
    let world = World::new();
    world.accounts(&["alice", "bob"]);
    let client = env!("CARGO_BIN_EXE_im-client");
    // Shows how the terminal is, waits for a line, and writes on.
    let editor = "stty -a; read x; printf \"second\\nthird\\n\" >> ";
    let script = format!("export EDITOR='{editor}'; exec {client} --user alice");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &script]);
    let mut pty = Pty::run(&world, command, 80, 24);
    pty.is_in();
    pty.type_text("first ");
    pty.shows("first ");
    pty.type_text(CTRL_X_CTRL_E);
    assert_stopped(&pty);
    // Keys are the editor's now, Ctrl-C too; and what is said meanwhile waits to be seen.
    world.does(&["--user", "bob", "send", "#lobby", "said meanwhile"]);
    pty.type_text("go on\r");
    pty.shows("said meanwhile");
    pty.shows("first second");
    pty.shows("third");
    pty.shows_no("go on");
    pty.type_text("!\r");
    pty.shows("third! ✓");
}

#[test]
fn a_terminal_that_takes_nothing_holds_nobody() {
    let world = World::new();
    world.accounts(&["alice"]);
    // Nobody reads what is drawn on this one.
    let pair = native_pty_system()
        .openpty(PtySize { rows: 200, cols: 500, pixel_width: 0, pixel_height: 0 })
        .unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_im-client"));
    command.args(["--user", "alice"]);
    command.env_clear();
    for (name, value) in world.environment() {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    // It has begun to draw, and draws more than the terminal takes.
    let mut begun = [0; 1];
    let mut reader = pair.master.try_clone_reader().unwrap();
    reader.read_exact(&mut begun).unwrap();
    let id = child.process_id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().exit_code(), 143);
}

#[test]
fn a_terminal_that_does_not_know_its_size_has_a_usual_one() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut command = CommandBuilder::new("sh");
    let client = env!("CARGO_BIN_EXE_im-client");
    command.args(["-c", &format!("stty cols 0 rows 0; exec {client} --user alice")]);
    let pty = Pty::run(&world, command, 80, 24);
    pty.is_in();
    assert!(pty.rows()[23].contains(" ms "), "{:#?}", pty.rows());
}
