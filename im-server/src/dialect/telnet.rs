//! Telnet's own bytes: taken out of the stream before anything else looks, and answered where they must be.
//!
//! Any stream may pass: a lone byte 255 is neither UTF-8 nor JSON nor HTTP. Nothing is negotiated but that the server
//! "echoes" while a password is typed, which makes the client hide it; everything else is refused, once each, so that
//! no two programs can answer each other for ever.

const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const SE: u8 = 240;

const ERASE_LINE: u8 = 248;
const ERASE_CHARACTER: u8 = 247;
const ARE_YOU_THERE: u8 = 246;
const INTERRUPT: u8 = 244;
const BREAK: u8 = 243;
const END_OF_FILE: u8 = 236;

const ECHO: u8 = 1;
const TIMING_MARK: u8 = 6;

/// Follows Ctrl-C: the client throws away all that comes before the answer.
pub(crate) const MARK: [u8; 3] = [IAC, DO, TIMING_MARK];
/// Tells the client not to show what is typed.
pub(crate) const HIDE: [u8; 3] = [IAC, WILL, ECHO];
/// Tells the client to show it again.
pub(crate) const SHOW: [u8; 3] = [IAC, WONT, ECHO];

/// What a byte of the stream came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telnet {
    /// Part of a command: nothing yet, or nothing at all.
    Nothing,
    /// A byte of what was typed.
    Data(u8),
    /// Bytes to be sent back.
    Answer([u8; 3]),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    EndOfFile,
    /// Somebody wonders whether the server is there.
    AreYouThere,
    /// The last character was a mistake.
    EraseCharacter,
    /// The line was a mistake.
    EraseLine,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Data,
    Command,
    Option(u8),
    Subnegotiation,
    SubnegotiationCommand,
}

/// The filter, whose state survives the borders of packets.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    state: State,
    seen: bool,
    hiding: bool,
    /// One bit for each option that was refused already, those of the peer and those of ours.
    refused: [[u64; 4]; 2],
}

impl Filter {
    /// Whether any command was seen: the peer is a telnet.
    pub(crate) fn is_telnet(&self) -> bool {
        self.seen
    }

    /// The server has sent [`HIDE`] or [`SHOW`].
    pub(crate) fn set_hiding(&mut self, hiding: bool) {
        self.hiding = hiding;
    }

    pub(crate) fn feed(&mut self, byte: u8) -> Telnet {
        match self.state {
            State::Data if byte == IAC => self.go(State::Command, Telnet::Nothing),
            State::Data => Telnet::Data(byte),
            State::Command => self.command(byte),
            State::Option(verb) => {
                let answer = self.option(verb, byte);
                self.go(State::Data, answer)
            }
            State::Subnegotiation if byte == IAC => self.go(State::SubnegotiationCommand, Telnet::Nothing),
            State::Subnegotiation => Telnet::Nothing,
            State::SubnegotiationCommand if byte == SE => self.go(State::Data, Telnet::Nothing),
            State::SubnegotiationCommand => self.go(State::Subnegotiation, Telnet::Nothing),
        }
    }

    fn go(&mut self, state: State, outcome: Telnet) -> Telnet {
        self.state = state;
        outcome
    }

    fn command(&mut self, byte: u8) -> Telnet {
        if byte == IAC {
            return self.go(State::Data, Telnet::Data(IAC));
        }
        self.seen = true;
        match byte {
            WILL | WONT | DO | DONT => self.go(State::Option(byte), Telnet::Nothing),
            SB => self.go(State::Subnegotiation, Telnet::Nothing),
            INTERRUPT | BREAK => self.go(State::Data, Telnet::Interrupt),
            END_OF_FILE => self.go(State::Data, Telnet::EndOfFile),
            ARE_YOU_THERE => self.go(State::Data, Telnet::AreYouThere),
            ERASE_CHARACTER => self.go(State::Data, Telnet::EraseCharacter),
            ERASE_LINE => self.go(State::Data, Telnet::EraseLine),
            _ => self.go(State::Data, Telnet::Nothing),
        }
    }

    fn option(&mut self, verb: u8, option: u8) -> Telnet {
        match (verb, option) {
            // After Ctrl-C a telnet shows nothing until this is answered.
            (DO, TIMING_MARK) => Telnet::Answer([IAC, WILL, TIMING_MARK]),
            (DO, ECHO) if self.hiding => Telnet::Nothing,
            (DONT, ECHO) if self.hiding => {
                self.hiding = false;
                Telnet::Answer(SHOW)
            }
            (DO, _) if self.refuse(0, option) => Telnet::Answer([IAC, WONT, option]),
            (WILL, _) if self.refuse(1, option) => Telnet::Answer([IAC, DONT, option]),
            _ => Telnet::Nothing,
        }
    }

    /// Whether this is the first time.
    fn refuse(&mut self, whose: usize, option: u8) -> bool {
        let word = &mut self.refused[whose][usize::from(option / 64)];
        let bit = 1 << (option % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(filter: &mut Filter, bytes: &[u8]) -> Vec<Telnet> {
        bytes.iter().map(|byte| filter.feed(*byte)).filter(|out| *out != Telnet::Nothing).collect()
    }

    #[test]
    fn ctrl_c_of_a_telnet_is_answered_so_that_its_screen_lives() {
        let out = run(&mut Filter::default(), &[b'x', IAC, INTERRUPT, IAC, DO, TIMING_MARK, b'y']);
        assert_eq!(
            out,
            [
                Telnet::Data(b'x'),
                Telnet::Interrupt,
                Telnet::Answer([IAC, WILL, TIMING_MARK]),
                Telnet::Data(b'y')
            ]
        );
    }

    #[test]
    fn each_option_is_refused_once_and_answers_are_not_answered() {
        let mut filter = Filter::default();
        // What PuTTY sends when it connects.
        let hello = [WILL, 31, WILL, 32, WILL, 24, WILL, 39, DO, 1, WILL, 3, DO, 3];
        let hello: Vec<u8> = hello.chunks(2).flat_map(|pair| [IAC, pair[0], pair[1]]).collect();
        assert_eq!(run(&mut filter, &hello).len(), 7);
        assert_eq!(run(&mut filter, &hello), []);
        assert_eq!(run(&mut filter, &[IAC, DONT, 3, IAC, WONT, 31]), []);
        assert!(filter.is_telnet());
    }

    #[test]
    fn hiding_is_agreed_on_without_more_words() {
        let mut filter = Filter::default();
        filter.set_hiding(true);
        assert_eq!(run(&mut filter, &[IAC, DO, ECHO]), []);
        filter.set_hiding(false);
        assert_eq!(run(&mut filter, &[IAC, DONT, ECHO]), []);
    }

    #[test]
    fn subnegotiations_and_doubled_bytes() {
        let mut filter = Filter::default();
        assert_eq!(run(&mut filter, &[IAC, IAC, b'a']), [Telnet::Data(IAC), Telnet::Data(b'a')]);
        assert!(!filter.is_telnet());
        assert_eq!(run(&mut filter, &[IAC, SB, 31, 0, IAC, IAC, 0, IAC, SE, b'b']), [Telnet::Data(b'b')]);
    }

    #[test]
    fn the_border_of_packets_does_not_matter() {
        let bytes = [b'a', IAC, DO, 6, IAC, SB, 24, 1, IAC, SE, IAC, ARE_YOU_THERE, b'z'];
        let whole = run(&mut Filter::default(), &bytes);
        for cut in 0..bytes.len() {
            let mut filter = Filter::default();
            let mut parts = run(&mut filter, &bytes[..cut]);
            parts.extend(run(&mut filter, &bytes[cut..]));
            assert_eq!(parts, whole);
        }
    }
}
