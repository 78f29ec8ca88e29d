//! The links in a message: what may be opened, and by which letter.

/// The beginnings of what is opened. Nothing else ever is: a file or a program is not a page.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
/// Most links of one message that have a letter.
const LINKS_MAX: usize = 26;

/// The links of a text, each once, in its order.
pub fn of(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = next(rest) {
        let from = &rest[at..];
        let end = from.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`|\\^{}".contains(c));
        let link = trimmed(&from[..end.unwrap_or(from.len())]);
        rest = &from[link.len().max(1)..];
        if may_open(link) && found.len() < LINKS_MAX && !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
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

/// Where the next one begins: not in the midst of a word.
fn next(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let places = SCHEMES.iter().flat_map(|scheme| lower.match_indices(scheme).map(|(at, _)| at));
    let begins = |at: &usize| !text[..*at].ends_with(|c: char| c.is_alphanumeric());
    places.filter(begins).min()
}

/// Without what a sentence puts behind a link, and without a bracket that was opened before it.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    loop {
        let count = |c| link.matches(c).count();
        let shorter = match link.chars().next_back() {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~') => true,
            Some(')') => count(')') > count('('),
            Some(']') => count(']') > count('['),
            _ => false,
        };
        if !shorter {
            return link;
        }
        link = &link[..link.len() - 1];
    }
}
