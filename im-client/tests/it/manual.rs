//! Completions and man pages say what the command line says.

use std::fs;
use std::process::Command;

use clap::CommandFactory;
use im_client::cli::Cli;

use crate::world::World;

/// The names of all commands, and all long flags.
fn words() -> (Vec<String>, Vec<String>) {
    let command = Cli::command();
    let names = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let long = |argument: &clap::Arg| argument.get_long().map(|long| format!("--{long}"));
    let flags = command.get_arguments().filter_map(long).collect();
    (names, flags)
}

#[test]
fn each_shell_completes_every_command_and_flag() {
    let world = World::new();
    let (names, flags) = words();
    assert!(names.len() > 7 && flags.contains(&"--config".to_owned()), "{names:?} {flags:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = world.does(&["completions", shell]);
        // Fish has the name of a flag without its dashes.
        let bare = |word: &String| word.trim_start_matches('-').to_owned();
        for word in names.iter().chain(&flags).map(bare) {
            assert!(printed.contains(&word), "{shell}: {word}");
        }
    }
    let told = world.fails(2, &["completions", "tcsh"]);
    assert!(told.contains("bash") && told.contains("fish"), "{told}");
}

#[test]
fn bash_takes_its_completions() {
    let world = World::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), world.does(&["completions", "bash"])).unwrap();
    // It is asked as the shell asks when somebody presses Tab behind `im-client hist`.
    let script = format!(
        "source {}; COMP_WORDS=(im-client hist); COMP_CWORD=1; _im__client im-client hist im-client; echo ${{COMPREPLY[@]}}",
        file.path().display()
    );
    let Ok(done) = Command::new("bash").args(["--norc", "-c", &script]).output() else {
        return; // no bash on this machine
    };
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), "history");
}

#[test]
fn there_is_a_man_page_for_the_program_and_for_each_command() {
    let world = World::new();
    let folder = tempfile::TempDir::new().unwrap();
    let man = folder.path().join("man1");
    world.does(&["man", man.to_str().unwrap()]);
    let page = |name: &str| fs::read_to_string(man.join(format!("{name}.1"))).unwrap();
    let (names, flags) = words();
    let whole = page("im-client");
    for word in &flags {
        assert!(whole.contains(&word.replace('-', "\\-")), "{word}");
    }
    assert!(whole.contains("Exit codes"), "{whole}");
    for name in &names {
        assert!(page(&format!("im-client-{name}")).contains(".SH SYNOPSIS"), "{name}");
    }
    let told = world.fails(1, &["man", "/dev/null/man1"]);
    assert!(told.contains("/dev/null/man1"), "{told}");
}
