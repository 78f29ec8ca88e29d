//! Several messages at once: from the one where `v` was pressed to the highlighted one. They are copied or forwarded.

use im_proto::Author;

use super::super::composer::harmless;
use super::super::{App, Key, Talk};
use crate::wording;

/// Most bytes of several messages that are taken along at once.
const TAKEN_BYTES_MAX: usize = 64 * 1024;

/// One of those that are chosen.
pub(super) struct Chosen {
    /// Who said it.
    pub(super) by: Author,
    /// What it says now.
    pub(super) text: String,
}

impl App {
    /// Whether an item is highlighted, alone or with others.
    pub fn is_chosen(&self, talk: &Talk, key: Key) -> bool {
        let Some(selected) = talk.selected else {
            return false;
        };
        let place = |key| talk.place_of(key, &self.outbox);
        match talk.several_from {
            None => key == selected,
            Some(from) => {
                let (from, to, here) = (place(from), place(selected), place(key));
                (from.min(to)..=from.max(to)).contains(&here)
            }
        }
    }

    /// More than one message may be chosen.
    pub fn is_choosing_several(&self) -> bool {
        self.talk().is_some_and(|talk| talk.several_from.is_some())
    }

    /// From here on several are chosen, or again only one.
    pub(super) fn choose_several(&mut self) {
        if let Some(talk) = self.talk_mut() {
            talk.several_from = match talk.several_from {
                None => talk.selected,
                Some(_) => None,
            };
        }
    }

    /// What is chosen, oldest first, as it reads now; why not, if that is too much.
    pub(super) fn chosen(&self) -> Result<Vec<Chosen>, String> {
        let mut chosen = Vec::new();
        let mut bytes = 0;
        let Some((talk, selected)) = self.talk().and_then(|talk| Some((talk, talk.selected?))) else {
            return Ok(chosen);
        };
        let from = talk.several_from.unwrap_or(selected);
        let place = |key| talk.place_of(key, &self.outbox);
        let mut next = Some(if place(from) < place(selected) { from } else { selected });
        while let Some(key) = next.filter(|key| self.is_chosen(talk, *key)) {
            if let Some(one) = self.chosen_one(talk, key) {
                bytes += one.text.len();
                chosen.push(one);
            }
            if bytes > TAKEN_BYTES_MAX {
                return Err(format!("that is more than {} KiB: choose fewer", TAKEN_BYTES_MAX / 1024));
            }
            next = talk.key_after(key, &self.outbox);
        }
        Ok(chosen)
    }

    fn chosen_one(&self, talk: &Talk, key: Key) -> Option<Chosen> {
        match key {
            Key::Event(seq) if talk.is_selectable(key) => {
                let message = talk.log.message(seq)?;
                let text = harmless(message.text.as_ref()?.as_str());
                Some(Chosen { by: message.author.clone(), text })
            }
            Key::Event(_) => None,
            Key::Unsent(id) => {
                let text = harmless(self.outbox.get(id)?.text.as_str());
                Some(Chosen { by: Author { name: self.me.clone()?, guest: false }, text })
            }
        }
    }
}

/// What is chosen as one text: one message as it is, several each with who said it.
pub(super) fn copied(chosen: &[Chosen]) -> String {
    match chosen {
        [one] => one.text.clone(),
        several => {
            let said = several.iter().map(|one| format!("{}: {}", wording::name(&one.by), one.text));
            said.collect::<Vec<_>>().join("\n")
        }
    }
}
