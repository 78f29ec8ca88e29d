//! Typed commands: each asks the server for one thing, and a mistyped one says nothing to anybody.

use crossterm::event::KeyCode;
use im_client::app::{Action, Overlay, What, keys};
use im_proto::{Notice, Pending, PendingKind, Refusal, Reply, Request, Role, Timestamp};

use crate::rig::{BOB, DEV, Rig, TEN, conversation, text, user};

fn online() -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    rig.asked.clear();
    rig
}

/// What the server is asked when a line is entered.
fn asked(typed: &str) -> Vec<Request> {
    let mut rig = online();
    rig.enter(typed);
    rig.asked.into_iter().map(|ask| ask.request).collect()
}

#[test]
fn each_command_asks_for_its_thing() {
    let cases = [
        ("/join #ops", Request::Join { name: "ops".parse().unwrap(), create: true }),
        ("join group: g1", Request::Join { name: "g1".parse().unwrap(), create: false }),
        ("/create g1", Request::Create { group: "g1".parse().unwrap() }),
        ("/invite g1 zoe", Request::Invite { group: "g1".parse().unwrap(), user: user("zoe") }),
        ("/dm zoe", Request::Open { address: "@zoe".parse().unwrap() }),
        ("to user: zoe", Request::Open { address: "@zoe".parse().unwrap() }),
        ("to group: g1", Request::Open { address: "#g1".parse().unwrap() }),
        ("/leave", Request::Leave { name: "dev".parse().unwrap() }),
        (
            "/role dev zoe admin",
            Request::SetRole { group: "dev".parse().unwrap(), user: user("zoe"), role: Role::Admin },
        ),
        ("/who", Request::Who { of: None }),
        ("/who dev", Request::Who { of: Some("dev".parse().unwrap()) }),
        ("/accept g1", Request::Answer { group: "g1".parse().unwrap(), user: None, yes: true }),
        (
            "/reject g1 zoe",
            Request::Answer { group: "g1".parse().unwrap(), user: Some(user("zoe")), yes: false },
        ),
        ("/time", Request::Time),
        ("/signout", Request::SignOut),
    ];
    for (typed, request) in cases {
        assert_eq!(asked(typed), [request], "{typed}");
    }
}

#[test]
fn text_is_said_and_commands_are_not() {
    for (typed, said) in [
        ("hello", Some("hello")),
        ("//help", Some("/help")),
        ("/say /quit", Some("/quit")),
        ("@bob look", Some("@bob look")),
        ("/jion dev", None),
        ("/all", None),
        ("/stop", None),
        ("/nick zoe", None),
        ("/join", None),
        ("/help join", None),
        ("   ", None),
    ] {
        let posted = asked(typed).into_iter().find_map(|request| match request {
            Request::Post { text, .. } => Some(text),
            _ => None,
        });
        assert_eq!(posted, said.map(text), "{typed}");
    }
}

#[test]
fn a_mistyped_command_stays_to_be_mended_and_the_nearest_is_offered() {
    let mut rig = online();
    rig.enter("/jion dev");
    assert_eq!(rig.app.composer().lines(), ["/jion dev"]);
    assert!(rig.screen().contains("did you mean /join?"));
    rig.pass(std::time::Duration::from_secs(6));
    assert!(!rig.screen().contains("did you mean"), "toasts go away");
}

#[test]
fn a_pasted_command_is_not_done() {
    let mut rig = online();
    rig.take(What::Paste("/quit\n/leave\n\u{1b}[2Jrm -rf".to_owned()));
    assert_eq!(rig.app.composer().lines(), ["/quit", "/leave", "[2Jrm -rf"]);
    rig.key(KeyCode::Enter);
    assert!(rig.done.iter().all(|action| *action != Action::Quit));
    assert!(rig.asked.is_empty());
    assert!(rig.screen().contains("a command is one line"));
    assert_eq!(rig.app.composer().lines().len(), 3);
}

#[test]
fn what_is_known_is_opened_without_asking() {
    let mut rig = online();
    rig.down();
    rig.enter("/dm bob");
    assert_eq!(rig.app.open, Some(BOB));
    rig.enter("/dm zoe");
    assert!(rig.screen().contains("not connected"));
}

#[test]
fn joining_opens_and_asking_to_be_let_in_says_so() {
    let mut rig = online();
    rig.enter("/join ops");
    let ops = conversation(im_proto::ConversationId(9), "#ops", 0);
    rig.grant(|request| matches!(request, Request::Join { .. }), Reply::Conversation(ops));
    assert!(rig.screen().contains("#ops"));
    assert_eq!(rig.app.open, Some(im_proto::ConversationId(9)));
    rig.enter("/join g1");
    rig.grant(|request| matches!(request, Request::Join { .. }), Reply::Asked);
    assert!(rig.screen().contains("asked to be let into #g1"));
    rig.enter("/join g1");
    rig.refuse(|request| matches!(request, Request::Join { .. }), Refusal::AlreadyAsked);
    assert!(rig.screen().contains("waits for an answer"));
}

#[test]
fn stopping_goes_back_to_the_conversation_before() {
    let ops = im_proto::ConversationId(9);
    let there =
        vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0), conversation(ops, "#ops", 0)];
    let mut rig = Rig::online(80, 24, there);
    rig.enter("/stop");
    assert!(rig.screen().contains("there is no conversation before this one"));
    for name in ["/dm bob", "/join ops", "/dm bob"] {
        rig.enter(name);
        if name == "/join ops" {
            let joined = conversation(ops, "#ops", 0);
            rig.grant(|request| matches!(request, Request::Join { .. }), Reply::Conversation(joined));
        }
    }
    rig.down();
    for before in [ops, DEV, DEV] {
        rig.enter("/stop");
        assert_eq!(
            rig.app.open,
            Some(before),
            "it works without a connection, and each is gone back to once"
        );
    }
}

#[test]
fn everybody_hears_in_the_lobby_what_is_said_to_all() {
    let lobby = im_proto::ConversationId(1);
    let there = vec![conversation(DEV, "#dev", 9), conversation(lobby, "#lobby", 0)];
    let mut rig = Rig::online(80, 24, there);
    rig.enter("/all tea is ready");
    let post = |request: &Request| {
        matches!(request, Request::Post { to, text: said, .. }
        if to.to_string() == "#lobby" && *said == text("tea is ready"))
    };
    assert!(rig.waits(post).is_some());
    assert_eq!(rig.app.open, Some(DEV), "one stays where one is");
    let mut rig = online();
    rig.enter("/all is anybody there?");
    assert!(rig.asked.is_empty());
    assert!(rig.screen().contains("you are not in #lobby: /join lobby"));
}

#[test]
fn the_servers_time_is_told_by_the_clock_of_the_zone() {
    let mut rig = online();
    rig.enter("/time");
    rig.grant(|request| *request == Request::Time, Reply::Time { at: Timestamp(TEN + 7_000) });
    assert!(rig.screen().contains("server time: Sat 21 November 2026, 10:00:07 UTC"));
}

#[test]
fn an_account_keeps_its_name() {
    for typed in ["/username zoe", "/nick zoe"] {
        let mut rig = online();
        rig.enter(typed);
        assert!(rig.asked.is_empty());
        assert!(rig.screen().contains("an account keeps its name: you are alice"), "{typed}");
    }
}

fn pending(group: &str, kind: PendingKind, by: &str) -> Pending {
    Pending { group: group.parse().unwrap(), kind, by: user(by), at: Timestamp(TEN) }
}

#[test]
fn what_waits_is_shown_with_its_answers_and_answered_by_a_word() {
    let mut rig = online();
    rig.notice(Notice::Pending { pending: vec![pending("g1", PendingKind::Invitation, "foo")] });
    assert_eq!(rig.rows_with("foo invites you to #g1: /accept or /reject ").len(), 1);
    rig.enter("/accept");
    let answer = Request::Answer { group: "g1".parse().unwrap(), user: None, yes: true };
    assert_eq!(rig.waits(|request| *request == answer), Some(&answer));
    let joined = conversation(im_proto::ConversationId(9), "#g1", 2);
    rig.grant(|request| *request == answer, Reply::Conversation(joined));
    assert!(rig.rows_with("invites you").is_empty());
    assert_eq!(rig.app.open, Some(im_proto::ConversationId(9)));
}

#[test]
fn somebody_who_asks_to_be_let_in_need_not_be_named_if_nobody_else_does() {
    let mut rig = online();
    let zoe = pending("g1", PendingKind::Request, "zoe");
    rig.notice(Notice::Pending { pending: vec![zoe.clone()] });
    rig.enter("/accept g1");
    let answer =
        |request: &Request| matches!(request, Request::Answer { user: Some(of), .. } if *of == user("zoe"));
    assert!(rig.waits(answer).is_some());
    rig.asked.clear();
    rig.notice(Notice::Pending { pending: vec![zoe, pending("g1", PendingKind::Request, "yan")] });
    rig.enter("/accept g1");
    assert!(rig.asked.is_empty());
    assert!(rig.screen().contains("several ask: /accept g1 USER"));
}

#[test]
fn the_answers_to_what_waits_are_not_torn() {
    let mut rig = online();
    let cake = pending("cake-committee", PendingKind::Request, "averylongname-of-somebody");
    rig.notice(Notice::Pending {
        pending: vec![cake.clone(), pending("g1", PendingKind::Invitation, "foo")],
    });
    let whole = "averylongname-of-somebody asks to join #cake-committee:";
    assert_eq!(rig.rows_with(whole).len(), 1);
    assert_eq!(rig.rows_with(" /accept cake-committee averylongname-of-somebody").len(), 1);
    assert_eq!(rig.rows_with("2 wait for an answer").len(), 1);
    rig.notice(Notice::Pending { pending: vec![cake] });
    assert_eq!(rig.rows_with("/accept").len(), 1);
    assert_eq!(rig.rows_with("/reject").len(), 1);
    assert!(rig.rows_with("/accept cake").is_empty());
    rig.take(im_client::app::What::Resize(ratatui::layout::Size::new(40, 15)));
    assert_eq!(rig.rows_with("   join #cake-committee: /accept").len(), 1);
    assert_eq!(rig.rows_with("   or /reject").len(), 1);
}

#[test]
fn news_that_one_was_not_let_in_is_told_once() {
    let mut rig = online();
    rig.notice(Notice::Pending { pending: vec![pending("g1", PendingKind::Rejection, "foo")] });
    assert!(rig.screen().contains("foo did not let you into #g1"));
    let dismiss = Request::Dismiss { group: "g1".parse().unwrap() };
    assert!(rig.waits(|request| *request == dismiss).is_some());
}

#[test]
fn leaving_closes_and_signing_out_forgets() {
    let mut rig = online();
    rig.enter("/leave");
    rig.grant(|request| matches!(request, Request::Leave { .. }), Reply::Done);
    assert_eq!(rig.app.open, Some(BOB));
    assert!(rig.app.conversations.get(DEV).is_none());
    rig.enter("/leave");
    assert!(rig.screen().contains("cannot be left"));
    rig.enter("/signout");
    rig.grant(|request| *request == Request::SignOut, Reply::Done);
    let forgets =
        |action: &Action| matches!(action, Action::ForgetToken { user: who, .. } if *who == user("alice"));
    assert!(rig.done.iter().any(forgets));
    assert!(!rig.app.is_chatting());
    assert!(rig.app.listed().is_empty());
}

#[test]
fn the_help_has_every_key_and_every_command() {
    let mut rig = online();
    rig.take(What::Resize(ratatui::layout::Size::new(120, 200)));
    rig.key(KeyCode::F(1));
    assert!(matches!(rig.app.overlay, Some(Overlay::Help(_))));
    let screen = rig.screen();
    for row in keys::rows().filter(|row| !row.name.starts_with("conversation-")) {
        let keys = rig.app.config.keymap.shown(row.deed);
        assert!(screen.contains(&keys), "{keys}");
    }
    assert!(screen.contains("Alt-1 .. Alt-9"));
    for command in im_client::app::commands::offered() {
        assert!(screen.contains(&command.usage()), "{}", command.usage());
    }
}

#[test]
fn the_help_scrolls_to_its_end_and_no_further() {
    let mut rig = online();
    rig.take(What::Resize(ratatui::layout::Size::new(40, 15)));
    rig.key(KeyCode::F(1));
    let first = rig.screen();
    for _ in 0..100 {
        rig.key(KeyCode::PageDown);
    }
    assert!(rig.screen().contains("//TEXT"));
    rig.key(KeyCode::Up);
    assert_ne!(rig.screen(), first);
    for _ in 0..100 {
        rig.key(KeyCode::PageUp);
    }
    assert_eq!(rig.screen(), first);
}
