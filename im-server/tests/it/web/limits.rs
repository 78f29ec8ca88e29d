//! How often, how many at once, and how it ends.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::asks::word;
use crate::harness::{Peer, TestServer};

use super::http::{Http, request};
use super::socket::{Came, Socket};
use super::talk::{By, Carriage, Talk};

/// A test that waits for a condition gives up after so many seconds.
const PATIENCE_SECONDS: u64 = 30;

/// A server whose connections end by themselves stops before so many seconds have passed, and before so many where one of
/// them is in the middle of a request. After 10 it would cut them off.
const STOP_SECONDS_MAX: u64 = 4;
const HALF_SECONDS_MAX: u64 = 8;

#[test]
fn who_asks_too_often_is_told_to_wait() {
    let server = TestServer::with(|config| config.limits.count_loopback = true);
    let mut http = Http::connect(server.addr());
    let until = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
    let many = request("GET", "/nowhere", &[], "").repeat(500);
    let mut refused = None;
    while refused.is_none() {
        assert!(Instant::now() < until, "nobody is ever told");
        http.0.send(&many);
        for _ in 0..500 {
            let answer = http.response();
            if answer.status == 429 {
                refused = Some(answer);
            } else {
                assert_eq!(answer.status, 404);
            }
        }
    }
    let refused = refused.unwrap();
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("too-often", Some("1")));
    assert_eq!(refused.header("x-content-type-options"), Some("nosniff"));
    // Who does not speak HTTP does not notice, and who waits is answered again.
    assert_eq!(word(&server.native().sign_up("ann")), "welcome");
    while http.get("/v1/session").status != 200 {
        assert!(Instant::now() < until, "it never ends");
    }
}

#[test]
fn connections_are_counted_whatever_they_speak() {
    const MANY: &str = "too many connections, try again later\r\n";
    let server = TestServer::with(|config| config.connections_max = 3);
    let mut idle: Vec<Http> = (0..2).map(|_| Http::connect(server.addr())).collect();
    idle.iter_mut().for_each(|http| assert_eq!(http.get("/v1/session").status, 200));
    let mut talk = Talk::connect(&server, By::Socket);
    for port in [server.addr(), server.addr_of("http"), server.addr_of("json")] {
        assert_eq!(Peer::connect(port).to_end(), MANY);
    }
    // Those who are there are served on.
    assert_eq!(idle[0].get("/v1/session").status, 200);
    talk.done(&json!({"request": "ping"}));
    // When one has gone there is room for one.
    idle.pop();
    loop {
        let mut http = Http::connect(server.addr());
        http.0.send(&request("GET", "/v1/session", &[], ""));
        if http.0.more() && http.0.until("\r\n") != MANY {
            break;
        }
    }
}

/// Says what to each port, and comes back when it has arrived.
fn begun(server: &TestServer, said: &[(&str, &str)]) -> Vec<Peer> {
    let mut begun = Vec::new();
    for (manner, said) in said {
        let mut peer = Peer::connect(server.addr_of(manner));
        peer.send(said);
        begun.push(peer);
    }
    // All of it came before this.
    assert_eq!(Http::connect(server.addr()).get("/v1/session").status, 200);
    begun
}

/// Stops the server while somebody reads, and tells how long it took.
fn stops(server: &mut TestServer, read: impl FnOnce() + Send + 'static) -> Duration {
    let began = Instant::now();
    let reading = std::thread::spawn(read);
    server.stop();
    let took = began.elapsed();
    reading.join().unwrap();
    took
}

#[test]
fn the_server_stops_at_once() {
    let mut server = TestServer::start();
    let mut idle = Http::connect(server.addr());
    assert_eq!(idle.get("/v1/session").status, 200);
    let mut ann = Talk::user(&server, By::Socket, "ann");
    let mut mina = Socket::open(server.addr(), "/mychat");
    mina.text("{\"name\":\"Mina\",\"room\":\"devroom\"}hi\n");
    mina.expect(&Came::text("Mina:hi\n"));
    let mut begun =
        begun(&server, &[("http", ""), ("any", ""), ("any", "GET /v1/sess"), ("json", "{\"request\":")]);
    let took = stops(&mut server, move || {
        ann.notice(|notice| notice["code"] == "stopping");
        let Carriage::Socket(socket) = &mut ann.carriage else { panic!() };
        assert_eq!(socket.came(), Came::Close(Some(1001)));
        assert_eq!(socket.came(), Came::End);
        assert_eq!(mina.came(), Came::text("* the server is stopping\n"));
        let told = mina.came();
        let come_back = [2, 3].map(|seconds| Came::text(&format!("* come back in {seconds} seconds\n")));
        assert!(come_back.contains(&told), "{told:?}");
        assert_eq!(mina.came(), Came::Close(Some(1001)));
        assert_eq!(mina.came(), Came::End);
        assert_eq!(idle.0.to_end(), "");
        begun.iter_mut().for_each(|peer| drop(peer.to_end()));
    });
    assert!(took < Duration::from_secs(STOP_SECONDS_MAX), "{took:?}");
}

#[test]
fn half_a_request_holds_up_the_end_for_some_seconds_only() {
    let mut server = TestServer::start();
    let who = request("GET", "/v1/session", &[], "");
    let half = &who[..who.len() - 2];
    let body = "POST /v1/login HTTP/1.1\r\nHost: im\r\nContent-Length: 100\r\n\r\n{";
    let mut begun = begun(&server, &[("http", "GE"), ("http", half), ("any", half), ("any", body)]);
    let took = stops(&mut server, move || begun.iter_mut().for_each(|peer| assert_eq!(peer.to_end(), "")));
    assert!(took < Duration::from_secs(HALF_SECONDS_MAX), "{took:?}");
}
