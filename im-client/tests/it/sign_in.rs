//! The first screen, by keyboard alone.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Action, Screen, Start, What};
use im_client::config::Config;
use im_proto::{Password, Refusal, Reply, Request, Token};
use jiff::tz::TimeZone;
use ratatui::layout::Size;

use crate::rig::{Rig, user};

pub(crate) fn nobody() -> Start {
    Start {
        server: "127.0.0.1:1202".to_owned(),
        user: None,
        token: None,
        password: None,
        zone: TimeZone::UTC,
        size: Size::new(80, 24),
        looks: im_client::app::looks::Looks::default(),
        config: Config::default(),
        first_run: false,
    }
}

fn sign_in(request: &Request) -> bool {
    matches!(request, Request::SignIn { .. })
}

#[test]
fn a_name_and_a_password_sign_in_and_the_token_is_kept() {
    let mut rig = Rig::of(nobody());
    rig.take(What::Start);
    assert!(rig.done.is_empty(), "nothing is dialled before somebody wants to");
    rig.enter("alice");
    rig.enter("s3cret");
    assert!(!rig.screen().contains("s3cret"));
    assert!(rig.screen().contains("••••••"));
    assert!(matches!(&rig.done[..], [Action::Dial { to, .. }] if to == "127.0.0.1:1202"));
    rig.take(What::Up(rig.dial));
    let expected = Request::SignIn { name: user("alice"), password: Password::parse("s3cret").unwrap() };
    assert_eq!(rig.waits(sign_in), Some(&expected));
    let token = Token::new([3; 32]);
    rig.grant(sign_in, Reply::Welcome { user: user("Alice"), token: Some(token.clone()) });
    assert!(rig.app.is_chatting());
    let kept =
        Action::KeepToken { server: "127.0.0.1:1202".to_owned(), user: user("Alice"), token: token.clone() };
    assert!(rig.done.contains(&kept));
    // From now on the token signs in.
    rig.down();
    rig.pass(std::time::Duration::from_secs(1));
    rig.take(What::Up(rig.dial));
    assert!(rig.waits(|request| *request == Request::Resume { token: token.clone() }).is_some());
}

#[test]
fn f2_makes_an_account() {
    let mut rig = Rig::of(nobody());
    rig.key(KeyCode::F(2));
    rig.enter("alice");
    rig.enter("pw");
    rig.take(What::Up(rig.dial));
    assert!(rig.waits(|request| matches!(request, Request::SignUp { .. })).is_some());
    rig.refuse(|request| matches!(request, Request::SignUp { .. }), Refusal::NameTaken);
    assert!(rig.screen().contains("that name is taken: F2 signs in"));
    assert!(rig.done.contains(&Action::HangUp));
}

#[test]
fn what_is_wrong_is_said_and_can_be_mended() {
    let mut rig = Rig::of(nobody());
    rig.enter("two words");
    rig.enter("pw");
    assert!(rig.screen().contains("! a name holds only letters"));
    assert!(rig.done.is_empty());
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('a'));
    for _ in 0.."two words".len() {
        rig.key(KeyCode::Delete);
    }
    rig.type_text("bob");
    rig.key(KeyCode::Tab);
    rig.key(KeyCode::Enter);
    rig.take(What::Up(rig.dial));
    rig.refuse(sign_in, Refusal::WrongPassword);
    assert!(rig.screen().contains("! the name or the password is wrong"));
    rig.key(KeyCode::Enter);
    rig.take(What::Down(rig.dial, "cannot reach 127.0.0.1:1202: refused".to_owned()));
    assert!(rig.screen().contains("! cannot reach"));
    assert_eq!(im_client::app::deadline(&rig.app), None, "nobody is waited for");
}

#[test]
fn waiting_for_the_server_can_be_stopped() {
    let mut rig = Rig::of(nobody());
    rig.enter("bob");
    rig.enter("pw");
    assert!(rig.screen().contains("asking the server"));
    rig.key(KeyCode::Esc);
    assert!(rig.done.contains(&Action::HangUp));
    assert!(matches!(&rig.app.screen, Screen::SignIn(form) if !form.is_busy));
    rig.take(What::Up(rig.dial));
    assert!(rig.asked.is_empty());
}

#[test]
fn what_is_given_at_the_start_is_used_at_once() {
    let start =
        Start { user: Some(user("alice")), password: Some(Password::parse("pw").unwrap()), ..nobody() };
    let mut rig = Rig::of(start);
    rig.take(What::Start);
    assert!(matches!(rig.done[..], [Action::Dial { .. }]));
    rig.take(What::Up(rig.dial));
    assert!(rig.waits(sign_in).is_some());
}

#[test]
fn ctrl_u_empties_a_field_to_write_it_anew() {
    let mut rig = Rig::of(nobody());
    rig.take(What::Start);
    rig.type_text("alise");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('u'));
    rig.enter("alice");
    rig.type_text("wrong");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('u'));
    rig.enter("right");
    rig.take(What::Up(rig.dial));
    let expected = Request::SignIn { name: user("alice"), password: Password::parse("right").unwrap() };
    assert_eq!(rig.waits(sign_in), Some(&expected));
}

#[test]
fn ctrl_c_leaves() {
    let mut rig = Rig::of(nobody());
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    assert_eq!(rig.done, [Action::Quit]);
}
