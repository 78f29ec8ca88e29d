//! What is told to somebody who looks elsewhere: of what, how often, by what bytes; and the title of the window.

use std::time::Duration;

use im_client::app::notify::{KeptLevel, Notification};
use im_client::app::{Action, What};
use im_client::config::{Config, Level, Way};
use im_client::terminal::notify::{bytes, known, title};
use im_proto::{Conversation, ConversationId, Notice, Seq, Timestamp};

use crate::rig::{BOB, DEV, Rig, TEN, conversation, posted};

fn rig(config: &str) -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 10), conversation(BOB, "@bob", 10)]);
    rig.enter("to group: dev");
    rig.take(What::Configured(Ok(Box::new(Config::parse(config).unwrap()))));
    rig.take(What::Focus(false));
    rig
}

/// Somebody says something now; what is told of it after a while in which nothing was told.
fn says(rig: &mut Rig, of: ConversationId, seq: u64, words: &str) -> Option<Notification> {
    rig.pass(Duration::from_secs(5));
    said(rig, of, seq, words)
}

fn said(rig: &mut Rig, of: ConversationId, seq: u64, words: &str) -> Option<Notification> {
    let mut event = posted(of, seq, "bob", words);
    event.at = Timestamp(TEN + u64::try_from(rig.now.as_millis()).unwrap());
    rig.done.clear();
    rig.event(event);
    rig.done.iter().find_map(|action| match action {
        Action::Notify(note) => Some(note.clone()),
        _ => None,
    })
}

fn note(title: &str, body: &str) -> Option<Notification> {
    Some(Notification { title: title.into(), body: Some(body.into()) })
}

#[test]
fn what_is_for_oneself_is_told_while_one_looks_elsewhere() {
    let mut rig = rig("");
    assert_eq!(says(&mut rig, DEV, 11, "nothing for you"), None);
    assert_eq!(
        says(&mut rig, DEV, 12, "hi @Alice,\n\x1b[31mlook"),
        note("bob in #dev", "hi @Alice, [31mlook")
    );
    assert_eq!(says(&mut rig, BOB, 11, "psst"), note("bob", "psst"));
    assert_eq!(says(&mut rig, BOB, 11, "psst"), None, "once");
    // At most once in three seconds.
    rig.pass(Duration::from_secs(5));
    let told = (12..112).filter(|seq| {
        rig.pass(Duration::from_millis(100));
        said(&mut rig, BOB, *seq, "again").is_some()
    });
    assert_eq!(told.count(), 4, "in ten seconds");
    // Where one looks one sees it; elsewhere one does not.
    rig.take(What::Focus(true));
    assert_eq!(says(&mut rig, DEV, 13, "@alice"), None);
    assert_eq!(says(&mut rig, BOB, 112, "and here?"), note("bob", "and here?"));
    // What came while one was away is no news.
    rig.take(What::Focus(false));
    rig.pass(Duration::from_secs(400));
    rig.done.clear();
    let mut event = posted(BOB, 113, "bob", "long ago");
    event.at = Timestamp(TEN);
    rig.event(event);
    assert!(!rig.done.iter().any(|action| matches!(action, Action::Notify(_))));
}

#[test]
fn the_first_words_of_somebody_new_are_told_once_and_what_was_there_before_is_not() {
    let mut rig = rig("");
    let carol = ConversationId(9);
    let mut about = conversation(carol, "@carol", 2);
    (about.read, about.unread) = (Seq(0), 2);
    rig.notice(Notice::Conversation(about));
    assert_eq!(says(&mut rig, carol, 1, "hello"), note("bob", "hello"));
    assert_eq!(says(&mut rig, carol, 2, "are you there?"), note("bob", "are you there?"));
    assert_eq!(says(&mut rig, carol, 2, "are you there?"), None, "once");
    assert_eq!(says(&mut rig, carol, 3, "well"), note("bob", "well"));
    // A group that one comes into has a past.
    let mut group = conversation(ConversationId(10), "#group", 1);
    (group.read, group.unread) = (Seq(0), 1);
    rig.notice(Notice::Conversation(group));
    assert_eq!(says(&mut rig, ConversationId(10), 1, "@alice"), None);
}

#[test]
fn levels_are_kept_for_each_conversation_and_a_mute_ends() {
    let mut rig = rig("");
    rig.enter("/notify all");
    assert_eq!(says(&mut rig, DEV, 11, "anything"), note("bob in #dev", "anything"));
    rig.enter("/mute 1h");
    assert_eq!(says(&mut rig, DEV, 12, "@alice"), None);
    rig.pass(Duration::from_secs(3600));
    assert_eq!(says(&mut rig, DEV, 13, "@alice"), note("bob in #dev", "@alice"));
    rig.enter("/notify none");
    assert_eq!(says(&mut rig, DEV, 14, "@alice"), None);
    assert_eq!(says(&mut rig, BOB, 11, "but here"), note("bob", "but here"));
    for wrong in
        ["/notify", "/notify loud", "/mute 1", "/mute 0h", "/mute h", "/mute 99999999999d", "/mute 1h 2h"]
    {
        let mut rig = self::rig("");
        rig.enter(wrong);
        assert!(rig.screen().contains("it goes like this: "), "{wrong}");
    }
}

#[test]
fn the_configuration_says_when_and_what() {
    let mut private = rig("[notify]\nprivacy = true");
    let told = says(&mut private, DEV, 11, "@alice secret").unwrap();
    assert_eq!(told, Notification { title: "bob in #dev".into(), body: None });
    let mut all = rig("[notify]\nlevel = \"all\"");
    assert!(says(&mut all, DEV, 11, "anything").is_some());
    let mut none = rig("[notify]\nlevel = \"none\"");
    assert_eq!(says(&mut none, BOB, 11, "psst"), None);
    // It is ten o'clock.
    let mut quiet = rig("[notify]\nquiet = \"09:00-10:30\"");
    assert_eq!(says(&mut quiet, BOB, 11, "psst"), None);
    quiet.pass(Duration::from_secs(1800));
    assert_eq!(says(&mut quiet, BOB, 12, "psst"), note("bob", "psst"));
}

#[test]
fn a_terminal_is_told_as_it_is_known_to_understand() {
    let of = |pairs: &'static [(&str, &str)]| {
        move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    for (pairs, wanted) in [
        (&[("TERM", "xterm-kitty")][..], Way::Osc99),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], Way::Osc9),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Way::Osc9),
        (&[("TERM", "xterm-ghostty"), ("TERM_PROGRAM", "ghostty")], Way::Osc9),
        (&[("TERM", "foot-extra")], Way::Osc777),
        (&[("TERM", "rxvt-unicode-256color")], Way::Osc777),
        (&[("TERM", "xterm-256color")], Way::Bell),
        (&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/x,1,0")], Way::Bell),
        (&[], Way::Bell),
    ] {
        assert_eq!(known(Way::Auto, true, of(pairs)), Some(wanted), "{pairs:?}");
        assert_eq!(known(Way::Osc777, false, of(pairs)), Some(Way::Osc777), "{pairs:?}");
    }
    assert_eq!(known(Way::Auto, false, of(&[("TERM", "xterm")])), None, "no bell is wanted");
    assert_eq!(known(Way::Bell, false, of(&[("TERM", "xterm-kitty")])), None);
    let hostile =
        Notification { title: "b;ob\x07".into(), body: Some("x\x1b\\\x1b]2;y;z\u{202e}\nv".into()) };
    for (way, wanted) in [
        (Way::Osc99, "\x1b]99;i=im:d=0;b,ob\x1b\\\x1b]99;i=im:p=body;x\\]2,y,zv\x1b\\"),
        (Way::Osc9, "\x1b]9;b,ob: x\\]2,y,zv\x1b\\"),
        (Way::Osc777, "\x1b]777;notify;b,ob;x\\]2,y,zv\x1b\\"),
        (Way::Bell, "\x07"),
    ] {
        assert_eq!(String::from_utf8(bytes(way, &hostile)).unwrap(), wanted, "{way:?}");
    }
    assert_eq!(title("a\x07\x1b]0;b"), b"\x1b]2;a]0;b\x1b\\");
}

#[test]
fn the_title_says_what_is_open_and_how_much_is_for_oneself() {
    let behind = Conversation { read: Seq(4), unread: 6, mentions: 2, ..conversation(DEV, "#dev", 10) };
    let mut rig = Rig::online(80, 24, vec![behind, conversation(BOB, "@bob", 10)]);
    rig.enter("/dm bob");
    assert_eq!(rig.title, "(@2) @bob – im");
    rig.take(What::Focus(false));
    rig.event(posted(BOB, 11, "bob", "psst"));
    assert_eq!(rig.title, "(@3) @bob – im");
    rig.notice(Notice::Mentions { conversation: DEV, head: Seq(10), read: Seq(10), mentions: 0 });
    rig.take(What::Focus(true));
    rig.pass(Duration::from_secs(3));
    assert_eq!(rig.title, "@bob – im");
    rig.event(posted(DEV, 11, "bob", "no mention"));
    assert_eq!(rig.title, "@bob – im");
    rig.enter("to group: dev");
    assert_eq!(rig.title, "#dev – im");
}

#[test]
fn levels_are_noted_down() {
    let mut rig = rig("");
    rig.take(What::Noted(im_client::app::Notes {
        levels: vec![KeptLevel { of: "@bob".parse().unwrap(), level: Level::None, until: None }],
        ..im_client::app::Notes::default()
    }));
    assert_eq!(says(&mut rig, BOB, 11, "psst"), None, "as an earlier run has noted");
    rig.done.clear();
    rig.enter("/notify all");
    rig.pass(Duration::from_secs(5));
    let noted = rig.done.iter().rev().find_map(|action| match action {
        Action::KeepNotes(notes) => Some(notes.levels.clone()),
        _ => None,
    });
    let of = |of: &str, level| KeptLevel { of: of.parse().unwrap(), level, until: None };
    assert_eq!(noted.unwrap(), [of("@bob", Level::None), of("#dev", Level::All)]);
}
