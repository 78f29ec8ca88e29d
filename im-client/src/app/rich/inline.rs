//! What stands out within a line without any marks: addresses, people, rooms. Addresses lead somewhere only if that is
//! one of three kinds of places, and never hold what a terminal would act on.

use std::ops::Range;
use std::rc::Rc;

use im_proto::{RoomName, mentions};

use super::Part;

/// Longest address that leads somewhere, in bytes; terminals take no longer ones.
const URL_BYTES_MAX: usize = 2000;
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// An address that a link may lead to: printable ASCII, all else escaped; nothing if it may not.
pub(super) fn allowed(raw: &str) -> Option<Rc<str>> {
    let lower = raw.get(..8).unwrap_or(raw).to_ascii_lowercase();
    let scheme = SCHEMES.into_iter().find(|scheme| lower.starts_with(scheme))?;
    let rest = raw.get(scheme.len()..).filter(|rest| !rest.is_empty())?;
    let mut out = scheme.to_owned();
    for byte in rest.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else if byte.is_ascii() {
            // A blank or a control character: nobody means to.
            return None;
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    (out.len() <= URL_BYTES_MAX && !place(&out).is_empty()).then(|| out.into())
}

/// Where an address really leads: its host, or whom a letter goes to.
pub(super) fn place(url: &str) -> &str {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    if scheme.eq_ignore_ascii_case("mailto") {
        return rest.split('?').next().unwrap_or_default();
    }
    let rest = rest.trim_start_matches('/');
    // Browsers take a backslash for a slash. What stands before an @ says nothing of where it leads.
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// Whether a label says what an address is.
pub(super) fn says(label: &str, url: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_end_matches('/').to_owned();
        let cut = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).map(ToOwned::to_owned);
        cut.unwrap_or(text)
    };
    bare(label) == bare(url)
}

/// The addresses in a text that stand there as they are.
pub(super) fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = text[at..].find(':').map(|colon| at + colon) {
        let start = SCHEMES.iter().find_map(|scheme| {
            let before = scheme.find(':').unwrap_or(0);
            let start = colon.checked_sub(before).filter(|start| *start >= at)?;
            let here = text.get(start..start + scheme.len())?;
            let is_apart = !text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
            (here.eq_ignore_ascii_case(scheme) && is_apart).then_some(start)
        });
        at = colon + 1;
        if let Some(start) = start {
            let end = end_of_url(text, start);
            if allowed(&text[start..end]).is_some() {
                found.push(start..end);
            }
            // What leads nowhere is not read again for each colon in it.
            at = end.max(at);
        }
    }
    found
}

/// Up to the first blank; punctuation at the end is that of the sentence.
fn end_of_url(text: &str, start: usize) -> usize {
    let is_end = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '\\');
    let rest = &text[start..];
    let mut url = &rest[..rest.find(is_end).unwrap_or(rest.len())];
    let (mut open, mut closed) = (url.matches('(').count(), url.matches(')').count());
    while let Some(last) = url.chars().next_back() {
        let goes = match last {
            ')' if closed > open => {
                closed -= 1;
                true
            }
            '(' => {
                open -= 1;
                true
            }
            _ => ".,:;!?'*_~]}|，。！？）」』、".contains(last),
        };
        if !goes {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    start + url.len()
}

/// The people and rooms that are named in a text. Who is meant is the same as for the server.
pub(super) fn names(text: &str) -> Vec<(Range<usize>, Part)> {
    let people = mentions(text).into_iter();
    let people = people.map(|mention| (mention.at, Part::Person(mention.name.key().to_owned())));
    let mut found: Vec<(Range<usize>, Part)> =
        people.chain(rooms(text).into_iter().map(|at| (at, Part::Room))).collect();
    found.sort_by_key(|(at, _)| at.start);
    found
}

fn rooms(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = text[at..].find('#').map(|sign| at + sign) {
        at = sign + 1;
        let belongs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let before = text[..sign].chars().next_back();
        if before.is_some_and(|c| belongs(c) || matches!(c, '/' | '@' | '#' | '&')) {
            continue;
        }
        let rest = &text[at..];
        let long = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let name = rest[..long].trim_end_matches(['.', '-']);
        if !name.chars().all(|c| c.is_ascii_digit()) && RoomName::parse(name).is_ok() {
            found.push(sign..at + name.len());
        }
        at += long;
    }
    found
}
