//! What typed commands do. Their grammar is in `im-proto`, shared with telnet.

use im_proto::command::{Command, Row, TABLE, Verb, rows_of};
use im_proto::{Address, MessageId, Request, RoomName, Text, Timestamp, UserName};

use super::account::Wish;
use super::asked::Purpose;
use super::{Action, App, Goal, Overlay, failed, goto, own, rows, scroll};

impl App {
    /// Does what was typed.
    pub(super) fn run(&mut self, command: Command, message: MessageId) -> Vec<Action> {
        match command {
            Command::Quit => return self.quit(),
            Command::Help { about: None } => self.overlay = Some(Overlay::Help(0)),
            Command::Help { about: Some(word) } => self.explain(&word),
            Command::Message { to, text } => {
                self.say(Address::User(to), text, None, message);
            }
            Command::Everybody { text } => self.say_to_everybody(text, message),
            Command::Stop => {
                if !self.open_before() {
                    self.toasts.complain("there is no conversation before this one", self.now);
                }
            }
            Command::Rename { .. } => {
                let name = self.me.as_ref().map_or("", UserName::as_str);
                let told = format!("an account keeps its name: you are {name}");
                self.toasts.complain(told, self.now);
            }
            Command::ToUser { user } => return self.go_to(Address::User(user), None),
            Command::ToGroup { group } => return self.go_to(Address::Room(group), None),
            Command::History { of, limit: _, around } => return self.look_back(of, around),
            Command::SignUp { .. } | Command::SignIn { .. } => {
                let name = self.me.as_ref().map_or("", UserName::as_str);
                let told = format!("you are {name}: /signout comes before another sign-in");
                self.toasts.complain(told, self.now);
            }
            Command::Mentions => self.open_mentions(),
            Command::Password => self.ask_about_account(Wish::Password),
            Command::Codes { on: Some(true) } => self.ask_about_account(Wish::CodesOn),
            Command::Codes { on: Some(false) } => self.ask_about_account(Wish::CodesOff),
            Command::Codes { on: None } => self.explain("codes"),
            Command::Search { words } => self.open_search(Some(words.as_str())),
            command => return self.ask_for(command),
        }
        Vec::new()
    }

    /// What only the server can do, and at once: commands do not wait for a connection as messages do.
    fn ask_for(&mut self, command: Command) -> Vec<Action> {
        if !self.link.is_online() {
            self.toasts.complain("not connected: only messages are kept until it is back", self.now);
            return Vec::new();
        }
        let asked = match command {
            Command::Join { name, create } => {
                let request = Request::Join { name: name.clone(), create };
                Ok((request, Purpose::Enter(name)))
            }
            Command::Create { group } => {
                let purpose = Purpose::Enter(group.clone());
                Ok((Request::Create { group }, purpose))
            }
            Command::Invite { group, user } => {
                let told = format!("{user} is invited to #{group}");
                Ok((Request::Invite { group, user }, Purpose::Tell(told)))
            }
            Command::Role { group, user, role } => {
                let told = format!("{user} is now {} of #{group}", role.word());
                Ok((Request::SetRole { group, user, role }, Purpose::Tell(told)))
            }
            Command::Retention { days } => self.retention(days),
            Command::Moderate { of, what } => self.moderate(of, what),
            Command::Who { of } => Ok((Request::Who { of: of.clone() }, Purpose::Who(of))),
            Command::Sessions { end: None } => Ok((Request::Sessions, Purpose::Sessions)),
            Command::Sessions { end: Some(id) } => {
                Ok((Request::EndSession { id }, Purpose::Tell("it is signed out".to_owned())))
            }
            Command::Time => Ok((Request::Time, Purpose::Time)),
            Command::SignOut => Ok((Request::SignOut, Purpose::SignOut)),
            Command::Leave { name } => self.leave(name.as_ref()),
            Command::Answer { yes, group, user } => {
                self.which_pending(group.as_ref(), user.as_ref()).map(|(group, user)| {
                    let request = Request::Answer { group: group.clone(), user: user.clone(), yes };
                    (request, Purpose::Answer { group, user, yes })
                })
            }
            // The others ask nothing of the server.
            _ => return Vec::new(),
        };
        match asked {
            Ok((request, purpose)) => vec![self.ask(request, purpose)],
            Err(why) => {
                self.toasts.complain(why, self.now);
                Vec::new()
            }
        }
    }

    /// The lobby is where everybody is.
    fn say_to_everybody(&mut self, text: Text, message: MessageId) {
        let lobby = Address::Room(RoomName::lobby());
        if self.is_following && self.conversations.named(&lobby).is_none() {
            self.toasts.complain(format!("you are not in {lobby}: /join lobby"), self.now);
        } else {
            self.say(lobby, text, None, message);
        }
    }

    fn leave(&self, name: Option<&RoomName>) -> Result<(Request, Purpose), String> {
        let talk = match name {
            Some(name) => self.conversations.named(&Address::Room(name.clone())),
            None => self.talk(),
        };
        let Some(about) = talk.map(|talk| &talk.about) else {
            return Err("you are not in it".to_owned());
        };
        match &about.address {
            Address::Room(name) => Ok((Request::Leave { name: name.clone() }, Purpose::Leave(about.id))),
            Address::User(_) => Err("a direct conversation cannot be left".to_owned()),
        }
    }

    /// How long what is said in the open room or group is kept.
    fn retention(&self, days: Option<u16>) -> Result<(Request, Purpose), String> {
        match (self.talk().map(|talk| talk.about.address.clone()), days) {
            (None, _) => Err("no conversation is open".to_owned()),
            (Some(address), None) => {
                Ok((Request::Open { address: address.clone() }, Purpose::Retention(address)))
            }
            (Some(Address::Room(of)), Some(days)) => {
                let purpose = Purpose::Retention(Address::Room(of.clone()));
                Ok((Request::SetRetention { of, days: Some(days) }, purpose))
            }
            (Some(Address::User(_)), Some(_)) => {
                Err("between two people things are kept as long as the server keeps them".to_owned())
            }
        }
    }

    /// Turns to a conversation, which works without a connection where it is known.
    pub(super) fn go_to(&mut self, address: Address, goal: Option<Goal>) -> Vec<Action> {
        if let Some(talk) = self.conversations.named(&address) {
            let id = talk.about.id;
            self.open_talk(id);
            if let Some(goal) = goal {
                self.seek(goal);
            }
            return Vec::new();
        }
        if !self.link.is_online() {
            self.toasts.complain("not connected", self.now);
            return Vec::new();
        }
        vec![self.ask(Request::Open { address }, goal.map_or(Purpose::Open, Purpose::OpenAt))]
    }

    /// A page further up, or around a moment by the clock on one's wall.
    fn look_back(&mut self, of: Option<Address>, around: Option<Timestamp>) -> Vec<Action> {
        let goal = around.map(|at| Goal::Moment(rows::by_the_wall(at, &self.zone)));
        let Some(address) = of.or_else(|| self.talk().map(|talk| talk.about.address.clone())) else {
            return Vec::new();
        };
        let actions = self.go_to(address, goal);
        if actions.is_empty() && goal.is_none() {
            scroll::by(self, -self.page());
        }
        actions
    }

    fn explain(&mut self, word: &str) {
        let own = own_rows()
            .filter(|(usage, _)| first_word(usage).trim_start_matches('/') == word.trim_start_matches('/'));
        let own = own.map(|(known, does)| format!("{known}: {does}"));
        let shared = rows_of(word).map(|row| format!("{}: {}", row.usage(), row.does));
        let told: Vec<String> = shared.chain(own).collect();
        if told.is_empty() {
            self.toasts.complain(format!("there is no command {word}"), self.now);
        } else {
            self.toasts.tell(told.join(" · "), self.now);
        }
    }
}

/// The commands that mean something to somebody who is signed in to an account, for the help.
pub fn offered() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(|row| !matches!(row.verb, Verb::SignUp | Verb::SignIn | Verb::Rename))
}

/// Those of this client alone: how each is used, and what it does.
pub fn own_rows() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    failed::COMMANDS.iter().chain(goto::COMMANDS).chain(own::COMMANDS)
}

/// All commands that begin with a slash, for the palette: the word, how it is used, and what it does.
pub fn all() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let shared = offered().filter(|row| row.words[0].starts_with('/'));
    let shared = shared.map(|row| (row.words[0], row.usage(), row.does));
    shared.chain(own_rows().map(|(usage, does)| (first_word(usage), (*usage).to_owned(), *does)))
}

fn first_word(usage: &'static str) -> &'static str {
    usage.split_whitespace().next().unwrap_or(usage)
}
