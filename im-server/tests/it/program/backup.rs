//! Copies of the database: whole, of one moment, and made while a server writes as fast as it can.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use im_proto::{FromServer, Reply};

use super::check::violated;
use super::killed::{post, post_for_ever, posts};
use crate::asks::{posted, sign_in, sign_up};
use crate::child::{Ended, Running};
use crate::daemon::{Daemon, Home};
use crate::harness::Native;

/// So many posts are acknowledged before each copy.
const ACKNOWLEDGED: usize = 200;

/// `im-server backup FILE` of the data in `data`.
fn backup(home: &Home, file: &str) -> Ended {
    Running::to_end(home.command(&["backup", file, "--data-dir", "data"]), b"")
}

/// What posts of foo a server finds that is started on a copy, and that it goes on from there.
#[track_caller]
fn found_in(home: &Home, copy: &str) -> usize {
    let data = format!("{copy}-data");
    std::fs::create_dir(home.path(&data)).unwrap();
    std::fs::copy(home.path(copy), home.path(&data).join("im.sqlite")).unwrap();
    assert_eq!(violated(home, &data), BTreeSet::new());
    found(home, &data)
}

#[track_caller]
fn found(home: &Home, data: &str) -> usize {
    let daemon = Daemon::start(home.command(&["--addr", "127.0.0.1:0", "--data-dir", data]));
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_in("foo", "secret")).unwrap();
    let there = posts(&mut native);
    assert!(there.iter().map(|(number, _)| *number).eq(1..=u32::try_from(there.len()).unwrap()), "{there:?}");
    // Foo has joined, then come the posts.
    let next = u32::try_from(there.len()).unwrap() + 1;
    assert_eq!(posted(native.ask(post(next))).1.0, u64::from(next) + 1);
    there.len()
}

/// Nothing is there but what is named.
#[track_caller]
fn only(home: &Home, folder: &str, names: &[&str]) {
    let entries = home.path(folder).read_dir().unwrap();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, names);
}

#[test]
fn a_copy_that_is_made_while_posts_stream_in_has_all_that_was_acknowledged_before() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("foo")).unwrap();
    let stream = native.peer().stream().try_clone().unwrap();
    let posting = thread::spawn(|| post_for_ever(stream));
    let (sender, acknowledged) = channel();
    let reading = thread::spawn(move || {
        while let Some(message) = native.next() {
            if let FromServer::Reply { result: Ok(Reply::Posted { .. }), .. } = message {
                let _ = sender.send(());
            }
        }
    });

    std::fs::create_dir(home.path("copies")).unwrap();
    let (mut count, mut copies) = (0, Vec::new());
    for number in 1..=3 {
        (0..ACKNOWLEDGED).for_each(|_| acknowledged.recv().unwrap());
        count += ACKNOWLEDGED + acknowledged.try_iter().count();
        let name = format!("copies/{number}");
        let ended = backup(&home, &name);
        let bytes = home.path(&name).metadata().unwrap().len();
        assert_eq!(
            (ended.out, ended.err, ended.code),
            (format!("{bytes} bytes in {name}\n"), "".into(), Some(0))
        );
        copies.push((name, count));
    }
    daemon.stop("KILL");
    posting.join().unwrap();
    reading.join().unwrap();
    only(&home, "copies", &["1", "2", "3"]);
    for (name, before) in copies {
        let mode = home.path(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let there = found_in(&home, &name);
        assert!(there >= before, "{name}: {before} were acknowledged, {there} are there");
    }
}

/// A server that has foo and ten posts, and has been stopped or killed.
fn ten_posts(signal: &str) -> Home {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_up("foo")).unwrap();
    for number in 1..=10 {
        posted(native.ask(post(number)));
    }
    daemon.stop(signal);
    home
}

#[test]
fn a_copy_of_what_no_server_runs_on() {
    for signal in ["TERM", "KILL"] {
        let home = ten_posts(signal);
        let ended = backup(&home, "copy");
        assert_eq!((ended.err.as_str(), ended.code), ("", Some(0)), "{signal}");
        assert_eq!(found_in(&home, "copy"), 10, "{signal}");
        assert_eq!(found(&home, "data"), 10, "{signal}: the original");
    }
}

#[test]
fn what_is_there_already_is_not_replaced() {
    let home = ten_posts("TERM");
    home.file("copies/mine", "precious");
    std::os::unix::fs::symlink("nowhere", home.path("copies/link")).unwrap();
    std::fs::create_dir(home.path("copies/folder")).unwrap();
    for name in ["copies/mine", "copies/link", "copies/folder"] {
        let ended = backup(&home, name);
        assert_eq!(ended.err, format!("Error: {name} is there already, and is not replaced\n"));
        assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
    }
    assert_eq!(std::fs::read_to_string(home.path("copies/mine")).unwrap(), "precious");
    only(&home, "copies", &["folder", "link", "mine"]);
}

#[test]
fn a_copy_that_cannot_be_made_is_a_sentence_and_leaves_nothing() {
    let home = ten_posts("TERM");
    home.file("file", "");
    for name in ["file/copy", "missing/copy", "/proc/copy", ".."] {
        let ended = backup(&home, name);
        let begins = [format!("Error: cannot make {name}: "), format!("Error: {name} is there already")];
        assert!(begins.iter().any(|begin| ended.err.starts_with(begin)), "{ended:?}");
        assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
    }
    for data in ["empty", "missing"] {
        let _ = std::fs::create_dir(home.path("empty"));
        let ended = Running::to_end(home.command(&["--data-dir", data, "backup", "copy"]), b"");
        assert_eq!(ended.err, format!("Error: there is no database in the data folder {data}\n"));
        assert_eq!(ended.code, Some(1));
    }
    only(&home, "empty", &[]);
    home.file("garbage/im.sqlite", &"no database at all ".repeat(1000));
    let ended = Running::to_end(home.command(&["--data-dir", "garbage", "backup", "copy"]), b"");
    assert!(ended.err.starts_with("Error: cannot copy the database to copy: "), "{ended:?}");
    only(&home, ".", &["data", "empty", "file", "garbage"]);
}

/// The same as on a full disk: the copy may grow to some size and no further.
#[test]
fn a_disk_that_is_full_on_the_way_leaves_nothing() {
    let home = ten_posts("TERM");
    std::fs::create_dir(home.path("copies")).unwrap();
    let server = home.command(&["backup", "copies/copy", "--data-dir", "data"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]).arg(server.get_program());
    limited.args(server.get_args()).env_clear().current_dir(home.path("."));
    let ended = Running::to_end(limited, b"");
    assert!(ended.err.starts_with("Error: cannot copy the database to copies/copy: "), "{ended:?}");
    assert!(ended.err.ends_with("; nothing was left there\n"), "{ended:?}");
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
    only(&home, "copies", &[]);
    assert_eq!(backup(&home, "copies/copy").code, Some(0), "and once there is room it works");
    assert_eq!(found_in(&home, "copies/copy"), 10);
}
