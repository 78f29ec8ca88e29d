//! What is unread, and reading back: the place where somebody reads stays where it is.

use serde_json::{Value, json};

use super::driver::Browser;
use super::{Driver, assert_whole};
use crate::asks::{delete, enter, open, posted, say};
use crate::harness::{Native, TestServer};

/// So many messages were there before: some pages of them.
const BEFORE: u64 = 300;

fn says_many(native: &mut Native, from: u64, to: u64) {
    for number in from..=to {
        native.ask(say("#dev", number, &format!("message {number}"))).unwrap();
    }
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_badge_says_how_often_one_is_mentioned() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev");
    alice.enters("#tea");
    let badge = format!("{} .mentions", super::entry("#dev"));
    let said = [(1, "hi @alice"), (2, "hi all"), (3, "@Alice!")]
        .map(|(message, words)| posted(bob.ask(say("#dev", message, words))).1);
    alice.says(&badge, "@2");
    alice.has_unread("#dev", "3");
    bob.ask(delete("#dev", said[2].0)).unwrap();
    alice.says(&badge, "@1");
    alice.client(async |client| client.refresh().await);
    alice.says(&badge, "@1");
    alice.goes_to("#dev");
    alice.until(&badge.into(), "!document.querySelector(given)");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn badges_and_the_title_say_what_is_unread() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    assert_eq!(alice.value("document.title"), "im");
    alice.enters("#dev");
    alice.enters("#tea");
    bob.ask(open("@alice")).unwrap();
    says_many(&mut bob, 1, 3);
    bob.ask(say("@alice", 10, "psst")).unwrap();
    alice.has_unread("#dev", "3");
    alice.has_unread("@bob", "1");
    alice.until(&"(4) #tea · im".into(), "document.title === given");

    // The server knows it too.
    alice.client(async |client| client.refresh().await);
    alice.has_unread("#dev", "3");
    alice.has_unread("@bob", "1");
    alice.goes_to("#dev");
    alice.has_unread("#dev", "");
    alice.until(&"(1) #dev · im".into(), "document.title === given");
    assert_eq!(alice.text("#messages .new"), "new");
    says_many(&mut bob, 4, 4);
    alice.hears("bob", "message 4");
    alice.has_unread("#dev", "");

    // And it tells whoever else is alice.
    alice.goes_to("@bob");
    alice.has_unread("@bob", "");
    alice.until(&"bob · im".into(), "document.title === given");
    alice.client(async |client| client.refresh().await);
    alice.is_at("@bob");
    for address in ["#dev", "@bob"] {
        alice.has_unread(address, "");
    }
}

/// The first message that is in view, and where.
const EYE: &str = "(() => {
    const top = document.querySelector('#log').getBoundingClientRect().top;
    const rect = (li) => li.querySelector('.text').getBoundingClientRect();
    const li = Array.from(document.querySelectorAll('#messages > li')).find((li) => rect(li).top >= top);
    return [Number(li.dataset.seq), rect(li).top];
})()";

const FIRST: &str = "Number(document.querySelector('#messages > li').dataset.seq)";

/// Where the text of a message is.
fn place(browser: &Browser<'_>, seq: &Value) -> f64 {
    let text = "return document.querySelector(`[data-seq='${given}'] .text`).getBoundingClientRect().top";
    browser.script(seq, text).as_f64().unwrap()
}

/// The message under the eye, and where it is.
fn eye(browser: &Browser<'_>) -> (Value, f64) {
    let seen = browser.value(EYE);
    (seen[0].clone(), seen[1].as_f64().unwrap())
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn reading_back_keeps_the_place() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    says_many(&mut bob, 1, BEFORE);
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev");
    alice.hears("bob", &format!("message {BEFORE}"));
    let held = alice.value("document.querySelectorAll('#messages > li').length").as_u64().unwrap();
    assert!(held < BEFORE, "not all of it was loaded: {held}");

    let mut pages = 0;
    while alice.value(FIRST) != 1 {
        // In one task: nothing that comes gets in between.
        let (before, seen) = {
            let up = format!(
                "document.querySelector('#log').scrollTop = 0; return [{FIRST}, document.querySelector('#log').scrollTop === 0 ? {EYE} : null]"
            );
            let told = alice.script(&Value::Null, &up);
            (told[0].clone(), told[1].clone())
        };
        alice.until(&before, &format!("{FIRST} < given"));
        let there = place(&alice, &seen[0]);
        assert!((there - seen[1].as_f64().unwrap()).abs() <= 1.0, "{seen} went to {there}");
        pages += 1;
        assert!(pages < 20, "{before}");
    }
    assert_whole(&alice.events());
    assert!(pages >= 3, "{pages}");

    // What comes meanwhile moves nothing, and is told.
    alice.script(&json!(null), "document.querySelector('#log').scrollTop = 2000");
    alice.shows("#newest");
    let (seq, there) = eye(&alice);
    says_many(&mut bob, BEFORE + 1, BEFORE + 3);
    alice.says("#newest", "3 new ↓");
    assert!((place(&alice, &seq) - there).abs() <= 1.0);
    alice.clicks("#newest");
    alice.hears("bob", &format!("message {}", BEFORE + 3));
    alice.has_unread("#dev", "");
    alice.shows_no("#newest");
    assert_whole(&alice.events());
}
