//! `im-server user|room|invite|ban|token|audit …`: by the socket of a server that runs, and on the data of one that does not.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

use im_proto::{Password, Request, Secret};
use serde_json::Value;

use crate::asks::{sign_in, sign_up};
use crate::child::{Ended, Running};
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

fn ordered(home: &Home, args: &[&str], input: &str) -> Ended {
    let mut command = home.command(args);
    command.args(["--data-dir", "data"]);
    Running::to_end(command, input.as_bytes())
}

#[track_caller]
fn done(home: &Home, args: &[&str], input: &str) -> String {
    let ended = ordered(home, args, input);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{args:?}: {ended:?}");
    ended.out
}

/// The rows of a list, of each some fields.
#[track_caller]
fn rows(home: &Home, args: &[&str], fields: &[&str]) -> Vec<Vec<Value>> {
    let printed = done(home, &[args, &["--json"]].concat(), "");
    let rows = printed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| fields.iter().map(|field| row[*field].clone()).collect()).collect()
}

#[track_caller]
fn refused(home: &Home, args: &[&str], code: i32, why: &str) {
    let ended = ordered(home, args, "");
    assert_eq!((ended.code, ended.err.as_str(), ended.out.as_str()), (Some(code), why, ""), "{args:?}");
}

#[test]
fn accounts_are_made_listed_and_taken_out_whether_a_server_runs_or_not() {
    let home = Home::new();
    refused(&home, &["user", "list"], 2, "Error: there is no database in the data folder data\n");
    let daemon = home.start(&[]);
    assert_eq!(done(&home, &["user", "add", "foo"], "secret\n"), "done\n");
    let mut foo = Peer::connect(daemon.addr());
    foo.send("signin: foo\nsecret\n");
    foo.until("auth succeed.");
    let online = rows(&home, &["user", "list"], &["is", "name", "online"]);
    assert_eq!(online, [["user".into(), "foo".into(), Value::Bool(true)]]);
    refused(&home, &["user", "add", "foo"], 1, "Error: a password is missing\n");
    let taken = ordered(&home, &["user", "add", "foo"], "other\n");
    assert_eq!((taken.code, taken.err.as_str()), (Some(1), "Error: that name is taken\n"));
    drop(foo);
    daemon.stop("TERM");

    assert!(!home.path("data/im.sock").exists(), "the socket goes when the server does");
    assert_eq!(done(&home, &["user", "add", "bar"], "secret\n"), "done\n");
    assert_eq!(done(&home, &["user", "delete", "foo"], ""), "done\n");
    refused(&home, &["user", "delete", "foo"], 1, "Error: there is no such user\n");
    assert!(done(&home, &["user", "list"], "").starts_with("bar "));

    let daemon = home.start(&[]);
    let mut bar = Peer::connect(daemon.addr());
    bar.send("signin: bar\nsecret\n");
    bar.until("auth succeed.");
    done(&home, &["user", "delete", "bar"], "");
    bar.to_end(); // at once
    assert_eq!(rows(&home, &["user", "list"], &["name"]).len(), 0);
}

#[test]
fn rooms_are_listed_shown_and_ended_under_those_who_are_there() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    let join = |create| Request::Join { name: "dev".parse().unwrap(), create };
    foo.ask(join(true)).unwrap();
    let listed = rows(&home, &["room", "list"], &["name", "kind", "members"]);
    let row = |name: &str, members: u64| -> Vec<Value> { vec![name.into(), "room".into(), members.into()] };
    assert_eq!(listed, [row("lobby", 1), row("dev", 1)]);
    let shown = rows(&home, &["room", "show", "dev"], &["is", "name", "role"]);
    assert_eq!(shown[0][..2], ["room", "dev"].map(Value::from));
    assert_eq!(shown[1], ["member", "foo", "owner"].map(Value::from));
    assert!(done(&home, &["room", "show", "dev"], "").contains("\n  foo "));

    assert_eq!(done(&home, &["room", "delete", "dev"], ""), "done\n");
    let history = Request::Who { of: Some("dev".parse().unwrap()) };
    foo.ask(history).unwrap_err();
    assert_eq!(rows(&home, &["room", "list"], &["name", "kind", "members"]), [row("lobby", 1)]);
    foo.ask(join(true)).unwrap(); // the name is free
    refused(&home, &["room", "delete", "lobby"], 1, "Error: you may not do that here\n");
    refused(&home, &["room", "show", "nowhere"], 1, "Error: there is no such room or group\n");
}

#[test]
fn a_sign_in_is_taken_back_and_its_session_ends() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    let listed = rows(&home, &["token", "list", "foo"], &["id", "label"]);
    assert_eq!(listed.len(), 1);
    let id = listed[0][0].to_string();
    refused(&home, &["token", "revoke", "bar", &id], 1, "Error: there is no such user\n");
    assert_eq!(done(&home, &["token", "revoke", "foo", &id], ""), "done\n");
    while foo.next().is_some() {}
    refused(&home, &["token", "revoke", "foo", &id], 1, "Error: there is no such token\n");
}

#[test]
fn a_list_of_many_comes_whole() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    let names: Vec<_> = (0..450).map(|number| format!("room{number}")).collect();
    for name in &names {
        foo.ask(Request::Join { name: name.parse().unwrap(), create: true }).unwrap();
    }
    let listed = rows(&home, &["room", "list"], &["name"]);
    let listed: Vec<_> = listed[1..].iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(listed, names);
}

/// A folder that is deeper than a socket's path may be long, and the socket of a server that was killed.
#[test]
fn the_socket_is_its_owners_wherever_the_folder_is_and_whatever_was_there() {
    let home = Home::new();
    let deep = home.path(&"a folder with a long name/".repeat(8));
    let folder = deep.to_str().unwrap();
    assert!(folder.len() > 108);
    let serving = || home.command(&["--addr", "127.0.0.1:0", "--data-dir", folder]);
    let list = || Running::to_end(home.command(&["room", "list", "--data-dir", folder]), b"");
    let daemon = Daemon::start(serving());
    let socket = deep.join("im.sock");
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(list().out.starts_with("lobby "));
    daemon.stop("KILL");
    assert!(socket.exists());
    assert!(list().out.starts_with("lobby "), "of the data, without a server");
    let daemon = Daemon::start(serving());
    assert!(list().out.starts_with("lobby "));
    daemon.stop("TERM");
    assert!(!socket.exists());
}

#[test]
fn nonsense_on_the_socket_is_refused_and_too_much_of_it_ends_the_conversation() {
    let home = Home::new();
    let _daemon = home.start(&[]);
    let say = |line: &[u8]| {
        let mut socket = UnixStream::connect(home.path("data/im.sock")).unwrap();
        let _ = socket.write_all(line); // the other side may have heard enough
        let mut answer = String::new();
        let _ = BufReader::new(socket).read_line(&mut answer);
        answer
    };
    assert!(say(b"nonsense\n").starts_with("{\"refused\":{\"code\":\"unreadable\""));
    assert!(say(b"{\"order\":\"user-list\",\"after\":0,\"more\":1}\n").contains("unreadable"));
    assert_eq!(
        say(b"{\"order\":\"user-list\",\"after\":0}\n"),
        "{\"listed\":{\"rows\":[],\"more\":false}}\n"
    );
    // An order that would be one, but for its length.
    let long = format!("{{\"order\":\"user-list\",\"after\":0{}}}\n", " ".repeat(1024 * 1024));
    assert_eq!(say(long.as_bytes()), "");
}

#[test]
fn the_hatches_are_closed_and_opened_operators_are_made_and_the_audit_log_says_so() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    let sanctions = || Request::Sanctions { of: None };
    foo.ask(sanctions()).unwrap_err();
    assert_eq!(done(&home, &["user", "operator", "foo"], ""), "done\n");
    foo.ask(sanctions()).unwrap();

    assert_eq!(done(&home, &["hatches", "close", "--why", "a flood"], ""), "done\n");
    Native::connect(daemon.addr()).ask(sign_up("bar")).unwrap_err();
    // A server that is started anew lets nobody in either.
    drop(foo);
    daemon.stop("TERM");
    let daemon = home.start(&[]);
    Native::connect(daemon.addr()).ask(sign_up("bar")).unwrap_err();
    assert_eq!(done(&home, &["hatches", "open"], ""), "done\n");
    Native::connect(daemon.addr()).ask(sign_up("bar")).unwrap();
    done(&home, &["user", "operator", "foo", "--off"], "");

    let audited = rows(&home, &["audit"], &["is", "by", "why"]);
    assert_eq!(audited.len(), 4, "{audited:?}");
    assert_eq!(audited[2], ["audited".into(), Value::Null, "a flood".into()]);
    let lines = done(&home, &["audit"], "");
    assert_eq!(lines.matches("(on the machine)").count(), 4, "{lines}");
    assert_eq!(done(&home, &["audit", "--since", "2999-01-01T00:00:00Z"], ""), "");
    assert_eq!(done(&home, &["audit", "--since", "2001-01-01T00:00:00Z"], ""), lines);
}

#[test]
fn accounts_are_kept_out_and_let_in_and_get_another_password() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_up("foo")).unwrap();
    assert_eq!(done(&home, &["user", "suspend", "foo"], ""), "done\n");
    while foo.next().is_some() {}
    assert!(done(&home, &["user", "list"], "").ends_with("  suspended\n"));
    assert_eq!(rows(&home, &["user", "list"], &["name", "online"]), [["foo".into(), Value::Bool(false)]]);
    assert_eq!(done(&home, &["user", "unsuspend", "foo"], ""), "done\n");
    let mut foo = Peer::connect(daemon.addr());
    foo.send("signin: foo\nsecret\n");
    foo.until("auth succeed.");

    assert_eq!(done(&home, &["user", "passwd", "foo"], "another\n"), "done\n");
    foo.to_end(); // at once
    let mut foo = Peer::connect(daemon.addr());
    foo.send("signin: foo\nanother\n");
    foo.until("auth succeed.");
    refused(&home, &["user", "passwd", "foo"], 1, "Error: a password is missing\n");
    refused(&home, &["user", "suspend", "bar"], 1, "Error: there is no such user\n");
}

#[test]
fn invitations_are_made_listed_and_taken_back() {
    let home = Home::new();
    let daemon = home.start(&["--registration", "invite"]);
    Native::connect(daemon.addr()).ask(sign_up("foo")).unwrap_err();
    let code = done(&home, &["invite", "make", "--uses", "2", "--days", "3"], "");
    let invited = |name: &str| Request::SignUpInvited {
        name: name.parse().unwrap(),
        password: Password::parse("secret").unwrap(),
        invitation: Secret::parse(code.trim_end()).unwrap(),
    };
    Native::connect(daemon.addr()).ask(invited("foo")).unwrap();
    let listed = rows(&home, &["invite", "list"], &["is", "uses"]);
    assert_eq!(listed, [["invitation".into(), Value::from(1)]]);
    let line = done(&home, &["invite", "list"], "");
    assert!(line.contains(" until ") && line.ends_with("for 1 account\n"), "{line}");
    let id = rows(&home, &["invite", "list"], &["id"])[0][0].to_string();
    assert_eq!(done(&home, &["invite", "revoke", &id], ""), "done\n");
    Native::connect(daemon.addr()).ask(invited("bar")).unwrap_err();
    refused(
        &home,
        &["invite", "revoke", &id],
        1,
        "Error: that invitation is not known, or used up, or too old\n",
    );

    // By the data of a server that does not run.
    daemon.stop("TERM");
    let made = done(&home, &["invite", "make", "--json"], "");
    let made: Value = serde_json::from_str(&made).unwrap();
    assert!(made["code"].is_string() && made["expires"].is_string(), "{made}");
}

/// What whoever has the machine does is in the audit log, to whom it was done, and in no case what is secret.
#[test]
fn all_that_is_done_on_the_machine_is_in_the_audit_log() {
    let home = Home::new();
    let daemon = home.start(&[]);
    done(&home, &["hatches", "close"], "");
    done(&home, &["user", "add", "foo"], "secret\n"); // whoever runs the server lets in whom they will
    done(&home, &["hatches", "open"], "");
    let mut foo = Native::connect(daemon.addr());
    foo.ask(sign_in("foo", "secret")).unwrap();
    foo.ask(Request::Join { name: "dev".parse().unwrap(), create: true }).unwrap();
    let token = rows(&home, &["token", "list", "foo"], &["id"])[0][0].to_string();
    let code = done(&home, &["invite", "make"], "");
    let invitation = rows(&home, &["invite", "list"], &["id"])[0][0].to_string();
    for (args, input) in [
        (&["user", "operator", "foo"][..], ""),
        (&["user", "passwd", "foo", "--without-codes"], "another\n"),
        (&["user", "suspend", "foo"], ""),
        (&["user", "unsuspend", "foo"], ""),
        (&["room", "delete", "dev"], ""),
        (&["invite", "revoke", &invitation], ""),
        (&["ban", "add", "192.0.2.7"], ""),
        (&["ban", "remove", "192.0.2.7"], ""),
    ] {
        assert_eq!(done(&home, args, input), "done\n");
    }
    refused(&home, &["token", "revoke", "foo", &token], 1, "Error: there is no such token\n");
    Native::connect(daemon.addr()).ask(sign_in("foo", "another")).unwrap();
    let token = rows(&home, &["token", "list", "foo"], &["id"])[0][0].to_string();
    done(&home, &["token", "revoke", "foo", &token], "");
    let before = rows(&home, &["audit"], &["deed", "user"]);
    assert!(before.contains(&vec!["suspend".into(), "foo".into()]), "{before:?}");
    done(&home, &["user", "delete", "foo"], "");

    let mut audited = rows(&home, &["audit"], &["deed"]);
    audited.reverse();
    let wanted = "close-hatches add-user open-hatches invite make-operator set-password-drop-codes suspend unsuspend \
        delete-room revoke-invitation ban-address unban-address revoke-token delete-user";
    let wanted: Vec<_> = wanted.split_whitespace().map(|deed| vec![Value::from(deed)]).collect();
    assert_eq!(audited, wanted);
    let all = done(&home, &["audit"], "");
    for secret in ["secret", "another", code.trim_end(), "foo"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[test]
fn addresses_are_banned_listed_and_let_in_again_but_not_this_machine() {
    let home = Home::new();
    let _daemon = home.start(&[]);
    assert_eq!(
        done(&home, &["ban", "add", "192.0.2.7", "--seconds", "3600", "--why", "noise"], ""),
        "done\n"
    );
    assert_eq!(done(&home, &["ban", "add", "2001:db8::1"], ""), "done\n");
    let mut banned = rows(&home, &["ban", "list"], &["address", "why"]);
    banned.sort_by_key(|row| row[0].to_string());
    assert_eq!(banned, [["192.0.2.7".into(), "noise".into()], ["2001:db8::".into(), Value::Null]]);
    assert!(done(&home, &["ban", "list"], "").contains("192.0.2.7 "));
    done(&home, &["ban", "remove", "192.0.2.7"], "");
    assert_eq!(rows(&home, &["ban", "list"], &["address"]), [["2001:db8::"]]);
    refused(&home, &["ban", "add", "127.0.0.1"], 1, "Error: you may not do that here\n");
}
