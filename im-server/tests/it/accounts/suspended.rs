//! An account that is suspended: whatever is connected as it ends, and nothing signs in, until it is let in again.

use im_proto::{FromServer, Notice, Refusal};
use im_server::{Order, Told};
use serde_json::json;

use crate::asks::{parsed, password, resume, sign_in, token, word};
use crate::harness::{Native, TestServer};
use crate::web::http::once;
use crate::web::talk::{By, Talk};

fn suspend(name: &str, on: bool) -> Order {
    Order::UserSuspend { name: parsed(name), on }
}

#[test]
fn who_is_suspended_is_gone_at_once_in_every_carriage_and_comes_back_when_let_in() {
    let server = TestServer::start();
    let mut native = server.native();
    let kept = token(native.sign_up("ann"));
    let mut text = server.goim();
    text.send("signin: ann\nsecret\n");
    text.expect("[from system] enter password:[from system] auth succeed.\n");
    let mut talks = [By::Socket, By::Lines].map(|by| {
        let mut talk = Talk::connect(&server, by);
        talk.ask(&json!({ "request": "sign-in", "name": "ann", "password": "secret" }));
        talk
    });
    let bearer = format!("Bearer {}", kept.to_hex());
    let read = || once(&server, "GET", "/v1/conversations", &[("Authorization", &bearer)], "").status;
    assert_eq!(read(), 200);
    let mut bob = server.native_user("bob");

    assert_eq!(server.order(suspend("ann", true)), Told::Done);
    assert_eq!(native.next(), Some(FromServer::Notice(Notice::Closing(Refusal::Suspended))));
    assert_eq!(native.next(), None);
    text.until("[from system] this account is suspended.\n");
    assert_eq!(text.to_end(), "");
    for talk in &mut talks {
        talk.notice(|notice| notice["notice"] == "closing" && notice["code"] == "suspended");
        talk.ends();
    }
    assert_eq!(read(), 401);
    let ask = |request| word(&server.native().ask(request));
    assert_eq!(ask(resume(&kept)), "bad-token");
    assert_eq!(ask(sign_in("ann", "wrong")), "wrong-password", "nothing is told to who does not know it");
    assert_eq!(ask(sign_in("ann", "secret")), "suspended");
    let again = Native::connect(server.addr()).ask(crate::asks::sign_up("ann"));
    assert_eq!(word(&again), "name-taken");
    assert_eq!(word(&bob.ask(im_proto::Request::Ping)), "done");

    assert_eq!(server.order(suspend("ann", false)), Told::Done);
    assert_eq!(read(), 200);
    assert_eq!(ask(resume(&kept)), "welcome");
    assert_eq!(ask(sign_in("ann", "secret")), "welcome");
    let nobody = server.order(suspend("nobody", true));
    assert!(matches!(&nobody, Told::Refused { code, .. } if code == "no-such-user"), "{nobody:?}");
}

#[test]
fn an_operator_gives_another_password_and_everything_ends() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let order = Order::UserPasswd { name: parsed("ann"), password: password("given"), codes: false };
    assert_eq!(server.order(order), Told::Done);
    assert_eq!(ann.next(), Some(FromServer::Notice(Notice::Closing(Refusal::BadToken))));
    assert_eq!(word(&server.native().ask(sign_in("ann", "secret"))), "wrong-password");
    assert_eq!(word(&server.native().ask(sign_in("ann", "given"))), "welcome");
}
