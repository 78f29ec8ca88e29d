//! A page for everybody: without a mouse, on a phone, in the dark, and by ear.

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::{Value, json};

use super::Driver;
use super::driver::Browser;
use crate::asks::{enter, open, say};
use crate::harness::TestServer;

/// The least contrast of text, by WCAG 2.2 AA.
const CONTRAST_MIN: f64 = 4.5;

/// Each piece of text that is shown, `[contrast, words]`, the worst first.
const CONTRASTS: &str = r"(() => {
    const parts = (colour) => {
        if (!/^rgba?\(/.test(colour)) throw new Error(`what colour is ${colour}?`);
        const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
        return { rgb: [r, g, b], a };
    };
    const over = (top, ground) => top.rgb.map((part, i) => part * top.a + ground[i] * (1 - top.a));
    const groundOf = (node) => {
        if (!node) return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
        const own = parts(getComputedStyle(node).backgroundColor);
        return own.a === 1 ? own.rgb : over(own, groundOf(node.parentElement));
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (node, style) => {
        const ground = groundOf(node);
        const ink = over(parts(style.color), ground);
        const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
    };
    const isSeen = (node) => {
        const { width, height } = node.getBoundingClientRect();
        return node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && width > 1 && height > 1;
    };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data, parentElement: node } = texts.currentNode;
        if (data.trim() && isSeen(node)) found.push([contrast(node, getComputedStyle(node)), data.trim()]);
    }
    for (const field of document.querySelectorAll('input, textarea')) {
        if (!isSeen(field)) continue;
        found.push([contrast(field, getComputedStyle(field)), `#${field.id}`]);
        if (field.placeholder) found.push([contrast(field, getComputedStyle(field, '::placeholder')), field.placeholder]);
    }
    return found.sort(([a], [b]) => a - b);
})()";

/// Whatever can be operated.
const CONTROLS: &str = ":is(a[href], button, input, textarea, select, [tabindex='0'])";

fn emulate_colours(browser: &Browser<'_>, scheme: &str) {
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.tell("Emulation.setEmulatedMedia", &features);
    browser.until(&scheme.into(), "matchMedia(`(prefers-color-scheme: ${given})`).matches");
}

/// All texts that are shown can be read, in both colour schemes.
#[track_caller]
fn assert_readable(browser: &Browser<'_>, texts_min: usize) {
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        emulate_colours(browser, scheme);
        let found: Vec<(f64, String)> = serde_json::from_value(browser.value(CONTRASTS)).unwrap();
        assert!(found.len() >= texts_min, "{found:?}");
        let worst = &found[0];
        assert!(worst.0 >= CONTRAST_MIN, "{scheme}: {found:#?}");
        grounds.push(browser.value("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(grounds[0], grounds[1]);
}

/// Whatever can be operated and is shown within something says what it is.
#[track_caller]
fn assert_named(browser: &Browser<'_>, within: &str, controls_min: usize) {
    let controls = format!("{within} {CONTROLS}");
    let controls = browser.client(async |client| client.find_all(Locator::Css(&controls)).await);
    let mut names = Vec::new();
    for control in controls {
        let is_shown = browser.client(async |_| control.is_displayed().await);
        if !is_shown {
            continue;
        }
        let name = browser.ask(&format!("element/{}/computedlabel", control.element_id()));
        let name = name.as_str().unwrap().to_owned();
        let html = browser.client(async |_| control.html(false).await);
        assert!(!name.trim().is_empty(), "{html} has no name; so far: {names:?}");
        names.push(name);
    }
    assert!(names.len() >= controls_min, "{names:?}");
    let mains = browser.value("Array.from(document.querySelectorAll('main, [role=main]')).filter((main) => main.checkVisibility()).length");
    assert_eq!(mains, 1);
}

/// A room with two days of talk, a direct conversation that is unread, somebody who asks for an answer.
fn scene(server: &TestServer) {
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    bob.ask(crate::asks::create("cake")).unwrap();
    bob.ask(crate::asks::invite("cake", "alice")).unwrap();
    bob.ask(open("@alice")).unwrap();
    bob.ask(say("@alice", 1, "psst")).unwrap();
    bob.ask(say("#dev", 2, "see https://im.example/")).unwrap();
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn text_is_readable_and_controls_have_names() {
    let server = TestServer::start();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.opens(server.addr());
    alice.signs_in("alice", "secret");
    alice.says("#error", "the name or the password is wrong");
    assert_readable(&alice, 8);
    assert_named(&alice, "body", 6);

    server.native_user("alice");
    scene(&server);
    alice.script(&Value::Null, "document.querySelector('#sign-in').reset()");
    alice.signs_in("alice", "secret");
    alice.is_in("alice");
    alice.shows("#pending button");
    alice.enters("#dev");
    alice.hears("bob", "see https://im.example/");
    alice.posts("mine");
    alice.hears("alice", "mine");
    alice.types("#composer", "/nonsense\u{e007}");
    alice.shows("#error");
    assert_readable(&alice, 20);
    assert_named(&alice, "body", 10);
    assert_eq!(alice.value("document.querySelectorAll('[role=log]').length"), 1);
    let role = alice.client(async |client| client.find(Locator::Css("#log")).await);
    assert_eq!(alice.ask(&format!("element/{}/computedrole", role.element_id())), "log");
    assert_eq!(alice.value("document.documentElement.lang"), "en");

    alice.clicks("#new");
    assert_readable(&alice, 25);
    assert_named(&alice, "#new-dialog", 6);
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn without_a_mouse() {
    let tab = char::from(Key::Tab);
    let enter_key = char::from(Key::Enter);
    let server = TestServer::start();
    server.native_user("alice");
    scene(&server);
    let driver = Driver::start();
    let alice = driver.browser();
    alice.opens(server.addr());
    alice.presses(&format!("alice{tab}secret{enter_key}"));
    alice.is_in("alice");
    alice.has_unread("@bob", "1");
    // By Tab to the conversation, wherever that is.
    let reach = |wanted: &str| {
        for _ in 0..30 {
            alice.presses(&tab.to_string());
            let ring = "const at = document.activeElement, style = getComputedStyle(at);
                return [at.matches(given), at === document.body || style.outlineStyle !== 'none']";
            let told = alice.script(&wanted.into(), ring);
            assert_eq!(told[1], true, "one sees where the focus is");
            if told[0] == true {
                return;
            }
        }
        panic!("{wanted} cannot be reached");
    };
    reach("[data-address='@bob']");
    alice.presses(&enter_key.to_string());
    alice.is_at("@bob");
    alice.hears("bob", "psst");
    alice.until(&Value::Null, "document.activeElement.id === 'composer'");
    alice.presses(&format!("what?{enter_key}"));
    alice.hears("alice", "what?");
    alice.presses(&format!("by the button{tab}{enter_key}"));
    alice.hears("alice", "by the button");
    assert_eq!(alice.value("document.querySelector('#composer').value"), "");

    reach("#new");
    alice.presses(&enter_key.to_string());
    alice.shows("#new-dialog");
    alice.presses(&format!("tea{enter_key}"));
    alice.is_at("#tea");
    alice.until(&Value::Null, "!document.querySelector('#new-dialog').open");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn on_a_phone_one_pane_at_a_time() {
    let server = TestServer::start();
    server.native_user("alice");
    scene(&server);
    let driver = Driver::start();
    let alice = driver.browser();
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    alice.tell("Emulation.setDeviceMetricsOverride", &phone);
    alice.opens(server.addr());
    assert_eq!(alice.value("innerWidth"), 390);
    alice.signs_in("alice", "secret");
    alice.is_in("alice");
    alice.shows("#conversations");
    alice.shows_no("#messages");
    let fits = |what: &str| {
        let width = alice.value("document.documentElement.scrollWidth");
        assert_eq!(width, 390, "{what} is wider than the phone");
    };
    fits("the list");

    alice.goes_to_on_a_phone("@bob");
    alice.hears("bob", "psst");
    fits("a conversation");
    let bottom =
        alice.value("document.querySelector('#send').getBoundingClientRect().bottom").as_f64().unwrap();
    assert!(bottom <= 844.0, "{bottom}");
    alice.posts("from the train");
    alice.hears("alice", "from the train");
    alice.clicks("#show-people");
    alice.shows("#people-list li");
    fits("the people");
    alice.clicks("#hide-people");
    alice.clicks("#back");
    alice.shows("#conversations");
    alice.shows_no("#messages");
    alice.has_unread("@bob", "");
    alice.goes_to_on_a_phone("@bob");
    alice.client(async |client| client.back().await);
    alice.shows("#conversations");
    alice.shows_no("#messages");
}

impl Browser<'_> {
    /// Where the list is gone as soon as one has chosen.
    #[track_caller]
    fn goes_to_on_a_phone(&self, address: &str) {
        self.clicks(&super::entry(address));
        self.shows("#composer");
        self.shows_no("#conversations");
    }
}
