//! What other people's words may put on a terminal: characters that show, and nothing else.

use std::fmt;

/// Text that is shown without control characters, escape sequences and invisible reordering.
#[derive(Debug, Clone, Copy)]
pub struct Printable<'a>(&'a str);

/// Shows text on one line: what would move the cursor, change the terminal or reorder the line is left out.
///
/// Escape sequences lose their first byte and with it their power; the rest of them is shown as the text it is, so
/// that a sequence split over two messages is as harmless as a whole one.
pub fn printable(text: &str) -> Printable<'_> {
    Printable(text)
}

/// Shows text of several lines, each as [`printable`] does. LF, CR LF and a lone CR end a line: no line overwrites
/// itself.
pub fn printable_lines(text: &str) -> impl Iterator<Item = Printable<'_>> {
    let text = text.trim_end_matches(['\r', '\n']);
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n', '\u{2028}', '\u{2029}', '\u{85}']) else {
            rest = None;
            return Some(Printable(text));
        };
        let (line, tail) = text.split_at(end);
        let mut tail_chars = tail.chars();
        let ended_by = tail_chars.next();
        rest = Some(match ended_by {
            Some('\r') => tail.strip_prefix("\r\n").unwrap_or(tail_chars.as_str()),
            _ => tail_chars.as_str(),
        });
        Some(Printable(line))
    })
}

impl<'a> Printable<'a> {
    /// The characters that are left.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        decided(self.0).filter(|(_, _, is_shown)| *is_shown).map(|(_, c, _)| c)
    }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Most of what is said.
        if self.0.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')) {
            return f.write_str(self.0);
        }
        let mut from = 0;
        for (at, c, is_shown) in decided(self.0) {
            if !is_shown {
                f.write_str(&self.0[from..at])?;
                from = at + c.len_utf8();
            }
        }
        f.write_str(&self.0[from..])
    }
}

/// Text in one line in which whatever could act on a terminal, or end the line, is written as JSON would: for logs, where
/// what was sent matters more than how it looks, and for JSON itself.
pub fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut units = [0; 2];
    for (_, c, is_shown) in decided(text) {
        if is_shown {
            line.push(c);
        } else {
            line.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    line
}

/// Each character of a text, where it stands, and whether it is shown.
fn decided(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (at, c) = chars.next()?;
        let is_shown = match c {
            c if !may_show(c) || shows_nothing(c) => false,
            '\u{200c}' | '\u{200d}' => {
                before.is_some_and(is_joined) && chars.peek().is_some_and(|(_, c)| joins(*c))
            }
            c if is_selector(c) => before.is_some_and(|before| selects(before, c)),
            _ => true,
        };
        before = is_shown.then_some(c);
        Some((at, c, is_shown))
    })
}

/// What no text shows, whatever stands around it.
pub(crate) fn may_show(c: char) -> bool {
    match c {
        '\t' => true,
        c if c.is_control() => false,
        // Marks, embeddings, overrides and isolates of writing direction.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        // Separators of lines and paragraphs, zero-width blanks, the byte order mark, deprecated format characters.
        '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{feff}' | '\u{206a}'..='\u{206f}' => false,
        // Interlinear annotation and tag characters.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => false,
        _ => true,
    }
}

/// Characters without a look: hyphens that are not there, fillers, invisible operators and separators, the format characters
/// of shorthand, music and hieroglyphs. A text could say something with them that nobody sees.
fn shows_nothing(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{2060}'..='\u{2065}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0080}'..='\u{e00ff}'
            | '\u{e01f0}'..='\u{e0fff}'
    )
}

/// Whether a joiner before this has something to join: letters of scripts that are written joined, and emoji. In Latin,
/// Greek and Cyrillic it would only hide.
fn joins(c: char) -> bool {
    c >= '\u{600}'
        && !matches!(c, '\u{1e00}'..='\u{1fff}' | '\u{2000}'..='\u{206f}')
        && may_show(c)
        && !shows_nothing(c)
        && !is_selector(c)
}

/// The same, of what stands before it.
fn is_joined(c: char) -> bool {
    joins(c) || c == '\u{fe0f}'
}

/// Selectors of variants: of emoji, Mongolian letters, ideographs.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a selector has a variant to select: one behind each character at most, so that many cannot spell anything.
fn selects(before: char, selector: char) -> bool {
    match selector {
        '\u{180b}'..='\u{180f}' => {
            matches!(before, '\u{1800}'..='\u{18af}') && !is_selector(before) && before != '\u{180e}'
        }
        '\u{e0100}'..='\u{e01ef}' => {
            matches!(before, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        }
        // Keys of telephones, signs of business, and all that emoji come from.
        _ => {
            matches!(before, '0'..='9' | '#' | '*' | '©' | '®')
                || joins(before)
                || matches!(before, '\u{203c}' | '\u{2049}')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_a_terminal_is_shown() {
        for (said, shown) in [
            ("plain 你好 é 👩‍👩‍👧", "plain 你好 é 👩‍👩‍👧"),
            ("a\tb", "a\tb"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("\u{1b}]0;title\u{7}x", "]0;titlex"),
            ("\u{9b}31mx\u{7f}", "31mx"),
            ("abc\u{202e}fed", "abcfed"),
            ("one\r\ntwo", "onetwo"),
            ("\u{ff}\u{f4}", "\u{ff}\u{f4}"),
            ("pay\u{200d}pal so\u{ad}ft \u{2060}a\u{3164}b\u{e0041}", "paypal soft ab"),
            (
                "❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3} ©\u{fe0f}",
                "❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3} ©\u{fe0f}",
            ),
            ("می\u{200c}خواهم न्\u{200d}य 葛\u{e0100}", "می\u{200c}خواهم न्\u{200d}य 葛\u{e0100}"),
            ("👍\u{200d}", "👍"),
            (
                "\u{200d}👍\u{200d}\u{200d}👍 a\u{fe0f} ❤\u{fe0f}\u{fe01}\u{fe02} x\u{e0100}",
                "👍👍 a ❤\u{fe0f} x",
            ),
        ] {
            assert_eq!(printable(said).to_string(), shown);
            assert_eq!(printable(said).chars().collect::<String>(), shown);
        }
    }

    #[test]
    fn a_line_of_a_log_is_one_line() {
        assert_eq!(escaped("plain 你好\tend"), "plain 你好\tend");
        assert_eq!(
            escaped("a\r\nb\u{1b}[2J\u{9b}\u{202e}\u{e0041}"),
            "a\\u000d\\u000ab\\u001b[2J\\u009b\\u202e\\udb40\\udc41"
        );
    }

    #[test]
    fn every_way_to_end_a_line_ends_it() {
        let lines = |text| printable_lines(text).map(|line| line.to_string()).collect::<Vec<_>>();
        assert_eq!(lines("a\nb\r\nc\rd\n"), ["a", "b", "c", "d"]);
        assert_eq!(lines("a\n\nb"), ["a", "", "b"]);
        assert_eq!(lines("a\u{2028}b"), ["a", "b"]);
        assert_eq!(lines(""), [""]);
    }
}
