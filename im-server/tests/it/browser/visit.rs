//! A whole visit, from the first request to the last: nothing is asked of anybody else, nothing breaks.

use serde_json::Value;

use super::Driver;
use super::driver::Browser;
use crate::asks::{enter, say};
use crate::harness::TestServer;

/// The URLs of all that was asked for, WebSockets as well.
fn requested(browser: &Browser<'_>) -> Vec<String> {
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
    alice.opens(server.addr());
    requested(&alice);
    complaints(&alice);
    // The first request was before there was a page to watch.
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

    let urls = requested(&alice);
    let (http, ws) = (format!("http://{}/", server.addr()), format!("ws://{}/ws", server.addr()));
    assert!(urls.iter().all(|url| url.starts_with(&http) || *url == ws), "{urls:#?}");
    for wanted in ["", "style.css", "script.js", "icon.svg", "v1/signup", "v1/session"] {
        let wanted = format!("{http}{wanted}");
        assert!(urls.contains(&wanted), "{wanted}: {urls:#?}");
    }
    assert!(urls.contains(&ws), "{urls:#?}");
    let complaints = complaints(&alice);
    assert!(complaints.is_empty(), "{complaints:#?}");
}
