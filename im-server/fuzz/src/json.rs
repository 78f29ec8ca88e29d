//! The JSON dialect: what is read can be written and read again, what is written acts on no terminal, and the borders of packets
//! do not matter.

use im_proto::{Ask, FromServer, json_line, printable};
use im_server::fuzzing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::escapes::harm;

pub fn holds(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        again::<Ask>(line);
        again::<FromServer>(line);
        let said = String::from_utf8_lossy(line);
        let written = json_line(&said);
        assert_eq!(serde_json::from_slice::<String>(&written).expect("a string"), said);
        harmless(&written);
    }
    let cut = bytes.first().map_or(0, |first| usize::from(*first) % bytes.len());
    for known in [true, false] {
        let whole = fuzzing::json(known, &[bytes]);
        harmless(&whole.written);
        let parts: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(fuzzing::json(known, &parts), whole, "byte by byte");
        assert_eq!(fuzzing::json(known, &[&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
    }
}

fn again<T: DeserializeOwned + Serialize>(line: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(line) {
        let once = json_line(&read);
        harmless(&once);
        let read: T = serde_json::from_slice(&once).expect("what was written is read");
        assert_eq!(json_line(&read), once);
    }
}

fn harmless(written: &[u8]) {
    assert_eq!(harm(written), None);
    let text = std::str::from_utf8(written).expect("UTF-8");
    for line in text.lines() {
        assert_eq!(printable(line).to_string(), line);
    }
}
