//! Who is online, and who is in the open conversation: a hint that is asked for again when it may be stale.

use std::collections::BTreeSet;

use im_proto::{Address, Person, Role, RoomName, UserName};

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

/// What is known of people.
#[derive(Debug, Default)]
pub struct People {
    online: BTreeSet<UserName>,
    members: Option<Crowd>,
    /// Whom somebody asked to see.
    pub(super) asked_for: Option<Crowd>,
    /// The members should be asked for again.
    pub(super) is_stale: bool,
}

impl People {
    /// Whether somebody is online, as far as is known.
    pub fn is_online(&self, user: &UserName) -> bool {
        self.online.contains(user)
    }

    /// What is shown is what somebody asked to see, not the members of the open conversation.
    pub fn is_shown_on_request(&self) -> bool {
        self.asked_for.is_some()
    }

    pub(super) fn are_online(&mut self, people: &[Person]) {
        let online = people.iter().filter(|person| person.online);
        self.online = online.map(|person| person.name.clone()).collect();
    }

    pub(super) fn came_or_went(&mut self, user: &UserName, online: bool) {
        let changed = if online { self.online.insert(user.clone()) } else { self.online.remove(user) };
        let Some(members) = self.members.as_mut().filter(|_| changed) else {
            return;
        };
        if let Some(person) = members.people.iter_mut().find(|person| person.name == *user)
            && person.online != online
        {
            person.online = online;
            members.online = if online { members.online + 1 } else { members.online.saturating_sub(1) };
        }
    }

    pub(super) fn set_members(&mut self, crowd: Crowd) {
        for person in &crowd.people {
            if person.online {
                self.online.insert(person.name.clone());
            } else {
                self.online.remove(&person.name);
            }
        }
        self.members = Some(crowd);
    }

    pub(super) fn forget_members(&mut self) {
        self.members = None;
        self.is_stale = true;
    }

    pub(super) fn forget(&mut self) {
        *self = Self { is_stale: true, ..Self::default() };
    }
}

impl App {
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
                for user in self.me.iter().chain([other]) {
                    let online = self.is_me(user) && self.link.is_online() || self.people.is_online(user);
                    if people.iter().all(|person| person.name != *user) {
                        people.push(Person { name: user.clone(), online, role: Role::Member });
                    }
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
