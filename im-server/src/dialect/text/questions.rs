//! Invitations and requests that wait for Y or N: one is asked at a time, the oldest first, none is ever lost.

use im_proto::{Pending, PendingKind, RoomName, UserName};

use super::super::Output;
use super::screen::Screen;
use super::wording::Wording;

/// What waits for this session's user.
#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: Vec<Pending>,
    /// Something else than Y or N was typed once; after that it is taken for what it is.
    asked_again: bool,
    /// Ctrl-C: not asked again by itself.
    aside: bool,
}

impl Questions {
    /// All that waits now.
    pub(super) fn set(&mut self, waiting: Vec<Pending>, screen: &mut Screen, out: &mut Output) {
        let front_before = self.waiting.first().cloned();
        self.waiting = waiting.into_iter().filter(|pending| pending.kind != PendingKind::Rejection).collect();
        if self.waiting.first() != front_before.as_ref() {
            self.asked_again = false;
            self.aside = false;
            if front_before.is_some() {
                screen.drop_prompt(out); // it was answered elsewhere
            }
        }
    }

    /// Asks the oldest question.
    pub(super) fn show(&self, words: &dyn Wording, screen: &mut Screen, out: &mut Output) {
        if !self.aside
            && let Some(question) = self.waiting.first().and_then(|pending| words.question(pending))
        {
            screen.prompt(&question, out);
        }
    }

    /// What is asked again after bare text: in go-im's manner, where the first line after a question is taken for a wrong
    /// answer. Nobody is kept from talking by a question.
    pub(super) fn insistence(&self, words: &dyn Wording) -> Option<String> {
        let open = !self.asked_again && !self.aside;
        self.waiting.first().filter(|_| open).and_then(|pending| words.question_again(pending))
    }

    /// Asks again, if bare text is to be taken for a wrong answer.
    pub(super) fn insist(&mut self, words: &dyn Wording, screen: &mut Screen, out: &mut Output) -> bool {
        let Some(again) = self.insistence(words) else { return false };
        self.asked_again = true;
        screen.prompt(&again, out);
        true
    }

    pub(super) fn put_aside(&mut self) {
        self.aside = true;
    }

    /// Takes out the question that an answer is for: the oldest that fits.
    pub(super) fn answer(&mut self, group: Option<&RoomName>, user: Option<&UserName>) -> Option<Pending> {
        let fits = |pending: &Pending| {
            group.is_none_or(|group| *group == pending.group) && user.is_none_or(|user| *user == pending.by)
        };
        let at = self.waiting.iter().position(fits)?;
        self.asked_again = false;
        self.aside = false;
        Some(self.waiting.remove(at))
    }
}

/// Whether a line is an answer, and which.
pub(super) fn yes_or_no(line: &str) -> Option<bool> {
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}
