//! The first bytes of a connection, from servers that are of this kind and from others.

use std::io::{Read, Write};
use std::net::TcpListener;

use im_client::connection::{self, ConnectionError, Tcp};
use im_proto::Hello;

/// What comes of a connection to a server that says this, and then closes.
fn answered_with(said: &'static [u8]) -> Result<(), ConnectionError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; Hello::BYTES];
        stream.read_exact(&mut hello).unwrap();
        stream.write_all(said).unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let opened = runtime.block_on(connection::open(&Tcp, &address)).map(|_| ());
    server.join().unwrap();
    opened
}

#[test]
fn a_late_client_is_greeted_like_a_person_and_goes_on() {
    answered_with(b"\x00IM\x01\0\0\0\0").unwrap();
    answered_with(
        b"im 0.1.0: chat for everybody who has a terminal.\r\nusing [signup: foo]\r\n\x00IM\x01\0\0\0\0",
    )
    .unwrap();
}

#[test]
fn another_version_is_told_in_the_servers_words() {
    match answered_with(b"\x00IM\x07\0\0\0\0this side speaks version 7\n") {
        Err(ConnectionError::Version { said, .. }) => assert_eq!(said, "this side speaks version 7"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_is_no_im_server_is_said_not_to_be_one() {
    for said in
        [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"", b"im", b"im for ever", b"\x00\x01\x02\x03\x04\x05\x06\x07"]
    {
        assert!(matches!(answered_with(said), Err(ConnectionError::NotIm { .. })), "{said:?}");
    }
}
