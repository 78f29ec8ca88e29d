//! What was done to posts: the edits, deletions and reactions that were sent, what was answered, and what the logs say of it.

use std::collections::HashMap;

use im_proto::{Body, Event, Reaction};

use super::violation::Violation;

/// A post: its conversation and its number there.
pub(super) type Place = (u64, u64);

/// What the text of an edit begins with. A post's begins otherwise, so that no terminal takes one for the other.
const MARK: &str = "edit ";

/// What came of something that was sent once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fate {
    /// Nobody knows: the connection broke.
    #[default]
    Unknown,
    Done,
    Refused,
}

/// Something that somebody did to a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Amend {
    /// The how-manyth edit of this user.
    Edit(u32),
    Delete(Place),
    React(Place, Reaction, bool),
}

#[derive(Debug)]
struct Edit {
    of: Place,
    fate: Fate,
    found: bool,
}

/// Somebody's wish that a post be gone. Only authors delete, here.
#[derive(Debug)]
struct Deletion {
    post: (u32, u32),
    fate: Fate,
    /// The post, or what is left of it, was read; and so was the event.
    entombed: bool,
    told: bool,
}

/// How a reaction of a user stands: what was asked last, if it is certain that this was done last; and what the log says.
#[derive(Debug, Default)]
struct Reacted {
    wanted: bool,
    waiting: u32,
    unsure: bool,
    stands: bool,
}

/// The books on all that was done to posts.
#[derive(Debug, Default)]
pub(super) struct Amends {
    edits: HashMap<u32, Vec<Edit>>,
    deletions: HashMap<Place, Deletion>,
    reactions: HashMap<(u32, Place, Reaction), Reacted>,
    pub(super) done: u64,
}

impl Amends {
    /// A new edit, and its text.
    pub(super) fn sent_edit(&mut self, user: u32, of: Place) -> (Amend, String) {
        let edits = self.edits.entry(user).or_default();
        edits.push(Edit { of, fate: Fate::Unknown, found: false });
        let number = u32::try_from(edits.len() - 1).unwrap_or(u32::MAX);
        (Amend::Edit(number), format!("{MARK}{user}.{number}"))
    }

    pub(super) fn sent_delete(&mut self, post: (u32, u32), of: Place) -> Amend {
        let new = Deletion { post, fate: Fate::Unknown, entombed: false, told: false };
        self.deletions.entry(of).or_insert(new);
        Amend::Delete(of)
    }

    pub(super) fn sent_react(&mut self, user: u32, of: Place, reaction: Reaction, on: bool) -> Amend {
        let reacted = self.reactions.entry((user, of, reaction.clone())).or_default();
        reacted.wanted = on;
        reacted.waiting += 1;
        Amend::React(of, reaction, on)
    }

    /// What was sent is answered.
    pub(super) fn answered(&mut self, user: u32, amend: &Amend, fate: Fate) {
        self.done += u64::from(fate == Fate::Done);
        match amend {
            Amend::Edit(number) => {
                let edits = self.edits.get_mut(&user);
                if let Some(edit) = edits.and_then(|edits| edits.get_mut(*number as usize)) {
                    edit.fate = fate;
                }
            }
            Amend::Delete(of) => {
                if let Some(deletion) = self.deletions.get_mut(of)
                    && fate == Fate::Done
                {
                    deletion.fate = fate;
                }
            }
            Amend::React(of, reaction, _) => {
                if let Some(reacted) = self.reactions.get_mut(&(user, *of, reaction.clone())) {
                    reacted.waiting -= 1;
                    reacted.unsure |= fate != Fate::Done;
                }
            }
        }
    }

    /// Whether an event is what is left of a post that somebody wanted gone.
    pub(super) fn is_tomb(&self, event: &Event) -> Result<bool, Violation> {
        let Body::Tombstone { of } = event.body else { return Ok(false) };
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        if self.deletions.contains_key(&(conversation, of.unwrap_or(event.seq).0)) {
            return Ok(true);
        }
        Err(Violation::TakenOutByNobody { conversation, seq })
    }

    /// The post whose place in a log this is, if it was taken out.
    pub(super) fn entombed(&mut self, place: Place) -> Option<(u32, u32)> {
        let deletion = self.deletions.get_mut(&place)?;
        deletion.entombed = true;
        Some(deletion.post)
    }

    /// Takes what a log says was done, by the user who did it, if that is one of the programs.
    pub(super) fn read(&mut self, event: &Event, user: Option<u32>) -> Result<(), Violation> {
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        let place = |of: im_proto::Seq| (conversation, of.0);
        let nobodys = || Violation::AmendedByNobody { conversation, seq, what: format!("{:?}", event.body) };
        match &event.body {
            Body::Edited { of, text } => {
                let edit = user.and_then(|user| {
                    let number =
                        text.as_str().strip_prefix(&format!("{MARK}{user}."))?.parse::<usize>().ok()?;
                    self.edits.get_mut(&user)?.get_mut(number)
                });
                match edit {
                    Some(edit) if edit.of == place(*of) && !edit.found && edit.fate != Fate::Refused => {
                        edit.found = true;
                        Ok(())
                    }
                    _ => Err(nobodys()),
                }
            }
            Body::Deleted { of } => match self.deletions.get_mut(&place(*of)) {
                Some(deletion) if Some(deletion.post.0) == user && !deletion.told => {
                    deletion.told = true;
                    Ok(())
                }
                _ => Err(nobodys()),
            },
            Body::Reacted { of, reaction } | Body::Unreacted { of, reaction } => {
                let on = matches!(event.body, Body::Reacted { .. });
                let reacted =
                    user.and_then(|user| self.reactions.get_mut(&(user, place(*of), reaction.clone())));
                match reacted {
                    Some(reacted) if reacted.stands != on => {
                        reacted.stands = on;
                        Ok(())
                    }
                    _ => Err(nobodys()),
                }
            }
            _ => Ok(()),
        }
    }

    /// All logs were read: what was acknowledged is there.
    pub(super) fn end(&self) -> Result<(), Violation> {
        let lost = |user, what| Err(Violation::AmendLost { user, what });
        for (user, edits) in &self.edits {
            for edit in edits {
                let is_gone = self.deletions.contains_key(&edit.of);
                if edit.fate == Fate::Done && !edit.found && !is_gone {
                    return lost(*user, format!("an edit of {:?}", edit.of));
                }
            }
        }
        for (place, deletion) in &self.deletions {
            if deletion.entombed != deletion.told || (deletion.fate == Fate::Done && !deletion.told) {
                return lost(deletion.post.0, format!("the deletion of {place:?}, half or whole"));
            }
        }
        for ((user, place, reaction), reacted) in &self.reactions {
            let is_certain = reacted.waiting == 0 && !reacted.unsure && !self.deletions.contains_key(place);
            if is_certain && reacted.stands != reacted.wanted {
                return lost(*user, format!("the reaction {reaction} to {place:?}"));
            }
        }
        Ok(())
    }
}
