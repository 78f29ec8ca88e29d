//! Passwords that somebody on the way could read are not taken: from another address than this machine's own loopback.

use std::net::{SocketAddr, UdpSocket};

use im_proto::{Password, Refusal, Request};
use im_server::{Encryption, Registration};
use serde_json::json;

use super::{connect, own_certificate, say, trusting, until};
use crate::harness::{Native, Peer, TestServer};

/// An address of this machine that others could use, if it has one: the one by which it would reach the world.
fn outside() -> Option<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().filter(|addr| !addr.ip().is_loopback() && !addr.ip().is_unspecified())
}

/// A server for all addresses, and where it is found from outside. Nothing on a machine that is alone in the world: there the
/// tests of the service must do.
fn for_all(change: fn(&mut im_server::Config)) -> Option<(TestServer, SocketAddr)> {
    let outside = outside()?;
    let server = TestServer::with(move |config| {
        config.addr = "0.0.0.0:0".into();
        config.registration = Some(Registration::Open);
        change(config);
    });
    let addr = SocketAddr::new(outside.ip(), server.addr().port());
    Some((server, addr))
}

#[test]
fn no_dialect_takes_one_in_the_clear_and_each_takes_it_inside_of_tls() {
    let Some((server, addr)) = for_all(|_| {}) else { return };
    let mut text = Peer::connect(addr);
    text.send("signup: ann\n");
    let told = text.until("https://HOST:PORT/");
    assert!(told.contains("not encrypted") && !told.contains("enter password"), "{told}");

    let mut native = Native::connect(addr);
    let password = || Password::parse("secret").unwrap();
    let code = || im_proto::Secret::parse("0000-0000").unwrap();
    let name = || "ann".parse().unwrap();
    for request in [
        Request::SignUp { name: name(), password: password() },
        Request::SignIn { name: name(), password: password() },
        Request::SignUpInvited { name: name(), password: password(), invitation: code() },
        Request::SignInWithCode { name: name(), password: password(), code: code() },
        Request::ChangePassword { old: password(), new: password() },
        Request::SetUpCodes { password: password() },
        Request::EndCodes { password: password(), code: code() },
        Request::Erase { password: password() },
    ] {
        assert_eq!(native.ask(request), Err(Refusal::NotEncrypted));
    }
    let body = json!({"name": "ann", "password": "secret"}).to_string();
    let form = "username=ann&password=secret";
    for (path, body) in [("/v1/signup", body.as_str()), ("/v1/login", &body), ("/login", form)] {
        let kind = if body == form { "application/x-www-form-urlencoded" } else { "application/json" };
        let mut http = Peer::connect(addr);
        http.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let answer = http.to_end();
        assert!(answer.starts_with("HTTP/1.1 403"), "{path}: {answer}");
    }

    let mut inside = connect(addr, &trusting(&own_certificate(server.folder()), &[]));
    say(&mut inside, "signup: ann\nsecret\nsecret\n");
    until(&mut inside, "auth succeed.");
}

#[test]
fn a_server_without_tls_says_that_it_has_none() {
    let Some((_server, addr)) = for_all(|config| config.tls = Encryption::Off) else { return };
    let mut text = Peer::connect(addr);
    text.send("signin: ann\n");
    let told = text.until("can change either");
    assert!(told.contains("speaks no TLS"), "{told}");
}

#[test]
fn the_configuration_may_allow_it() {
    let Some((_server, addr)) = for_all(|config| config.passwords_in_plaintext = true) else { return };
    let mut text = Peer::connect(addr);
    text.send("signup: ann\nsecret\nsecret\n");
    text.until("auth succeed.");
}
