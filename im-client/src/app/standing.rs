//! How a message stands: a fold of the events about it. In whatever order and however often they come, the outcome is
//! the same, because a page brings again what was heard before it.

use std::collections::BTreeMap;

use im_proto::{AMENDMENTS_MAX, Body, Event, Reaction, Seq, Text, UserName};

/// Most kinds of reactions that are shown of one message.
const SHOWN_MAX: usize = 20;

/// What became of a message that was not taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    edit: Option<(Seq, Text)>,
    /// The last word of each person, a guest or not, about each reaction: which event it was, and whether it stands.
    reactions: BTreeMap<(Reaction, UserName, bool), (Seq, bool)>,
}

/// The message that an event is about, if it amends one.
pub fn about(event: &Event) -> Option<Seq> {
    match event.body {
        Body::Edited { of, .. } | Body::Deleted { of } => Some(of),
        Body::Reacted { of, .. } | Body::Unreacted { of, .. } => Some(of),
        _ => None,
    }
}

/// Whether an event is told by itself: what amends a message is told where that stands.
pub fn is_told(body: &Body) -> bool {
    !matches!(
        body,
        Body::Edited { .. }
            | Body::Deleted { .. }
            | Body::Reacted { .. }
            | Body::Unreacted { .. }
            | Body::Tombstone { of: Some(_) }
    )
}

/// A message, or what was one: it counts as said.
pub fn is_post(body: &Body) -> bool {
    matches!(body, Body::Posted { .. } | Body::Tombstone { of: None })
}

impl Standing {
    /// Takes an event about a message; tells whether anything is different now.
    pub fn amend(&mut self, message: &mut Event, by: &Event) -> bool {
        if !matches!(message.body, Body::Posted { .. }) {
            return false;
        }
        match &by.body {
            Body::Edited { text, .. } => {
                let is_newer = self.edit.as_ref().is_none_or(|(seq, _)| *seq < by.seq);
                if is_newer {
                    self.edit = Some((by.seq, text.clone()));
                }
                is_newer
            }
            Body::Deleted { .. } => {
                message.body = Body::Tombstone { of: None };
                *self = Self::default();
                true
            }
            Body::Reacted { reaction, .. } => self.reacted(by, reaction, true),
            Body::Unreacted { reaction, .. } => self.reacted(by, reaction, false),
            _ => false,
        }
    }

    fn reacted(&mut self, by: &Event, reaction: &Reaction, stands: bool) -> bool {
        let key = (reaction.clone(), by.author.name.clone(), by.author.guest);
        let is_new = match self.reactions.get(&key) {
            Some((seq, _)) => *seq < by.seq,
            // No more than a page would bring.
            None => self.reactions.len() < AMENDMENTS_MAX,
        };
        if is_new {
            self.reactions.insert(key, (by.seq, stands));
        }
        is_new
    }

    /// What it says since it was edited.
    pub fn edited(&self) -> Option<&Text> {
        self.edit.as_ref().map(|(_, text)| text)
    }

    /// `[+1 2]`, `[👍 1]`: the reactions that stand, the first to be given first.
    pub fn reactions(&self) -> Vec<String> {
        let mut counts: BTreeMap<&Reaction, (Seq, usize)> = BTreeMap::new();
        for ((reaction, ..), (seq, _)) in self.reactions.iter().filter(|(_, (_, stands))| *stands) {
            let (first, count) = counts.entry(reaction).or_insert((*seq, 0));
            *first = (*first).min(*seq);
            *count += 1;
        }
        let mut by_age: Vec<_> = counts.into_iter().collect();
        by_age.sort_by_key(|(_, (first, _))| *first);
        let more = by_age.len().saturating_sub(SHOWN_MAX);
        let shown =
            by_age.iter().take(SHOWN_MAX).map(|(reaction, (_, count))| format!("[{reaction} {count}]"));
        shown.chain((more > 0).then(|| format!("and {more} more"))).collect()
    }
}
