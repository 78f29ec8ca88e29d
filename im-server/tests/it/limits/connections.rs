//! Connections of one address: those beyond are told so in a line, and counted; others come as before.

use im_proto::{Reply, Request};

use crate::asks::word;
use crate::daemon::Home;
use crate::harness::{Native, Peer, TestServer};

use super::connect_from;

const TOLD: &str = "too many connections from your address, try again later\r\n";

#[test]
fn an_address_has_so_many_connections_and_others_have_theirs() {
    let server = TestServer::with(|config| {
        config.limits.count_loopback = true;
        config.limits.connections_per_address_max = 3;
    });
    let mut held: Vec<_> = (0..3).map(|_| server.native()).collect();
    for port in server.addresses() {
        assert_eq!(Peer::connect(port).to_end(), TOLD);
    }
    assert_eq!(held[0].ask(Request::Ping), Ok(Reply::Done));
    // From elsewhere there is room, and here too when one has gone.
    let mut other = Peer::of(connect_from(2, server.addr()));
    other.send("hello\n/time\n");
    other.until(" UTC");
    held.pop();
    loop {
        let mut text = server.text();
        text.send("/time\n");
        if text.more() && !text.until("\n").starts_with("too many") {
            break;
        }
    }
}

#[test]
fn who_found_no_place_is_counted() {
    let home = Home::new();
    home.file("some.toml", "[limits]\ncount_loopback = true\nconnections_per_address_max = 1\n");
    let daemon = home.start(&["--config", "some.toml"]);
    let mut ann = Native::connect(daemon.addr());
    assert_eq!(word(&ann.sign_up("ann")), "welcome");
    (0..3).for_each(|_| assert_eq!(Peer::connect(daemon.addr()).to_end(), TOLD));
    let said = daemon.stop("TERM").err;
    assert!(said.contains("no-place-for-address=3"), "{said}");
}
