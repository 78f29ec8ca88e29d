//! HTTP as it comes in: in pieces, in old versions, in a row, too large, too many, and what only looks like it.

use std::io::Write;

use crate::harness::{Peer, TestServer};

use super::http::{Http, once, request};

/// A request that anybody may make, and the answer.
const WHO: &str = "GET /v1/session HTTP/1.1\r\nHost: im\r\n\r\n";
const NOBODY: &str = r#"{"user":null}"#;

/// The port where everybody is understood, and the one for HTTP.
fn ports(server: &TestServer) -> [std::net::SocketAddr; 2] {
    [server.addr(), server.addr_of("http")]
}

#[test]
fn a_request_comes_in_any_pieces() {
    let server = TestServer::start();
    for port in ports(&server) {
        for size in [1, 2, 7, 64] {
            let mut http = Http::connect(port);
            WHO.as_bytes().chunks(size).for_each(|piece| http.0.send_bytes(piece));
            assert_eq!(http.response().body, NOBODY);
            // And the next one on the same connection.
            WHO.as_bytes().chunks(size).for_each(|piece| http.0.send_bytes(piece));
            assert_eq!(http.response().body, NOBODY);
        }
    }
}

#[test]
fn what_a_person_says_in_capitals_is_talk() {
    let server = TestServer::start();
    let mut neil = server.text();
    neil.send("/username neil\n");
    neil.until("to [neil]\n");
    for said in ["GET OUT OF HERE", "GET", "POST /x", "GET / HTTP/2.0", "GET / HTTP/1.1 please", "DELETE ME"]
    {
        let mut person = server.text();
        person.send(&format!("{said}\n"));
        neil.until(&format!("> {said}\n"));
        person.send("/bye\n");
        assert!(!person.to_end().contains("HTTP/1.1 4"));
    }
    // Byte by byte, as some terminals send it; and what has no line end is said when it ends.
    let mut person = server.text();
    b"GET OUT".iter().for_each(|byte| person.send_bytes(&[*byte]));
    person.half_close();
    neil.until("> GET OUT\n");
}

#[test]
fn who_was_greeted_may_still_speak_http() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    http.0.until("using [signup: foo] or [signin: foo]\r\n");
    http.0.send(WHO);
    assert_eq!(http.response().body, NOBODY);
}

#[test]
fn an_old_request_is_answered_and_closed() {
    let server = TestServer::start();
    for port in ports(&server) {
        for raw in [
            "GET /v1/session HTTP/1.0\r\n\r\n",
            "GET /v1/session HTTP/1.0\n\n",
            "GET /v1/session HTTP/1.1\n\n",
        ] {
            let mut http = Http::connect(port);
            http.0.send(raw);
            assert_eq!(http.response().body, NOBODY, "{raw:?}");
            if raw.contains("1.0") {
                assert_eq!(http.0.to_end(), "");
            }
        }
        // Unless it asks to go on.
        let mut http = Http::connect(port);
        for _ in 0..2 {
            http.0.send("GET /v1/session HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assert_eq!(http.response().body, NOBODY);
        }
    }
}

#[test]
fn requests_in_a_row_are_answered_in_order() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    let many: String = (0..100)
        .map(|i| match i % 3 {
            0 => request("GET", "/v1/session", &[], ""),
            1 => request("POST", "/v1/login", &[], r#"{"name":"nobody"}"#),
            _ => request("GET", "/nowhere", &[], ""),
        })
        .collect();
    http.0.send(&many);
    for i in 0..100 {
        assert_eq!(http.response().status, [200, 400, 404][i % 3], "{i}");
    }
    // The last one may say that it is the last.
    http.0.send(&(request("GET", "/v1/session", &[("Connection", "close")], "") + WHO));
    assert_eq!(http.response().header("connection"), Some("close"));
    assert_eq!(http.0.to_end(), "");
}

#[test]
fn who_sends_nothing_more_gets_the_answer() {
    let server = TestServer::start();
    for port in ports(&server) {
        let mut http = Http::connect(port);
        http.0.send(&WHO.repeat(3));
        http.0.half_close();
        for _ in 0..3 {
            assert_eq!(http.response().body, NOBODY);
        }
        assert_eq!(http.0.to_end(), "");
        // Half a request is none.
        let mut http = Http::connect(port);
        http.0.send(&request("POST", "/v1/login", &[("Content-Length", "100")], "{}"));
        http.0.half_close();
        assert!(!http.0.to_end().starts_with("HTTP/1.1 2"));
    }
}

#[test]
fn a_head_that_is_too_large_is_told() {
    let server = TestServer::start();
    for port in ports(&server) {
        let mut http = Http::connect(port);
        http.0.send(&request("GET", "/v1/session", &[("X-Long", &"x".repeat(20_000))], ""));
        assert_eq!(http.head().status, 431);
        let mut http = Http::connect(port);
        let many: Vec<(String, &str)> = (0..100).map(|i| (format!("X-{i}"), "x")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        http.0.send(&request("GET", "/v1/session", &many, ""));
        assert_eq!(http.head().status, 431);
        assert_eq!(once(&server, "GET", "/v1/session", &many[..50], "").status, 200);
    }
    let mut http = Http::connect(server.addr_of("http"));
    http.0.send(&request("GET", &format!("/{}", "x".repeat(70_000)), &[], ""));
    assert!(matches!(http.head().status, 414 | 431));
    // Where everybody is understood that is a long line of somebody who types.
    let mut text = server.text();
    text.send(&format!("GET /{} HTTP/1.1\n/bye\n", "x".repeat(70_000)));
    assert!(text.to_end().contains("16384"));
}

#[test]
fn a_body_that_is_too_large_is_told() {
    let server = TestServer::start();
    let token = crate::asks::token(server.native().sign_up("ann")).to_hex();
    let bearer = format!("Bearer {token}");
    for (path, headers, size) in
        [("/v1/login", &[][..], 9_000), ("/v1/post", &[("Authorization", bearer.as_str())], 410_000)]
    {
        let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(size));
        // With its length said before, and without.
        let answer = once(&server, "POST", path, headers, &body);
        assert_eq!((answer.status, answer.code().as_str()), (413, "too-long"), "{path}");
        let mut http = Http::connect(server.addr());
        let mut chunked =
            request("POST", path, headers, "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
        chunked += &body.as_bytes().chunks(1000).map(chunk).collect::<String>();
        http.0.send(&(chunked + "0\r\n\r\n"));
        let answer = http.response();
        assert_eq!((answer.status, answer.code().as_str()), (413, "too-long"), "{path}");
    }
}

fn chunk(data: &[u8]) -> String {
    format!("{:x}\r\n{}\r\n", data.len(), str::from_utf8(data).unwrap())
}

#[test]
fn who_still_sends_a_body_hears_that_it_is_too_large() {
    const BYTES: usize = 4 * 1024 * 1024;
    let server = TestServer::start();
    for size in [900_000, BYTES] {
        let mut http = Http::connect(server.addr());
        let length = size.to_string();
        let head = request("POST", "/v1/login", &[("Content-Length", &length)], "");
        http.0.send(&head.replace("Content-Length: 0\r\n", ""));
        let mut stream = http.0.stream().try_clone().unwrap();
        // Whether it can send all of it is not said.
        let sending = std::thread::spawn(move || drop(stream.write_all(&vec![b'x'; size])));
        let answer = http.response();
        assert_eq!((answer.status, answer.code().as_str()), (413, "too-long"), "{size}");
        sending.join().unwrap();
    }
}

#[test]
fn what_is_no_json_is_told() {
    let server = TestServer::start();
    let deep = "[".repeat(5000);
    for body in [
        "",
        "nonsense",
        "{}",
        "[]",
        "null",
        r#"{"name":1,"password":"x"}"#,
        &deep,
        "{\"name\":\"a b\",\"password\":\"x\"}",
    ] {
        let answer = once(&server, "POST", "/v1/login", &[], body);
        assert_eq!((answer.status, answer.code().as_str()), (400, "unreadable"), "{body}");
    }
    // Whatever curl calls it.
    for kind in ["application/json", "application/x-www-form-urlencoded", "text/plain"] {
        let body = r#"{"name":"nobody","password":"x"}"#;
        let answer = once(&server, "POST", "/v1/login", &[("Content-Type", kind)], body);
        assert_eq!((answer.status, answer.code().as_str()), (401, "wrong-password"), "{kind}");
    }
}

#[test]
fn who_asks_first_whether_to_send_a_body_is_told() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    let body = r#"{"name":"nobody","password":"x"}"#;
    let head = request("POST", "/v1/login", &[("Expect", "100-continue")], body);
    http.0.send(head.strip_suffix(body).unwrap());
    assert_eq!(http.response().status, 100);
    http.0.send(body);
    assert_eq!(http.response().status, 401);
}

/// What two servers could understand in two ways is understood in none.
#[test]
fn a_request_hides_no_other() {
    let server = TestServer::start();
    let hidden = "GET /hidden HTTP/1.1\r\nHost: im\r\n\r\n";
    for headers in [
        "Content-Length: 0\r\nContent-Length: 35\r\n",
        "Content-Length: 0, 35\r\n",
        "Content-Length: +0\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length : 0\r\n",
        "X: a\r\n b\r\n",
        "X\0: a\r\n",
        "X: a\0b\r\n",
    ] {
        let mut http = Http::connect(server.addr());
        http.0.send(&format!("POST /v1/login HTTP/1.1\r\nHost: im\r\n{headers}\r\n{hidden}"));
        let answers = http.0.to_end();
        assert!(answers.starts_with("HTTP/1.1 4"), "{headers:?} {answers:?}");
        assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{headers:?} {answers:?}");
    }
    // The length of chunks counts, and what is in them is no request.
    let mut http = Http::connect(server.addr());
    let chunk = chunk(hidden.as_bytes());
    http.0.send(&format!(
        "POST /v1/login HTTP/1.1\r\nHost: im\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n{WHO}"
    ));
    assert_eq!(http.response().status, 400);
    assert_eq!(http.response().body, NOBODY);
}

#[test]
fn paths_lead_nowhere_else() {
    let server = TestServer::start();
    for path in [
        "/..",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/index.html",
        "/style.css/",
        "/STYLE.CSS",
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/ws/",
        "/%00",
        "/%1b[2J",
        "/%ff%fe",
    ] {
        let answer = once(&server, "GET", path, &[], "");
        assert_eq!((answer.status, answer.code().as_str()), (404, "no-such-path"), "{path}");
        assert!(!answer.body.contains("etc"), "{answer:?}");
    }
    let whole = format!("http://{}/v1/session", server.addr());
    assert_eq!(once(&server, "GET", &whole, &[], "").body, NOBODY);
}

#[test]
fn what_was_never_http_is_a_bad_request_on_its_port() {
    let server = TestServer::start();
    for raw in
        [&b"hello\r\n\r\n"[..], b"\0IM\x01\0\0\0\0", b"\x16\x03\x01\x02\0\x01", b"{\"name\":\"x\"}\n\n"]
    {
        let mut peer = Peer::connect(server.addr_of("http"));
        peer.send_bytes(raw);
        peer.half_close();
        let answer = peer.to_end();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }
}

#[test]
fn a_browser_that_shows_only_the_head() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    let get = http.get("/");
    let head = http.ask("HEAD", "/", &[], "");
    assert_eq!((head.status, head.header("content-length")), (200, get.header("content-length")));
    assert_eq!(http.get("/v1/session").status, 200);
}
