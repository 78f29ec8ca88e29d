//! Commands of this client alone: about its keys, its looks and its connection. They need nothing of the server.

use im_proto::{MessageId, Text, UserName};

use super::keys::Deed;
use super::{Action, App};
use crate::config::Look;

/// How each is used, and what it does.
pub static COMMANDS: &[(&str, &str)] = &[
    ("/me TEXT", "say what you do: *alice waves*, in italics"),
    ("/keys", "all keys as they are now, and all commands"),
    ("/theme [NAME]", "another look until the configuration is read again; without a name the next one"),
    ("/mouse on|off", "whether clicks and the wheel are for this program; off, the terminal selects text"),
    ("/notify all|mentions|none", "of which messages here you are told while you look elsewhere"),
    ("/mute [1h]", "be told of nothing here, for good or for so long: 30m, 1h, 2d"),
    ("/reconnect", "drop the connection and make a new one at once"),
    ("/debug", "what was told in passing, with its time"),
];

impl App {
    /// Does what was typed, if it is one of these.
    pub(super) fn run_own(&mut self, written: &str, message: MessageId) -> Option<Vec<Action>> {
        let mut words = written.split_whitespace();
        let (word, rest) = (words.next()?.to_lowercase(), words.collect::<Vec<_>>());
        let (usage, _) = COMMANDS.iter().find(|(usage, _)| usage.split(' ').next() == Some(&word))?;
        if word == "/me" && !rest.is_empty() {
            return Some(self.say_what_one_does(written, message));
        }
        let deed = match (word.as_str(), &rest[..]) {
            ("/keys", []) => Deed::Help,
            ("/reconnect", []) => Deed::Reconnect,
            ("/debug", []) => Deed::Debug,
            ("/theme", []) => Deed::Theme,
            ("/theme", [name]) => return Some(self.choose_look(name)),
            ("/notify" | "/mute", rest) if self.set_level(&word, rest).is_ok() => {
                self.clear_composer();
                return Some(Vec::new());
            }
            ("/mouse", ["on"]) => return Some(self.want_mouse(true)),
            ("/mouse", ["off"]) => return Some(self.want_mouse(false)),
            _ => {
                self.toasts.complain(format!("it goes like this: {usage}"), self.now);
                return Some(Vec::new());
            }
        };
        self.clear_composer();
        Some(self.act(deed, None, message))
    }

    /// It is a message as any other, in words that read well wherever it is read.
    fn say_what_one_does(&mut self, written: &str, message: MessageId) -> Vec<Action> {
        let deed = written.trim_start().split_once(char::is_whitespace).map_or("", |(_, deed)| deed.trim());
        let me = self.me.as_ref().map_or("", UserName::as_str);
        match Text::parse(&format!("*{me} {deed}*")) {
            Ok(text) => self.written(text, message),
            Err(error) => {
                self.toasts.complain(error.to_string(), self.now);
                Vec::new()
            }
        }
    }

    fn choose_look(&mut self, name: &str) -> Vec<Action> {
        match Look::ALL.into_iter().find(|look| look.name() == name) {
            Some(look) => {
                self.clear_composer();
                self.config.theme = look;
            }
            None => {
                let names = Look::ALL.map(Look::name).join(", ");
                self.toasts.complain(format!("there is no theme {name}, only {names}"), self.now);
            }
        }
        Vec::new()
    }

    /// The next look, round the end.
    pub(super) fn next_look(&mut self) {
        let at = Look::ALL.iter().position(|look| *look == self.config.theme).unwrap_or(0);
        let next = Look::ALL[(at + 1) % Look::ALL.len()];
        self.config.theme = next;
        self.toasts.tell(format!("theme {}", next.name()), self.now);
    }

    fn want_mouse(&mut self, on: bool) -> Vec<Action> {
        self.clear_composer();
        self.config.mouse = on;
        self.toasts.tell(if on { "the mouse is on" } else { "the mouse is the terminal's" }, self.now);
        self.capture_mouse()
    }

    /// The mouse is for this program, or for the terminal again.
    pub(super) fn toggle_mouse(&mut self) -> Vec<Action> {
        self.config.mouse = !self.config.mouse;
        let on = self.config.mouse;
        self.toasts.tell(if on { "the mouse is on" } else { "the mouse is the terminal's" }, self.now);
        self.capture_mouse()
    }

    /// Drops the connection, and makes a new one at once.
    pub(super) fn reconnect(&mut self) -> Vec<Action> {
        self.link_lost();
        self.dial(1)
    }

    /// The commands of this client that are spelled most like a word.
    pub(super) fn nearest_own(word: &str) -> Option<&'static str> {
        let words = super::commands::own_rows();
        let words = words.filter_map(|(usage, _)| usage.split(' ').next());
        let near = words.map(|known| (strsim::damerau_levenshtein(word, known), known));
        near.filter(|(distance, known)| *distance < 3 && *distance < known.len() - 1)
            .min()
            .map(|(_, known)| known)
    }
}
