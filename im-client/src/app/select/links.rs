//! The links in a message: what may be opened, and by which letter.

use super::super::rich;

/// The beginnings of what is opened. Nothing else ever is: a file or a program is not a page.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
/// Most links of one message that have a letter.
const LINKS_MAX: usize = 26;

/// The links of a text, each once, in its order.
pub fn of(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for link in rich::addresses(text) {
        if may_open(&link) && found.len() < LINKS_MAX && !found.iter().any(|known| **known == *link) {
            found.push(link.to_string());
        }
    }
    found
}

/// Whether this may be given to the program that opens links: a page or a mail address, of signs that links have.
pub fn may_open(link: &str) -> bool {
    let lower = link.to_ascii_lowercase();
    let named = SCHEMES.iter().find_map(|scheme| lower.strip_prefix(scheme));
    named.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && im_proto::printable(link).chars().eq(link.chars())
        && !link.chars().any(char::is_whitespace)
}

/// The letter by which a link is opened where there are several.
pub fn letter(place: usize) -> Option<char> {
    let place = u8::try_from(place).ok().filter(|place| usize::from(*place) < LINKS_MAX)?;
    Some(char::from(b'a' + place))
}
