//! Completions for shells and man pages, made from the command line itself: they cannot say anything else than it does.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Failure;

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    // Made whole first: the crate that makes them panics when it cannot write.
    let mut made = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "im-client", &mut made);
    let mut out = io::stdout().lock();
    out.write_all(&made).and_then(|()| out.flush()).map_err(Failure::io("standard output"))
}

/// Writes a man page for the program and one for each of its commands into a folder.
pub(super) fn man_pages(folder: &Path) -> Result<(), Failure> {
    let write = || {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)
    };
    write().map_err(Failure::io(folder.display().to_string()))
}
