//! What a typed line makes a text session do.

use im_proto::command::{At, Command, CommandError, Line, TABLE, Verb, parse, rows_of};
use im_proto::{
    Address, NameError, Pending, PendingKind, Request, RoomName, Seq, Text as Said, UserName, printable,
};

use super::super::Output;
use super::line::Typed;
use super::password::Purpose;
use super::questions::yes_or_no;
use super::wording::Manner;
use super::{Asked, Text, tinychat};

impl Text {
    pub(super) fn line(&mut self, line: &str, out: &mut Output) {
        if self.password.is_some() {
            return self.password_line(line, out);
        }
        if std::mem::take(&mut self.asking_peer) && self.is_no_command(line) {
            return self.peer_line(line, out);
        }
        if self.guest_first(line) {
            return;
        }
        if self.user.is_some()
            && let Some(yes) = yes_or_no(line)
            && let Some(question) = self.questions.answer(None, None)
        {
            return self.answer_question(question, yes);
        }
        if self.manner == Manner::Tinychat && line == tinychat::QUIT {
            return self.bye(out);
        }
        match parse(line, At::Whispers) {
            Ok(Line::Blank) => {}
            Ok(Line::Command(command)) => self.command(command, out),
            Ok(Line::Text(text)) => self.text(text, out),
            Err(CommandError::Name { verb: Verb::ToUser, error: NameError::Empty })
                if line.starts_with('/') && self.user.is_some() =>
            {
                self.asking_peer = true;
                self.screen.prompt(tinychat::ASK_PEER, out);
            }
            Err(error) => {
                let told = self.words().bad_command(&error, line, self.user.as_ref());
                self.screen.line(&told, out);
            }
        }
    }

    /// Whether something typed while posts are on their way waits until they are answered. Only more of the same does
    /// not: what is said to one address is shown, or refused, alike.
    pub(super) fn waits(&self, typed: &Typed) -> bool {
        let Typed::Line(line) = typed else {
            return !matches!(typed, Typed::Answer(_));
        };
        match parse(line, At::Whispers) {
            Ok(Line::Blank) => false,
            Ok(Line::Text(_)) => {
                let elsewhere = matches!(self.asked.back(), Some(Asked::Say { to, .. }) if Some(to) != self.target.as_ref());
                elsewhere || self.target.is_none() || self.questions.insistence(self.words()).is_some()
            }
            Ok(Line::Command(_)) | Err(_) => true,
        }
    }

    /// Bare text goes to whom one talks to; never to anybody where nobody was chosen.
    fn text(&mut self, text: Said, out: &mut Output) {
        let words = self.words();
        match (&self.user, &self.target) {
            (None, _) => self.screen.line(&words.hint(), out),
            (Some(_), _) if self.questions.insist(words, &mut self.screen, out) => {}
            (Some(_), None) => words.no_target().iter().for_each(|line| self.screen.line(line, out)),
            (Some(_), Some(to)) => self.say(to.clone(), text, None),
        }
    }

    fn say(&mut self, to: Address, text: Said, whisper: Option<Said>) {
        self.say_about(to, text, whisper, None);
    }

    pub(super) fn say_about(
        &mut self,
        to: Address,
        text: Said,
        whisper: Option<Said>,
        reply_to: Option<Seq>,
    ) {
        let post = Request::Post { to: to.clone(), message: (self.fresh)(), text, reply_to };
        self.ask(Asked::Say { to, whisper }, post);
    }

    /// A line while a password is asked for: the password, unless it is a way out.
    fn password_line(&mut self, line: &str, out: &mut Output) {
        if let Ok(Line::Command(command)) = parse(line, At::Whispers)
            && matches!(
                command,
                Command::SignUp { .. } | Command::SignIn { .. } | Command::SignOut | Command::Quit
            )
        {
            if let Some(asking) = self.password.take() {
                asking.end(&mut self.lines, out);
            }
            return self.command(command, out);
        }
        let Some(asking) = &mut self.password else { return };
        let Some(request) = asking.take(line, &mut self.lines, &mut self.screen, out) else { return };
        let purpose = asking.purpose;
        self.ask(Asked::Authenticate(purpose), request);
    }

    /// Whether a line may be what was asked for, such as a name.
    fn is_no_command(&self, line: &str) -> bool {
        let quits = self.manner == Manner::Tinychat && line == tinychat::QUIT;
        !quits && matches!(parse(line, At::Whispers), Ok(Line::Blank | Line::Text(_)))
    }

    /// A line after it was asked whom to talk to.
    fn peer_line(&mut self, line: &str, out: &mut Output) {
        match UserName::parse(line.trim()) {
            Ok(peer) => self.talk_to_user(peer),
            Err(NameError::Empty) => {}
            Err(error) => self.tell(&error.to_string(), out),
        }
    }

    fn command(&mut self, command: Command, out: &mut Output) {
        match command {
            Command::Help { about } => return self.help(about.as_deref(), out),
            Command::Quit => return self.bye(out),
            Command::SignUp { .. } | Command::SignIn { .. } => {}
            _ if self.user.is_none() => return self.screen.line(&self.words().hint(), out),
            _ => {}
        }
        match command {
            Command::SignUp { name } => self.authenticate(Purpose::SignUp, name, out),
            Command::SignIn { name } => self.authenticate(Purpose::SignIn, name, out),
            Command::SignOut => self.ask(Asked::SignOut, Request::SignOut),
            Command::Rename { name } => self.ask(Asked::Rename(name.clone()), Request::Rename { name }),
            Command::Password => self.ask_about_oneself(Purpose::ChangePassword, out),
            Command::Sessions { end } => self.ask_sessions(end),
            Command::Codes { on: None } => self.help(Some("codes"), out),
            Command::Codes { on: Some(true) } => self.ask_about_oneself(Purpose::CodesOn, out),
            Command::Codes { on: Some(false) } => self.ask_about_oneself(Purpose::CodesOff, out),
            Command::ToUser { user } => self.talk_to_user(user),
            Command::ToGroup { group } => self.talk_to(Address::Room(group)),
            Command::Stop => {
                self.talk_to_before();
                let told = match &self.target {
                    Some(target) => format!("you talk to {target}"),
                    None => "you talk to nobody now".to_owned(),
                };
                self.tell(&told, out);
            }
            Command::Message { to, text } => self.say(Address::User(to), text.clone(), Some(text)),
            Command::Everybody { text } => self.say_to_everybody(text),
            Command::Join { name, create } => {
                self.ask(Asked::Join { name: name.clone(), talk: create }, Request::Join { name, create });
            }
            Command::Create { group } => self.ask(Asked::Plain(Verb::Create), Request::Create { group }),
            Command::Invite { group, user } => {
                self.ask(Asked::Plain(Verb::Invite), Request::Invite { group, user });
            }
            Command::Answer { yes, group, user } => self.answer_by_name(yes, group, user, out),
            Command::Leave { name } => self.leave(name, out),
            Command::Role { group, user, role } => {
                self.ask(Asked::Plain(Verb::Role), Request::SetRole { group, user, role });
            }
            Command::Who { of } => self.ask(Asked::Who, Request::Who { of }),
            Command::Time => self.ask(Asked::Time, Request::Time),
            Command::History { of, limit, around } => self.ask_history(of, limit, around, out),
            Command::Search { words } => self.ask_search(words),
            Command::Mentions => self.ask_mentions(),
            Command::Retention { days } => self.retention(days, out),
            Command::Edit { .. } | Command::Delete { .. } | Command::Reply { .. } | Command::React { .. } => {
                self.amend(command, out);
            }
            Command::Moderate { of, what } => self.moderate(of, what, out),
            Command::Help { .. } | Command::Quit => {}
        }
    }

    /// About where one talks.
    fn retention(&mut self, days: Option<u16>, out: &mut Output) {
        match (self.target.clone(), days) {
            (None, _) => self.help(Some("retention"), out),
            (Some(here), None) => {
                self.ask(Asked::Retention(here.clone()), Request::Open { address: here });
            }
            (Some(here @ Address::Room(_)), Some(days)) => {
                let Address::Room(of) = here.clone() else { return };
                self.ask(Asked::Retention(here), Request::SetRetention { of, days: Some(days) });
            }
            (Some(Address::User(_)), Some(_)) => {
                self.tell("between two people things are kept as long as the server keeps them", out);
            }
        }
    }

    /// TinyChat's people may talk to whom nobody knows yet.
    fn talk_to_user(&mut self, user: UserName) {
        if self.manner == Manner::Tinychat {
            self.ask(Asked::Await(user.clone()), Request::Await { user: user.clone() });
        }
        self.talk_to(Address::User(user));
    }

    /// Guests who came for something else are not in the lobby yet.
    fn say_to_everybody(&mut self, text: Said) {
        if self.guest {
            let name = RoomName::lobby();
            self.ask(Asked::Join { name: name.clone(), talk: false }, Request::Join { name, create: false });
        }
        self.say(Self::lobby(), text, None);
    }

    fn answer_by_name(
        &mut self,
        yes: bool,
        group: Option<RoomName>,
        user: Option<UserName>,
        out: &mut Output,
    ) {
        match (self.questions.answer(group.as_ref(), user.as_ref()), group) {
            (Some(question), _) => self.answer_question(question, yes),
            // Perhaps it came this very moment: the service knows.
            (None, Some(group)) => {
                self.ask(Asked::Plain(Verb::Accept), Request::Answer { group, user, yes });
            }
            (None, None) => self.tell(&im_proto::Refusal::NothingPending.to_string(), out),
        }
    }

    fn answer_question(&mut self, question: Pending, yes: bool) {
        let Pending { group, kind, by, .. } = question;
        let user = (kind == PendingKind::Request).then_some(by);
        self.ask(Asked::Plain(Verb::Accept), Request::Answer { group, user, yes });
    }

    fn leave(&mut self, name: Option<RoomName>, out: &mut Output) {
        let talking_in = match &self.target {
            Some(Address::Room(name)) => Some(name.clone()),
            _ => None,
        };
        match name.or(talking_in) {
            Some(name) => self.ask(Asked::Leave(name.clone()), Request::Leave { name }),
            None => self.help(Some("leave"), out),
        }
    }

    pub(super) fn help(&mut self, about: Option<&str>, out: &mut Output) {
        let about = match (about, self.words().usage()) {
            (None, Some(usage)) => {
                usage.iter().for_each(|line| self.screen.line(line, out));
                self.screen.line("", out);
                return self.tell("/help all shows every command", out);
            }
            (about, _) => about.filter(|about| *about != "all"),
        };
        let mut found = match about {
            Some(about) => rows_of(about).collect(),
            None => TABLE.iter().collect::<Vec<_>>(),
        };
        if found.is_empty() {
            let told = format!("there is no command {}", printable(about.unwrap_or_default()));
            self.tell(&told, out);
            found = rows_of("help").collect();
        }
        for row in found {
            self.screen.line(&format!("  {:<32} {}", row.usage(), row.does), out);
        }
    }
}
