//! Who makes accounts: anybody, whoever was invited, nobody.

use std::thread;

use im_proto::{Request, Secret};
use im_server::{Config, Listen, Listing, Manner, Order, Registration, Told};

use crate::asks::{parsed, password, sign_up, word};
use crate::harness::{Native, TestServer};
use crate::web::http::once;

fn by_invitation(config: &mut Config) {
    config.registration = Some(Registration::Invite);
}

fn invitation(server: &TestServer, uses: u32) -> Secret {
    invitation_for(server, uses, 1)
}

fn invitation_for(server: &TestServer, uses: u32, days: u16) -> Secret {
    match server.order(Order::InviteMake { uses, days }) {
        Told::Code { code, .. } => Secret::parse(&code).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The numbers of the invitations that can be used, and for how many accounts.
fn invitations(server: &TestServer) -> Vec<(u64, u32)> {
    let Told::Listed { rows, .. } = server.order(Order::InviteList) else { panic!("no list") };
    let numbers = rows.iter().map(|row| match row {
        Listing::Invitation(one) => (one.id, one.uses),
        other => panic!("{other:?}"),
    });
    numbers.collect()
}

fn add(name: &str) -> Order {
    Order::UserAdd { name: parsed(name), password: password("secret") }
}

fn invited(name: &str, code: &Secret) -> Request {
    Request::SignUpInvited { name: parsed(name), password: password("secret"), invitation: code.clone() }
}

#[test]
fn on_loopback_anybody_makes_an_account_and_elsewhere_who_was_invited() {
    let server = TestServer::with(|config| {
        config.listen.push(Listen { manner: Manner::Any, addr: "0.0.0.0:0".into() });
    });
    let mut native = server.native();
    assert_eq!(word(&native.ask(sign_up("ann"))), "invitation-needed");
    let code = invitation(&server, 1);
    assert_eq!(word(&native.ask(invited("ann", &code))), "welcome");
    let open = TestServer::start();
    assert_eq!(word(&open.native().ask(sign_up("ann"))), "welcome");
    assert_eq!(word(&open.native().ask(invited("bob", &code))), "welcome", "nobody needs a code here");
}

#[test]
fn an_invitation_is_asked_for_in_every_dialect() {
    let server = TestServer::with(by_invitation);
    let code = invitation(&server, 4);
    let check = Request::CheckName { name: parsed("ann") };
    assert_eq!(word(&server.native().ask(check)), "invitation-needed", "nor is it told who is there");
    assert_eq!(word(&server.native().ask(invited("ann", &code))), "welcome");

    let mut bob = server.goim();
    bob.send(&format!("signup: bob\n {} \nsecret\nsecret\n", code.expose().to_lowercase().replace('-', " ")));
    bob.expect("[from system] accounts are made by invitation here, with its code.\n");
    bob.expect(
        "[from system] enter invitation code:[from system] enter password:[from system] re-enter password:",
    );
    bob.expect("[from system] auth succeed.\n");

    let with = |path: &str, body: String| {
        let kind =
            if path.starts_with("/v1") { "application/json" } else { "application/x-www-form-urlencoded" };
        once(&server, "POST", path, &[("Content-Type", kind)], &body)
    };
    let cid = |more: &str| format!(r#"{{"name":"cid","password":"secret"{more}}}"#);
    let refused = with("/v1/signup", cid(""));
    assert_eq!((refused.status, refused.code().as_str()), (403, "invitation-needed"));
    let refused = with("/v1/signup", cid(r#","invitation":"0000-0000-0000-0000""#));
    assert_eq!((refused.status, refused.code().as_str()), (403, "bad-invitation"));
    assert_eq!(with("/v1/signup", cid(&format!(r#","invitation":"{}""#, code.expose()))).status, 200);
    let form = |more: &str| format!("username=dan&password=secret{more}");
    assert_eq!(with("/register", form("")).status, 403);
    assert_eq!(with("/register", form(&format!("&invitation={}", code.expose()))).status, 200);

    assert_eq!(word(&server.native().ask(invited("eve", &code))), "bad-invitation", "it was for four");
    let mut eve = server.goim();
    eve.send(&format!("signup: eve\n{}\nsecret\nsecret\n", code.expose()));
    eve.until("[from system] that invitation is not known, or used up, or too old.\n");
}

#[test]
fn an_invitation_for_one_makes_one_account_however_many_come_at_once() {
    let server = TestServer::with(by_invitation);
    let (code, addr) = (invitation(&server, 1), server.addr());
    let all: Vec<_> = (0..12)
        .map(|i| {
            let request = invited(&format!("user{i}"), &code);
            thread::spawn(move || word(&Native::connect(addr).ask(request)))
        })
        .collect();
    let answers: Vec<&str> = all.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == "welcome").count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| ["welcome", "bad-invitation"].contains(answer)), "{answers:?}");
}

#[test]
fn what_was_taken_back_or_failed_is_not_used_up() {
    let server = TestServer::with(by_invitation);
    let code = invitation(&server, 1);
    assert_eq!(server.order(add("ann")), Told::Done);
    assert_eq!(word(&server.native().ask(invited("Ann", &code))), "name-taken");
    assert_eq!(word(&server.native().ask(invited("аnn", &code))), "look-alike");
    let open = invitations(&server);
    assert!(matches!(open[..], [(_, 1)]), "{open:?}");
    assert_eq!(server.order(Order::InviteRevoke { id: open[0].0 }), Told::Done);
    assert_eq!(invitations(&server), []);
    assert_eq!(word(&server.native().ask(invited("bob", &code))), "bad-invitation");
    let late = invitation_for(&server, 1, 0);
    assert_eq!(word(&server.native().ask(invited("bob", &late))), "bad-invitation", "it is too old");
}

#[test]
fn where_registration_is_closed_only_operators_make_accounts() {
    let server = TestServer::with(|config| config.registration = Some(Registration::Closed));
    let code = invitation(&server, 1);
    assert_eq!(word(&server.native().ask(sign_up("ann"))), "registration-closed");
    assert_eq!(word(&server.native().ask(invited("ann", &code))), "registration-closed");
    let mut text = server.goim();
    text.send("signup: ann\n");
    text.expect("[from system] no accounts are made here.\n");
    assert_eq!(server.order(add("ann")), Told::Done);
    text.send("signin: ann\nsecret\n");
    text.expect("[from system] enter password:[from system] auth succeed.\n");
}
