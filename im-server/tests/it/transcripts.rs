//! Conversations as text files, run against the server byte by byte. They are the manual's examples too.
//!
//! `foo > text` is typed by foo (who connects when first named), `foo < text` is the line that foo must see next,
//! `foo <~ text` the same without a line end: a prompt. Each is run with LF and with CR LF; nothing but what is written
//! may come, and at the end everybody leaves and sees nothing more than that.

use std::collections::BTreeMap;

use crate::harness::{Peer, TestServer};

#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Lf,
    CrLf,
}

/// What telnet is sent before the prompt for a password, which makes it hide what is typed.
const HIDE: &[u8] = &[255, 251, 1];

fn run(script: &str, ends: Ends) {
    let server = TestServer::start();
    let mut people: BTreeMap<&str, Peer> = BTreeMap::new();
    let eol = if ends == Ends::Lf { "\n" } else { "\r\n" };
    for (number, line) in script.lines().enumerate() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let (who, step) = line.split_once(' ').unwrap_or_else(|| panic!("line {}: {line}", number + 1));
        let peer = people.entry(who).or_insert_with(|| server.text());
        eprintln!("{}: {line}", number + 1);
        if let Some(text) = step.strip_prefix("> ") {
            peer.send(&format!("{text}{eol}"));
        } else if let Some(prompt) = step.strip_prefix("<~ ") {
            if ends == Ends::CrLf && prompt == "[from system] enter password:" {
                peer.expect_bytes(HIDE);
            }
            peer.expect(prompt);
        } else if let Some(text) = step.strip_prefix("< ") {
            peer.expect(&format!("{text}{eol}"));
        } else if step == "leaves" {
            peer.send(&format!("/bye{eol}"));
            peer.expect(&format!("[from system] bye.{eol}"));
            assert_eq!(peer.to_end(), "");
            people.remove(who);
        } else {
            panic!("line {}: {line}", number + 1);
        }
    }
    for (who, mut peer) in people {
        eprintln!("{who} leaves");
        peer.send(&format!("/bye{eol}"));
        peer.expect(&format!("[from system] bye.{eol}"));
        assert_eq!(peer.to_end(), "");
    }
}

macro_rules! transcripts {
    ($($name:ident $file:literal)*) => {$(
        mod $name {
            use super::*;

            const SCRIPT: &str = include_str!(concat!("transcripts/", $file));

            #[test]
            fn by_nc() {
                run(SCRIPT, Ends::Lf);
            }

            #[test]
            fn by_telnet() {
                run(SCRIPT, Ends::CrLf);
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
}
