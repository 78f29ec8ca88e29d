//! Lines as people type them: every way to end one, and the keys that mend one where the terminal does not.

use im_proto::printable;

use super::super::telnet::{Filter, Telnet};

/// Longest line, in bytes, where nothing else is said. The rest of a longer one is thrown away, up to its end.
pub(crate) const LINE_BYTES_MAX: usize = 16 * 1024;

/// What came of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// A whole line, without its end.
    Line(String),
    /// A line that was too long. Nothing of it is left.
    TooLong,
    /// Ctrl-C: the line that was begun is dropped.
    Interrupt,
    /// Ctrl-D on an empty line.
    EndOfFile,
    /// Telnet's "are you there".
    AreYouThere,
    /// Bytes to be sent back at once.
    Answer([u8; 3]),
}

/// Makes lines of bytes, whatever the borders of their packets.
#[derive(Debug)]
pub(super) struct Lines {
    bytes_max: usize,
    telnet: Filter,
    line: Vec<u8>,
    too_long: bool,
    after_cr: bool,
    /// The last line ended in CR LF or CR NUL.
    crlf: bool,
}

const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;

impl Lines {
    /// Lines of at most so many bytes.
    pub(super) fn new(bytes_max: usize) -> Self {
        let telnet = Filter::default();
        Self { bytes_max, telnet, line: Vec::new(), too_long: false, after_cr: false, crlf: false }
    }

    /// The longest line, in bytes.
    pub(super) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// How many bytes there are of a line that has not ended.
    pub(super) fn begun(&self) -> usize {
        self.line.len()
    }

    pub(super) fn telnet(&mut self) -> &mut Filter {
        &mut self.telnet
    }

    /// Whether the peer ends its lines by CR LF, as telnet does.
    pub(super) fn is_crlf(&self) -> bool {
        self.crlf || self.telnet.is_telnet()
    }

    /// Nothing but blanks was typed since the last line. They are forgotten.
    pub(super) fn is_at_start(&mut self) -> bool {
        let blank = !self.too_long && self.line.iter().all(u8::is_ascii_whitespace);
        if blank {
            self.line = Vec::new();
        }
        blank
    }

    /// Takes what telnet's filter made of a byte. A lone CR ends a line only when the byte after it is known, and that byte
    /// may end another.
    pub(super) fn take(&mut self, filtered: Telnet, typed: &mut impl FnMut(Typed)) {
        match filtered {
            Telnet::Nothing => {}
            Telnet::Answer(bytes) => typed(Typed::Answer(bytes)),
            Telnet::AreYouThere => typed(Typed::AreYouThere),
            Telnet::EraseCharacter => self.erase_character(),
            Telnet::EraseLine => self.clear(),
            Telnet::Interrupt => self.interrupt(typed),
            Telnet::EndOfFile => typed(Typed::EndOfFile),
            Telnet::Data(byte) => self.data(byte, typed),
        }
    }

    fn data(&mut self, byte: u8, typed: &mut impl FnMut(Typed)) {
        if std::mem::take(&mut self.after_cr) {
            self.crlf = matches!(byte, b'\n' | 0);
            self.end_line(typed);
            if self.crlf {
                return;
            }
        }
        match byte {
            b'\r' => self.after_cr = true,
            b'\n' => {
                self.crlf = false;
                self.end_line(typed);
            }
            BACKSPACE | DELETE => self.erase_character(),
            CTRL_U => self.clear(),
            CTRL_W => self.erase_word(),
            CTRL_C => self.interrupt(typed),
            CTRL_D if self.line.is_empty() && !self.too_long => typed(Typed::EndOfFile),
            CTRL_D => {}
            _ if self.line.len() < self.bytes_max => self.line.push(byte),
            _ => {
                self.line = Vec::new();
                self.too_long = true;
            }
        }
    }

    /// The peer will send nothing more: what it typed last is a line, even without an end.
    pub(super) fn ended(&mut self, typed: &mut impl FnMut(Typed)) {
        if std::mem::take(&mut self.after_cr) || self.too_long || !self.line.is_empty() {
            self.end_line(typed);
        }
    }

    fn end_line(&mut self, typed: &mut impl FnMut(Typed)) {
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) {
            typed(Typed::TooLong);
        } else {
            // What is no UTF-8 is usual: backspace over é leaves half of it.
            typed(Typed::Line(printable(&String::from_utf8_lossy(&line)).to_string()));
        }
    }

    fn interrupt(&mut self, typed: &mut impl FnMut(Typed)) {
        self.clear();
        typed(Typed::Interrupt);
    }

    fn clear(&mut self) {
        self.line = Vec::new();
        self.too_long = false;
        self.after_cr = false;
    }

    fn erase_character(&mut self) {
        let is_tail = |byte: u8| byte & 0xc0 == 0x80;
        while self.line.pop().is_some_and(is_tail) {}
    }

    fn erase_word(&mut self) {
        while self.line.pop_if(|byte| *byte == b' ').is_some() {}
        while self.line.pop_if(|byte| *byte != b' ').is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(lines: &mut Lines, bytes: &[u8]) -> Vec<Typed> {
        let mut out = Vec::new();
        for byte in bytes {
            let filtered = lines.telnet().feed(*byte);
            lines.take(filtered, &mut |t| out.push(t));
        }
        out
    }

    fn lines(bytes: &[u8]) -> Vec<Typed> {
        typed(&mut Lines::new(LINE_BYTES_MAX), bytes)
    }

    fn line(text: &str) -> Typed {
        Typed::Line(text.into())
    }

    #[test]
    fn every_end_of_a_line_ends_one_line() {
        for end in [&b"\n"[..], b"\r\n", b"\r\0"] {
            let bytes = [b"one", end, b"two", end].concat();
            assert_eq!(lines(&bytes), [line("one"), line("two")], "{end:?}");
        }
        assert_eq!(lines(b"one\rtwo\n"), [line("one"), line("two")]);
        assert_eq!(lines(b"\n\r\n"), [line(""), line("")]);
    }

    #[test]
    fn half_a_line_waits_and_ends_with_the_stream() {
        let mut half = Lines::new(LINE_BYTES_MAX);
        assert_eq!(typed(&mut half, b"sign"), []);
        assert_eq!(typed(&mut half, b"up: slow\r"), []);
        assert_eq!(typed(&mut half, b"\n"), [line("signup: slow")]);
        assert_eq!(typed(&mut half, b"last"), []);
        let mut out = Vec::new();
        half.ended(&mut |t| out.push(t));
        half.ended(&mut |t| out.push(t));
        assert_eq!(out, [line("last")]);
    }

    #[test]
    fn keys_mend_a_line() {
        assert_eq!(lines("cafx\u{8}é\u{7f}e\n".as_bytes()), [line("cafe")]);
        assert_eq!(lines(b"one two\x17three\n"), [line("one three")]);
        assert_eq!(lines(b"wrong\x15right\n"), [line("right")]);
        assert_eq!(lines(b"\x7f\x7fx\n"), [line("x")]);
        assert_eq!(lines(b"caf\xc3\n"), [line("caf\u{fffd}")]);
        assert_eq!(lines(b"x\x04\n\x04"), [line("x"), Typed::EndOfFile]);
        assert_eq!(lines(b"half\x03whole\n"), [Typed::Interrupt, line("whole")]);
        assert_eq!(lines(b"a\x1b[31m\x00b\n"), [line("a[31mb")]);
    }

    #[test]
    fn a_long_line_is_thrown_away_up_to_its_end() {
        let mut bytes = vec![b'x'; 70_000];
        bytes.extend_from_slice(b"\nnext\n");
        assert_eq!(lines(&bytes), [Typed::TooLong, line("next")]);
        let mut most = vec![b'y'; LINE_BYTES_MAX];
        most.push(b'\n');
        assert_eq!(lines(&most).len(), 1);
        assert_ne!(lines(&most), [Typed::TooLong]);
    }
}
