//! Retention, export and erasure as whoever keeps a server meets them.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use serde_json::Value;

use super::check::violated;
use crate::asks::{create, enter, log, say, sign_in, sign_up, text, word};
use crate::child::{Ended, Running};
use crate::daemon::{Daemon, Home};
use crate::harness::Native;

fn run(home: &Home, args: &[&str]) -> Ended {
    let mut command = home.command(args);
    command.args(["--data-dir", "data"]);
    Running::to_end(command, b"")
}

/// Foo and bar have talked in #dev and to each other.
fn two_who_talked(home: &Home) -> (Daemon, Native) {
    let daemon = home.start(&[]);
    let (mut other, mut bar) = (Native::connect(daemon.addr()), Native::connect(daemon.addr()));
    for (native, name) in [(&mut other, "foo"), (&mut bar, "bar")] {
        assert_eq!(word(&native.ask(sign_up(name))), "welcome");
        assert_eq!(word(&native.ask(enter("dev"))), "conversation");
        assert_eq!(word(&native.ask(say("#dev", 1, &format!("in dev by {name}")))), "posted");
    }
    other.ask(say("@bar", 2, "to bar")).unwrap();
    bar.ask(say("@foo", 2, "to foo")).unwrap();
    bar.ask(create("g")).unwrap();
    bar.ask(say("#g", 3, "bar alone")).unwrap();
    (daemon, bar)
}

/// What was said there, as somebody reads it.
fn said(native: &mut Native, of: &str) -> Vec<String> {
    log(native, of).iter().filter_map(|event| text(event).map(str::to_owned)).collect()
}

#[test]
fn an_export_is_a_file_of_lines_that_is_whole_or_not_there() {
    let home = Home::new();
    let (daemon, _bar) = two_who_talked(&home);
    let ended = run(&home, &["export", "FOO", "foo.jsonl"]);
    let file = home.path("foo.jsonl");
    let bytes = file.metadata().unwrap().len();
    assert_eq!(
        (ended.out, ended.err.as_str(), ended.code),
        (format!("{bytes} bytes in foo.jsonl\n"), "", Some(0))
    );
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let running = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = running.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["export"], &lines[0]["name"]), (&"account".into(), &"foo".into()));
    let said: Vec<&str> = lines.iter().filter_map(|line| line["text"].as_str()).collect();
    assert_eq!(said, ["in dev by foo", "in dev by bar", "to bar", "to foo"]);
    assert!(!running.contains("argon2"));

    let again = run(&home, &["export", "foo", "foo.jsonl"]);
    assert_eq!(again.err, "Error: foo.jsonl is there already, and is not replaced\n");
    let nobody = run(&home, &["export", "nobody", "other"]);
    assert_eq!((nobody.err.as_str(), nobody.code), ("Error: there is no account nobody\n", Some(1)));
    let nowhere = run(&home, &["export", "foo", "missing/other"]);
    assert!(nowhere.err.starts_with("Error: cannot make missing/other: "), "{nowhere:?}");
    let mut limited = std::process::Command::new("sh");
    let server = home.command(&["export", "foo", "other", "--data-dir", "data"]);
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]).arg(server.get_program());
    limited.args(server.get_args()).env_clear().current_dir(home.path("."));
    let full = Running::to_end(limited, b"");
    assert!(
        full.err.starts_with("Error: cannot export to other: ") && full.err.ends_with("was left there\n"),
        "{full:?}"
    );
    daemon.stop("TERM");
    assert_eq!(run(&home, &["export", "foo", "stopped"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(home.path("stopped")).unwrap(), running);
    let mut left: Vec<_> =
        home.path(".").read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["data", "foo.jsonl", "stopped"]);
}

#[test]
fn a_user_is_erased_when_the_server_does_not_run_and_never_behind_its_back() {
    let home = Home::new();
    let (daemon, mut bar) = two_who_talked(&home);
    let refused = run(&home, &["erase", "foo"]);
    assert_eq!(refused.err, "Error: another im-server is running on the data folder data\n");
    assert_eq!((refused.out.as_str(), refused.code), ("", Some(1)));
    assert_eq!(said(&mut bar, "#dev"), ["in dev by foo", "in dev by bar"]);
    daemon.stop("TERM");
    let nobody = run(&home, &["erase", "nobody"]);
    assert_eq!((nobody.err.as_str(), nobody.code), ("Error: there is no account nobody\n", Some(1)));
    let ended = run(&home, &["erase", "Foo"]);
    assert_eq!((ended.out.as_str(), ended.err.as_str(), ended.code), ("Foo is no more\n", "", Some(0)));
    assert_eq!(violated(&home, "data"), BTreeSet::new());
    let file = std::fs::read(home.path("data/im.sqlite")).unwrap();
    for (trace, left) in [("by foo", false), ("to bar", false), ("by bar", true)] {
        assert_eq!(file.windows(trace.len()).any(|bytes| bytes == trace.as_bytes()), left, "{trace}");
    }
    let daemon = home.start(&[]);
    let mut bar = Native::connect(daemon.addr());
    bar.ask(sign_in("bar", "secret")).unwrap();
    assert_eq!(said(&mut bar, "#dev"), ["in dev by bar"]);
    assert_eq!(said(&mut bar, "#g"), ["bar alone"]);
    let elsewhere = Running::to_end(home.command(&["erase", "bar", "--data-dir", "nowhere"]), b"");
    assert_eq!(elsewhere.err, "Error: there is no database in the data folder nowhere\n");
    assert!(!home.path("nowhere").exists());
}

#[test]
fn what_is_older_than_the_server_keeps_things_is_gone_when_it_has_started() {
    let home = Home::new();
    let (daemon, _bar) = two_who_talked(&home);
    daemon.stop("TERM");
    let connection = Connection::open(home.path("data/im.sqlite")).unwrap();
    let forty_days = 40 * 86_400_000_u64;
    for sql in
        ["UPDATE events SET at = at - ?1", "UPDATE conversations SET active = active - ?1 WHERE head > 0"]
    {
        assert!(connection.execute(sql, [forty_days]).unwrap() > 0);
    }
    drop(connection);
    let texts = |days: &str, wanted: &[&str]| {
        let daemon = home.start(&["--retention-days", days]);
        let mut bar = Native::connect(daemon.addr());
        bar.ask(sign_in("bar", "secret")).unwrap();
        bar.ask(say("#g", 4, "bar still there")).unwrap();
        // It begins when the server has started, and comes to an end.
        while said(&mut bar, "#dev") != wanted || said(&mut bar, "@foo").len() != wanted.len() {}
        let group = said(&mut bar, "#g");
        daemon.stop("TERM");
        assert_eq!(violated(&home, "data"), BTreeSet::new());
        group
    };
    assert_eq!(texts("41", &["in dev by foo", "in dev by bar"]), ["bar alone", "bar still there"]);
    assert_eq!(texts("39", &[]).last().map(String::as_str), Some("bar still there"));
    assert_eq!(texts("0", &[]), ["bar still there"]);
}
