//! The power is cut in the middle of the server's work: what it had acknowledged is there. No disk is needed for it that can
//! be cut off: `strace` tells what the server wrote and synced, and a model says what of it a disk has kept.
//!
//! The same with the weaker durability loses posts, so the model forgets; and what is left is whole nevertheless.

mod disk;
mod trace;

use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value, json};

use self::disk::Disk;
use self::trace::{CALLS, Event};
use super::check::violated;
use crate::asks::sign_in;
use crate::child::Ended;
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

/// So many posts, so long each, that the write-ahead log is copied into the database more than once.
const POSTS: u64 = 330;
const POST_BYTES: usize = 3000;

/// The power is cut after so many acknowledgements, and so many writes to the database itself, again and again.
const CUT_EACH_ACKS: usize = 11;
const CUT_EACH_WRITES: usize = 40;

/// `im-server` as `strace` runs it: the server is the child, strace stands beside it.
fn traced(home: &Home, args: &[&str], more: &[&str]) -> Daemon {
    let server = home.serving(args);
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-qq", "-o", "trace", "-xx", "-s", "1000000", "-y", "-e", "signal=none", "-e"]);
    command.arg(format!("trace={CALLS}")).args(more).arg(server.get_program()).args(server.get_args());
    command.args(["--tls", "off"]); // the model knows what a database does to files, and no certificates
    command.env_clear().env("HOME", home.path("")).current_dir(home.path(""));
    Daemon::start(command)
}

/// Posts one after the other, each when the one before is acknowledged, until all are said or the server is gone. How many
/// were acknowledged is returned.
fn post(daemon: &Daemon, count: u64) -> u64 {
    let mut peer = Peer::connect(daemon.listens()[1].0);
    peer.send(&format!("{}\n", json!({"request": "sign-up", "name": "foo", "password": "secret"})));
    peer.until("\"reply\":\"welcome\"");
    peer.until("\n");
    for number in 1..=count {
        let text = format!("post {number} {}", "x".repeat(POST_BYTES));
        let request = json!({"tag": number, "request": "post", "to": "#lobby", "text": text});
        peer.send(&format!("{request}\n"));
        let Some(reply) = peer.line() else { return number - 1 };
        assert_eq!(acknowledged(reply.as_bytes()), [number], "{reply}");
    }
    count
}

/// The numbers of the posts that are acknowledged by what somebody is told.
fn acknowledged(told: &[u8]) -> Vec<u64> {
    let lines =
        told.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    lines.filter(|line| line["reply"] == "posted").map(|line| line["tag"].as_u64().unwrap()).collect()
}

/// Runs a server, posts, and stops it: what it did meanwhile.
fn recorded(home: &Home, durability: &str) -> Vec<Event> {
    let daemon = traced(home, &["--listen", "json=127.0.0.1:0", "--durability", durability], &[]);
    assert_eq!(post(&daemon, POSTS), POSTS);
    let Ended { code, err, .. } = daemon.stop("TERM");
    assert_eq!(code, Some(0), "{err}");
    trace::read(&std::fs::read_to_string(home.path("trace")).unwrap(), &home.path(""))
}

/// What the power was cut after.
struct Cut<'a> {
    home: &'a Home,
    disk: &'a Disk,
    acknowledged: &'a [u64],
    number: usize,
}

impl Cut<'_> {
    /// The posts that are there when the machine is on again, which are whole and in order, whatever they are.
    #[track_caller]
    fn left(&self, survives: impl FnMut() -> bool) -> u64 {
        let folder = format!("after-{}", self.number);
        let to = self.home.path(&folder);
        let _ = std::fs::remove_dir_all(&to);
        std::fs::create_dir(&to).unwrap();
        self.disk.after_power_cut(&self.home.path(""), &to, survives);
        let connection = Connection::open(to.join("data/im.sqlite")).unwrap();
        let whole: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok", "cut {}", self.number);
        // Not even its tables are sure to be there, if the log was never synced.
        if !connection.table_exists(None, "events").unwrap() {
            return 0;
        }
        let sql = "SELECT text FROM events WHERE kind = 1 ORDER BY conversation, seq";
        let mut texts = connection.prepare(sql).unwrap();
        let texts = texts.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let numbers: Vec<u64> =
            texts.map(|text| text.unwrap().split(' ').nth(1).unwrap().parse().unwrap()).collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "cut {}: {numbers:?}", self.number);
        numbers.len() as u64
    }

    /// Fewest posts that are left: nothing that was not synced survives, all of it, and some of it.
    #[track_caller]
    fn least(&self) -> u64 {
        let mut state = self.number as u64;
        let some = move || {
            // Any numbers do, as long as they are the same each time.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 63 == 1
        };
        self.left(|| true).min(self.left(some)).min(self.left(|| false))
    }

    /// How many of the posts that were acknowledged are lost, at worst.
    #[track_caller]
    fn lost(&self) -> u64 {
        self.acknowledged.last().copied().unwrap_or(0).saturating_sub(self.least())
    }
}

/// Cuts the power after some of all that happened. What each cut took, at worst.
fn cut_again_and_again(home: &Home, events: &[Event]) -> Vec<u64> {
    let (mut disk, mut told, mut writes, mut lost) = (Disk::default(), Vec::new(), 0, Vec::new());
    let database = home.path("data/im.sqlite");
    for event in events {
        let acknowledged_now = if let Event::Told(bytes) = event { acknowledged(bytes) } else { Vec::new() };
        told.extend(&acknowledged_now);
        writes += usize::from(matches!(event, Event::Write(path, ..) if *path == database));
        let after_ack = !acknowledged_now.is_empty() && told.len() % CUT_EACH_ACKS == 0;
        let in_checkpoint =
            matches!(event, Event::Write(path, ..) if *path == database) && writes % CUT_EACH_WRITES == 0;
        disk.happens(event);
        if !told.is_empty() && (after_ack || in_checkpoint || matches!(event, Event::Length(..))) {
            let cut = Cut { home, disk: &disk, acknowledged: &told, number: lost.len() };
            lost.push(cut.lost());
        }
    }
    assert_eq!(told.len() as u64, POSTS, "all were seen in the trace");
    assert!(writes > 2 * CUT_EACH_WRITES, "the log was copied into the database: {writes} pages");
    lost
}

/// A server goes on from what the last cut has left.
#[track_caller]
fn goes_on(home: &Home, data: &str) {
    assert!(violated(home, data).is_empty());
    let daemon = Daemon::start(home.command(&["--addr", "127.0.0.1:0", "--data-dir", data]));
    let mut native = Native::connect(daemon.addr());
    native.ask(sign_in("foo", "secret")).unwrap();
}

#[test]
#[cfg_attr(not(has_strace), ignore = "apt-get install strace")]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let home = Home::new();
    let events = recorded(&home, "full");
    let lost = cut_again_and_again(&home, &events);
    assert!(lost.len() > 30, "{} cuts", lost.len());
    assert!(lost.iter().all(|lost| *lost == 0), "{lost:?}");
    for cut in [0, lost.len() / 2, lost.len() - 1] {
        goes_on(&home, &format!("after-{cut}/data"));
    }
}

#[test]
#[cfg_attr(not(has_strace), ignore = "apt-get install strace")]
fn what_outlives_the_process_only_is_lost_by_a_power_cut_and_the_rest_is_whole() {
    let home = Home::new();
    let events = recorded(&home, "process");
    let lost = cut_again_and_again(&home, &events);
    assert!(lost.iter().any(|lost| *lost > 0), "the model forgets nothing: {lost:?}");
    // What is in the database is on the disk: no more is lost than since the log was copied last.
    assert!(lost.iter().all(|lost| *lost < POSTS), "{lost:?}");
    goes_on(&home, &format!("after-{}/data", lost.len() - 1));
}

#[test]
#[cfg_attr(not(has_strace), ignore = "apt-get install strace")]
fn a_sync_that_fails_ends_the_server_at_once_and_nothing_acknowledged_is_missing() {
    // In the writer, which syncs the log's header and its folder before all else: with the full durability it is a commit
    // that fails; with the other one the sync of the log before it is copied into the database, or that of the database.
    for (durability, nth) in [("full", 8), ("process", 3), ("process", 4)] {
        let home = Home::new();
        home.start(&[]).stop("TERM");
        // Each thread is counted by itself. One that starts on a database that is there syncs less often.
        let fails = ["-e", &format!("inject=fsync,fdatasync:error=EIO:when={nth}")];
        let daemon = traced(&home, &["--listen", "json=127.0.0.1:0", "--durability", durability], &fails);
        let acknowledged = post(&daemon, POSTS);
        let ended = daemon.ends();
        assert_eq!(ended.code, None, "{durability}: {}", ended.err);
        assert!(ended.err.contains("the disk did not confirm a write"), "{durability}: {}", ended.err);
        assert!((1..POSTS).contains(&acknowledged), "{durability}: {acknowledged}");
        // The machine goes on: what the process has written is there.
        let connection = Connection::open(home.path("data/im.sqlite")).unwrap();
        let sql = "SELECT count(*) FROM events WHERE kind = 1";
        let there: u64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        drop(connection);
        assert!(there >= acknowledged, "{durability}: {acknowledged} were acknowledged, {there} are there");
        goes_on(&home, "data");
    }
}
