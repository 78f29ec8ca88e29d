//! The corpus of attacks on terminals, and the terminal that may be shown none of them: one that knows characters and line
//! ends. Tests of all three crates, and the fuzz targets, include this file; it trusts nothing of what it tests.

/// An attack: what it is called, and what is sent, in parts.
pub struct Attack {
    /// How the corpus calls it.
    pub name: String,
    /// More than one where it is split over messages.
    pub parts: Vec<Vec<u8>>,
}

impl Attack {
    /// All of it at once.
    pub fn bytes(&self) -> Vec<u8> {
        self.parts.concat()
    }

    /// Its parts as a text that can be said: what is no UTF-8 is replaced.
    pub fn texts(&self) -> Vec<String> {
        self.parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }
}

/// All attacks.
pub fn attacks() -> Vec<Attack> {
    let rows = include_str!("corpus.txt").lines().filter(|row| !row.starts_with('#') && !row.is_empty());
    let attacks: Vec<Attack> =
        rows.map(|row| attack(row).unwrap_or_else(|| panic!("what is {row}?"))).collect();
    assert!(attacks.len() > 70, "the corpus is there");
    attacks
}

fn attack(row: &str) -> Option<Attack> {
    let (name, notation) = row.split_once(": ")?;
    let (mut parts, mut rest) = (vec![Vec::new()], notation);
    while let Some(first) = rest.chars().next() {
        let (bytes, taken): (Vec<u8>, usize) = match (first, rest.as_bytes().get(1)) {
            ('|', _) => {
                parts.push(Vec::new());
                (Vec::new(), 1)
            }
            ('\\', Some(b'x')) => (vec![u8::from_str_radix(rest.get(2..4)?, 16).ok()?], 4),
            ('\\', Some(b'u')) => {
                let end = rest.find('}')?;
                let c = char::from_u32(u32::from_str_radix(rest.get(3..end)?, 16).ok()?)?;
                (c.to_string().into_bytes(), end + 1)
            }
            ('\\', Some(letter)) => {
                let byte = match letter {
                    b'e' => 0x1b,
                    b'a' => 7,
                    b'r' => b'\r',
                    b'n' => b'\n',
                    b'0' => 0,
                    b'\\' => b'\\',
                    _ => return None,
                };
                (vec![byte], 2)
            }
            (c, _) => (c.to_string().into_bytes(), c.len_utf8()),
        };
        parts.last_mut()?.extend(bytes);
        rest = &rest[taken..];
    }
    Some(Attack { name: name.to_owned(), parts })
}

/// What is wrong with bytes on their way to a terminal, if anything is: they are UTF-8, and nothing but characters that show, tabs, and line
/// ends (LF, CR LF). A joiner or selector is where something is joined or selected.
pub fn harm(bytes: &[u8]) -> Option<String> {
    let at = |at: usize, why: String| {
        let near = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
        Some(format!("{why} at {at}: …{:?}…", String::from_utf8_lossy(near)))
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return at(error.valid_up_to(), "no UTF-8".to_owned()),
    };
    let mut before = '\n';
    let mut chars = text.char_indices().peekable();
    while let Some((place, c)) = chars.next() {
        let after = chars.peek().map_or('\n', |(_, c)| *c);
        let is_fine = match c {
            '\n' | '\t' => true,
            '\r' => after == '\n',
            '\u{200c}' | '\u{200d}' => !is_plain(before) && !is_plain(after),
            c if is_selector(c) => {
                !before.is_ascii_alphabetic() && !before.is_whitespace() && !is_selector(before)
            }
            c => !c.is_control() && !is_unseen(c),
        };
        if !is_fine {
            return at(place, format!("{c:?}"));
        }
        before = c;
    }
    None
}

/// What chooses one look of the character before it.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Latin, Greek and Cyrillic join nothing.
fn is_plain(c: char) -> bool {
    c < '\u{590}'
}

/// What shows nothing, or turns what stands around it. Not what only shows nothing in some places.
fn is_unseen(c: char) -> bool {
    let code = u32::from(c);
    let ranges = [
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180e, 0x180e),
        (0x200b, 0x200b),
        (0x200e, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe00ff),
        (0xe01f0, 0xe0fff),
    ];
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&code))
}
