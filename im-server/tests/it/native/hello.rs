//! The first eight bytes each way.

use im_proto::{Hello, Reply, Request, VERSION};

use crate::harness::{Native, Peer, TestServer};

#[test]
fn another_version_gets_the_hello_one_line_and_the_end() {
    let server = TestServer::start();
    for version in [0, VERSION + 1, 255] {
        let mut peer = Peer::connect(server.addr());
        peer.send_bytes(&Hello { version, capabilities: 0 }.to_bytes());
        peer.expect_bytes(&Hello::OURS.to_bytes());
        let line = peer.to_end();
        assert_eq!(
            line,
            format!(
                "this side speaks version {VERSION} of the im protocol, the other side version {version}\n"
            )
        );
    }
}

#[test]
fn what_only_begins_like_a_hello_is_told_and_closed() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr());
    peer.send_bytes(b"\0XY\x01\0\0\0\0");
    assert_eq!(peer.to_end(), "this is not the im protocol\n");
}

#[test]
fn capabilities_that_the_server_does_not_know_are_ignored() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr());
    peer.send_bytes(&Hello { version: VERSION, capabilities: u32::MAX }.to_bytes());
    peer.expect_bytes(&Hello::OURS.to_bytes());
}

#[test]
fn a_hello_may_come_byte_by_byte() {
    let server = TestServer::start();
    let mut peer = Peer::connect(server.addr());
    for byte in Hello::OURS.to_bytes() {
        peer.send_bytes(&[byte]);
    }
    peer.expect_bytes(&Hello::OURS.to_bytes());
    peer.send_bytes(&[0, 0, 0, 2, 9, 0]); // a ping under the tag 9
    peer.expect_bytes(&[0, 0, 0, 4, 0, 9, 0, 0]); // done
}

#[test]
fn a_fixed_native_port_speaks_native_only() {
    let server = TestServer::with(|config| config.listen = vec!["native=127.0.0.1:0".parse().unwrap()]);
    let mut native = Native::connect(server.addresses()[1]);
    assert_eq!(native.ask(Request::Ping), Ok(Reply::Done));
    let mut text = Peer::connect(server.addresses()[1]);
    text.send("signup: foo\n");
    assert_eq!(text.to_end(), "this is not the im protocol\n");
}
