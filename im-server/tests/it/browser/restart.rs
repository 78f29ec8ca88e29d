//! The server is killed under two browsers that go on typing: when it is back, nothing is missing and nothing is double.

use std::collections::BTreeMap;

use super::driver::Browser;
use super::{Driver, assert_whole};
use crate::daemon::{Daemon, Home};

/// What each of the two says in each of the three times: before, while it is away, after.
const SAID: u64 = 5;

/// What somebody said, in the order in which it is shown.
fn said_by(browser: &Browser<'_>, name: &str) -> Vec<String> {
    browser.events().into_iter().filter(|(_, from, _)| from == name).map(|(.., text)| text).collect()
}

fn types_some(browser: &Browser<'_>, when: &str) {
    for number in 1..=SAID {
        browser.posts(&format!("{when} {number}"));
    }
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_killed_server_costs_nothing() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let addr = daemon.addr();
    let driver = Driver::start();
    let people = BTreeMap::from([("alice", driver.browser()), ("bob", driver.browser())]);
    for (name, browser) in &people {
        browser.signs_up(addr, name);
        browser.enters("#dev");
    }
    // Nobody waits for what was typed last: it may have been acknowledged, or kept, or neither.
    people.values().for_each(|browser| types_some(browser, "before"));
    assert_eq!(daemon.stop("KILL").code, None);
    for browser in people.values() {
        browser.shows("body[data-connection=waiting]");
        types_some(browser, "away");
        browser.hears_itself("away", SAID);
    }

    let daemon = Daemon::start(home.command(&["--addr", &addr.to_string(), "--data-dir", "data"]));
    assert_eq!(daemon.addr(), addr);
    people.values().for_each(Browser::is_connected);
    people.values().for_each(|browser| types_some(browser, "after"));
    for browser in people.values() {
        for name in people.keys() {
            browser.hears(name, &format!("after {SAID}"));
        }
        browser.shows_no("#unsent li");
    }

    let times = ["before", "away", "after"];
    let said = times.map(|when| (1..=SAID).map(move |number| format!("{when} {number}")));
    let said: Vec<String> = said.into_iter().flatten().collect();
    let shown: Vec<_> = people.values().map(Browser::events).collect();
    assert_eq!(shown[0], shown[1]);
    assert_whole(&shown[0]);
    for browser in people.values() {
        for name in people.keys() {
            assert_eq!(said_by(browser, name)[1..], said, "after {name} made or joined it");
        }
        // As it is when somebody looks anew.
        let before = browser.events();
        browser.client(async |client| client.refresh().await);
        browser.hears("bob", &format!("after {SAID}"));
        assert_eq!(browser.events(), before);
    }
}

impl Browser<'_> {
    /// Waits until what was typed is shown as not sent yet.
    #[track_caller]
    fn hears_itself(&self, when: &str, last: u64) {
        self.says("#unsent li:last-child .text", &format!("{when} {last}"));
    }
}
