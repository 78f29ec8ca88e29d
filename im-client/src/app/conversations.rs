//! All conversations one is in, and the order in which they are shown.

use std::collections::BTreeMap;

use im_proto::{Address, Conversation, ConversationId, Kind};

use super::{App, Talk};

/// The groups of the list, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// With unread messages, or opened because of them.
    Unread,
    /// Rooms and groups.
    Rooms,
    /// With one person.
    Direct,
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRow {
    /// The heading of a group.
    Heading(Group),
    /// A conversation.
    Talk(ConversationId),
    /// So many more do not fit.
    More(usize),
}

/// All conversations.
#[derive(Debug, Default)]
pub struct Conversations(BTreeMap<ConversationId, Talk>);

impl Conversations {
    /// One of them.
    pub fn get(&self, id: ConversationId) -> Option<&Talk> {
        self.0.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ConversationId) -> Option<&mut Talk> {
        self.0.get_mut(&id)
    }

    /// All of them, in no order that people care about.
    pub fn all(&self) -> impl Iterator<Item = &Talk> {
        self.0.values()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Talk> {
        self.0.values_mut()
    }

    /// The one with a name.
    pub fn named(&self, address: &Address) -> Option<&Talk> {
        self.0.values().find(|talk| talk.about.address == *address)
    }

    /// There is a conversation, or something about it changed. What is known of its log stays.
    pub(super) fn learn(&mut self, about: Conversation) -> &mut Talk {
        let talk = self.0.entry(about.id).or_insert_with(|| Talk::new(about.clone()));
        talk.learn(about);
        talk
    }

    /// One of which the server has not told: its number is from the other end.
    pub(super) fn insert_stand_in(&mut self, address: Address) {
        let taken = |id: &u64| self.0.contains_key(&ConversationId(*id));
        if let Some(id) = (0..=u64::MAX).rev().find(|id| !taken(id)) {
            let id = ConversationId(id);
            self.0.insert(id, Talk::stand_in(id, address));
        }
    }

    pub(super) fn remove(&mut self, id: ConversationId) -> Option<Talk> {
        self.0.remove(&id)
    }

    pub(super) fn keep_only(&mut self, ids: &[ConversationId]) {
        self.0.retain(|id, talk| talk.stands_in || ids.contains(id));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl App {
    /// The conversations as they are shown, each with its group.
    pub fn listed(&self) -> Vec<(Group, &Talk)> {
        let mut listed: Vec<(Group, &Talk)> =
            self.conversations.all().map(|talk| (self.group_of(talk), talk)).collect();
        listed.sort_by(|(group, talk), (other_group, other)| {
            let by_group = group.cmp(other_group);
            let (about, other) = (&talk.about, &other.about);
            by_group
                .then_with(|| match group {
                    // The newest is the likeliest to be wanted; names stay where they are.
                    Group::Unread => other.active.cmp(&about.active),
                    _ => about.address.cmp(&other.address),
                })
                .then_with(|| about.id.cmp(&other.id))
        });
        listed
    }

    /// The list in so many rows: the open conversation is in sight, what does not fit is counted.
    pub fn list_rows(&self, height: usize) -> Vec<ListRow> {
        let mut rows = Vec::new();
        let mut group = None;
        for (of, talk) in self.listed() {
            if group != Some(of) {
                rows.push(ListRow::Heading(of));
                group = Some(of);
            }
            rows.push(ListRow::Talk(talk.about.id));
        }
        if rows.len() <= height {
            return rows;
        }
        let open = self.open.map(ListRow::Talk);
        let at = rows.iter().position(|row| Some(*row) == open).unwrap_or(0);
        let room = height.saturating_sub(1);
        let hidden_above = match self.list_above {
            Some(above) => above.min(rows.len() - room),
            None => (at + 1).saturating_sub(room),
        };
        let shown: Vec<ListRow> = rows.iter().copied().skip(hidden_above).take(room).collect();
        let talks = |rows: &[ListRow]| rows.iter().filter(|row| matches!(row, ListRow::Talk(_))).count();
        let more = talks(&rows) - talks(&shown);
        shown.into_iter().chain([ListRow::More(more)]).collect()
    }

    /// Scrolls the list by some rows, as far as there are any; until another conversation is opened.
    pub(super) fn scroll_list(&mut self, by: isize, height: usize) {
        let shown = self.list_rows(height);
        let Some(ListRow::More(_)) = shown.last() else {
            return;
        };
        let all = self.list_rows(usize::MAX);
        let above = all.iter().position(|row| Some(row) == shown.first()).unwrap_or(0);
        let most = all.len() - height.saturating_sub(1);
        self.list_above = Some(above.saturating_add_signed(by).min(most));
    }

    fn group_of(&self, talk: &Talk) -> Group {
        // What is open stays where it was when it was opened, so that the list does not jump under the cursor.
        let unread = if self.open == Some(talk.about.id) { talk.was_unread } else { talk.unread() > 0 };
        match talk.about.kind {
            _ if unread => Group::Unread,
            Kind::Direct => Group::Direct,
            Kind::Group | Kind::Room => Group::Rooms,
        }
    }

    /// Opens a conversation.
    pub(super) fn open_talk(&mut self, id: ConversationId) {
        if self.open == Some(id) || self.conversations.get(id).is_none() {
            return;
        }
        self.turn_away();
        self.drag = None;
        if let Some(talk) = self.talk_mut() {
            talk.closed();
        }
        self.opened_before.retain(|before| *before != id && Some(*before) != self.open);
        self.opened_before.extend(self.open);
        self.open = Some(id);
        if let Some(talk) = self.talk_mut() {
            talk.opened();
        }
        self.people.forget_members();
    }

    /// Opens the conversation that was open before, if there is one.
    pub(super) fn open_before(&mut self) -> bool {
        let left = self.open;
        while let Some(before) = self.opened_before.pop() {
            if self.conversations.get(before).is_some() {
                self.open_talk(before);
                // Going back once more goes further back.
                self.opened_before.retain(|id| Some(*id) != left);
                return true;
            }
        }
        false
    }

    /// Opens the conversation that is shown so many places further down, round the end.
    pub(super) fn open_neighbour(&mut self, by: isize) {
        let ids: Vec<ConversationId> = self.listed().iter().map(|(_, talk)| talk.about.id).collect();
        let at = ids.iter().position(|id| Some(*id) == self.open);
        let count = isize::try_from(ids.len()).unwrap_or(isize::MAX);
        if count == 0 {
            return;
        }
        let to = match at.and_then(|at| isize::try_from(at).ok()) {
            Some(at) => (at + by).rem_euclid(count),
            None => 0,
        };
        if let Some(id) = ids.get(to.unsigned_abs()) {
            self.open_talk(*id);
        }
    }

    /// Opens the conversation at a place in the list.
    pub(super) fn open_nth(&mut self, place: usize) {
        let id = self.listed().get(place).map(|(_, talk)| talk.about.id);
        if let Some(id) = id {
            self.open_talk(id);
        }
    }

    /// A conversation is no longer one's own.
    pub(super) fn close_talk(&mut self, id: ConversationId) {
        if self.open == Some(id) {
            // What was being written may be wanted elsewhere.
            self.scratch = std::mem::replace(self.composer_mut(), super::composer::blank());
            self.open = None;
            self.people.forget_members();
        }
        self.conversations.remove(id);
        if self.open.is_none() {
            self.open_nth(0);
        }
    }
}
