//! What people do at the client: they type, turn to other conversations, read back; and what happens to their machines.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_client::app::What;
use im_proto::Address;

use super::before::WORDS;
use super::course::Wrong;
use super::device::{Device, Life};
use super::oracle::{PostName, Target};

/// Most posts that are said in one go.
const BURST_POSTS_MAX: u64 = 25;
/// Longest time in which a machine does nothing at all, in milliseconds.
const FREEZE_MILLISECONDS_MAX: u64 = 70_000;

/// One deed.
pub(super) enum Deed {
    /// Says so many things where one is.
    Say(u64),
    /// Says one thing to somebody, wherever one is.
    Whisper,
    /// Turns to another conversation.
    Turn,
    /// Reads back, or comes back to the newest.
    Read,
    /// The client is killed, or its machine loses its power.
    Crash { silently: bool },
    /// The machine sleeps for so many milliseconds.
    Freeze(u64),
}

impl Device {
    pub(super) fn choose(&mut self) -> Deed {
        match self.dice.below(40) {
            0 => Deed::Crash { silently: self.dice.one_in(2) },
            1 => Deed::Freeze(self.dice.below(FREEZE_MILLISECONDS_MAX)),
            2..=8 => Deed::Turn,
            9..=13 => Deed::Read,
            14..=18 => Deed::Whisper,
            19..=21 => Deed::Say(self.dice.between(2, BURST_POSTS_MAX)),
            _ => Deed::Say(1),
        }
    }

    pub(super) fn do_it(&mut self, life: &mut Life, deed: &Deed) -> Result<(), Wrong> {
        match deed {
            Deed::Say(posts) => (0..*posts).try_for_each(|_| self.say_here(life)),
            Deed::Whisper => self.whisper(life),
            Deed::Turn => {
                let key = if self.dice.one_in(2) { KeyCode::Up } else { KeyCode::Down };
                self.press(life, KeyModifiers::ALT, key)
            }
            Deed::Read => {
                let key = [KeyCode::PageUp, KeyCode::PageUp, KeyCode::End][self.dice.index(3)];
                (0..self.dice.between(1, 12)).try_for_each(|_| self.press(life, KeyModifiers::NONE, key))
            }
            Deed::Crash { .. } | Deed::Freeze(_) => Ok(()), // the machine's
        }
    }

    fn press(&mut self, life: &mut Life, modifiers: KeyModifiers, key: KeyCode) -> Result<(), Wrong> {
        self.take(life, What::Key(KeyEvent::new(key, modifiers)))
    }

    fn say_here(&mut self, life: &mut Life) -> Result<(), Wrong> {
        let Some(to) = life.app.talk().map(|talk| talk.about.address.clone()) else {
            return Ok(()); // nothing is known yet
        };
        self.say(life, "", &to)
    }

    fn whisper(&mut self, life: &mut Life) -> Result<(), Wrong> {
        let other = self.dice.index(self.course.names.len());
        match self.course.names.get(other).cloned() {
            Some(name) if name.as_str() != self.name() => {
                self.say(life, &format!("/msg {name} "), &Address::User(name))
            }
            _ => Ok(()),
        }
    }

    /// Types, and presses Enter: the dice of that input are the post's id.
    fn say(&mut self, life: &mut Life, before: &str, to: &Address) -> Result<(), Wrong> {
        let to_whom: Target =
            self.course.target(to).ok_or_else(|| self.wrong(&format!("nobody knows {to}")))?;
        let number = self.course.ledger().sent(self.at, to_whom, true);
        let name = PostName { user: self.at, session: 0, number };
        self.take(life, What::Paste(format!("{before}{}", name.text(WORDS))))?;
        let id = name.id(WORDS);
        self.waiting.insert(number);
        let enter = What::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
        self.take_with(life, id.0, enter)?;
        if life.app.outbox.get(id).is_none() {
            return Err(self.wrong(&format!("post {number} to {to} was not taken")));
        }
        Ok(())
    }
}
