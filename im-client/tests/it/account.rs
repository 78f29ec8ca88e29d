//! One's own account: codes at sign-in, the box that asks for passwords, where one is signed in.

use crossterm::event::KeyCode;
use im_client::app::What;
use im_proto::{Password, Refusal, Reply, Request, Secret, SignedIn, Timestamp};

use crate::rig::{DEV, Rig, TEN, conversation, user};
use crate::sign_in::nobody;

fn password(word: &str) -> Password {
    Password::parse(word).unwrap()
}

fn secret(code: &str) -> Secret {
    Secret::parse(code).unwrap()
}

/// A box of the account over a conversation.
fn boxed(command: &str) -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter(command);
    rig
}

#[test]
fn a_code_is_asked_for_when_the_server_needs_one() {
    for (new, needed, wrong, label) in [
        (false, Refusal::CodeNeeded, Refusal::WrongCode, "Code"),
        (true, Refusal::InvitationNeeded, Refusal::BadInvitation, "Invitation"),
    ] {
        let asks = |request: &Request| match request {
            Request::SignUp { .. } => new,
            Request::SignIn { .. } => !new,
            _ => false,
        };
        let mut rig = Rig::of(nobody());
        if new {
            rig.key(KeyCode::F(2));
        }
        assert!(!rig.screen().contains(label));
        rig.enter("alice");
        rig.enter("pw");
        rig.take(What::Up(rig.dial));
        rig.refuse(asks, needed);
        assert!(rig.screen().contains(label), "{}", rig.screen());
        for (typed, refusal) in [("nonsense", Some(wrong)), ("123 456", None)] {
            rig.enter(typed);
            rig.take(What::Up(rig.dial));
            let (name, password, code) = (user("alice"), password("pw"), secret(typed));
            let wanted = match new {
                true => Request::SignUpInvited { name, password, invitation: code },
                false => Request::SignInWithCode { name, password, code },
            };
            let waits = |request: &Request| *request == wanted;
            assert!(rig.waits(waits).is_some());
            match refusal {
                Some(refusal) => rig.refuse(waits, refusal),
                None => rig.grant(waits, Reply::Welcome { user: user("alice"), token: None }),
            }
        }
        assert!(rig.app.is_chatting());
    }
}

#[test]
fn a_password_is_changed_and_never_seen() {
    let mut rig = boxed("/password");
    for typed in ["old secret", "new secret", "mistyped"] {
        assert!(rig.screen().contains("Change the password"));
        rig.type_text(typed);
        assert!(!rig.screen().contains(typed) && rig.screen().contains(&"•".repeat(typed.len())));
        rig.key(KeyCode::Enter);
    }
    assert!(rig.screen().contains("the two differ"));
    rig.enter("new secret");
    rig.enter("new secret");
    let wanted = Request::ChangePassword { old: password("old secret"), new: password("new secret") };
    let waits = |request: &Request| *request == wanted;
    assert!(rig.waits(waits).is_some());
    rig.refuse(waits, Refusal::WrongPassword);
    assert!(rig.screen().contains("the name or the password is wrong"));
    for typed in ["old secret", "new secret", "new secret"] {
        rig.enter(typed);
    }
    rig.grant(waits, Reply::Done);
    assert!(rig.screen().contains("the password is changed"));
    assert!(!rig.screen().contains("Change the password"));
}

#[test]
fn codes_are_set_up_and_what_recovers_is_shown_once() {
    let mut rig = boxed("/codes on");
    rig.enter("pw");
    let sets_up = |request: &Request| matches!(request, Request::SetUpCodes { .. });
    rig.grant(sets_up, Reply::CodeSecret { secret: secret("GEZDGNBV"), uri: secret("otpauth://totp/im:me") });
    assert!(rig.screen().contains("GEZDGNBV") && rig.screen().contains("otpauth://totp/im:me"));
    rig.enter("111111");
    let confirms = |request: &Request| matches!(request, Request::ConfirmCodes { .. });
    rig.refuse(confirms, Refusal::WrongCode);
    assert!(rig.screen().contains("GEZDGNBV"), "it is typed again");
    rig.enter("222222");
    rig.grant(confirms, Reply::RecoveryCodes { codes: vec![secret("AAAA-BBBB"), secret("CCCC-DDDD")] });
    assert!(rig.screen().contains("AAAA-BBBB") && rig.screen().contains("CCCC-DDDD"));
    rig.key(KeyCode::Esc);
    assert!(!rig.screen().contains("AAAA-BBBB"));
}

#[test]
fn where_one_is_signed_in_is_told_and_can_be_ended() {
    let mut rig = boxed("/sessions");
    let session = |id, device: &str, current| SignedIn {
        id,
        device: device.into(),
        since: Timestamp(TEN),
        seen: Timestamp(TEN),
        address: "192.0.2.7".into(),
        online: false,
        current,
    };
    let sessions = vec![session(9, "native", true), session(3, "browser", false)];
    rig.grant(|request| *request == Request::Sessions, Reply::Sessions { sessions });
    assert!(rig.screen().contains("#9 native from 192.0.2.7, this one"));
    assert!(rig.screen().contains("#3 browser from 192.0.2.7"));
    rig.enter("/sessions end 3");
    rig.grant(|request| *request == Request::EndSession { id: 3 }, Reply::Done);
    assert!(rig.screen().contains("it is signed out"));
}
