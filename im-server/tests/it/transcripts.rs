//! Conversations as text files, run against the server byte by byte. They are the manual's examples too.
//!
//! `foo > text` is typed by foo (who connects when first named; `foo@lobby` to the lobby's own port), `foo < text` is the
//! line that foo must see next, `foo <~ text` the same without a line end: a prompt. `foo leaves` is `/bye`, and `foo is sent
//! away` that the server closes. Nothing but what is written may come.
//!
//! Each is run by lines that end in LF and in CR LF, cut byte by byte, and joined: what is typed without waiting for an
//! answer is one packet then.

use std::collections::BTreeMap;

use crate::harness::{Peer, TestServer};

#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Lf,
    CrLf,
}

#[derive(Clone, Copy, PartialEq)]
enum Cut {
    Lines,
    Bytes,
    Joined,
}

/// What telnet is sent before the prompt for a password, which makes it hide what is typed.
const HIDE: &[u8] = &[255, 251, 1];

/// Somebody in a transcript.
struct Person {
    peer: Peer,
    typed: &'static str,
    seen: &'static str,
    /// Typed, and not sent yet.
    unsent: String,
}

impl Person {
    fn send(&mut self, cut: Cut) {
        let text = std::mem::take(&mut self.unsent);
        match cut {
            Cut::Lines | Cut::Joined => self.peer.send(&text),
            Cut::Bytes => text.as_bytes().chunks(1).for_each(|byte| self.peer.send_bytes(byte)),
        }
    }

    /// Sees the last line, if the manner has one, and nothing else.
    fn ends(&mut self) {
        let seen = self.peer.to_end();
        assert!(seen.is_empty() || seen == format!("[from system] bye.{}", self.seen), "{seen:?}");
    }
}

fn run(script: &str, ends: Ends, cut: Cut) {
    let server = TestServer::start();
    let mut people: BTreeMap<&str, Person> = BTreeMap::new();
    let eol = if ends == Ends::Lf { "\n" } else { "\r\n" };
    for (number, line) in script.lines().enumerate() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let (who, step) = line.split_once(' ').unwrap_or_else(|| panic!("line {}: {line}", number + 1));
        let (who, port) = who.split_once('@').unwrap_or((who, "any"));
        let typing = step.starts_with("> ");
        for (other, person) in &mut people {
            let goes_on = cut == Cut::Joined && typing && *other == who;
            if !person.unsent.is_empty() && !goes_on {
                person.send(cut);
            }
        }
        let person = people.entry(who).or_insert_with(|| {
            let addr = server.addr_of(port);
            // nmmh/chat ends its lines by CR LF and MaChat by LF, however one types.
            let machat = port == "machat" || step.trim_start_matches(['>', ' ']).starts_with('{');
            let seen = if machat {
                "\n"
            } else if port == "lobby" {
                "\r\n"
            } else {
                eol
            };
            Person { peer: Peer::connect(addr), typed: eol, seen, unsent: String::new() }
        });
        eprintln!("{}: {line}", number + 1);
        let seen = person.seen;
        if let Some(text) = step.strip_prefix("> ") {
            person.unsent += text;
            person.unsent += person.typed;
            if cut != Cut::Joined {
                person.send(cut);
            }
        } else if let Some(prompt) = step.strip_prefix("<~ ") {
            if ends == Ends::CrLf && prompt == "[from system] enter password:" {
                person.peer.expect_bytes(HIDE);
            }
            person.peer.expect(prompt);
        } else if let Some(text) = step.strip_prefix('<') {
            person.peer.expect(&format!("{}{seen}", text.strip_prefix(' ').unwrap_or(text)));
        } else if step == "leaves" {
            person.peer.send(&format!("/bye{eol}"));
            person.ends();
            people.remove(who);
        } else if step == "is sent away" {
            assert_eq!(person.peer.to_end(), "");
            people.remove(who);
        } else {
            panic!("line {}: {line}", number + 1);
        }
    }
    for (who, mut person) in people {
        eprintln!("{who} leaves");
        person.send(cut);
        person.peer.send(&format!("/bye{eol}"));
        person.ends();
    }
}

macro_rules! transcripts {
    ($($name:ident $file:literal)*) => {$(
        mod $name {
            use super::*;

            const SCRIPT: &str = include_str!(concat!("transcripts/", $file));

            #[test]
            fn by_nc() {
                run(SCRIPT, Ends::Lf, Cut::Lines);
            }

            #[test]
            fn by_telnet() {
                run(SCRIPT, Ends::CrLf, Cut::Lines);
            }

            #[test]
            fn byte_by_byte() {
                run(SCRIPT, Ends::CrLf, Cut::Bytes);
            }

            #[test]
            fn joined() {
                run(SCRIPT, Ends::Lf, Cut::Joined);
            }
        }
    )*};
}

transcripts! {
    goim_readme "goim-readme.txt"
    goim_groups "goim-groups.txt"
    goim_accounts "goim-accounts.txt"
    goim_mended "goim-mended.txt"
    goim_refusals "goim-refusals.txt"
    goim_kept "goim-kept.txt"
    lobby "lobby.txt"
    machat "machat.txt"
    tinychat "tinychat.txt"
    everyone "everyone.txt"
    guests "guests.txt"
    moderation "moderation.txt"
    retention "retention.txt"
    amending "amending.txt"
}
