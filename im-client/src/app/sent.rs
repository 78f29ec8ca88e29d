//! What one has said lately, to be found again and said once more: the reverse search of shells.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::Text;

use super::composer::harmless;
use super::{App, Overlay};

/// Most that is searched, the newest of it.
const SENT_MAX: usize = 500;

/// The search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// What is typed.
    pub typed: String,
    /// Which of those that hold it, from the newest.
    pub chosen: usize,
    /// All that was said, the newest first.
    said: Vec<String>,
}

impl Sent {
    /// What holds the typed words, the newest first.
    pub fn fitting(&self) -> Vec<&str> {
        let typed = self.typed.to_lowercase();
        self.said.iter().filter(|said| said.to_lowercase().contains(&typed)).map(String::as_str).collect()
    }
}

impl App {
    /// Searches what one has said, in all conversations as far as they are here.
    pub(super) fn search_sent(&mut self) {
        let mut said: Vec<(u64, &Text)> = Vec::new();
        for talk in self.conversations.all() {
            let mine = talk.log.messages.iter().map(|(_, message)| message);
            let mine = mine.filter(|message| self.is_me(&message.author));
            said.extend(mine.filter_map(|message| Some((message.at.0, message.text.as_ref()?))));
        }
        said.extend(self.outbox.iter().map(|unsent| (unsent.at.0, &unsent.text)));
        said.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let mut known = BTreeSet::new();
        let texts = said.into_iter().map(|(_, text)| harmless(text.as_str()));
        let said: Vec<String> = texts.filter(|text| known.insert(text.clone())).take(SENT_MAX).collect();
        if said.is_empty() {
            self.toasts.tell("nothing you said is here", self.now);
        } else {
            self.overlay = Some(Overlay::Sent(Sent { said, ..Sent::default() }));
        }
    }

    /// A key while it is open. The key that opened it goes on to older ones.
    pub(super) fn sent_key(&mut self, key: KeyEvent, is_again: bool) {
        let Some(Overlay::Sent(mut sent)) = self.overlay.take() else {
            return;
        };
        let last = sent.fitting().len().saturating_sub(1);
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => {
                if let Some(said) = sent.fitting().get(sent.chosen) {
                    self.composer_mut().clear();
                    self.composer_mut().insert_str(*said);
                }
                return;
            }
            _ if is_again => sent.chosen = (sent.chosen + 1).min(last),
            (_, KeyCode::Up) => sent.chosen = (sent.chosen + 1).min(last),
            (_, KeyCode::Down) => sent.chosen = sent.chosen.saturating_sub(1),
            (_, KeyCode::Backspace) => {
                sent.typed.pop();
                sent.chosen = 0;
            }
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => {
                sent.typed.clear();
                sent.chosen = 0;
            }
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                sent.typed.push(c);
                sent.chosen = 0;
            }
            _ => {}
        }
        self.overlay = Some(Overlay::Sent(sent));
    }
}
