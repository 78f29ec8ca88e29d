//! Connecting again, as data: when, how often, and with what.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Action, Link, What, deadline};
use im_client::patience::{
    ANSWER_SECONDS_MAX, COME_BACK_SECONDS_MAX, REDIAL_SECONDS_MAX, SILENCE_SECONDS_MAX, redial_wait,
};
use im_proto::{Notice, Refusal, Request, Seq};

use crate::rig::{BOB, DEV, Rig, conversation, posted};

#[test]
fn waits_grow_to_a_cap_and_are_never_the_same_for_all() {
    for attempt in 1..100 {
        let least = redial_wait(attempt, 0);
        let most = (0..10_000).map(|dice| redial_wait(attempt, dice * 7)).max().unwrap();
        assert!(most <= Duration::from_secs(REDIAL_SECONDS_MAX));
        assert!(least >= Duration::from_millis(250));
        assert!(most > least);
        assert!(redial_wait(attempt + 1, 0) >= least);
    }
    assert_eq!(redial_wait(1, 0), Duration::from_millis(250));
    assert_eq!(redial_wait(u32::MAX, 0), Duration::from_secs(15));
}

#[test]
fn a_lost_connection_is_dialled_again_until_it_is_back() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.done.clear();
    rig.down();
    for attempt in 1..=12 {
        let Link::Waiting { attempt: waiting, until } = rig.app.link else {
            panic!("{:?}", rig.app.link);
        };
        assert_eq!(waiting, attempt);
        assert!(until - rig.now <= Duration::from_secs(REDIAL_SECONDS_MAX));
        assert!(rig.done.is_empty(), "nothing is dialled before its time");
        rig.pass(until - rig.now);
        assert!(matches!(rig.done[..], [Action::Dial { .. }]));
        rig.done.clear();
        rig.down();
    }
    let Link::Waiting { until, .. } = rig.app.link else {
        panic!("{:?}", rig.app.link);
    };
    rig.pass(until - rig.now);
    rig.sign_in(vec![conversation(DEV, "#dev", 0)]);
    assert!(rig.app.link.is_online());
    rig.down();
    assert!(matches!(rig.app.link, Link::Waiting { attempt: 1, .. }), "a good connection starts anew");
}

#[test]
fn a_server_that_stops_says_when_to_come_back_once_and_within_bounds() {
    for (asked, waits) in [(1_500, 1_500), (u32::MAX, COME_BACK_SECONDS_MAX * 1000)] {
        let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
        rig.notice(Notice::ComeBack { after_milliseconds: asked });
        rig.down();
        let Link::Waiting { until, .. } = rig.app.link else { panic!("{:?}", rig.app.link) };
        assert_eq!(until - rig.now, Duration::from_millis(waits));
        // It is not there yet: from now on as ever.
        rig.pass(until - rig.now);
        rig.down();
        let Link::Waiting { attempt: 2, until } = rig.app.link else { panic!("{:?}", rig.app.link) };
        assert!(until - rig.now <= redial_wait(2, 0) * 2, "{until:?}");
    }
}

#[test]
fn a_silent_server_is_asked_and_then_given_up() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.asked.clear();
    rig.pass(Duration::from_secs(SILENCE_SECONDS_MAX));
    assert!(rig.waits(|request| *request == Request::Ping).is_some());
    rig.grant(|request| *request == Request::Ping, im_proto::Reply::Done);
    rig.pass(Duration::from_secs(SILENCE_SECONDS_MAX + ANSWER_SECONDS_MAX - 1));
    assert!(rig.app.link.is_online(), "an answer is a sign of life");
    rig.pass(Duration::from_secs(1));
    assert!(matches!(rig.app.link, Link::Waiting { .. }));
    assert!(rig.done.contains(&Action::HangUp));
}

#[test]
fn an_idle_client_wakes_only_to_see_whether_the_server_is_there() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    let heard = rig.now;
    assert_eq!(deadline(&rig.app), Some(heard + Duration::from_secs(SILENCE_SECONDS_MAX)));
    rig.type_text("half a line");
    assert_eq!(deadline(&rig.app), Some(heard + Duration::from_secs(SILENCE_SECONDS_MAX)));
}

#[test]
fn what_is_here_is_not_asked_for_again() {
    let there = vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 40)];
    let mut rig = Rig::online(80, 24, there);
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    assert_eq!(rig.app.open, Some(DEV));
    for seq in 1..=3 {
        rig.event(posted(DEV, seq, "bob", "hi"));
    }
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.take(What::Up(rig.dial));
    rig.grant(
        |request| matches!(request, Request::Resume { .. }),
        im_proto::Reply::Welcome { user: crate::rig::user("alice"), token: None },
    );
    rig.grant(
        |request| *request == Request::Conversations,
        im_proto::Reply::Conversations {
            conversations: vec![conversation(DEV, "#dev", 5), conversation(BOB, "@bob", 44)],
        },
    );
    let follow = rig.waits(|request| matches!(request, Request::Follow { .. }));
    assert_eq!(
        follow,
        Some(&Request::Follow {
            // After what is here; of what was never looked at, only what is new.
            after: vec![(DEV, Seq(3)), (BOB, Seq(44))],
        })
    );
    rig.event(posted(DEV, 4, "bob", "fourth"));
    rig.event(posted(DEV, 5, "bob", "fifth"));
    rig.event(posted(DEV, 5, "bob", "fifth"));
    assert_eq!(rig.rows_with("fifth").len(), 1);
}

#[test]
fn reports_about_an_earlier_dial_are_ignored() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    let earlier = rig.dial;
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.take(What::Up(earlier));
    rig.take(What::Down(earlier, "late".to_owned()));
    assert!(matches!(rig.app.link, Link::Dialing { attempt: 1 }));
}

#[test]
fn a_token_that_is_void_leads_to_the_sign_in_screen() {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Up(rig.dial));
    rig.refuse(|request| matches!(request, Request::Resume { .. }), Refusal::BadToken);
    assert!(rig.done.iter().any(|action| matches!(action, Action::ForgetToken { .. })));
    assert!(!rig.app.is_chatting());
    assert!(rig.screen().contains("no longer valid"));
    assert_eq!(deadline(&rig.app), None);
}

#[test]
fn a_server_that_stops_is_waited_for() {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    rig.take(What::Up(rig.dial));
    rig.refuse(|request| matches!(request, Request::Resume { .. }), Refusal::Stopping);
    rig.down();
    assert!(rig.app.is_chatting());
    assert!(matches!(rig.app.link, Link::Waiting { attempt: 2, .. }));
}
