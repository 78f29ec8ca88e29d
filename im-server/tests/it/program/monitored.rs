//! What whoever watches is told: `/healthz`, `/readyz` and `/metrics`, and only on this machine.

use std::net::SocketAddr;

use crate::child::Running;
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

fn watched(home: &Home, more: &[&str]) -> (Daemon, SocketAddr) {
    let daemon = home.start(&[&["--metrics", "127.0.0.1:0"], more].concat());
    let addr = daemon.said().lines().find_map(|line| line.strip_prefix("metrics on http://")).unwrap();
    let addr = addr.trim_end_matches("/metrics").parse().unwrap();
    (daemon, addr)
}

/// The status and the body.
fn get(addr: SocketAddr, path: &str) -> (String, String) {
    let mut peer = Peer::connect(addr);
    peer.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    let answer = peer.to_end();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
}

/// The number that stands behind a name and its labels.
#[track_caller]
fn value(metrics: &str, name: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("{name} in\n{metrics}")).parse().unwrap()
}

#[test]
fn what_happens_is_counted_under_the_name_it_has() {
    let home = Home::new();
    let (daemon, watch) = watched(&home, &[]);
    let mut foo = Native::connect(daemon.addr());
    foo.sign_up("foo").unwrap();
    foo.follow();
    let mut bar = Peer::connect(daemon.addr());
    bar.send("signup: bar\nsecret\nsecret\nto group: lobby\none\ntwo\n");
    bar.until("two\n");
    for text in ["one", "two"] {
        foo.event(
            |event| matches!(&event.body, im_proto::Body::Posted { text: said, .. } if said.as_str() == text),
        );
    }
    foo.sign_up("foo").unwrap_err();
    let mut gone = Peer::connect(daemon.addr());
    gone.send("/username neil\n/bye\n");
    gone.to_end();

    let (status, metrics) = get(watch, "/metrics");
    assert_eq!(status, "200");
    for (name, wanted) in [
        ("im_posts_total", 2.0),
        ("im_sessions{dialect=\"native\"}", 1.0),
        ("im_sessions{dialect=\"text\"}", 1.0),
        ("im_connections_accepted_total", 3.0),
        ("im_ended_total{reason=\"left\"}", 1.0),
        ("im_refused_total{code=\"signed-in\"}", 1.0),
        ("im_write_queue", 0.0),
        ("im_password_hashes", 0.0),
        ("im_laggards_total", 0.0),
        (&format!("im_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1.0),
    ] {
        assert_eq!(value(&metrics, name), wanted, "{name}:\n{metrics}");
    }
    // Both hear both posts; and each other's coming, or not.
    assert!(value(&metrics, "im_deliveries_total") >= 4.0, "{metrics}");
    let batches = value(&metrics, "im_commit_seconds_count");
    assert!(batches >= 3.0 && value(&metrics, "im_commit_verbs_count") == batches, "{metrics}");
    for more in ["im_database_bytes", "process_resident_memory_bytes", "process_open_fds", "process_max_fds"]
    {
        assert!(value(&metrics, more) > 0.0, "{more}:\n{metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
    // Each name has one unit and says so: seconds and bytes, and counters end as such.
    for line in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        assert!(name.starts_with("im_") || name.starts_with("process_"), "{line}");
        assert!(["counter", "gauge", "histogram", "info"].contains(&kind), "{line}");
    }
}

#[test]
fn it_lives_and_is_ready_until_it_is_told_to_stop() {
    let home = Home::new();
    let (daemon, watch) = watched(&home, &[]);
    assert_eq!(get(watch, "/healthz"), ("200".into(), "alive\n".into()));
    assert_eq!(get(watch, "/readyz"), ("200".into(), "ready\n".into()));
    assert_eq!(get(watch, "/").0, "404");
    // Somebody who takes nothing of what is closed holds up the end, for some seconds: meanwhile it lives, and is not ready.
    let mut slow = Peer::connect(daemon.addr());
    slow.send("GET /healthz HTTP/1.1\r\nHost:");
    slow.send(" x"); // half a request
    assert_eq!(get(daemon.addr(), "/healthz").0, "404", "not on the port for everybody");
    daemon.signal("TERM");
    while get(watch, "/readyz").0 == "200" {}
    assert_eq!(get(watch, "/readyz"), ("503".into(), "stopping\n".into()));
    assert_eq!(get(watch, "/healthz").0, "200");
    drop(slow);
    assert_eq!(daemon.ends().code, Some(0));
}

#[test]
fn a_full_disk_makes_it_unready() {
    let home = Home::new();
    home.file("small.toml", "database_bytes_max = 400000\n");
    let (daemon, watch) = watched(&home, &["--config", "small.toml"]);
    let mut foo = Native::connect(daemon.addr());
    foo.sign_up("foo").unwrap();
    assert_eq!(get(watch, "/readyz").0, "200");
    let text = "x".repeat(8000);
    let full = (0u8..200).find(|number| {
        let post = im_proto::Request::Post {
            to: "#lobby".parse().unwrap(),
            message: im_proto::MessageId([*number; 16]),
            text: im_proto::Text::parse(&text).unwrap(),
            reply_to: None,
        };
        foo.ask(post) == Err(im_proto::Refusal::CannotStore)
    });
    assert!(full.is_some());
    assert_eq!(get(watch, "/readyz"), ("503".into(), "the disk does not take what is said\n".into()));
    let (_, metrics) = get(watch, "/metrics");
    assert_eq!(value(&metrics, "im_commit_failures_total"), 1.0);
    assert_eq!(value(&metrics, "im_refused_total{code=\"cannot-store\"}"), 1.0);
}

#[test]
fn it_is_told_to_this_machine_only() {
    let home = Home::new();
    let refused = Running::to_end(home.serving(&["--metrics", "0.0.0.0:0"]), b"");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("this machine only"), "{refused:?}");
}
