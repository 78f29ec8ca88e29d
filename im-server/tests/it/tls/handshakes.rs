//! Handshakes that go wrong, and what whoever begins them is told.

use std::io::{Read, Write};
use std::sync::Arc;

use im_server::Encryption;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConnection, Error};

use super::{connect, own_certificate, trusting};
use crate::harness::{Peer, TestServer};

/// What a client begins with.
fn hello(server: &TestServer) -> Vec<u8> {
    let config = trusting(&own_certificate(server.folder()), &[]);
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::clone(&config), name).unwrap();
    let mut bytes = Vec::new();
    client.write_tls(&mut bytes).unwrap();
    bytes
}

#[test]
fn whoever_speaks_tls_where_none_is_spoken_is_told_at_once() {
    let server = TestServer::with(|config| config.tls = Encryption::Off);
    for addr in [server.addr(), server.addr_of("native"), server.addr_of("json"), server.addr_of("http")] {
        let mut peer = Peer::connect(addr);
        peer.send_bytes(&[0x16, 3, 1]);
        peer.expect_bytes(&[0x15, 3, 3, 0, 2, 2, 49]); // a fatal alert: access_denied
        assert!(!peer.more());
    }
}

#[test]
fn who_looks_for_an_acme_challenge_is_refused_where_there_is_none() {
    let server = TestServer::start();
    let mut stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[b"acme-tls/1"]));
    let refused = stream.read(&mut [0]).unwrap_err();
    let why = refused.get_ref().unwrap().downcast_ref::<Error>();
    assert_eq!(why, Some(&Error::AlertReceived(AlertDescription::NoApplicationProtocol)));
}

#[test]
fn a_greeting_in_pieces_of_one_byte_is_understood() {
    let server = TestServer::start();
    let mut stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[]));
    let mut hello = Vec::new();
    stream.conn.write_tls(&mut hello).unwrap();
    stream.sock.set_nodelay(true).unwrap();
    hello.chunks(1).for_each(|byte| stream.sock.write_all(byte).unwrap());
    super::say(&mut stream, "/list\n");
    super::until(&mut stream, "anonymous0");
}

#[test]
fn a_connection_that_is_cut_off_says_nothing_for_its_peer() {
    let server = TestServer::start();
    let mut hears = server.text();
    hears.send("/username ann\n");
    hears.until("ann");
    let mut stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[]));
    super::say(&mut stream, "/username bob\nhalf of what bob wants to s");
    hears.until("bob");
    // Whoever is on the way can end the connection below, but not in the name of the one who speaks inside.
    stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
    while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
    let mut other = server.text();
    other.send("the next word\n");
    let heard = hears.until("the next word");
    assert!(!heard.contains("half of"), "{heard}");
}

#[test]
fn broken_greetings_harm_nobody() {
    let server = TestServer::start();
    let good = hello(&server);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let broken = (
        prop::collection::vec((0..good.len(), any::<u8>()), 0..8),
        0..=good.len(),
        prop::collection::vec(any::<u8>(), 0..64),
    );
    TestRunner::new(config)
        .run(&broken, |(changes, kept, more)| {
            let mut bytes = good.clone();
            changes.into_iter().for_each(|(at, byte)| bytes[at] = byte);
            bytes.truncate(kept);
            bytes.extend(more);
            bytes.insert(0, 0x16);
            let mut peer = Peer::connect(server.addr());
            let _ = peer.stream().write_all(&bytes);
            let _ = peer.stream().shutdown(std::net::Shutdown::Write);
            peer.to_end();
            Ok(())
        })
        .unwrap();
    let mut stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[]));
    super::say(&mut stream, "/list\n");
    super::until(&mut stream, "anonymous");
}
