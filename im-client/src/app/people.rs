//! Who is online, and who is in the open conversation: a hint that is asked for again when it may be stale.

use std::collections::{BTreeMap, BTreeSet};

use im_proto::{Address, Author, Person, Role, RoomName, UserName};

use super::App;

/// Some people, as the server named them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowd {
    /// Where they are; everybody if nowhere.
    pub of: Option<RoomName>,
    /// Some of them.
    pub people: Vec<Person>,
    /// So many are online in all.
    pub online: u64,
    /// So many there are in all.
    pub total: u64,
}

impl Crowd {
    /// So many of those who are named are guests.
    pub fn guests(&self) -> u64 {
        let guests = self.people.iter().filter(|person| person.guest).count();
        u64::try_from(guests).unwrap_or(u64::MAX)
    }

    fn person(&mut self, who: &Author) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.name == who.name && person.guest == who.guest)
    }

    /// A guest has gone: there is no such person any more.
    fn remove_guest(&mut self, name: &UserName) {
        let before = self.people.len();
        self.people.retain(|person| !(person.guest && person.name == *name));
        if self.people.len() < before {
            self.online = self.online.saturating_sub(1);
            self.total = self.total.saturating_sub(1);
        }
    }
}

/// What is known of people.
#[derive(Debug, Default)]
pub struct People {
    /// Who is online, each with whether they are a guest.
    online: BTreeMap<UserName, bool>,
    members: Option<Crowd>,
    /// Whom somebody asked to see.
    pub(super) asked_for: Option<Crowd>,
    /// The members should be asked for again.
    pub(super) is_stale: bool,
    /// So many of those who are shown are above what is in sight.
    above: usize,
}

impl People {
    /// Whether somebody is online, as far as is known.
    pub fn is_online(&self, user: &UserName) -> bool {
        self.online.contains_key(user)
    }

    /// Whether somebody who is online is a guest; nothing if they are not online, as far as is known.
    pub fn is_guest(&self, user: &UserName) -> Option<bool> {
        self.online.get(user).copied()
    }

    /// All of whom is known: who is online, and the members of the open conversation.
    pub fn known(&self) -> BTreeSet<UserName> {
        let members = self.members.iter().flat_map(|crowd| &crowd.people).map(|person| &person.name);
        self.online.keys().chain(members).cloned().collect()
    }

    /// Who is online, as far as is known.
    pub fn names_online(&self) -> impl Iterator<Item = &UserName> {
        self.online.keys()
    }

    /// What is shown is what somebody asked to see, not the members of the open conversation.
    pub fn is_shown_on_request(&self) -> bool {
        self.asked_for.is_some()
    }

    pub(super) fn are_online(&mut self, people: &[Person]) {
        let online = people.iter().filter(|person| person.online);
        self.online = online.map(|person| (person.name.clone(), person.guest)).collect();
    }

    pub(super) fn came_or_went(&mut self, who: &Author, online: bool) {
        if online {
            self.online.insert(who.name.clone(), who.guest);
        } else if self.is_guest(&who.name) == Some(who.guest) {
            // Not where a guest goes whose name is an account's by now.
            self.online.remove(&who.name);
        }
        let Some(members) = &mut self.members else {
            return;
        };
        match members.person(who) {
            Some(_) if who.guest && !online => members.remove_guest(&who.name),
            Some(person) if person.online != online => {
                person.online = online;
                members.online = if online { members.online + 1 } else { members.online.saturating_sub(1) };
            }
            // The notice does not say whether they came here: a guest is somewhere only while they are connected.
            None if who.guest && online => self.is_stale = true,
            _ => {}
        }
    }

    /// A guest has another name.
    pub(super) fn renamed(&mut self, from: &UserName, to: &UserName) {
        if self.is_guest(from) == Some(true) {
            self.online.remove(from);
        }
        self.online.insert(to.clone(), true);
        let before = Author { name: from.clone(), guest: true };
        for crowd in self.members.iter_mut().chain(&mut self.asked_for) {
            if let Some(person) = crowd.person(&before) {
                person.name = to.clone();
            }
        }
    }

    pub(super) fn set_members(&mut self, crowd: Crowd) {
        for person in &crowd.people {
            if person.online {
                self.online.insert(person.name.clone(), person.guest);
            } else {
                self.online.remove(&person.name);
            }
        }
        self.members = Some(crowd);
    }

    /// What somebody asked to see is closed.
    pub(super) fn asked_no_more(&mut self) {
        self.asked_for = None;
        self.above = 0;
    }

    pub(super) fn forget_members(&mut self) {
        self.members = None;
        self.above = 0;
        self.is_stale = true;
    }

    pub(super) fn forget(&mut self) {
        *self = Self { is_stale: true, ..Self::default() };
    }
}

/// A guest is never the one who is signed in here, not even one who had the name before it became that of an account.
pub(super) fn is_mine(me: Option<&UserName>, who: &Author) -> bool {
    !who.guest && me == Some(&who.name)
}

impl App {
    /// Whether somebody is the one who is signed in here.
    pub fn is_me(&self, who: &Author) -> bool {
        is_mine(self.me.as_ref(), who)
    }

    /// Those in sight in so many rows, and how many more there are, if that needs a row too.
    pub fn people_in_sight(&self, height: usize) -> (Vec<Person>, Option<u64>) {
        let Some(crowd) = self.crowd() else {
            return (Vec::new(), None);
        };
        let fits = usize::try_from(crowd.total).is_ok_and(|total| total <= height);
        if fits {
            return (crowd.people, None);
        }
        let room = height.saturating_sub(1);
        let above = self.people.above.min(crowd.people.len().saturating_sub(room));
        let shown: Vec<Person> = crowd.people.into_iter().skip(above).take(room).collect();
        let more = crowd.total - u64::try_from(shown.len()).unwrap_or(crowd.total).min(crowd.total);
        (shown, Some(more))
    }

    /// So many rows would show all of them.
    pub fn people_rows_wanted(&self) -> u16 {
        self.crowd().map_or(0, |crowd| u16::try_from(crowd.total).unwrap_or(u16::MAX))
    }

    /// Whoever stands on a row.
    pub(super) fn person_at(&self, row: usize, height: usize) -> Option<UserName> {
        let (shown, _) = self.people_in_sight(height);
        shown.into_iter().nth(row).map(|person| person.name)
    }

    /// Scrolls the people by some rows, as far as there are any that are named.
    pub(super) fn scroll_people(&mut self, by: isize, height: usize) {
        let named = self.crowd().map_or(0, |crowd| crowd.people.len());
        let most = if self.people_in_sight(height).1.is_some() {
            named.saturating_sub(height.saturating_sub(1))
        } else {
            0
        };
        self.people.above = self.people.above.min(most).saturating_add_signed(by).min(most);
    }

    /// Whom somebody asked to see, or who is in the open conversation.
    pub fn crowd(&self) -> Option<Crowd> {
        self.people.asked_for.clone().or_else(|| self.members())
    }

    /// Who is in the open conversation, those who are online first.
    pub fn members(&self) -> Option<Crowd> {
        let talk = self.talk()?;
        match &talk.about.address {
            Address::Room(_) => self.people.members.clone().map(sorted),
            Address::User(other) => {
                let mut people: Vec<Person> = Vec::new();
                let mut add = |name: &UserName, online, guest| {
                    people.push(Person { name: name.clone(), online, role: Role::Member, guest });
                };
                if let Some(me) = &self.me {
                    add(me, self.link.is_online() || self.people.is_online(me), false);
                }
                if Some(other) != self.me.as_ref() {
                    add(other, self.people.is_online(other), self.guest_of(talk).is_some());
                }
                let count = |people: &[Person]| u64::try_from(people.len()).unwrap_or(u64::MAX);
                let online: Vec<Person> = people.iter().filter(|person| person.online).cloned().collect();
                Some(sorted(Crowd { of: None, online: count(&online), total: count(&people), people }))
            }
        }
    }
}

fn sorted(mut crowd: Crowd) -> Crowd {
    crowd.people.sort_by(|a, b| b.online.cmp(&a.online).then_with(|| a.name.cmp(&b.name)));
    crowd
}
