//! Finding what was said, and going there.

use serde_json::{Value, json};

use super::{Browser, Driver, assert_whole};
use crate::asks::{enter, say};
use crate::harness::TestServer;

/// What was found: where, who and what.
const FOUND: &str = "Array.from(document.querySelectorAll('#found li'),
    (li) => [...li.querySelectorAll('bdi')].map((node) => node.textContent).concat(li.querySelector('.text').textContent))";

impl Browser<'_> {
    /// Waits until this was found, the newest first.
    #[track_caller]
    fn finds(&self, found: &Value) {
        self.until(&json!(found.to_string()), &format!("JSON.stringify({FOUND}) === given"));
    }

    #[track_caller]
    fn searches(&self, words: &str) {
        self.until(&words.into(), "(document.querySelector('#search-words').value = given) === given");
        self.types("#search-words", "\n");
    }
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn what_is_found_is_a_click_away_however_long_ago_it_was_said() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap(); // 1
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev"); // 2
    bob.ask(say("#dev", 3, "a needle, <b>bold</b>")).unwrap();
    for i in 4..=1200 {
        bob.ask(say("#dev", i, &format!("hay {i}"))).unwrap();
    }
    bob.ask(say("@alice", 1201, "needles and pins")).unwrap();
    alice.hears("bob", "hay 1200");
    alice.enters("#other");

    alice.posts("/search nowhere");
    alice.says("#search-state", "nothing was found");
    alice.searches("needle");
    alice.finds(&json!([["#dev", "bob", "a needle, <b>bold</b>"]]));
    alice.searches("needle*");
    alice.finds(&json!([["@bob", "bob", "needles and pins"], ["#dev", "bob", "a needle, <b>bold</b>"],]));
    alice.clicks_at_once("#found li:last-child button");
    alice.is_at("#dev");
    alice.shows("#messages > li.goal[data-seq='3']");
    alice.shows_no("#search-dialog");
    alice.hears("bob", "a needle, <b>bold</b>");
    assert_whole(&alice.events());
    // From there one comes back to what is newest.
    alice.clicks("#newest");
    alice.hears("bob", "hay 1200");

    // As many as one likes, a page at a time.
    alice.clicks("#search");
    alice.searches("hay");
    alice.says("#search-state", "20+ found");
    alice.clicks("#search-more");
    alice.says("#search-state", "40+ found");
    alice.clicks_at_once("#found li:nth-child(40) button");
    alice.shows("#messages > li.goal[data-seq='1161']");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_guest_searches_where_they_are() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    bob.ask(say("#dev", 1, "a needle elsewhere")).unwrap();
    bob.ask(say("#lobby", 2, "a needle here")).unwrap();
    let driver = Driver::start();
    let guest = driver.browser();
    guest.opens(server.addr());
    guest.clicks("#guest-button");
    guest.is_connected();
    guest.hears("bob", "a needle here");
    guest.clicks("#search");
    guest.searches("needle");
    guest.finds(&json!([["#lobby", "bob", "a needle here"]]));
}
