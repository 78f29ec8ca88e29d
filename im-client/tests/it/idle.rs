//! What the client costs when nothing happens: no wake-up, and not much memory.

use std::fs;
use std::sync::mpsc::channel;
use std::time::Duration;

use portable_pty::CommandBuilder;

use crate::pty::Pty;
use crate::world::World;

/// Seconds to find one in that nobody wakes. There are signs of life to the server every now and then.
const SECONDS_MAX: usize = 12;
/// More than the client needs in a build without optimisation, in KiB.
const MEMORY_KIB_MAX: u64 = 100 * 1024;

/// What the kernel tells of a process, of all its threads together.
fn of_process(id: &str, name: &str) -> u64 {
    let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let numbers = threads.map(|thread| {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    });
    numbers.sum()
}

#[test]
fn nobody_wakes_when_nothing_happens() {
    let world = World::new();
    world.accounts(&["alice"]);
    for n in 0..5 {
        world.does(&["send", &format!("#room-{n}"), "hello"]);
    }
    let mut command = CommandBuilder::new("sh");
    let client = env!("CARGO_BIN_EXE_im-client");
    command.args(["-c", &format!("echo pid=$$; exec {client} --user alice")]);
    let pty = Pty::run(&world, command, 120, 36);
    pty.is_in();
    let id = pty.written("pid=").trim().to_owned();
    let (_nobody, never) = channel::<()>();
    let wakes: Vec<u64> = (0..SECONDS_MAX)
        .map(|_| {
            let before = of_process(&id, "voluntary_ctxt_switches");
            assert!(never.recv_timeout(Duration::from_secs(1)).is_err());
            of_process(&id, "voluntary_ctxt_switches") - before
        })
        .take_while(|wakes| *wakes > 0)
        .collect();
    assert!(wakes.len() < SECONDS_MAX, "it woke in each second, so often: {wakes:?}");
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let memory = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    let kib: u64 = memory.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < MEMORY_KIB_MAX, "{memory}");
}
