//! What was pasted: written where one writes, never done, and never sent in parts unless somebody says so. Many lines, or
//! more than a message may have, are asked about first.

use crossterm::event::{KeyCode, KeyEvent};
use im_proto::{Address, MessageId, TEXT_BYTES_MAX, Text};
use unicode_segmentation::UnicodeSegmentation;

use super::amending::Writing;
use super::composer::harmless;
use super::{Action, App, Overlay};

/// Up to so many lines are written without a question.
const LINES_MAX: usize = 5;
/// Most text that may stand where one writes, in bytes.
const COMPOSER_BYTES_MAX: usize = 256 * 1024;

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// What was pasted; nothing if it is about what was written.
    pub text: String,
    /// In how many messages it would go.
    pub parts: Parts,
    /// Where it was meant for.
    to: Address,
}

/// The same in so many messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// As it is.
    pub plain: usize,
    /// As blocks of code.
    pub code: usize,
}

impl App {
    /// What was pasted is written, or asked about.
    pub(super) fn paste(&mut self, pasted: &str) {
        let text = harmless(pasted);
        let written: usize = self.composer().lines().iter().map(|line| line.len() + 1).sum();
        if written + text.len() > COMPOSER_BYTES_MAX {
            const KIB: usize = COMPOSER_BYTES_MAX / 1024;
            self.toasts.complain(format!("not pasted: more than {KIB} KiB is nothing to be said"), self.now);
            return;
        }
        let is_edit = matches!(self.talk().map(|talk| talk.writing), Some(Writing::Editing(_)));
        let is_much = text.split('\n').count() > LINES_MAX || text.len() > TEXT_BYTES_MAX;
        let to = self.talk().map(|talk| talk.about.address.clone());
        match to.filter(|_| is_much && !is_edit) {
            Some(to) => self.ask_about(text, to),
            None => {
                self.composer_mut().insert_str(text);
            }
        }
    }

    /// What is written is more than a message may have: in parts it could be sent, if somebody says so.
    pub(super) fn ask_about_length(&mut self) {
        if let Some(to) = self.talk().map(|talk| talk.about.address.clone()) {
            self.ask_about(String::new(), to);
        }
    }

    fn ask_about(&mut self, text: String, to: Address) {
        let count = |as_code| self.in_parts(&text, as_code).len();
        let parts = Parts { plain: count(false), code: count(true) };
        self.overlay = Some(Overlay::Paste(Pasted { text, parts, to }));
    }

    /// A key for the question.
    pub(super) fn paste_key(&mut self, key: KeyEvent, message: MessageId) -> Vec<Action> {
        let Some(Overlay::Paste(pasted)) = self.overlay.take() else {
            return Vec::new();
        };
        match key.code {
            KeyCode::Char('m') | KeyCode::Enter => self.send_pasted(&pasted, false, message),
            KeyCode::Char('c') => self.send_pasted(&pasted, true, message),
            KeyCode::Char('e') => {
                self.composer_mut().insert_str(&pasted.text);
            }
            // Whatever else is pressed, by mistake too, it is still asked.
            _ => self.overlay = Some(Overlay::Paste(pasted)),
        }
        Vec::new()
    }

    fn send_pasted(&mut self, pasted: &Pasted, as_code: bool, message: MessageId) {
        let Some(writing) =
            self.talk().filter(|talk| talk.about.address == pasted.to).map(|talk| talk.writing)
        else {
            self.toasts.complain(format!("not sent: {} is not open any more", pasted.to), self.now);
            self.composer_mut().insert_str(&pasted.text);
            return;
        };
        let to = &pasted.to;
        let parts = self.in_parts(&pasted.text, as_code);
        let texts: Vec<Text> = parts.iter().filter_map(|part| Text::parse(part).ok()).collect();
        if let Err(why) = self.outbox.room_for(&texts) {
            // What there is no room for stays.
            self.toasts.complain(why, self.now);
            self.composer_mut().insert_str(&pasted.text);
            return;
        }
        let mut reply_to = match writing {
            Writing::Replying(seq) => Some(seq),
            Writing::New | Writing::Editing(_) => None,
        };
        for (number, text) in (0..).zip(texts) {
            // One throw of the dice for all of them: they differ in their last bits.
            let id = u128::from_be_bytes(message.0).wrapping_add(number);
            self.say(to.clone(), text, reply_to.take(), MessageId(id.to_be_bytes()));
        }
        self.clear_composer();
        self.set_writing(Writing::New);
    }

    /// What is written with what was pasted where the cursor is, in as many messages as it takes.
    fn in_parts(&self, pasted: &str, as_code: bool) -> Vec<String> {
        let mut composer = self.composer().clone();
        if !as_code {
            composer.insert_str(pasted);
            return split(&composer.lines().join("\n"), TEXT_BYTES_MAX);
        }
        if pasted.is_empty() {
            return coded(&composer.lines().join("\n"), TEXT_BYTES_MAX);
        }
        // What is written before and behind it stays what it is.
        let all = composer.lines().join("\n");
        let (row, column) = (composer.cursor().0, composer.cursor().1);
        let line_start: usize = composer.lines().iter().take(row).map(|line| line.len() + 1).sum();
        let in_line =
            composer.lines().get(row).map_or(0, |line| line.chars().take(column).map(char::len_utf8).sum());
        let (before, behind) = all.split_at_checked(line_start + in_line).unwrap_or((&all, ""));
        let (before, behind) = (before.trim_end(), behind.trim());
        let block = coded(pasted, TEXT_BYTES_MAX);
        if let [block] = &block[..] {
            let whole: Vec<&str> =
                [before, block, behind].into_iter().filter(|part| !part.is_empty()).collect();
            let whole = whole.join("\n");
            if whole.len() <= TEXT_BYTES_MAX {
                return vec![whole];
            }
        }
        let around = |text: &str| split(text, TEXT_BYTES_MAX);
        [around(before), block, around(behind)].concat()
    }
}

/// A text in parts of at most so many bytes: at line ends, within a line only where it is longer than that. Blank parts are
/// nothing to be said.
fn split(text: &str, bytes_max: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for line in text.split_inclusive('\n') {
        if part.len() + line.trim_end_matches('\n').len() > bytes_max {
            parts.push(std::mem::take(&mut part));
        }
        for grapheme in line.graphemes(true) {
            if part.len() + grapheme.trim_end_matches('\n').len() > bytes_max {
                parts.push(std::mem::take(&mut part));
            }
            part.push_str(grapheme);
        }
    }
    parts.push(part);
    let trimmed = parts.iter().map(|part| part.trim_end_matches('\n'));
    trimmed.filter(|part| !part.trim().is_empty()).map(ToOwned::to_owned).collect()
}

/// The same as blocks of code, each with fences that nothing in it closes.
fn coded(text: &str, bytes_max: usize) -> Vec<String> {
    let ticks = text.lines().map(|line| line.trim_start().chars().take_while(|c| *c == '`').count());
    let fence = "`".repeat(ticks.max().unwrap_or(0).max(2) + 1);
    let room = bytes_max.saturating_sub(2 * fence.len() + 2);
    split(text, room).into_iter().map(|part| format!("{fence}\n{part}\n{fence}")).collect()
}
