//! Passwords are taken where nobody on the way can read them.

use std::net::IpAddr;

use super::*;

#[tokio::test]
async fn a_password_is_not_taken_in_the_clear_from_another_machine() {
    let rig = Rig::open();
    let account = rig.account("alice").await;
    let caller = Caller { account, _claim: None, token: None };
    let password = || im_proto::Password::parse("secret").unwrap();
    let code = || im_proto::Secret::parse("0000-0000").unwrap();
    let name = || "alice".parse().unwrap();
    let requests = [
        Request::SignUp { name: name(), password: password() },
        Request::SignIn { name: name(), password: password() },
        Request::SignUpInvited { name: name(), password: password(), invitation: code() },
        Request::SignInWithCode { name: name(), password: password(), code: code() },
        Request::ChangePassword { old: password(), new: password() },
        Request::SetUpCodes { password: password() },
        Request::EndCodes { password: password(), code: code() },
        Request::Erase { password: password() },
    ];
    for (address, encrypted, refused) in [
        ("192.0.2.7", false, true),
        ("2001:db8::1", false, true),
        ("::ffff:192.0.2.7", false, true),
        ("192.0.2.7", true, false),
        ("127.0.0.1", false, false),
        ("127.8.8.8", false, false),
        ("::1", false, false),
    ] {
        let address: IpAddr = address.parse().unwrap();
        let origin = Origin { peer: Peer::new(address, encrypted), device: Device::Program("native") };
        for request in requests.clone() {
            let answer = rig.service.ask(Some(caller.clone()), origin, request).await;
            assert_eq!(answer.err() == Some(Refusal::NotEncrypted), refused, "{address} {encrypted}");
        }
        // What has no password in it is answered.
        assert!(rig.service.ask(None, origin, Request::Ping).await.is_ok());
    }
}
