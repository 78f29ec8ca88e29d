//! What is unsent is on the disk: whatever moment a run dies in, readable for its owner alone, and each message in one
//! queue.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use im_client::app::{Change, Unsent, UnsentState};
use im_client::unsent::{Left, Queue, UnsentFolder};
use im_proto::{MessageId, Timestamp};

use crate::rig::{TEN, text, user};

/// A message that was said so many milliseconds after ten; that is its id too.
fn said(ms: u16, what: &str) -> Change {
    let (to, message) = ("#dev".parse().unwrap(), id(ms));
    Change::Said { to, message, text: text(what), reply_to: None, at: Timestamp(TEN + u64::from(ms)) }
}

fn id(n: u16) -> MessageId {
    MessageId(u128::from(n).to_be_bytes())
}

fn open(folder: &Path, name: &str) -> (Queue, Left) {
    UnsentFolder::in_folder(folder.to_owned()).open("here:1", &user(name)).unwrap()
}

/// What the next run of alice's finds.
fn found(folder: &Path) -> Vec<String> {
    let (_queue, left) = open(folder, "alice");
    texts(&left.unsent)
}

fn texts(unsent: &[Unsent]) -> Vec<String> {
    unsent.iter().map(|unsent| unsent.text.as_str().to_owned()).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let alices = folder.join("here%3a1/alice");
    let files = fs::read_dir(alices).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

#[test]
fn the_next_run_finds_what_is_unsent_as_it_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let (mut queue, left) = open(folder.path(), "alice");
    assert!(left.unsent.is_empty() && left.damaged.is_empty());
    let strange = "two\nlines \\n and \\ a\ttab, \r\u{1b}[31m and 你好  ";
    queue.keep(&[said(1, strange)]).unwrap();
    queue.keep(&[said(2, " sent"), said(3, "refused"), said(4, "refused, and again")]).unwrap();
    let failed = |n, why: &str| Change::Failed { message: id(n), why: why.to_owned() };
    queue.keep(&[failed(3, "why\nso"), failed(4, "x"), Change::Again(id(4)), Change::Gone(id(2))]).unwrap();
    drop(queue);
    for _ in 0..2 {
        let (_queue, left) = open(folder.path(), "alice");
        assert_eq!(texts(&left.unsent), [strange, "refused", "refused, and again"]);
        let states: Vec<_> = left.unsent.iter().map(|unsent| unsent.state.clone()).collect();
        let refused = UnsentState::Failed("why\nso".to_owned());
        assert_eq!(states, [UnsentState::Queued, refused, UnsentState::Queued]);
        assert_eq!(left.unsent[0].message, id(1));
        assert_eq!(left.unsent[0].at, Timestamp(TEN + 1));
        assert_eq!(left.unsent[0].to, "#dev".parse().unwrap());
    }
}

#[test]
fn each_server_and_user_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (mut queue, _) = open(folder.path(), "alice");
    queue.keep(&[said(1, "as alice")]).unwrap();
    drop(queue);
    assert!(open(folder.path(), "bob").1.unsent.is_empty());
    let elsewhere = UnsentFolder::in_folder(folder.path().to_owned());
    assert!(elsewhere.open("there:1", &user("alice")).unwrap().1.unsent.is_empty());
    assert_eq!(found(folder.path()), ["as alice"]);
}

#[test]
fn a_journal_cut_anywhere_says_what_its_whole_lines_say() {
    let folder = tempfile::tempdir().unwrap();
    let (mut queue, _) = open(folder.path(), "alice");
    let changes = [said(1, "one"), said(2, "two"), Change::Gone(id(1)), said(3, "three\nlines\nof it")];
    for change in &changes {
        queue.keep(std::slice::from_ref(change)).unwrap();
    }
    drop(queue);
    let [journal] = &files(folder.path(), "journal")[..] else { panic!("one journal") };
    let whole = fs::read(journal).unwrap();
    let told: [&[&str]; 5] = [&[], &["one"], &["one", "two"], &["two"], &["two", "three\nlines\nof it"]];
    let mut seen = BTreeSet::new();
    for cut in 0..=whole.len() {
        fs::write(journal, &whole[..cut]).unwrap();
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        let (mut queue, left) = open(folder.path(), "alice");
        assert_eq!(texts(&left.unsent), told[lines], "cut after {cut} bytes");
        assert!(left.damaged.is_empty(), "what is torn was never shown");
        // What is written after a torn line is read again.
        queue.keep(&[said(9, "more")]).unwrap();
        drop(queue);
        assert_eq!(found(folder.path()), [told[lines], &["more"]].concat());
        seen.insert(lines);
    }
    assert_eq!(seen.len(), told.len());
}

#[test]
fn what_cannot_be_read_is_put_aside_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut queue, _) = open(folder.path(), "alice");
    queue.keep(&[said(1, "one"), said(2, "two")]).unwrap();
    drop(queue);
    let [journal] = &files(folder.path(), "journal")[..] else { panic!("one journal") };
    let mut bytes = fs::read(journal).unwrap();
    bytes.splice(0..4, *b"\xff\0\n\n");
    fs::write(journal, &bytes).unwrap();
    let (queue, left) = open(folder.path(), "alice");
    assert_eq!(texts(&left.unsent), ["two"]);
    assert_eq!(left.damaged, files(folder.path(), "damaged"));
    assert_eq!(fs::read(&left.damaged[0]).unwrap(), bytes);
    drop(queue);
    assert!(open(folder.path(), "alice").1.damaged.is_empty(), "told once");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("deep/unsent");
    let (mut queue, _) = open(&within, "alice");
    queue.keep(&[said(1, "for nobody's eyes")]).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in [&*within, &within.join("here%3a1"), &within.join("here%3a1/alice")] {
        assert_eq!(mode(folder), 0o700);
    }
    let [journal] = &files(&within, "journal")[..] else { panic!("one journal") };
    assert_eq!(mode(journal), 0o600);
    drop(queue);
    // A journal that is written anew is no more open than the first.
    let _queue = open(&within, "alice");
    assert_eq!(mode(journal), 0o600);
    assert!(files(&within, "new").is_empty());
}

#[test]
fn runs_at_the_same_time_keep_apart_and_the_next_takes_over_what_they_left() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, _) = open(folder.path(), "alice");
    one.keep(&[said(1, "a"), said(4, "d")]).unwrap();
    let (mut other, left) = open(folder.path(), "alice");
    assert!(left.unsent.is_empty(), "the first still sends them");
    other.keep(&[said(2, "b"), said(3, "c")]).unwrap();
    assert_eq!(files(folder.path(), "journal").len(), 2);
    drop(other);
    let (third, left) = open(folder.path(), "alice");
    assert_eq!(texts(&left.unsent), ["b", "c"]);
    drop((one, third));
    let (last, left) = open(folder.path(), "alice");
    assert_eq!(texts(&left.unsent), ["a", "b", "c", "d"], "by the time of day");
    assert_eq!(files(folder.path(), "journal").len(), 1, "taken over");
    assert!(open(folder.path(), "alice").1.unsent.is_empty());
    drop(last);
    assert_eq!(found(folder.path()), ["a", "b", "c", "d"]);
}

#[test]
fn a_clock_that_was_set_back_does_not_turn_the_order_of_a_queue_about() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, _) = open(folder.path(), "alice");
    let (mut other, _) = open(folder.path(), "alice");
    one.keep(&[said(9, "first"), said(1, "second")]).unwrap();
    other.keep(&[said(8, "third"), said(2, "fourth")]).unwrap();
    drop((one, other));
    let order = found(folder.path());
    let place = |what: &str| order.iter().position(|said| said == what).unwrap();
    assert!(place("first") < place("second") && place("third") < place("fourth"), "{order:?}");
}

#[test]
fn a_run_that_died_while_it_took_over_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, _) = open(folder.path(), "alice");
    let (mut other, _) = open(folder.path(), "alice");
    one.keep(&[said(1, "a"), said(3, "c")]).unwrap();
    other.keep(&[said(2, "b")]).unwrap();
    drop((one, other));
    let before = files(folder.path(), "journal");
    let second = before.iter().find(|path| path.ends_with("2.journal")).unwrap();
    let bytes = fs::read(second).unwrap();
    assert_eq!(found(folder.path()), ["a", "b", "c"]);
    assert!(!second.exists());
    fs::write(second, bytes).unwrap();
    assert_eq!(found(folder.path()), ["a", "b", "c"]);
}

#[test]
fn there_is_an_end_to_how_many_run_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut queues: Vec<Queue> = (0..16).map(|_| open(folder.path(), "alice").0).collect();
    let shelf = UnsentFolder::in_folder(folder.path().to_owned());
    let error = shelf.open("here:1", &user("alice")).unwrap_err();
    assert_eq!(error.to_string(), "16 clients of alice are running");
    queues.pop();
    shelf.open("here:1", &user("alice")).unwrap();
}

#[test]
fn a_journal_does_not_grow_with_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (mut queue, _) = open(folder.path(), "alice");
    let bytes = || {
        let [journal] = &files(folder.path(), "journal")[..] else { panic!("one journal") };
        fs::metadata(journal).unwrap().len()
    };
    queue.keep(&[said(1, "sent"), Change::Gone(id(1))]).unwrap();
    assert_eq!(bytes(), 0, "nothing is unsent");
    // One that failed stays, while two megabytes are said and sent.
    queue.keep(&[said(2, "failed"), Change::Failed { message: id(2), why: "no".to_owned() }]).unwrap();
    let long = "x".repeat(20_000);
    for n in 3..103 {
        queue.keep(&[said(n, &long), Change::Gone(id(n))]).unwrap();
        assert!(bytes() < 400_000, "{} bytes", bytes());
    }
    queue.keep(&[said(200, "after")]).unwrap();
    let (_other, left) = open(folder.path(), "alice");
    assert!(left.unsent.is_empty(), "it is locked as before");
    drop(queue);
    assert_eq!(found(folder.path()), ["failed", "after"]);
}
