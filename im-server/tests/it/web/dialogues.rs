//! Dialogues of the JSON dialect as text files, run against the server by WebSocket and by lines.
//!
//! `ann > {…}` is sent by ann (who connects when first named), `ann < {…}` is what ann gets: the next reply, the next event
//! of its conversation, or a notice that comes now or has come. `ann comes again` on a new connection, `ann is sent away` by the server. Nobody may
//! get a reply or an event that is not written.
//!
//! Times are any times. Tokens, message ids and the numbers of conversations are other ones in reality, but always the same
//! ones for the same. `"…": 0` in an object: and more that does not matter here. A detail that begins with `?` is any that
//! holds the rest.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::harness::TestServer;

use super::talk::{By, Talk};

/// What stands for what: as it is written, and as it is.
#[derive(Default, Clone)]
pub(crate) struct Bound(BTreeMap<String, String>);

impl Bound {
    /// Whether both are the same thing by all that was seen so far.
    fn bind(&mut self, written: &str, real: &str) -> bool {
        if let Some(bound) = self.0.get(written) {
            return bound == real;
        }
        if self.0.values().any(|bound| bound == real) {
            return false;
        }
        self.0.insert(written.into(), real.into());
        true
    }

    /// Whether both are events of one conversation.
    fn are_of_one(&self, written: &Value, real: &Value) -> bool {
        let id = |event: &Value| event["conversation"].as_str().map(|id| format!("conversation {id}"));
        id(written).and_then(|id| self.0.get(&id).cloned()).is_some_and(|bound| id(real) == Some(bound))
    }

    /// Whether what came is what is written. What does not match binds nothing.
    fn is(&mut self, written: &Value, real: &Value) -> bool {
        let mut bound = self.clone();
        let matches = bound.matches(written, real);
        if matches {
            *self = bound;
        }
        matches
    }

    fn matches(&mut self, written: &Value, real: &Value) -> bool {
        match (written, real) {
            (Value::Object(written), Value::Object(real)) => {
                let keys = written.keys().all(|key| key == "…" || real.contains_key(key));
                let all = written.contains_key("…") || written.len() == real.len();
                keys && all && real.iter().all(|(key, real)| self.field(key, written.get(key), real))
            }
            (Value::Array(written), Value::Array(real)) => {
                written.len() == real.len() && written.iter().zip(real).all(|(w, r)| self.matches(w, r))
            }
            (written, real) => written == real,
        }
    }

    fn field(&mut self, key: &str, written: Option<&Value>, real: &Value) -> bool {
        let Some(written) = written else { return true };
        match (key, written, real) {
            ("conversation" | "id", Value::String(written), Value::String(real)) => {
                self.bind(&format!("conversation {written}"), &format!("conversation {real}"))
            }
            ("message" | "token", Value::String(written), Value::String(real)) => {
                let digits = if key == "token" { 64 } else { 32 };
                is_hex(real, digits) && self.bind(&format!("{key} {written}"), &format!("{key} {real}"))
            }
            ("at" | "active", Value::String(written), Value::String(real)) => {
                is_time(written) && is_time(real)
            }
            // Why, in words that are the library's.
            ("detail", Value::String(written), Value::String(real)) if written.starts_with('?') => {
                !real.is_empty() && real.contains(&written[1..])
            }
            _ => self.matches(written, real),
        }
    }

    /// What is sent, as it has to be in reality.
    pub(crate) fn real(&self, written: &str) -> String {
        let Ok(Value::Object(mut request)) = serde_json::from_str::<Value>(written) else {
            return written.into(); // nonsense stays what it is
        };
        let mut changed = false;
        for key in ["token", "message"] {
            let named = request.get(key).and_then(Value::as_str).map(|named| format!("{key} {named}"));
            if let Some(real) = named.and_then(|named| self.0.get(&named)) {
                request[key] = json!(real.strip_prefix(key).unwrap().trim());
                changed = true;
            }
        }
        for key in ["after", "upto"] {
            let Some(Value::Object(seqs)) = request.get(key) else { continue };
            let real = |id: &String| self.0.get(&format!("conversation {id}")).cloned();
            let id = |id: &String| real(id).map_or(id.clone(), |id| id["conversation ".len()..].into());
            let seqs: Map<_, _> = seqs.iter().map(|(name, seq)| (id(name), seq.clone())).collect();
            request[key] = Value::Object(seqs);
            changed = true;
        }
        if changed { Value::Object(request).to_string() } else { written.into() }
    }
}

fn is_hex(raw: &str, digits: usize) -> bool {
    raw.len() == digits && raw.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

/// `2026-11-21T10:00:00.000Z`, whatever the digits.
fn is_time(raw: &str) -> bool {
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    raw.chars().map(shape).eq("0000-00-00T00:00:00.000Z".chars())
}

/// Waits for what is written: a reply, an event, or a notice.
#[track_caller]
pub(crate) fn expect(talk: &mut Talk, written: &str, bound: &mut Bound) {
    let wanted: Value = serde_json::from_str(written).unwrap_or_else(|error| panic!("{error}: {written}"));
    if wanted.get("notice").is_some() {
        loop {
            let found = talk.notices.iter().position(|notice| bound.is(&wanted, notice));
            if let Some(at) = found {
                talk.notices.remove(at);
                return;
            }
            assert!(talk.more(), "closed, among the notices {:?} is no\n  {wanted}", talk.notices);
        }
    }
    if wanted.get("reply").is_some() {
        let got = talk.reply();
        assert!(bound.is(&wanted, &got), "expected {wanted}\n     got {got}");
        return;
    }
    // Events of one conversation come in order, of several in any.
    loop {
        let mut seen = Vec::new();
        let found = talk.events.iter().position(|event| {
            let id = event["conversation"].to_string();
            let is_first = !seen.contains(&id);
            seen.push(id);
            let is = is_first && bound.is(&wanted, event);
            assert!(
                is || !is_first || !bound.are_of_one(&wanted, event),
                "expected {wanted}\n     got {event}"
            );
            is
        });
        if let Some(at) = found {
            talk.events.remove(at);
            return;
        }
        assert!(talk.more(), "closed, the next of the events {:?} is not\n  {wanted}", talk.events);
    }
}

fn run(script: &str, by: By) {
    let server = TestServer::start();
    let mut bound = Bound::default();
    let mut people: BTreeMap<&str, Talk> = BTreeMap::new();
    for (number, line) in script.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        eprintln!("{}: {line}", number + 1);
        let (who, step) = line.split_once(' ').unwrap_or_else(|| panic!("line {}: {line}", number + 1));
        let talk = people.entry(who).or_insert_with(|| Talk::connect(&server, by));
        if let Some(sent) = step.strip_prefix("> ") {
            talk.send(&bound.real(sent));
        } else if let Some(wanted) = step.strip_prefix("< ") {
            expect(talk, wanted, &mut bound);
        } else if step == "comes again" {
            *talk = Talk::connect(&server, by);
        } else if step == "is sent away" {
            talk.ends();
            people.remove(who);
        } else {
            panic!("line {}: {line}", number + 1);
        }
    }
    for (who, mut talk) in people {
        assert_eq!(talk.ask(&json!({"request": "ping", "tag": 77}))["tag"], 77, "{who}");
        assert!(talk.events.is_empty(), "{who} has heard {:?}", talk.events);
    }
}

macro_rules! dialogues {
    ($($name:ident $file:literal)*) => {$(
        mod $name {
            use super::*;

            const SCRIPT: &str = include_str!(concat!("dialogues/", $file));

            #[test]
            fn by_socket() {
                run(SCRIPT, By::Socket);
            }

            #[test]
            fn by_lines() {
                run(SCRIPT, By::Lines);
            }
        }
    )*};
}

dialogues! {
    accounts "accounts.txt"
    messages "messages.txt"
    groups "groups.txt"
    guests "guests.txt"
    resuming "resuming.txt"
    mistakes "mistakes.txt"
}
