//! PROTOCOL.md says what the code does: its numbers, examples, limits and commands are compared with the code.

use std::collections::BTreeSet;

use im_proto::command::TABLE;
use im_proto::*;

use crate::golden::GOLDEN;
use crate::samples::{ALL_REFUSALS, Message, REFUSALS, refusal_name};
use crate::values::samples;

const DOCUMENT: &str = include_str!("../../PROTOCOL.md");

/// Finds the row that begins with these cells, and gives the others.
fn row(cells: &[&str]) -> Vec<&'static str> {
    let start = format!("| {} |", cells.join(" | "));
    let Some(rest) = DOCUMENT.lines().find_map(|line| line.strip_prefix(&start)) else {
        panic!("PROTOCOL.md lacks a row that begins with {start}");
    };
    rest.trim_end_matches('|').split('|').map(str::trim).collect()
}

/// The name of a value's variant, as Rust spells it.
fn variant(value: &impl std::fmt::Debug) -> String {
    let all = format!("{value:?}");
    all.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned()
}

#[test]
fn every_variant_stands_in_its_table_with_its_number() {
    for sample in samples() {
        let bytes = sample.bytes();
        // After the length: the tag of an ask, or what kind of frame it is; all of them are small numbers here.
        let payload = &bytes[4..];
        let numbered = |number: u8, name: String| row(&[&number.to_string(), &format!("`{name}`")]);
        match sample.message {
            Message::Ask(ask) if ask.tag < 251 => {
                numbered(payload[1], variant(&ask.request));
            }
            Message::FromServer(FromServer::Reply { result: Ok(reply), .. }) => {
                numbered(payload[3], variant(&reply));
            }
            Message::FromServer(FromServer::Reply { result: Err(refusal), .. }) => {
                let sentence = numbered(payload[3], refusal.code().to_owned());
                assert_eq!(sentence, [refusal.to_string()]);
            }
            Message::FromServer(FromServer::Notice(notice)) => {
                numbered(payload[1], variant(&notice));
            }
            Message::FromServer(FromServer::Event(event)) => {
                let author_ends = payload.windows(3).position(|part| part == b"ann").unwrap() + 3;
                // Between the author's name and the body it stands whether they are a guest.
                numbered(payload[author_ends + 1], variant(&event.body));
            }
            Message::Ask(_) | Message::Hello(_) => {}
        }
    }
}

/// `InvitationDeclined` as JSON says it.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(c.to_lowercase());
    }
    kebab
}

/// What the section on the JSON dialect says of all names: the tables', in kebab-case, and their fields beside them.
#[test]
fn json_calls_everything_as_the_tables_do() {
    let (_, section) = DOCUMENT.split_once("## The JSON dialect").unwrap();
    let mut checked = BTreeSet::new();
    for sample in samples() {
        let (json, key, name) = match &sample.message {
            Message::Ask(ask) => (serde_json::to_value(ask), "request", variant(&ask.request)),
            Message::FromServer(message) => {
                let (key, name) = match message {
                    FromServer::Reply { result: Ok(reply), .. } => ("reply", variant(reply)),
                    FromServer::Reply { result: Err(_), .. } | FromServer::Notice(Notice::Closing(_)) => {
                        continue;
                    }
                    FromServer::Notice(notice) => ("notice", variant(notice)),
                    FromServer::Event(event) => ("kind", variant(&event.body)),
                };
                (serde_json::to_value(message), key, name)
            }
            Message::Hello(_) => continue,
        };
        let json = json.unwrap();
        let said = json[key].as_str().unwrap();
        if said != kebab(&name) {
            let exception = format!("`{name}` is `{said}`");
            assert!(section.contains(&exception), "{key} {name} is {said}, which the rule does not say");
        }
        let number = |row: &&str| row.contains(&format!(" | `{name}` |"));
        let table = DOCUMENT.split("### ").find(|part| {
            part.to_lowercase().starts_with(match key {
                "request" => "requests",
                "reply" => "replies",
                "notice" => "notices",
                _ => "events",
            })
        });
        let row = table.unwrap().lines().find(number).unwrap();
        let fields = row.split('|').nth(3).unwrap().split(['(', '[']).next().unwrap();
        for field in fields.split(", ").filter_map(|field| field.split(' ').find(|word| !word.is_empty())) {
            if field.starts_with(|c: char| c.is_lowercase()) {
                let there = json.get(field).is_some();
                let may_miss = ["string?", "bits256?", "u64?", "u32?"]
                    .iter()
                    .any(|t| row.contains(&format!("{field} {t}")));
                assert!(there || may_miss, "{key} {name} has no {field}: {json}");
            }
        }
        checked.insert((key, name));
    }
    assert_eq!(checked.len(), 51 + 18 + 12 + 22, "{checked:?}");
}

#[test]
fn every_refusal_that_a_request_may_get_is_one() {
    let known: BTreeSet<String> = ALL_REFUSALS.map(|refusal| refusal.code().to_owned()).into();
    assert_eq!(known.len(), REFUSALS.len());
    let names: BTreeSet<&str> = ALL_REFUSALS.iter().map(refusal_name).collect();
    assert_eq!(names.len(), REFUSALS.len(), "no code stands for two refusals");
    let (_, requests) = DOCUMENT.split_once("### Requests").unwrap();
    let (requests, _) = requests.split_once("### Replies").unwrap();
    for line in requests.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let refusals = line.trim_end_matches('|').rsplit('|').next().unwrap();
        for code in refusals.split('`').map(str::trim).filter(|code| !code.is_empty()) {
            assert!(known.contains(code), "{code:?} in {line}");
        }
    }
}

#[test]
fn the_examples_are_golden() {
    let golden: BTreeSet<&str> = GOLDEN.lines().collect();
    let mut examples = 0;
    for line in DOCUMENT.lines() {
        let Some((name, bytes)) = line.split_once(": ") else {
            continue;
        };
        let is_hex = bytes.chars().all(|c| c == ' ' || c.is_ascii_hexdigit());
        if is_hex && !name.contains(' ') {
            let line = format!("{name}: {}", bytes.replace(' ', ""));
            assert!(golden.contains(&line[..]), "{line}");
            examples += 1;
        }
    }
    assert!(examples >= 8, "only {examples} examples were found");
}

#[test]
fn every_limit_stands_with_its_value() {
    let limits = [
        ("NAME_CHARS_MAX", NAME_CHARS_MAX),
        ("TEXT_BYTES_MAX", TEXT_BYTES_MAX),
        ("REACTION_BYTES_MAX", REACTION_BYTES_MAX),
        ("WORDS_BYTES_MAX", WORDS_BYTES_MAX),
        ("PASSWORD_BYTES_MAX", PASSWORD_BYTES_MAX),
        ("REMARK_BYTES_MAX", REMARK_BYTES_MAX),
        ("SANCTIONS_MAX", SANCTIONS_MAX),
        ("AUDIT_MAX", AUDIT_MAX.into()),
        ("SECRET_BYTES_MAX", SECRET_BYTES_MAX),
        ("SESSIONS_MAX", SESSIONS_MAX),
        ("FRAME_BYTES_MAX", FRAME_BYTES_MAX),
        ("FRAME_BYTES_MAX_STRANGER", FRAME_BYTES_MAX_STRANGER),
        ("PAGE_EVENTS_MAX", PAGE_EVENTS_MAX.into()),
        ("PAGE_BYTES_MAX", PAGE_BYTES_MAX),
        ("AMENDMENTS_MAX", AMENDMENTS_MAX),
        ("TYPING_SECONDS", TYPING_SECONDS.try_into().unwrap()),
        ("TYPING_SHOWN_SECONDS", TYPING_SHOWN_SECONDS.try_into().unwrap()),
        ("MENTIONS_MAX", MENTIONS_MAX),
        ("FOUND_MAX", FOUND_MAX.into()),
        ("PEOPLE_MAX", PEOPLE_MAX),
        ("CONVERSATIONS_MAX", CONVERSATIONS_MAX),
        ("PENDING_MAX", PENDING_MAX),
    ];
    for (name, value) in limits {
        let said = row(&[&format!("`{name}`")]);
        assert!(said[0].starts_with(&format!("{value} ")), "{name}: {}", said[0]);
    }
    let defined = include_str!("../../src/limits.rs").matches("pub const").count();
    assert_eq!(limits.len(), defined, "a limit is missing here and in PROTOCOL.md");
}

#[test]
fn every_typed_command_stands_as_the_help_says_it() {
    for command in TABLE {
        let words: Vec<String> = command.words.iter().map(|word| format!("`{word}`")).collect();
        let takes = match command.takes {
            "" => String::new(),
            takes => format!("`{takes}`"),
        };
        let row = format!("| {} | {takes} | {} |", words.join(", "), command.does).replace("|  |", "| |");
        assert!(DOCUMENT.lines().any(|line| line == row), "PROTOCOL.md lacks the row\n{row}");
    }
}

#[test]
fn the_document_is_of_this_version() {
    assert!(DOCUMENT.starts_with(&format!("# The im protocol, version {VERSION}\n")));
    assert!(DOCUMENT.lines().count() <= 780);
}
