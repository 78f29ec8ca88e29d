//! What Tab offers for the word before the cursor: people, rooms, emoji, commands and what they take. It is looked up anew
//! with every key, so that it never shows what does not fit any more.

use crossterm::event::{KeyCode, KeyEvent};
use im_proto::command::{Row, TABLE};
use im_proto::{Address, Person};

use super::{App, commands, fuzzy, select};

/// Most that is offered.
const OFFERED_MAX: usize = 50;
/// The letters of a name, as they are typed.
const SIGNS: [char; 3] = ['@', '#', ':'];

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The characters before the cursor that would give way.
    chars: usize,
    /// What fits, the best first.
    pub offered: Vec<Offered>,
    /// Which of them.
    pub chosen: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What would be written.
    pub written: String,
    /// What is told of it.
    pub does: String,
}

impl Offered {
    fn new(written: impl Into<String>, does: impl Into<String>) -> Self {
        Self { written: written.into(), does: does.into() }
    }
}

impl App {
    /// What is offered now, if Tab was pressed.
    pub fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }

    /// Offers what fits the word before the cursor. What is alone is written at once.
    pub(super) fn complete(&mut self) {
        match self.look_up() {
            Some(found) if found.offered.len() == 1 => {
                self.completion = Some(found);
                self.write_completion();
            }
            Some(found) => self.completion = Some(found),
            None => self.toasts.tell("Tab completes @name, #room, :emoji: and /command", self.now),
        }
    }

    /// A key while something is offered; tells whether it was for that.
    pub(super) fn completion_key(&mut self, key: KeyEvent) -> bool {
        let Some(completion) = &mut self.completion else {
            return false;
        };
        let count = completion.offered.len();
        match key.code {
            KeyCode::Tab | KeyCode::Down => completion.chosen = (completion.chosen + 1) % count,
            KeyCode::BackTab | KeyCode::Up => completion.chosen = (completion.chosen + count - 1) % count,
            KeyCode::Enter if key.modifiers.is_empty() => self.write_completion(),
            KeyCode::Esc => self.completion = None,
            _ => return false,
        }
        true
    }

    /// What is written is another word by now.
    pub(super) fn complete_on(&mut self) {
        if self.completion.is_some() {
            self.completion = self.look_up();
        }
    }

    fn write_completion(&mut self) {
        let Some(Completion { chars, offered, chosen }) = self.completion.take() else {
            return;
        };
        if let Some(offered) = offered.into_iter().nth(chosen) {
            let composer = self.composer_mut();
            for _ in 0..chars {
                composer.delete_char();
            }
            composer.insert_str(format!("{} ", offered.written));
        }
    }

    /// What fits the word before the cursor, if anything does.
    fn look_up(&self) -> Option<Completion> {
        let composer = self.composer();
        let (row, column) = (composer.cursor().0, composer.cursor().1);
        let before: String = composer.lines().get(row)?.chars().take(column).collect();
        let start = before
            .rfind(char::is_whitespace)
            .map_or(0, |blank| blank + before[blank..].chars().next().map_or(1, char::len_utf8));
        let word = &before[start..];
        let is_command = row == 0 && before.starts_with('/') && !before.starts_with("//");
        let offered = match word.chars().next() {
            _ if is_command && start == 0 => self.commands(word),
            Some(sign) if SIGNS.contains(&sign) => self.signed(sign, &word[1..]),
            _ if is_command => self.arguments(&before[..start], word),
            Some(_) => self.people_like(word, "@"),
            None => Vec::new(),
        };
        let chars = word.chars().count();
        (!offered.is_empty()).then_some(Completion { chars, offered, chosen: 0 })
    }

    fn signed(&self, sign: char, typed: &str) -> Vec<Offered> {
        match sign {
            '@' => self.people_like(typed, "@"),
            '#' => self.rooms_like(typed, "#"),
            // A colon alone is a colon.
            _ if typed.is_empty() => Vec::new(),
            _ => emoji_like(typed.trim_end_matches(':')),
        }
    }

    /// People, those of the open conversation first.
    fn people_like(&self, typed: &str, sign: &str) -> Vec<Offered> {
        let mut here: Vec<Offered> = Vec::new();
        let mut elsewhere: Vec<Offered> = Vec::new();
        let add = |people: &mut Vec<Offered>, known: &[Offered], name: &str, does: &str| {
            let written = format!("{sign}{name}");
            if people.iter().chain(known).all(|known| known.written != written) {
                people.push(Offered::new(written, does));
            }
        };
        let members = self.members().map_or_else(Vec::new, |crowd| crowd.people);
        for Person { name, online, .. } in
            members.into_iter().filter(|who| Some(&who.name) != self.me.as_ref())
        {
            add(&mut here, &[], name.as_str(), if online { "here, online" } else { "here" });
        }
        let spoke = self.talk().into_iter().flat_map(|talk| talk.log.entries().rev());
        for entry in spoke.filter(|entry| !self.is_me(&entry.event.author)) {
            add(&mut here, &[], entry.event.author.name.as_str(), "has spoken here");
        }
        for name in self.people.names_online().filter(|name| Some(*name) != self.me.as_ref()) {
            add(&mut elsewhere, &here, name.as_str(), "online");
        }
        for talk in self.conversations.all() {
            if let Address::User(name) = &talk.about.address {
                add(&mut elsewhere, &here, name.as_str(), "");
            }
        }
        let fitting = |people: Vec<Offered>| {
            fuzzy::best(typed, people.into_iter().map(|one| (one.clone(), one.written)), OFFERED_MAX)
        };
        fitting(here).into_iter().chain(fitting(elsewhere)).take(OFFERED_MAX).collect()
    }

    fn rooms_like(&self, typed: &str, sign: &str) -> Vec<Offered> {
        let rooms = self.listed().into_iter().filter_map(|(_, talk)| match &talk.about.address {
            Address::Room(name) => Some(Offered::new(format!("{sign}{name}"), "")),
            Address::User(_) => None,
        });
        fuzzy::best(typed, rooms.map(|one| (one.clone(), one.written)), OFFERED_MAX)
    }

    fn commands(&self, word: &str) -> Vec<Offered> {
        let shared = commands::offered().filter(|row| row.words[0].starts_with('/'));
        let shared = shared.map(|row| (row.words[0], row.takes, row.does));
        let own = commands::own_rows().map(|(usage, does)| {
            let (word, takes) = usage.split_once(' ').unwrap_or((usage, ""));
            (word, takes, *does)
        });
        let all = shared.chain(own).map(|(word, takes, does)| {
            let gap = if takes.is_empty() { "" } else { " · " };
            (Offered::new(word, format!("{takes}{gap}{does}")), word.to_owned())
        });
        // Of all of them the order is that of the help.
        if word == "/" {
            return all.map(|(offered, _)| offered).take(OFFERED_MAX).collect();
        }
        fuzzy::best(word, all, OFFERED_MAX)
    }

    /// What a command takes where the cursor is.
    fn arguments(&self, before: &str, word: &str) -> Vec<Offered> {
        let mut words = before.split_whitespace();
        let command = words.next().unwrap_or_default().to_lowercase();
        let Some(row) = TABLE.iter().find(|row| row.words.contains(&command.as_str())) else {
            return Vec::new();
        };
        let given = words.filter(|word| !word.starts_with('#') || !row.takes.starts_with("[#N]")).count();
        let takes = row.takes.trim_start_matches("[#N] ");
        match takes.split_whitespace().nth(given).map(|what| what.trim_matches(['[', ']'])) {
            Some("USER" | "@USER") => self.people_like(word, ""),
            Some("GROUP") => self.rooms_like(word, ""),
            Some("NAME") if is_room(row) => self.rooms_like(word, ""),
            Some("ROLE") => {
                let roles =
                    ["owner", "admin", "member"].map(|role| (Offered::new(role, ""), role.to_owned()));
                fuzzy::best(word, roles, OFFERED_MAX)
            }
            Some("COMMAND") => self.commands(word),
            Some("REACTION") => emoji_like(word),
            _ => Vec::new(),
        }
    }
}

/// Whether the name that a command takes is that of a room.
fn is_room(row: &Row) -> bool {
    use im_proto::command::Verb;
    matches!(row.verb, Verb::Join | Verb::Leave | Verb::Who)
}

fn emoji_like(typed: &str) -> Vec<Offered> {
    let all = emojis::iter().filter_map(|emoji| {
        let name = emoji.shortcode()?;
        Some((Offered::new(emoji.as_str(), format!(":{name}:")), select::reactions::words(emoji)))
    });
    fuzzy::best(typed, all, OFFERED_MAX)
}
