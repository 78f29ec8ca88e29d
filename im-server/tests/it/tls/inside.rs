//! Inside of TLS everything is understood that is understood outside: by real programs, and by clients of our own.

use std::io::{Read, Write};
use std::process::Command;

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Frame, FromServer, Hello, Refusal, Reply, Request};
use im_server::{Encryption, Listen, Manner};
use serde_json::json;
use tokio_util::codec::{Decoder, Encoder};
use tungstenite::Message;

use super::{connect, own_certificate, say, trusting, until};
use crate::child::Running;
use crate::harness::TestServer;
use crate::terminal::installed;

/// A server with a port where TLS must be spoken.
fn with_tls_port() -> TestServer {
    TestServer::with(|config| {
        config.listen.push(Listen { manner: Manner::Tls, addr: "127.0.0.1:0".into() });
    })
}

#[test]
#[cfg_attr(not(has_openssl), ignore = "apt-get install openssl")]
fn text_by_openssl() {
    let server = with_tls_port();
    for addr in [server.addr(), server.addr_of("tls")] {
        let mut openssl = Command::new(installed("openssl", "openssl"));
        openssl.args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-connect",
            &addr.to_string(),
            "-CAfile",
        ]);
        openssl.arg(own_certificate(server.folder()));
        let mut program = Running::start(openssl);
        program.says("chat for everybody"); // it is greeted, after a while of silence
        program.write(format!("signup: u{}\nsecret\nsecret\n", addr.port()).as_bytes());
        program.says("auth succeed.");
        program.write(b"/bye\n");
        program.says("bye.");
        assert_eq!(program.ends().code, Some(0));
    }
}

#[test]
#[cfg_attr(not(has_curl), ignore = "apt-get install curl")]
fn https_by_curl_and_cookies_that_stay_inside() {
    let server = with_tls_port();
    let curl = |url: String, more: &[&str]| {
        let mut curl = Command::new(installed("curl", "curl"));
        curl.args(["-s", "-i", "--cacert"]).arg(own_certificate(server.folder())).args(more).arg(url);
        let ended = Running::to_end(curl, b"");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out
    };
    for (i, addr) in [server.addr(), server.addr_of("http"), server.addr_of("tls")].into_iter().enumerate() {
        let page = curl(format!("https://{addr}/"), &[]);
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("<html"), "{page}");
        let body = json!({"name": format!("user{i}"), "password": "secret", "cookie": true}).to_string();
        let inside = curl(format!("https://{addr}/v1/signup"), &["-d", &body]);
        assert!(
            inside.contains("HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000; Secure\r\n"),
            "{inside}"
        );
    }
    let body = json!({"name": "user0", "password": "secret", "cookie": true}).to_string();
    let outside = curl(format!("http://{}/v1/login", server.addr()), &["-d", &body]);
    assert!(outside.contains("im_session=") && !outside.contains("Secure"), "{outside}");
}

#[test]
fn a_websocket() {
    let server = TestServer::start();
    let stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[b"http/1.1"]));
    let (mut socket, _) =
        tungstenite::client(format!("wss://localhost:{}/ws", server.addr().port()), stream).unwrap();
    let text = json!({"request": "sign-up", "tag": 1, "name": "alice", "password": "secret"}).to_string();
    socket.send(Message::text(text)).unwrap();
    let answer = socket.read().unwrap().into_text().unwrap();
    assert!(answer.contains("\"welcome\"") && answer.contains("alice"), "{answer}");
}

#[test]
fn native_and_json_frames() {
    let server = TestServer::start();
    let trusting = trusting(&own_certificate(server.folder()), &[]);
    for addr in [server.addr(), server.addr_of("native")] {
        let mut stream = connect(addr, &trusting);
        stream.write_all(&Hello::OURS.to_bytes()).unwrap();
        let mut hello = [0; Hello::BYTES];
        stream.read_exact(&mut hello).unwrap();
        assert_eq!(hello, Hello::OURS.to_bytes());
        let (mut codec, mut bytes) = (ClientFrames::default(), BytesMut::new());
        codec.encode(&Ask { tag: 7, request: Request::Conversations }, &mut bytes).unwrap();
        stream.write_all(&bytes).unwrap();
        bytes.clear();
        let answer = loop {
            let mut read = [0; 1024];
            let count = stream.read(&mut read).unwrap();
            assert!(count > 0);
            bytes.extend_from_slice(&read[..count]);
            if let Some(frame) = codec.decode(&mut bytes).unwrap() {
                break frame;
            }
        };
        let refused: Result<Reply, _> = Err(Refusal::NotSignedIn);
        let Frame::Message(FromServer::Reply { tag, result }) = answer else { panic!("{answer:?}") };
        assert_eq!((tag, result), (7, refused));
    }
    let mut stream = connect(server.addr_of("json"), &trusting);
    say(&mut stream, "{\"request\":\"ping\",\"tag\":3}\n");
    until(&mut stream, "\"done\"");
}

#[test]
fn a_long_answer_arrives_whole_however_slowly_it_is_read() {
    let server = TestServer::start();
    let mut writer = server.native_user("writer");
    let join = Request::Join { name: "dev".parse().unwrap(), create: true };
    writer.ask(join).unwrap();
    let text = "x".repeat(8000);
    for id in 1..=200_u128 {
        let message = im_proto::MessageId(id.to_be_bytes());
        let text = im_proto::Text::parse(&text).unwrap();
        let post = Request::Post { to: "#dev".parse().unwrap(), message, text, reply_to: None };
        writer.ask(post).unwrap();
    }
    let body = json!({"name": "writer", "password": "secret"}).to_string();
    let login = format!("POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = connect(server.addr(), &trusting(&own_certificate(server.folder()), &[]));
    say(&mut stream, &login);
    let answer = until(&mut stream, "\"}");
    let (_, token) = answer.split_once("\"token\":\"").unwrap();
    let token = &token[..64];
    let asks = format!(
        "GET /v1/export HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    say(&mut stream, &asks);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap(); // an end that was announced: nobody cut it off
    let said = answer.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    assert_eq!(said, 200, "{} bytes", answer.len());
}

#[test]
fn a_port_for_tls_says_so_to_those_who_speak_something_else() {
    let server = with_tls_port();
    let mut plain = crate::harness::Peer::connect(server.addr_of("tls"));
    plain.send("hello\n");
    let told = plain.to_end();
    assert!(told.contains("speaks TLS only: openssl s_client"), "{told}");
}

#[test]
fn a_port_for_tls_without_tls_is_refused_at_the_start() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut config = im_server::Config::new(folder.path());
    config.addr = "127.0.0.1:0".into();
    config.tls = Encryption::Off;
    config.listen.push(Listen { manner: Manner::Tls, addr: "127.0.0.1:0".into() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let refused = runtime.block_on(im_server::Server::start(config)).err().unwrap();
    assert!(refused.to_string().contains("tls=127.0.0.1:0"), "{refused}");
}
