//! A second factor: asked for once it is confirmed, each code good once, and recovery codes for who has lost it.

use im_proto::{Reply, Request, Secret};

use crate::asks::{parsed, password, sign_in, word};
use crate::harness::{Native, TestServer};
use crate::web::http::once;

use super::authenticator::{digits, wrong_digits};

fn secret(code: &str) -> Secret {
    Secret::parse(code).unwrap()
}

fn with_code(code: &str) -> Request {
    Request::SignInWithCode { name: parsed("ann"), password: password("secret"), code: secret(code) }
}

/// Ann asks for codes. What makes them, and her recovery codes.
#[track_caller]
fn set_up(ann: &mut Native) -> (String, Vec<Secret>) {
    let Ok(Reply::CodeSecret { secret: made, uri }) =
        ann.ask(Request::SetUpCodes { password: password("secret") })
    else {
        panic!()
    };
    let made = made.expose().to_owned();
    assert_eq!(uri.expose(), format!("otpauth://totp/im:ann?secret={made}&issuer=im"));
    assert_eq!(word(&ann.ask(Request::ConfirmCodes { code: secret(&wrong_digits(&made)) })), "wrong-code");
    let Ok(Reply::RecoveryCodes { codes }) =
        ann.ask(Request::ConfirmCodes { code: secret(&digits(&made, 0)) })
    else {
        panic!()
    };
    (made, codes)
}

#[test]
fn a_code_is_asked_for_once_it_was_confirmed_and_is_good_once() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let ask = |request| word(&server.native().ask(request));
    assert_eq!(word(&ann.ask(Request::ConfirmCodes { code: secret("123456") })), "nothing-pending");
    let request = Request::SetUpCodes { password: password("secret") };
    assert_eq!(word(&ann.ask(request.clone())), "code-secret");
    assert_eq!(ask(sign_in("ann", "secret")), "welcome", "it does not hold yet");
    let (made, codes) = set_up(&mut ann);
    assert_eq!(codes.len(), 10);
    assert_eq!(word(&ann.ask(request)), "codes-on");

    assert_eq!(ask(sign_in("ann", "secret")), "code-needed");
    assert_eq!(ask(sign_in("ann", "wrong")), "wrong-password", "nothing is told of codes");
    assert_eq!(ask(with_code(&digits(&made, 0))), "wrong-code", "it has confirmed: it is used");
    assert_eq!(ask(with_code(&digits(&made, 1))), "welcome");
    assert_eq!(ask(with_code(&digits(&made, 1))), "wrong-code");
    assert_eq!(ask(with_code(codes[3].expose())), "welcome");
    assert_eq!(ask(with_code(codes[3].expose())), "wrong-code");

    let end = |code: &Secret| Request::EndCodes { password: password("secret"), code: code.clone() };
    assert_eq!(word(&ann.ask(end(&codes[3]))), "wrong-code");
    assert_eq!(word(&ann.ask(end(&codes[4]))), "done");
    assert_eq!(ask(sign_in("ann", "secret")), "welcome");
    assert_eq!(word(&ann.ask(end(&codes[5]))), "nothing-pending");
}

#[test]
fn codes_are_guessed_a_few_times_only() {
    let server = TestServer::start();
    let (made, _) = set_up(&mut server.native_user("ann"));
    let wrong = wrong_digits(&made);
    let answers: Vec<_> = (0..100).map(|_| word(&server.native().ask(with_code(&wrong)))).collect();
    let looked_at = answers.iter().filter(|answer| **answer == "wrong-code").count();
    assert!((5..20).contains(&looked_at), "{answers:?}");
    assert!(answers.iter().all(|answer| ["wrong-code", "tried-too-often"].contains(answer)), "{answers:?}");
}

#[test]
fn a_code_is_asked_for_by_text_and_by_http() {
    let server = TestServer::start();
    let mut ann = server.text_user("ann");
    ann.send("/codes on\nsecret\n");
    ann.expect("[from system] enter password:");
    ann.expect("[from system] give this to your authenticator, and then type the code that it shows.\n  ");
    let made = ann.line().unwrap();
    assert!(ann.until("\n").starts_with("  otpauth://totp/im:ann?"));
    ann.expect("[from system] enter code:");
    ann.send(&format!("{}\n", digits(&made, 0)));
    ann.expect("[from system] codes are asked for from now on. Each of these signs in once, keep them.\n");
    let codes: Vec<String> = (0..10).map(|_| ann.line().unwrap().trim().to_owned()).collect();

    let mut text = server.goim();
    text.send(&format!("signin: ann\nsecret\n{}\n{}\n", wrong_digits(&made), codes[0].to_lowercase()));
    text.expect("[from system] enter password:[from system] enter code:");
    text.expect("[from system] the code is wrong, or was used already.\n[from system] enter code:");
    text.expect("[from system] auth succeed.\n");
    text.send(&format!("/codes off\nsecret\n{}\n", codes[1]));
    text.expect("[from system] enter password:[from system] enter code:[from system] no codes are asked for any more.\n");
    text.send("/codes on\nwrong\n");
    text.expect("[from system] enter password:[from system] the password is wrong.\n");

    let (made, codes) = set_up(&mut {
        let mut native = server.native();
        native.ask(sign_in("ann", "secret")).unwrap();
        native
    });
    let log_in = |more: &str| {
        once(&server, "POST", "/v1/login", &[], &format!(r#"{{"name":"ann","password":"secret"{more}}}"#))
    };
    let refused = log_in("");
    assert_eq!((refused.status, refused.code().as_str()), (401, "code-needed"));
    assert_eq!(log_in(&format!(r#","code":"{}""#, wrong_digits(&made))).code(), "wrong-code");
    assert_eq!(log_in(&format!(r#","code":"{}""#, digits(&made, 1))).status, 200);
    let form = format!("username=ann&password=secret&code={}", codes[0].expose());
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(once(&server, "POST", "/login", &[kind], &form).status, 200);
}
