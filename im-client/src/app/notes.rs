//! What is noted down for the next start besides what is unsent: drafts, where something was kept unread, the reactions
//! used lately. It is written when typing pauses, and brought back into the conversations as they come to be known.

use std::time::Duration;

use im_proto::{Address, Reaction, Seq};
use ratatui_textarea::TextArea;

use super::amending::Writing;
use super::notify::KeptLevel;
use super::select::Undoing;
use super::{Action, App, Link, Talk};

/// Typing has paused when nothing was typed for so long, in milliseconds.
const PAUSE_MS: u64 = 500;
/// Who types without a pause has it written down after so long, in milliseconds.
const UNNOTED_MS_MAX: u64 = 3000;

/// What is half written in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub to: Address,
    /// What was to become of it.
    pub writing: Writing,
    /// As it was typed.
    pub text: String,
}

/// A place in a conversation from which on somebody wants to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUnread {
    /// Where.
    pub of: Address,
    /// After this event.
    pub after: Seq,
    /// So many posts that the server counts as read.
    pub posts: u64,
}

/// All that is noted down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// Which conversation was open, if something was half written there.
    pub open: Option<Address>,
    /// What is half written.
    pub drafts: Vec<Draft>,
    /// What was kept unread.
    pub unread: Vec<KeptUnread>,
    /// The reactions used lately, the last one first.
    pub reactions: Vec<Reaction>,
    /// What is told of which conversation.
    pub levels: Vec<KeptLevel>,
}

/// The notes, and how far they are written down.
#[derive(Debug, Default)]
pub(super) struct Noting {
    /// What is on the disk; nothing is written before that is known.
    written: Option<Notes>,
    /// What was on the disk and has no conversation to be shown in yet.
    waiting: Notes,
    /// Since when something is not written down, and when something was typed last.
    unnoted: Option<(Duration, Duration)>,
    /// What somebody who has signed out leaves behind.
    left: Option<Notes>,
    /// The reactions used lately.
    pub(super) reactions: Vec<Reaction>,
}

impl Noting {
    fn due(&self) -> Option<Duration> {
        let (since, typed) = self.unnoted?;
        let paused = typed + Duration::from_millis(PAUSE_MS);
        Some(paused.min(since + Duration::from_millis(UNNOTED_MS_MAX)))
    }
}

impl App {
    /// When something is to be written down, if anything.
    pub(super) fn note_deadline(&self) -> Option<Duration> {
        self.notes.due()
    }

    /// What an earlier run noted down.
    pub(super) fn noted(&mut self, notes: Notes) {
        self.notes.reactions.clone_from(&notes.reactions);
        self.notifying.levels.clone_from(&notes.levels);
        self.notes.waiting = notes.clone();
        self.notes.written = Some(notes);
    }

    /// Writes down what is to be written by now. `typed` is whether somebody did something just now, `all` whether this is the end.
    pub(super) fn note_down(&mut self, typed: bool, all: bool) -> Option<Action> {
        if let Some(left) = self.notes.left.take() {
            return Some(Action::KeepNotes(left));
        }
        let is_noted = self.notes.written.as_ref().is_none_or(|written| self.is_as_in(written));
        if is_noted {
            self.notes.unnoted = None;
            return None;
        }
        let now = self.now;
        let (_, last) = self.notes.unnoted.get_or_insert((now, now));
        if typed {
            *last = now;
        }
        if !all && self.notes.due().is_none_or(|due| now < due) {
            return None;
        }
        let notes = self.notes_now();
        self.notes.written = Some(notes.clone());
        self.notes.unnoted = None;
        Some(Action::KeepNotes(notes))
    }

    /// The one who is signed in goes: what they have is written down, and nobody else gets to see it.
    pub(super) fn leave_notes(&mut self) {
        let unnoted = self.notes.written.as_ref().is_some_and(|written| !self.is_as_in(written));
        let left = unnoted.then(|| self.notes_now());
        self.notifying.levels.clear();
        self.notes = Noting { left, ..Noting::default() };
        self.undoing = Undoing::default();
    }

    /// Puts what an earlier run noted down where it belongs, as far as that is there.
    pub(super) fn lay_out_notes(&mut self) {
        let Notes { open, drafts, unread, .. } = std::mem::take(&mut self.notes.waiting);
        // Without a server, and when it has told all, what is written is seen all the same.
        let all = self.is_following || matches!(self.link, Link::Waiting { .. });
        for draft in drafts {
            let is_open = open.as_ref() == Some(&draft.to);
            if self.conversations.named(&draft.to).is_none() && (all || is_open) {
                self.conversations.insert_stand_in(draft.to.clone());
            }
            let talk = self.conversations.named(&draft.to).map(|talk| talk.about.id);
            let talk = talk.and_then(|id| self.conversations.get_mut(id));
            match talk {
                Some(talk) if talk.composer.is_empty() && !talk.is_amending() => {
                    talk.put(draft.writing, &draft.text);
                    let id = talk.about.id;
                    if is_open && self.open.is_none() {
                        self.open_talk(id);
                    }
                }
                _ => self.notes.waiting.drafts.push(draft),
            }
        }
        for kept in unread {
            let talk = self.conversations.all_mut().find(|talk| talk.about.address == kept.of);
            match talk {
                Some(talk) => talk.keep_unread(kept.after, kept.posts, true),
                None if self.is_following => {}
                None => self.notes.waiting.unread.push(kept),
            }
        }
        if !self.notes.waiting.drafts.is_empty() {
            self.notes.waiting.open = open;
        }
    }

    fn is_as_in(&self, written: &Notes) -> bool {
        let mut drafts = 0;
        let mut unread = 0;
        for talk in self.conversations.all() {
            if talk.has_draft() {
                drafts += 1;
                let is_noted = |draft: &Draft| {
                    draft.to == talk.about.address
                        && draft.writing == talk.writing
                        && is_text(&talk.composer, &draft.text)
                };
                if !written.drafts.iter().any(is_noted) {
                    return false;
                }
            }
            if let Some(kept) = talk.kept_unread() {
                unread += 1;
                if !written.unread.contains(&kept) {
                    return false;
                }
            }
        }
        drafts + self.notes.waiting.drafts.len() == written.drafts.len()
            && unread + self.notes.waiting.unread.len() == written.unread.len()
            && self.notes.reactions == written.reactions
            && self.notifying.levels == written.levels
            && self.open_draft() == written.open.as_ref()
    }

    /// Where something is half written and seen.
    fn open_draft(&self) -> Option<&Address> {
        let open = self.talk().filter(|talk| talk.has_draft()).map(|talk| &talk.about.address);
        open.or(self.notes.waiting.open.as_ref())
    }

    fn notes_now(&self) -> Notes {
        let mut notes = Notes {
            open: self.open_draft().cloned(),
            reactions: self.notes.reactions.clone(),
            levels: self.notifying.levels.clone(),
            ..self.notes.waiting.clone()
        };
        for talk in self.conversations.all() {
            if talk.has_draft() {
                let (to, writing) = (talk.about.address.clone(), talk.writing);
                // One that still waits for its place is kept too.
                notes.drafts.push(Draft { to, writing, text: talk.composer.lines().join("\n") });
            }
            notes.unread.extend(talk.kept_unread());
        }
        notes
    }
}

impl Talk {
    /// Something is half written here.
    pub fn has_draft(&self) -> bool {
        !self.composer.is_empty() || self.is_amending()
    }
}

fn is_text(composer: &TextArea<'_>, text: &str) -> bool {
    composer.lines().iter().map(String::as_str).eq(text.split('\n'))
}
