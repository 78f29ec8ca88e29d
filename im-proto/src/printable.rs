//! What other people's words may put on a terminal: characters, and nothing else.

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

impl Printable<'_> {
    /// The characters that are left.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.0.chars().filter(|c| may_show(*c))
    }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(bad) = rest.find(|c| !may_show(c)) {
            f.write_str(&rest[..bad])?;
            let mut tail = rest[bad..].chars();
            tail.next();
            rest = tail.as_str();
        }
        f.write_str(rest)
    }
}

fn may_show(c: char) -> bool {
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
        ] {
            assert_eq!(printable(said).to_string(), shown);
            assert_eq!(printable(said).chars().collect::<String>(), shown);
        }
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
