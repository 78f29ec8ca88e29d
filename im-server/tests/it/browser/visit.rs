//! A whole visit, from the first request to the last: nothing is asked of anybody else, nothing breaks.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use super::Driver;
use super::driver::Browser;
use crate::asks::{enter, say};
use crate::harness::{Peer, TestServer};

/// How long a browser may take to ask for what it needs, before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The URLs of all that was asked for since the page was gone to, WebSockets as well. Before that it is the browser's own tab.
/// A browser asks for a page's icon when it likes: all that are wanted are waited for.
fn requested(browser: &Browser<'_>, page: &str, wanted: &[String]) -> Vec<String> {
    let (mut urls, patience) = (Vec::new(), Instant::now() + PATIENCE);
    loop {
        urls.extend(logged(browser));
        let since = urls.iter().position(|url| url == page).unwrap_or(urls.len());
        let missing: Vec<_> = wanted.iter().filter(|wanted| !urls[since..].contains(wanted)).collect();
        if missing.is_empty() {
            return urls.split_off(since);
        }
        assert!(Instant::now() < patience, "waited for {missing:?}: {urls:#?}");
    }
}

/// The URLs of what was asked for since this was looked at last.
fn logged(browser: &Browser<'_>) -> Vec<String> {
    let log = browser.log("performance");
    let messages = log.iter().map(|line| line["message"].as_str().unwrap());
    let messages = messages.map(|text| serde_json::from_str::<Value>(text).unwrap()["message"].take());
    let url = |message: Value| match message["method"].as_str().unwrap() {
        "Network.requestWillBeSent" => message["params"]["request"]["url"].as_str().map(str::to_owned),
        "Network.webSocketCreated" => message["params"]["url"].as_str().map(str::to_owned),
        _ => None,
    };
    messages.filter_map(url).collect()
}

/// What the browser says about the page that nobody should have to read.
fn complaints(browser: &Browser<'_>) -> Vec<Value> {
    browser
        .log("browser")
        .into_iter()
        .filter(|line| line["level"] != "INFO" && line["level"] != "DEBUG")
        .collect()
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_visit_asks_nobody_else_and_breaks_nothing() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev");
    alice.posts("hello");
    bob.ask(say("#dev", 1, "see https://im.example/ and <img src=https://im.example/x.png>")).unwrap();
    alice.hears("bob", "see https://im.example/ and <img src=https://im.example/x.png>");
    alice.enters("@bob");
    alice.posts("psst");
    alice.hears("alice", "psst");
    alice.goes_to("#dev");
    alice.client(async |client| client.refresh().await);
    alice.is_in("alice");
    alice.hears("alice", "hello");
    alice.clicks("#sign-out");
    alice.shows("#sign-in");

    let (http, ws) = (format!("http://{}/", server.addr()), format!("ws://{}/ws", server.addr()));
    let mut wanted = vec![ws.clone()];
    for path in ["", "style.css", "script.js", "icon.svg", "v1/signup", "v1/session"] {
        wanted.push(format!("{http}{path}"));
    }
    let urls = requested(&alice, &http, &wanted);
    assert!(urls.iter().all(|url| url.starts_with(&http) || *url == ws), "{urls:#?}");
    let complaints = complaints(&alice);
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// Somebody at another address, who says nothing: waits until they are greeted.
fn is_greeted_elsewhere(addr: SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into()).unwrap();
    socket.connect(&addr.into()).unwrap();
    let mut told = [0; 3];
    TcpStream::from(socket).read_exact(&mut told).unwrap();
    assert_eq!(&told, b"im ");
}

#[test]
fn a_connection_that_a_browser_keeps_for_later_is_not_greeted() {
    let server = TestServer::start();
    let ask = "GET / HTTP/1.1\r\nhost: im\r\n\r\n";
    let mut page = Peer::connect(server.addr());
    let mut spare = Peer::connect(server.addr());
    page.send(ask);
    page.until("</html>");
    is_greeted_elsewhere(server.addr());
    spare.send(ask);
    spare.expect("HTTP/1.1 200 OK\r\n");
    // A person beside the browser is greeted, only later.
    let mut person = Peer::connect(server.addr());
    person.expect("im ");
}
