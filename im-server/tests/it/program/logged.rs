//! The log as text and as JSON: nothing that a peer made up acts on the terminal of whoever reads it.

use serde_json::Value;

use crate::daemon::Home;
use crate::harness::Peer;

/// A log in which others had their say: peers, and a file that is quoted because it is wrong.
fn log(format: &str) -> String {
    let home = Home::new();
    home.file("some.toml", "guests = true\n");
    let mut daemon = home.start(&["--log", "trace", "--log-format", format, "--config", "some.toml"]);
    home.file("some.toml", "nonsense = \"\u{9b}6n\u{202e}\u{1b}]0;x\u{7}\"\n");
    daemon.signal("HUP");
    daemon.logs("nothing was changed: ");
    for evil in
        ["GET /\u{1b}]0;x\u{7} HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\u{9b}6n: \u{202e}\r\n\r\n"]
    {
        let mut peer = Peer::connect(daemon.addr());
        peer.send(evil);
        peer.to_end();
    }
    let mut peer = Peer::connect(daemon.addr());
    peer.send("\u{1b}[31mred\u{1b}[0m\u{202e}\r\n/bye\r\n");
    peer.to_end();
    daemon.stop("TERM").err
}

#[test]
fn a_log_as_text_holds_characters_and_ends_of_lines() {
    let log = log("text");
    assert!(log.contains(" INFO stopping\n"), "{log:?}");
    let quoted = log.lines().find(|line| line.contains("nothing was changed: ")).unwrap();
    assert!(quoted.contains("\\u{9b}6n\\u{202e}") && quoted.contains("\\u{a}"), "{quoted:?}");
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!log.contains(acts), "{log:?}");
}

#[test]
fn a_log_as_json_has_an_object_on_each_line() {
    let log = log("json");
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!log.contains(acts), "{log:?}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let quoted =
        lines.iter().filter_map(|line| line["message"].as_str()).find(|said| said.contains("nonsense"));
    assert!(quoted.unwrap().contains("\u{1b}]0;x\u{7}"), "what was quoted is all there: {quoted:?}");
    let stopping = lines.iter().find(|line| line["message"] == "stopping").unwrap();
    assert_eq!(stopping["level"], "INFO");
    assert!(stopping["timestamp"].as_str().unwrap().ends_with('Z'));
}
