//! SIGHUP: the configuration is read again. What may change does; what may not is named; a wrong file changes nothing.

use crate::daemon::{Daemon, Home};
use crate::harness::Peer;

/// Whether somebody without an account is let in.
fn lets_guests_in(daemon: &Daemon) -> bool {
    let mut neil = Peer::connect(daemon.addr());
    neil.send("/username neil\n/who\n/bye\n");
    let told = neil.to_end();
    assert!(told.contains("guests are not let in here") || told.contains("neil"), "{told}");
    !told.contains("guests are not let in here")
}

/// Asks it to read again, and waits until its log says that it has, or why not.
fn hang_up(daemon: &mut Daemon, says: &str) -> String {
    daemon.signal("HUP");
    daemon.logs(says)
}

#[test]
fn what_may_change_does_and_nobody_is_disconnected() {
    let home = Home::new();
    home.file("some.toml", "guests = true\n");
    let mut daemon = home.start(&["--config", "some.toml"]);
    let mut foo = Peer::connect(daemon.addr());
    foo.send("signup: foo\nsecret\nsecret\nto group: lobby\n");
    foo.until("auth succeed.\n");
    assert!(lets_guests_in(&daemon));

    home.file("some.toml", "guests = false\nlog = \"debug\"\ntelnet_echo = \"never\"\n");
    let log = hang_up(&mut daemon, "only a new start changes: telnet_echo");
    assert!(log.contains("the configuration was read again"), "{log}");
    assert!(!lets_guests_in(&daemon));
    foo.send("still here\n");
    foo.until("[from group lobby user foo] still here\n");

    // A wrong one: neither what is right in it nor anything else changes.
    for (number, wrong) in
        ["guests = true\nnonsense = 1\n", "guests = true\nlog = \"a=b=c\"\n"].into_iter().enumerate()
    {
        home.file("some.toml", wrong);
        daemon.signal("HUP");
        let errors = |log: &str| log.matches("nothing was changed: ").count();
        while errors(&daemon.logs("nothing was changed: ")) <= number {
            daemon.more_log();
        }
        assert!(!lets_guests_in(&daemon), "{wrong}");
    }
    home.file("some.toml", "guests = true\n");
    daemon.signal("HUP");
    while !lets_guests_in(&daemon) {}
    let ended = daemon.stop("TERM");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("DEBUG"), "the filter changed, too: {ended:?}");
}
