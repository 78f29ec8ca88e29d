//! Whether the terminal is dark or light: it is asked when the first frame is there already, and again when it gets the
//! focus. The answer comes among the keys; until it is there, what looks like it is held back, and what proves to be none
//! is handed on. So nobody waits for a terminal that does not answer, and no key is lost.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::time::Instant;

use crate::app::looks::Ground;

/// What is behind the text? (OSC 11)
const QUESTION: &[u8] = b"\x1b]11;?\x07";
/// How an answer goes on behind its first byte.
const ANSWER: &str = "11;rgb:";
/// Longest answer, in characters.
const ANSWER_CHARS_MAX: usize = 32;
/// An answer that comes later is none, in seconds.
const ANSWER_SECONDS_MAX: u64 = 10;

/// A question, and what has come of its answer.
#[derive(Debug, Default)]
pub struct Asking {
    /// When it was asked, until it is answered.
    asked: Option<Instant>,
    /// It was answered before: it would be again.
    is_known_to_answer: bool,
    held: Vec<KeyEvent>,
    /// What the held ones say.
    text: String,
}

impl Asking {
    /// The question: whoever has it asks.
    pub fn ask(&mut self, now: Instant) -> &'static [u8] {
        self.asked = Some(now);
        QUESTION
    }

    /// The terminal has the focus: what it looks like may have changed while it had not.
    pub fn ask_again(&mut self, now: Instant) -> Option<&'static [u8]> {
        (self.is_known_to_answer && self.asked.is_none()).then(|| self.ask(now))
    }

    /// Takes an event; what is to be handed on, and the answer when it is complete.
    pub fn take(&mut self, event: Event, now: Instant) -> (Vec<Event>, Option<Ground>) {
        let is_late = |asked| now.duration_since(asked) > Duration::from_secs(ANSWER_SECONDS_MAX);
        if self.asked.is_none_or(is_late) {
            self.asked = None;
            return (self.release(Some(event)), None);
        }
        let Event::Key(key) = event else {
            return (vec![event], None);
        };
        let is_begun = !self.held.is_empty();
        match key.code {
            KeyCode::Char(']') if key.modifiers == KeyModifiers::ALT => {
                let handed_on = self.release(None);
                self.held.push(key);
                (handed_on, None)
            }
            KeyCode::Char('\\') if is_begun && key.modifiers == KeyModifiers::ALT => self.end(event),
            KeyCode::Char('g') if is_begun && key.modifiers == KeyModifiers::CONTROL => self.end(event),
            KeyCode::Char(c) if is_begun && self.may_follow(c) => {
                self.held.push(key);
                self.text.push(c);
                (Vec::new(), None)
            }
            _ => (self.release(Some(event)), None),
        }
    }

    fn may_follow(&self, c: char) -> bool {
        match ANSWER.chars().nth(self.text.len()) {
            Some(expected) => c == expected,
            None => (c.is_ascii_hexdigit() || c == '/') && self.text.len() < ANSWER_CHARS_MAX,
        }
    }

    fn end(&mut self, event: Event) -> (Vec<Event>, Option<Ground>) {
        match ground_of(&self.text) {
            Some(ground) => {
                self.asked = None;
                self.is_known_to_answer = true;
                self.held.clear();
                self.text.clear();
                (Vec::new(), Some(ground))
            }
            None => (self.release(Some(event)), None),
        }
    }

    /// They were keys after all.
    fn release(&mut self, and: Option<Event>) -> Vec<Event> {
        self.text.clear();
        self.held.drain(..).map(Event::Key).chain(and).collect()
    }
}

/// `11;rgb:ffff/ffff/ffff`, with one to four digits each.
fn ground_of(answer: &str) -> Option<Ground> {
    let mut parts = answer.strip_prefix(ANSWER)?.split('/');
    let mut part = || {
        let digits = parts.next().filter(|digits| (1..=4).contains(&digits.len()))?;
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        (value * 1000).checked_div(most)
    };
    let (red, green, blue) = (part()?, part()?, part()?);
    // The eye sees mostly green.
    let luma = (2126 * red + 7152 * green + 722 * blue) / 10_000;
    Some(if luma > 500 { Ground::Light } else { Ground::Dark })
}
