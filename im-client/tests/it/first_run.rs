//! The first time on a device: three steps, and one is in.

use std::fs;

use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::World;

const CTRL_U: &str = "\u{15}";
const DOWN: &str = "\u{1b}[B";
const RIGHT: &str = "\u{1b}[C";

/// The client of somebody who has said nothing about a server.
fn unconfigured(world: &World) -> Pty {
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &format!("unset IM_ADDR; exec {}", env!("CARGO_BIN_EXE_im-client"))]);
    Pty::run(world, command, 80, 24)
}

/// What the box of a step shows, but for its last row; by another name the server, whose port differs from run to run.
fn step(pty: &Pty, world: &World, last: &str) -> String {
    pty.shows(last);
    let (server, rows) = (format!("{:<1$}", "SERVER", world.addr.len()), pty.rows());
    let inside = rows.iter().skip_while(|row| !row.contains(" of 3 · "));
    let end = rows.iter().position(|row| row.contains(last)).unwrap();
    let begin = rows.len() - inside.clone().count();
    let row = |row: &String| row.replace(&world.addr, &server).chars().skip(9).take(60).collect::<String>();
    inside.take(end + 1 - begin).map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_first_run_goes_in_three_steps_and_the_second_asks_nothing() {
    let world = World::new();
    let mut pty = unconfigured(&world);
    pty.shows("1 of 3 · which server?");
    pty.shows("127.0.0.1:1202");
    insta::assert_snapshot!("first_server", step(&pty, &world, "^C quit"));
    // Errors in words, and the step stays.
    pty.type_text(&format!("{CTRL_U}127.0.0.1:1\r"));
    pty.shows("! ");
    pty.shows("1 of 3");
    pty.type_text(&format!("{CTRL_U}\u{1b}[200~{}\u{1b}[201~\r", world.addr));
    pty.shows("2 of 3 · who are you?");
    pty.type_text("alice\r");
    // A password may be pasted, and is not shown.
    pty.type_text("\u{1b}[200~pass phrase\u{1b}[201~");
    pty.shows("•••••••••••");
    insta::assert_snapshot!("first_sign_in", step(&pty, &world, "F2 sign in"));
    pty.type_text("\r");
    pty.shows("3 of 3 · how is it to look?");
    pty.shows("Do these line up?");
    insta::assert_snapshot!("first_look", step(&pty, &world, "Enter goes on"));
    let bells = pty.count("\u{7}");
    pty.type_text("t");
    pty.writes("\u{7}", bells + 1);
    pty.type_text(&format!("{RIGHT}{RIGHT}{DOWN}{RIGHT}"));
    pty.shows("◂ light ▸");
    pty.shows("◂ vim ▸");
    pty.type_text("\r");
    pty.shows("all keys and commands");
    pty.type_text(" ");
    pty.shows_no("all keys and commands");
    pty.shows("─ #lobby ─");
    pty.type_text("\u{11}");
    let (code, written) = pty.ended();
    assert_eq!(code, 0);
    assert!(!written.contains("pass phrase"));
    let files = world.files_of_clients();
    let config = files.iter().find(|file| file.ends_with("config.toml")).expect("the choices are kept");
    let text = fs::read_to_string(config).unwrap();
    for line in
        [format!("server = \"{}\"", world.addr), "theme = \"light\"".into(), "profile = \"vim\"".into()]
    {
        assert!(text.lines().any(|there| there == line), "{line}: {text}");
    }
    let again = unconfigured(&world);
    again.shows("─ #lobby ─");
}

#[test]
fn what_a_person_wrote_is_not_written_over() {
    let world = World::new();
    let mine = world.file("mine.toml", "# mine\n");
    let mut command = CommandBuilder::new("sh");
    let client = env!("CARGO_BIN_EXE_im-client");
    command.args(["-c", &format!("unset IM_ADDR; exec {client} --config {}", mine.display())]);
    let pty = Pty::run(&world, command, 80, 24);
    pty.shows("make an account");
    pty.shows_no("1 of 3");
    assert_eq!(fs::read_to_string(mine).unwrap(), "# mine\n");
}
