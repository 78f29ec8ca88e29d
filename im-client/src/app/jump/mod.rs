//! One box for going somewhere and for doing something: type a part of a name, press Enter. The first character decides
//! of what: nothing for conversations and people, `#` `@` `>` `/` `:` for one kind, `?` for which there are.

mod frecent;
mod rows;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::command::Command;
use im_proto::{Address, ConversationId, MessageId, RoomName, UserName};

use super::keys::Deed;
use super::{Action, App, Overlay};

pub use frecent::Frecent;
pub use rows::rows;

/// Most characters that are typed.
const TYPED_CHARS_MAX: usize = 200;
/// Up and down by a page goes so far.
const PAGE: usize = 10;

/// What is typed, and which of the fitting is chosen.
#[derive(Debug, Default)]
pub struct Jump {
    /// What is typed.
    pub typed: String,
    /// Which of those that fit.
    pub chosen: usize,
}

/// Of what there is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Conversations and people.
    Places,
    /// Rooms and groups.
    Rooms,
    /// People.
    People,
    /// What can be done.
    Deeds,
    /// What was said.
    Messages,
    /// Emoji.
    Emoji,
    /// The kinds.
    Kinds,
}

impl Kind {
    /// All, each with the character that chooses it and in words.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Places, "", "conversations and people"),
        (Self::Rooms, "#", "rooms and groups"),
        (Self::People, "@", "people"),
        (Self::Deeds, ">", "everything that can be done, with its key"),
        (Self::Messages, "/", "what was said"),
        (Self::Emoji, ":", "emoji"),
        (Self::Kinds, "?", "this list"),
    ];

    /// What is typed is of a kind, and the rest a part of a name.
    pub fn of(typed: &str) -> (Self, &str) {
        let typed = typed.trim_start();
        let prefixed = Self::ALL.iter().skip(1).find_map(|(kind, prefix, _)| {
            let rest = typed.strip_prefix(prefix)?;
            Some((*kind, rest.trim()))
        });
        prefixed.unwrap_or((Self::Places, typed.trim()))
    }

    /// What the box is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Places => "Jump to",
            Self::Rooms => "Rooms",
            Self::People => "People",
            Self::Deeds => "Commands",
            Self::Messages => "Messages",
            Self::Emoji => "Emoji",
            Self::Kinds => "What to look for",
        }
    }
}

/// Where a row leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To a conversation.
    Talk(ConversationId),
    /// To somebody with whom there is no conversation yet.
    Person(UserName),
    /// Into a room that one is not in.
    Room(RoomName),
    /// It does something.
    Deed(Deed),
    /// It begins a command that needs words.
    Command(&'static str),
    /// It searches for these words.
    Search(String),
    /// It writes this.
    Emoji(&'static str),
    /// It chooses another kind.
    Kind(&'static str),
}

/// One row of the box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it leads.
    pub goal: Goal,
    /// What is matched with what is typed.
    pub name: String,
    /// Its characters that match.
    pub marks: Vec<u32>,
    /// So many characters of it are its name, the others say what it does.
    pub head: usize,
    /// What stands at the right: its key.
    pub right: String,
}

impl App {
    /// Opens the box with something typed.
    pub(super) fn open_jump(&mut self, typed: &str) {
        self.overlay = Some(Overlay::Jump(Jump { typed: typed.to_owned(), chosen: 0 }));
    }

    /// A key while the box is open.
    pub(super) fn jump_key(&mut self, key: KeyEvent, deed: Option<Deed>, message: MessageId) -> Vec<Action> {
        let Some(Overlay::Jump(jump)) = &self.overlay else {
            return Vec::new();
        };
        let rows = rows(self, &jump.typed);
        let last = rows.len().saturating_sub(1);
        let chosen = jump.chosen.min(last);
        match (key.modifiers, key.code, deed) {
            (_, KeyCode::Enter, _) => {
                return rows.into_iter().nth(chosen).map_or_else(Vec::new, |row| self.go(row.goal, message));
            }
            (_, KeyCode::Up, _) | (_, _, Some(Deed::Previous)) => self.choose(chosen.saturating_sub(1)),
            (_, KeyCode::Down, _) | (_, _, Some(Deed::Next)) => self.choose((chosen + 1).min(last)),
            (KeyModifiers::CONTROL, KeyCode::Char('p'), _) => self.choose(chosen.saturating_sub(1)),
            (KeyModifiers::CONTROL, KeyCode::Char('n'), _) => self.choose((chosen + 1).min(last)),
            (_, KeyCode::PageUp, _) => self.choose(chosen.saturating_sub(PAGE)),
            (_, KeyCode::PageDown, _) => self.choose((chosen + PAGE).min(last)),
            (_, KeyCode::Home, _) => self.choose(0),
            (_, KeyCode::End, _) => self.choose(last),
            (_, KeyCode::Backspace, _) => self.retype(|typed| {
                typed.pop();
            }),
            (KeyModifiers::CONTROL, KeyCode::Char('u'), _) => self.retype(String::clear),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c), _) => {
                self.retype(|typed| typed.push(c));
            }
            _ => {}
        }
        Vec::new()
    }

    /// Goes where a row leads.
    pub(super) fn go(&mut self, goal: Goal, message: MessageId) -> Vec<Action> {
        self.overlay = None;
        self.carry_to(&goal);
        if let Some(used) = frecent::name_of(self, &goal) {
            self.frecent.used(used, self.wall);
        }
        match goal {
            Goal::Talk(id) => self.open_talk(id),
            Goal::Person(user) => return self.go_to(Address::User(user), None),
            Goal::Room(name) => return self.run(Command::Join { name, create: true }, message),
            Goal::Deed(deed) => return self.act(deed, None, message),
            Goal::Command(word) if self.composer().is_empty() => {
                self.composer_mut().insert_str(format!("{word} "));
            }
            Goal::Command(word) => {
                self.toasts.complain(format!("{word} needs an empty composer"), self.now);
            }
            Goal::Search(words) => self.open_search(Some(&words)),
            Goal::Emoji(emoji) => {
                self.composer_mut().insert_str(emoji);
            }
            Goal::Kind(prefix) => self.open_jump(prefix),
        }
        Vec::new()
    }

    fn choose(&mut self, place: usize) {
        if let Some(Overlay::Jump(jump)) = &mut self.overlay {
            jump.chosen = place;
        }
    }

    pub(super) fn retype(&mut self, change: impl FnOnce(&mut String)) {
        if let Some(Overlay::Jump(jump)) = &mut self.overlay {
            change(&mut jump.typed);
            if let Some((end, _)) = jump.typed.char_indices().nth(TYPED_CHARS_MAX) {
                jump.typed.truncate(end);
            }
            jump.chosen = 0;
        }
    }
}
