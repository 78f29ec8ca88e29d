//! What others write is text: it runs nothing, loads nothing, and moves nothing around.

use serde_json::Value;

use super::Driver;
use crate::asks::{enter, say};
use crate::harness::TestServer;

/// What is sent, and what is read.
const TEXTS: [(&str, &str); 15] = [
    ("<script>hit = 1; alert(1)</script>", "<script>hit = 1; alert(1)</script>"),
    ("<img src=x onerror=\"hit = 2; alert(2)\">", "<img src=x onerror=\"hit = 2; alert(2)\">"),
    ("</li></ol><svg onload=hit=3><iframe srcdoc='x'>", "</li></ol><svg onload=hit=3><iframe srcdoc='x'>"),
    ("javascript:hit=4", "javascript:hit=4"),
    (
        "[here](javascript:hit=5) <a href=javascript:hit=5>",
        "[here](javascript:hit=5) <a href=javascript:hit=5>",
    ),
    ("data:text/html,<script>hit=6</script>", "data:text/html,<script>hit=6</script>"),
    ("${hit = 7} {{hit = 7}} &lt;b&gt; &amp;", "${hit = 7} {{hit = 7}} &lt;b&gt; &amp;"),
    ("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x08\x7f", "[31mred[0m ]0;title "),
    ("\u{202e}gpj.exe\u{202c} \u{2066}a\u{2069} \u{200f}b", "gpj.exe a b"),
    ("one\r\ntwo\rthree\u{2028}\u{feff}", "one\ntwo\nthree"),
    ("pay\u{200d}pal so\u{ad}ft \u{2060}a\u{3164}b\u{e0041}", "paypal soft ab"),
    ("❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3} न्\u{200d}य", "❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3} न्\u{200d}य"),
    ("👍\u{200d} a\u{fe0f} ❤\u{fe0f}\u{fe01}\u{fe02} x\u{e0100}", "👍 a ❤\u{fe0f} x"),
    ("https://im.example/\"onmouseover=\"hit=8 end", "https://im.example/\"onmouseover=\"hit=8 end"),
    ("http://good.example@evil.example/", "http://good.example@evil.example/"),
];

/// Whatever a page could have been made to load, run or submit.
const ELEMENTS: &str = "Array.from(document.querySelectorAll(
    'script, img, svg, iframe, frame, object, embed, link, style, base, meta, form, video, audio, [onerror], [onload]'),
    (node) => [node.tagName, node.id, node.getAttribute('src'), node.getAttribute('href')])";

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn what_others_write_is_text() {
    let server = TestServer::start();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev");
    alice.script(&Value::Null, "window.stays = true");
    let title = alice.value("document.title");
    let elements = alice.value(ELEMENTS);

    let mut mallory = server.native_user("mallory");
    mallory.ask(enter("dev")).unwrap();
    for (number, (sent, _)) in (1..).zip(TEXTS) {
        mallory.ask(say("#dev", number, sent)).unwrap();
    }
    mallory.ask(say("#dev", 99, "that was all")).unwrap();
    alice.hears("mallory", "that was all");
    let shown: Vec<_> = alice.events().into_iter().filter(|(_, from, _)| from == "mallory").collect();
    let shown: Vec<_> = shown.iter().map(|(.., text)| text.as_str()).collect();
    let wanted: Vec<_> = TEXTS.iter().map(|(_, read)| *read).collect();
    assert_eq!(shown[1..=TEXTS.len()], wanted);
    assert_eq!(alice.value(ELEMENTS), elements);
    let inside =
        alice.value("Array.from(document.querySelectorAll('#messages .text *'), (node) => node.outerHTML)");
    let link = r#"<a href="https://im.example/" target="_blank" rel="noopener noreferrer nofollow">https://im.example/</a>"#;
    assert_eq!(inside, serde_json::json!([link]));

    // The same by oneself, and from the history.
    for (sent, _) in &TEXTS[..3] {
        alice.posts(sent);
        alice.hears("alice", sent);
    }
    alice.client(async |client| client.refresh().await);
    alice.hears("mallory", TEXTS[0].1);
    alice.hears("mallory", "that was all");
    assert_eq!(alice.value(ELEMENTS), elements);
    assert_eq!(alice.value("typeof window.hit"), "undefined");
    assert_eq!(alice.value("document.title"), title);
    let alert = alice.client(async |client| Ok::<_, ()>(client.get_alert_text().await));
    assert!(alert.is_err(), "a dialog is open: {alert:?}");
    let log = alice.log("browser");
    assert!(!log.iter().any(|line| line.to_string().contains("Content Security Policy")), "{log:?}");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn the_address_of_the_page_is_only_looked_up() {
    let server = TestServer::start();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    let elements = alice.value(ELEMENTS);
    for fragment in
        ["#/<img src=x onerror=hit=1>", "#/%3Cscript%3Ehit=2%3C%2Fscript%3E", "#/@%1b%zz", "#/%00"]
    {
        alice.script(&fragment.into(), "location.hash = given");
        alice.is_connected();
        // It answers: whatever came of that address is over.
        alice.enters("#dev");
        assert_eq!(alice.value(ELEMENTS), elements, "{fragment}");
    }
    assert_eq!(alice.value("typeof window.hit"), "undefined");
}
