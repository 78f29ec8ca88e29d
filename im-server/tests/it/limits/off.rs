//! `--limits off`: no rates, and no counts by address and user; on loopback only.

use crate::asks::{say, word};
use crate::child::Running;
use crate::daemon::{Daemon, Home};
use crate::harness::Native;

const TIGHT: &str = "[limits]\ncount_loopback = true\nconnections_per_address_max = 1\nposts_per_second_per_user = 1
posts_at_once_per_user = 1\nposts_per_second_per_room = 1\nposts_at_once_per_room = 1\nrequests_per_second_per_address = 1
requests_at_once_per_address = 1\nrequests_per_second_per_user = 1\nrequests_at_once_per_user = 1\ndevices_per_user_max = 1\n";

#[test]
fn without_limits_nothing_is_counted() {
    let home = Home::new();
    home.file("tight.toml", TIGHT);
    let mut command = home.serving(&["--config", "tight.toml"]);
    command.env("IM_LIMITS", "off");
    let daemon = Daemon::start(command);
    let mut people: Vec<_> = (0..5).map(|_| Native::connect(daemon.addr())).collect();
    for (number, native) in people.iter_mut().enumerate() {
        assert_eq!(word(&native.sign_up(&format!("user{number}"))), "welcome");
        for message in 0..20 {
            assert_eq!(word(&native.ask(say("#lobby", message, "fast"))), "posted");
            assert_eq!(word(&native.ask(im_proto::Request::Time)), "time");
        }
    }
}

#[test]
fn without_limits_it_listens_on_loopback_only() {
    let home = Home::new();
    for args in [["--limits=off", "--addr=0.0.0.0:0"], ["--limits=off", "--listen=http=0.0.0.0:0"]] {
        let mut command = home.command(&["--data-dir", "data"]);
        command.env("IM_ADDR", "127.0.0.1:0").args(args);
        let refused = Running::to_end(command, b"");
        assert!(refused.err.contains("--limits off") && refused.err.contains("0.0.0.0:"), "{refused:?}");
        assert_eq!((refused.out.as_str(), refused.code), ("", Some(1)));
    }
    let daemon = Daemon::start(home.serving(&["--limits", "off", "--listen", "http=127.0.0.1:0"]));
    assert_eq!(daemon.stop("TERM").code, Some(0));
}
