//! What a new name must be, whoever asks for it and by whatever way; and that whoever has a name keeps it.

use im_proto::{Reply, Request};

use crate::asks::{create, enter, join, log, parsed, say, sign_in, sign_up, word};
use crate::harness::{Peer, TestServer};

use super::guests::{guest, said};

fn come(name: &str) -> Request {
    Request::ComeAsGuest { name: Some(parsed(name)) }
}

fn rename(name: &str) -> Request {
    Request::Rename { name: parsed(name) }
}

#[test]
fn new_names_are_of_one_script_and_nobody_is_the_system() {
    let server = TestServer::start();
    let (mut ann, mut neil) = (server.native_user("ann"), guest(&server, "neil"));
    for (request, wanted) in [
        (sign_up("admin"), "name-kept"),
        (sign_up("аdmin"), "name-kept"), // the first letter is Cyrillic
        (sign_up("Syst3m"), "name-kept"),
        (sign_up("pаypal"), "name-scripts"),
        (sign_up("ﬁsh"), "name-not-allowed"),
        (come("rооt"), "name-kept"),
        (come("moderаtor1"), "name-scripts"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&server.native().ask(request)), wanted, "{shown}");
    }
    for (request, wanted) in [
        (rename("server"), "name-kept"),
        (rename("nеil2"), "name-scripts"),
        (enter("everyone"), "name-kept"),
        (enter("dеv"), "name-scripts"),
        (join("everyone"), "no-such-room"),
        (Request::Await { user: parsed("operator") }, "name-kept"),
        (Request::Await { user: parsed("pаul") }, "name-scripts"),
        (Request::Await { user: parsed("paul") }, "conversation"),
        (rename("Дмитрий"), "welcome"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&neil.ask(request)), wanted, "{shown}");
    }
    for (request, wanted) in [
        (create("system"), "name-kept"),
        (create("gruppе"), "name-scripts"),
        (enter("here"), "name-kept"),
        (enter("admin"), "conversation"),
        (create("日本語クラブ"), "conversation"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&ann.ask(request)), wanted, "{shown}");
    }
}

#[test]
fn every_way_in_asks_for_such_names() {
    let server = TestServer::start();
    let kept = im_proto::Refusal::NameKept.to_string();
    let transcript = |port: &str, sent: &str| {
        let mut peer = Peer::connect(server.addr_of(port));
        peer.send(sent);
        peer.half_close();
        peer.to_end()
    };
    let form = |path: &str, body: &str| {
        let head = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close";
        format!("POST {path} HTTP/1.1\r\nHost: im\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    for (port, sent) in [
        ("goim", "signup: admin\nx\nx\n"),
        ("any", "hello\n/username system\n"),
        ("lobby", "/nick sуstem\r\n"),
        ("machat", "{\"name\":\"Server\",\"room\":\"dev\"}hi\n"),
        ("machat", "{\"name\":\"Mina\",\"room\":\"everyone\"}hi\n"),
        ("tinychat", "INIT:admin:John\n"),
        ("tinychat", "INIT:John:admin\n"),
        ("json", "{\"request\":\"come-as-guest\",\"name\":\"root\"}\n"),
        ("http", &form("/v1/signup", r#"{"name":"r00t","password":"beep"}"#)),
        ("http", &form("/register", "username=root&password=beep")),
    ] {
        let told = transcript(port, sent);
        assert!(
            told.contains(&kept) || told.contains("failed to change username"),
            "{port} {sent:?}: {told:?}"
        );
    }
}

#[test]
fn who_has_a_name_keeps_it_whatever_the_rules_become() {
    let mut server = TestServer::with(|config| {
        config.name_scripts = vec![parsed("Latin"), parsed("Cyrillic")];
    });
    let mut dj = server.native_user("DJДмитрий");
    let mut acme = server.native_user("acme");
    for (who, room) in [(&mut dj, "dеv"), (&mut acme, "acme-fans")] {
        assert_eq!(word(&who.ask(enter(room))), "conversation");
        assert_eq!(word(&who.ask(say(&format!("#{room}"), 1, "hello"))), "posted");
    }
    assert_eq!(word(&server.native().ask(sign_up("你好"))), "name-scripts");
    server.restart_with(|config| {
        config.name_scripts = vec![parsed("Latin")];
        config.names_reserved = vec!["Acme".into(), "acme-fans".into()];
    });
    for (request, wanted) in [
        (sign_up("Дмитрий"), "name-scripts"),
        (sign_up("аcme"), "look-alike"),
        (sign_up("A.C.M.E"), "name-kept"),
        (come("zoë"), "welcome"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(word(&server.native().ask(request)), wanted, "{shown}");
    }
    for (name, room) in [("DJДмитрий", "dеv"), ("acme", "acme-fans")] {
        let mut back = server.native();
        assert_eq!(word(&back.ask(sign_in(name, "secret"))), "welcome");
        assert_eq!(word(&back.ask(enter(room))), "conversation");
        assert_eq!(said(&log(&mut back, &format!("#{room}"))), ["hello"]);
        assert_eq!(word(&back.ask(say(&format!("@{name}"), 2, "to myself"))), "posted");
        let mut bob = server.native();
        assert_eq!(word(&bob.ask(come("bob"))), "welcome");
        assert_eq!(word(&bob.ask(enter(room))), "conversation", "who is no stranger to {room}");
        assert_eq!(word(&bob.ask(Request::Await { user: parsed(name) })), "conversation");
    }
    assert_eq!(server.native().ask(Request::Ping), Ok(Reply::Done));
}
