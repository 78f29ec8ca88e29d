//! What is half written is noted down when typing pauses, and is there again after whatever ended the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::amending::Writing;
use im_client::app::notify::KeptLevel;
use im_client::app::{Action, Draft, KeptUnread, Notes, What, deadline};
use im_client::config::Level;
use im_client::unsent::{Left, Queue, UnsentFolder};
use im_proto::{Reaction, Reply, Request, Seq, Timestamp};

use crate::rig::{BOB, DEV, Rig, conversation, user};

fn draft(to: &str, writing: Writing, text: &str) -> Draft {
    Draft { to: to.parse().unwrap(), writing, text: text.to_owned() }
}

fn new(to: &str, text: &str) -> Draft {
    draft(to, Writing::New, text)
}

/// In #dev and with bob, after nothing was found on the disk.
fn online() -> Rig {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Noted(Notes::default()));
    rig.sign_in(vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 0)]);
    rig.grant_page(DEV, 3);
    rig.pass(Duration::from_secs(2));
    rig
}

/// What was written down, each time all of it.
fn written(rig: &Rig) -> Vec<Notes> {
    let written = rig.done.iter().filter_map(|action| match action {
        Action::KeepNotes(notes) => Some(notes.clone()),
        _ => None,
    });
    written.collect()
}

fn drafts(rig: &Rig) -> Vec<Draft> {
    written(rig).pop().unwrap().drafts
}

#[test]
fn what_is_typed_is_written_down_once_when_typing_pauses() {
    let mut rig = online();
    rig.type_text("half a");
    rig.press(KeyModifiers::ALT, KeyCode::Enter);
    rig.type_text("message");
    assert_eq!(written(&rig), [], "not with every key");
    rig.pass(Duration::from_millis(500));
    assert_eq!(drafts(&rig), [new("#dev", "half a\nmessage")]);
    assert_eq!(written(&rig)[0].open, Some("#dev".parse().unwrap()));
    rig.pass(Duration::from_secs(10));
    assert_eq!(written(&rig).len(), 1, "and not again");
    let before = rig.now;
    let due = deadline(&rig.app).unwrap();
    assert!(due > before + Duration::from_secs(5), "nobody is woken for it: {due:?}");
    rig.key(KeyCode::Enter);
    rig.pass(Duration::from_millis(500));
    assert_eq!(*written(&rig).last().unwrap(), Notes::default(), "gone when it is said");
}

#[test]
fn who_types_without_a_pause_loses_three_seconds_at_most() {
    let mut rig = online();
    for _ in 0..40 {
        rig.type_text("x");
        rig.pass(Duration::from_millis(100));
    }
    assert_eq!(written(&rig).len(), 1);
    assert!(drafts(&rig)[0].text.len() >= 29);
}

#[test]
fn each_conversation_has_its_own_and_an_answer_stays_one() {
    let mut rig = online();
    rig.enter("/reply #2");
    rig.type_text("to two");
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert!(rig.rows_with(" # dev ")[0].contains('✎'), "the list shows where something is half written");
    rig.type_text("to bob");
    rig.pass(Duration::from_secs(1));
    let all = [draft("#dev", Writing::Replying(Seq(2)), "to two"), new("@bob", "to bob")];
    assert_eq!(drafts(&rig), all);
    let notes = written(&rig).pop().unwrap();

    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Noted(notes));
    // Where one wrote is open even before the server is there.
    assert_eq!(rig.app.composer().lines(), ["to bob"]);
    rig.sign_in(vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 0)]);
    assert_eq!(rig.app.composer().lines(), ["to bob"]);
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    assert_eq!(rig.app.composer().lines(), ["to two"]);
    assert_eq!(rig.rows_with("Message · replying to").len(), 1);
    rig.pass(Duration::from_secs(5));
    assert!(written(&rig).iter().all(|notes| notes.drafts.len() == 2), "both stay on the disk");
    rig.key(KeyCode::Enter);
    let answered = rig.waits(|request| matches!(request, Request::Post { reply_to: Some(Seq(2)), .. }));
    assert!(answered.is_some());
}

#[test]
fn an_answer_that_was_open_is_one_before_and_after_the_server_is_there() {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    let open = Some("#dev".parse().unwrap());
    let drafts = vec![draft("#dev", Writing::Replying(Seq(2)), "to two")];
    rig.take(What::Noted(Notes { open, drafts, ..Notes::default() }));
    assert_eq!(rig.rows_with("Message · replying to").len(), 1);
    rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
    assert_eq!(rig.rows_with("Message · replying to").len(), 1);
    assert_eq!(rig.app.composer().lines(), ["to two"]);
}

#[test]
fn the_end_and_a_sign_out_write_down_what_is_not_yet() {
    let mut rig = online();
    rig.type_text("half");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('q'));
    let place = |is: fn(&Action) -> bool| rig.done.iter().position(is).unwrap();
    assert!(place(|action| matches!(action, Action::KeepNotes(_))) < place(|action| *action == Action::Quit));

    let mut rig = online();
    rig.type_text("half");
    rig.take(What::Ending);
    assert_eq!(drafts(&rig), [new("#dev", "half")]);

    let mut rig = online();
    rig.type_text("to bob");
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    rig.enter("/signout");
    rig.grant(|request| *request == Request::SignOut, Reply::Done);
    let place = |is: fn(&Action) -> bool| rig.done.iter().position(is).unwrap();
    assert!(
        place(|action| matches!(action, Action::KeepNotes(_))) < place(|action| *action == Action::PutAway)
    );
    assert_eq!(drafts(&rig), [new("#dev", "to bob")]);
    assert!(!rig.screen().contains("to bob"));
}

#[test]
fn a_draft_for_what_is_no_more_is_still_seen() {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Noted(Notes {
        drafts: vec![new("#gone", "wanted"), new("#dev", "x")],
        ..Notes::default()
    }));
    rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
    assert_eq!(rig.rows_with("# gone").len(), 1);
    assert_eq!(rig.app.composer().lines(), ["x"]);
}

fn open(folder: &Path) -> (Queue, Left) {
    UnsentFolder::in_folder(folder.to_owned()).open("here:1", &user("alice")).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("here%3a1/alice")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.to_str().unwrap().contains("notes")).collect()
}

fn some() -> Notes {
    let unread = KeptUnread { of: "@bob".parse().unwrap(), after: Seq(41), posts: 3 };
    Notes {
        open: Some("#dev".parse().unwrap()),
        drafts: vec![
            new("#dev", "two\nlines \\n and \\ a\ttab  "),
            draft("@bob", Writing::Editing(Seq(12)), "other words"),
            draft("#ops", Writing::Replying(Seq(7)), ""),
        ],
        unread: vec![unread],
        reactions: vec![Reaction::parse("👍").unwrap()],
        levels: vec![
            KeptLevel { of: "#dev".parse().unwrap(), level: Level::All, until: None },
            KeptLevel { of: "@bob".parse().unwrap(), level: Level::None, until: Some(Timestamp(7)) },
            KeptLevel { of: "#ops".parse().unwrap(), level: Level::Mentions, until: None },
        ],
    }
}

#[test]
fn notes_are_read_as_they_were_written_by_nobody_else_and_are_no_file_when_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let (queue, left) = open(folder.path());
    assert_eq!(left.notes, Notes::default());
    queue.keep_notes(&some()).unwrap();
    drop(queue);
    let (queue, left) = open(folder.path());
    assert_eq!(left.notes, some());
    let [file] = &files(folder.path())[..] else { panic!("one file") };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A run that died while it wrote: what was there before holds.
    fs::write(file.with_extension("notes-new"), "draft #dev new ha").unwrap();
    drop(queue);
    let (queue, left) = open(folder.path());
    assert_eq!(left.notes, some());
    queue.keep_notes(&Notes::default()).unwrap();
    assert!(!file.exists());
}

#[test]
fn two_at_once_keep_apart_and_the_next_has_what_both_left() {
    let folder = tempfile::tempdir().unwrap();
    let (one, _) = open(folder.path());
    let (other, left) = open(folder.path());
    assert_eq!(left.notes, Notes::default(), "the first still writes there");
    one.keep_notes(&Notes { drafts: vec![new("#dev", "of one")], ..Notes::default() }).unwrap();
    other.keep_notes(&Notes { drafts: vec![new("#dev", "of the other")], ..Notes::default() }).unwrap();
    drop((one, other));
    let both = [new("#dev", "of one"), new("#dev", "of the other")];
    for _ in 0..2 {
        assert_eq!(open(folder.path()).1.notes.drafts, both);
    }
    assert_eq!(files(folder.path()).len(), 1, "taken over");

    // They have one place on the screen: the second is there when the first is said.
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Noted(Notes { drafts: both.to_vec(), ..Notes::default() }));
    rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
    assert_eq!(rig.app.composer().lines(), ["of one"]);
    rig.pass(Duration::from_secs(9));
    assert!(written(&rig).iter().all(|notes| notes.drafts.len() == 2));
    rig.key(KeyCode::Enter);
    assert_eq!(rig.app.composer().lines(), ["of the other"]);
}
