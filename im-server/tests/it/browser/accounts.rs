//! Coming in and going out: accounts, guests, and a token that no script gets to see.

use serde_json::{Value, json};

use super::Driver;
use crate::harness::{Peer, TestServer};

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_wrong_password_and_a_taken_name_are_told() {
    let server = TestServer::start();
    server.native_user("alice");
    let driver = Driver::start();
    let browser = driver.browser();
    browser.opens(server.addr());
    browser.signs_in("alice", "secrets");
    browser.says("#error", "the name or the password is wrong");
    assert!(browser.value("document.activeElement.id === 'password'").as_bool().unwrap());
    browser.clicks("#sign-up-button");
    browser.says("#error", "that name is taken");
    browser.shows_no("#chat");
    browser.script(&Value::Null, "document.querySelector('#sign-in').reset()");
    browser.signs_in("alice", "secret");
    browser.is_in("alice");
    browser.says("#error", "");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_guest_talks() {
    let server = TestServer::start();
    let mut alice = server.text_user("alice");
    alice.send("to group: lobby\n");
    let driver = Driver::start();
    let guest = driver.browser();
    guest.opens(server.addr());
    guest.types("#guest-name", "neil");
    guest.clicks("#guest-button");
    guest.is_in("~neil");
    guest.is_at("#lobby");
    guest.posts("hello from nobody");
    alice.until("hello from nobody\n");
    alice.send("welcome\n");
    guest.hears("alice", "welcome");
    guest.hears("~neil", "hello from nobody");
    // A name is one's own while one is there, also when the tab is loaded again.
    guest.client(async |client| client.refresh().await);
    guest.is_in("~neil");
    guest.hears("~neil", "hello from nobody");
    guest.clicks("#sign-out");
    guest.shows("#sign-in");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn no_script_sees_the_token() {
    let server = TestServer::start();
    let driver = Driver::start();
    let browser = driver.browser();
    browser.signs_up(server.addr(), "alice");
    browser.enters("#dev");
    let cookies = browser.client(async |client| client.get_all_cookies().await);
    let [cookie] = &cookies[..] else { panic!("{cookies:?}") };
    assert_eq!((cookie.name(), cookie.http_only(), cookie.path()), ("im_session", Some(true), Some("/")));
    assert!(cookie.same_site().is_some_and(|same| same.is_strict()), "{cookie:?}");
    let token = cookie.value();
    assert_eq!(token.len(), 64);

    assert_eq!(browser.value("document.cookie"), "");
    let kept = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), window.name, location.href,
        document.documentElement.outerHTML, performance.getEntries()])";
    let kept = browser.value(kept);
    assert!(!kept.as_str().unwrap().contains(token), "{kept}");
    let stores = "return Promise.all([indexedDB.databases(), window.caches ? caches.keys() : []])";
    assert_eq!(browser.script(&Value::Null, stores), json!([[], []]));
    // Nor does the server say it to who has it: what was answered had no token in it.
    let answer =
        browser.script(&Value::Null, "return fetch('/v1/session').then((response) => response.text())");
    assert_eq!(answer, r#"{"user":"alice"}"#);
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn signing_out_voids_the_token_in_all_tabs() {
    let server = TestServer::start();
    let driver = Driver::start();
    let browser = driver.browser();
    browser.signs_up(server.addr(), "alice");
    browser.enters("#dev");
    let cookie = browser.client(async |client| client.get_named_cookie("im_session").await);
    let asks =
        format!("GET /v1/session HTTP/1.1\r\nhost: im\r\ncookie: im_session={}\r\n\r\n", cookie.value());
    let whose_token = || {
        let mut peer = Peer::connect(server.addr());
        peer.send(&asks);
        peer.until("\r\n\r\n");
        peer.until("}")
    };
    assert_eq!(whose_token(), r#"{"user":"alice"}"#);

    let first = browser.client(async |client| client.window().await);
    let second = browser.client(async |client| client.new_window(true).await).handle;
    browser.client(async |client| client.switch_to_window(second).await);
    browser.opens(server.addr());
    browser.is_in("alice");
    browser.clicks("#sign-out");
    browser.shows("#sign-in");
    assert_eq!(whose_token(), r#"{"user":null}"#);
    assert!(browser.client(async |client| client.get_all_cookies().await).is_empty());
    browser.client(async |client| client.switch_to_window(first).await);
    browser.shows("#sign-in");
    browser.shows_no("#chat");
    assert!(!browser.text("#messages").contains("alice"), "nothing is left to be read");
    browser.client(async |client| client.refresh().await);
    browser.shows("#sign-in");
}
