//! People in browsers talk with each other, and with those who came another way.

use portable_pty::CommandBuilder;

use super::{Driver, assert_whole, entry};
use crate::asks::{enter, follow, say, text};
use crate::harness::TestServer;
use crate::terminal::{Terminal, installed};

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn two_browsers_talk() {
    let server = TestServer::start();
    let driver = Driver::start();
    let (alice, bob) = (driver.browser(), driver.browser());
    alice.signs_up(server.addr(), "alice");
    bob.signs_up(server.addr(), "bob");
    alice.enters("#dev");
    bob.enters("#dev");
    alice.posts("is this thing on?");
    bob.hears("alice", "is this thing on?");
    bob.posts("你好");
    alice.hears("bob", "你好");
    alice.posts("//slash, and  two  blanks");
    bob.hears("alice", "/slash, and  two  blanks");
    for browser in [&alice, &bob] {
        browser.shows_no("#unsent li");
        browser.says("#people-count", "2 people");
    }
    assert_eq!(alice.events(), bob.events());
    assert_whole(&alice.events());

    alice.enters("@bob");
    alice.posts("between us");
    bob.has_unread("@alice", "1");
    bob.goes_to("@alice");
    bob.hears("alice", "between us");
    assert!(!bob.text("#conversations").contains("between"));
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_browser_talks_inside_of_tls_and_stays_signed_in() {
    let server = TestServer::start();
    let driver = Driver::start();
    let (alice, bob) = (driver.browser(), driver.browser());
    alice.goes_by("https", server.addr());
    alice.signs_up_here("alice");
    bob.signs_up(server.addr(), "bob");
    for browser in [&alice, &bob] {
        browser.enters("#dev");
    }
    alice.posts("from inside");
    bob.hears("alice", "from inside");
    bob.posts("from outside");
    alice.hears("bob", "from outside");
    alice.goes_by("https", server.addr());
    alice.is_in("alice");
}

#[test]
#[cfg_attr(
    not(all(has_chromium, has_chromedriver, has_telnet)),
    ignore = "apt-get install chromium chromium-driver telnet"
)]
fn browsers_telnet_and_the_full_screen_client_meet() {
    let server = TestServer::start();
    let driver = Driver::start();
    let (alice, bob) = (driver.browser(), driver.browser());
    alice.signs_up(server.addr(), "alice");
    bob.signs_up(server.addr(), "bob");
    alice.enters("#dev");
    bob.enters("#dev");

    let mut command = CommandBuilder::new(installed("telnet", "telnet"));
    command.args([server.addr().ip().to_string(), server.addr().port().to_string()]);
    let mut matt = Terminal::run(command);
    matt.shows("Escape character is '^]'.");
    for (line, prompt) in
        [("signup: matt", "[from system] enter password:"), ("secret", "[from system] re-enter password:")]
    {
        matt.enter(line);
        matt.ends_in(prompt);
    }
    matt.enter("secret");
    matt.shows_line("[from system] auth succeed.");
    matt.enter("/join dev");
    alice.hears("matt", "joined");

    let mut nell = server.native_user("nell");
    nell.ask(enter("dev")).unwrap();
    nell.ask(follow(&[])).unwrap();
    matt.enter("to group: dev");
    matt.enter("hello from 1983");
    for browser in [&alice, &bob] {
        browser.hears("matt", "hello from 1983");
        browser.hears("nell", "joined");
    }
    nell.ask(say("#dev", 1, "🎉 and 2026")).unwrap();
    bob.posts("and a page between them");
    matt.shows_line("[from group dev user nell] 🎉 and 2026");
    matt.shows_line("[from group dev user bob] and a page between them");
    for said in ["hello from 1983", "and a page between them"] {
        nell.event(|event| text(event) == Some(said));
    }
    for browser in [&alice, &bob] {
        browser.hears("nell", "🎉 and 2026");
        browser.hears("bob", "and a page between them");
        browser.says("#people-count", "4 people");
        assert_whole(&browser.events());
    }
    assert_eq!(alice.events(), bob.events());

    // From the list of the people to a word with one of them.
    alice.clicks("#people a[href='#/@matt']");
    alice.is_at("@matt");
    alice.posts("psst");
    matt.shows("alice] psst");
    matt.enter("@alice what?");
    alice.hears("matt", "what?");
    alice.shows(&format!("{} .presence.online", entry("@matt")));
}
