//! Whoever signs in with a wrong password hears nothing of whether there is such a name, in no dialect.

use im_proto::Request;

use crate::asks::{parsed, sign_in};
use crate::harness::{Peer, TestServer};
use crate::web::http::once;
use crate::web::talk::{By, Carriage, Talk};

fn typed(mut peer: Peer, text: &str) -> String {
    peer.send(text);
    peer.to_end()
}

/// All that comes back, whoever is meant.
fn answers(server: &TestServer, name: &str) -> Vec<String> {
    let typing = format!("signin: {name}\nwrong\nwrong again\nsignout\n/bye\n");
    let mut told = vec![typed(server.goim(), &typing), typed(server.text(), &typing)];
    told.push(typed(server.text(), &format!("/signin {name}\r\nwrong\r\n/quit\r\n")));
    told.push(typed(Peer::connect(server.addr_of("tinychat")), &typing));
    told.push(format!("{:?}", server.native().ask(sign_in(name, "wrong"))));
    for by in [By::Lines, By::Socket] {
        let mut talk = Talk::connect(server, by);
        talk.send(&format!(r#"{{"request":"sign-in","name":"{name}","password":"wrong","tag":7}}"#));
        told.extend(talk.raw());
        assert!(matches!(talk.carriage, Carriage::Lines(_) | Carriage::Socket(_)));
    }
    let json = format!(r#"{{"name":"{name}","password":"wrong"}}"#);
    let form = format!("username={name}&password=wrong");
    let urlencoded = ("Content-Type", "application/x-www-form-urlencoded");
    for (path, headers, body) in [("/v1/login", &[][..], json), ("/login", &[urlencoded][..], form)] {
        let answer = once(server, "POST", path, headers, &body);
        let names: Vec<_> = answer.header_names().map(str::to_owned).collect();
        told.push(format!("{} {names:?} {}", answer.status, answer.body));
    }
    told
}

#[test]
fn an_unknown_name_and_a_wrong_password_are_told_alike_in_every_dialect() {
    let server = TestServer::start();
    server.native_user("ann");
    let (known, unknown) = (answers(&server, "ann"), answers(&server, "eve"));
    assert_eq!(known.len(), 9);
    for (known, unknown) in known.iter().zip(&unknown) {
        assert_eq!(known, unknown);
        assert!(known.contains("re-enter") || known.contains("rong"), "{known}");
    }
}

#[test]
fn one_address_cannot_read_the_list_of_names() {
    let server = TestServer::start();
    let mut reader = server.native();
    let names = (0..1500).map(|i| format!("user{i}"));
    let mut told = 0;
    for name in names {
        told += u32::from(reader.ask(Request::CheckName { name: parsed(&name) }).is_ok());
    }
    assert!((1000..1100).contains(&told), "{told}");
}
