//! However it ends, the terminal is as it was.

use std::process::Command;

use im_client::terminal::screen::Screen;
use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::World;

/// A shell that runs the client, and then tells its exit code and the modes of the terminal.
fn in_a_shell(world: &World) -> Pty {
    let client = env!("CARGO_BIN_EXE_im-client");
    let script = format!("sh -c 'echo pid=$$; exec {client} --user alice'; echo code=$?; stty -a");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &script]);
    let pty = Pty::run(world, command, 80, 24);
    pty.shows("#lobby");
    pty
}

fn assert_ended(pty: &mut Pty, code: u32) {
    let (_, said) = pty.ended();
    let after = said.rsplit("code=").next().unwrap();
    assert!(after.starts_with(&format!("{code}\r\n")), "{after}");
    let modes: Vec<&str> = after.split_whitespace().collect();
    for mode in ["icanon", "echo", "isig", "opost"] {
        assert!(modes.contains(&mode), "{mode}: {after}");
    }
    pty.assert_restored();
}

#[test]
fn after_quitting() {
    let world = World::new();
    world.accounts(&["alice"]);
    let mut pty = in_a_shell(&world);
    pty.type_text("\u{11}");
    assert_ended(&mut pty, 0);
}

#[test]
fn after_signals() {
    let world = World::new();
    world.accounts(&["alice"]);
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut pty = in_a_shell(&world);
        let id = pty.written("pid=");
        let sent = Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert!(sent.success());
        assert_ended(&mut pty, code);
    }
}

#[test]
fn after_a_panic() {
    let world = World::new();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", "ending::a_panic_in_the_full_screen", "--ignored", "--nocapture"]);
    let mut pty = Pty::run(&world, command, 80, 24);
    let (code, said) = pty.ended();
    assert_ne!(code, 0);
    assert!(said.contains("on purpose"), "the panic is told, on the screen one comes back to: {said}");
    assert!(said.rfind("\u{1b}[?1049l") < said.find("on purpose"));
    pty.assert_restored();
}

#[test]
#[ignore = "it is run by another test, in a terminal of its own"]
fn a_panic_in_the_full_screen() {
    let _screen = Screen::enter().unwrap();
    panic!("on purpose");
}

#[test]
fn without_a_terminal_it_says_so() {
    let world = World::new();
    assert!(world.fails(2, &[]).contains("needs a terminal"));
}
