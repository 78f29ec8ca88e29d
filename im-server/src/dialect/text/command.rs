//! What a typed line makes a text session do.

use im_proto::command::{At, Command, Line, TABLE, Verb, parse, rows_of};
use im_proto::{Address, Page, Pending, PendingKind, Request, RoomName, UserName, printable};

use super::super::Output;
use super::line::Typed;
use super::password::Purpose;
use super::questions::yes_or_no;
use super::{Asked, Text, goim};

/// How many lines of history are shown where no number is given.
const HISTORY_DEFAULT: u16 = 20;

impl Text {
    pub(super) fn line(&mut self, line: &str, out: &mut Output) {
        if self.password.is_some() {
            return self.password_line(line, out);
        }
        if self.user.is_some()
            && let Some(yes) = yes_or_no(line)
            && let Some(question) = self.questions.answer(None, None)
        {
            return self.answer_question(question, yes);
        }
        match parse(line, At::Whispers) {
            Ok(Line::Blank) => {}
            Ok(Line::Command(command)) => self.command(command, out),
            Ok(Line::Text(text)) => match (&self.user, &self.target) {
                (None, _) => self.screen.line(goim::HINT, out),
                (Some(_), _) if self.questions.insist(&mut self.screen, out) => {}
                (Some(_), None) => goim::NO_TARGET.iter().for_each(|line| self.screen.line(line, out)),
                (Some(_), Some(to)) => {
                    let verb = match to {
                        Address::User(_) => Verb::ToUser,
                        Address::Room(_) => Verb::ToGroup,
                    };
                    let post = Request::Post { to: to.clone(), message: (self.fresh)(), text };
                    self.ask(Asked::Plain(verb), post);
                }
            },
            Err(error) => self.screen.line(&goim::bad_command(&error), out),
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
                let elsewhere = self.asked.back() == Some(&Asked::Plain(Verb::Message));
                elsewhere || self.target.is_none() || self.questions.insists()
            }
            Ok(Line::Command(_)) | Err(_) => true,
        }
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
        let Some(password) = asking.take(line, &mut self.lines, &mut self.screen, out) else {
            return;
        };
        let (purpose, name) = (asking.purpose, asking.name.clone());
        let request = match purpose {
            Purpose::SignUp => Request::SignUp { name, password },
            Purpose::SignIn => Request::SignIn { name, password },
        };
        self.ask(Asked::Authenticate(purpose), request);
    }

    fn command(&mut self, command: Command, out: &mut Output) {
        match command {
            Command::Help { about } => return self.help(about.as_deref(), out),
            Command::Quit => return self.bye(out),
            Command::SignUp { .. } | Command::SignIn { .. } => {}
            _ if self.user.is_none() => return self.screen.line(goim::HINT, out),
            _ => {}
        }
        match command {
            Command::SignUp { name } => self.authenticate(Purpose::SignUp, name, out),
            Command::SignIn { name } => self.authenticate(Purpose::SignIn, name, out),
            Command::SignOut => self.ask(Asked::SignOut, Request::SignOut),
            Command::ToUser { user } => self.target = Some(Address::User(user)),
            Command::ToGroup { group } => self.target = Some(Address::Room(group)),
            Command::Message { to, text } => {
                let post = Request::Post { to: Address::User(to), message: (self.fresh)(), text };
                self.ask(Asked::Plain(Verb::Message), post);
            }
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
            Command::History { of, limit } => match of.or_else(|| self.target.clone()) {
                Some(of) => {
                    let limit = limit.unwrap_or(HISTORY_DEFAULT);
                    self.ask(Asked::History(of.clone()), Request::History { of, page: Page::Newest, limit });
                }
                None => self.help(Some("history"), out),
            },
            Command::Help { .. } | Command::Quit => {}
        }
    }

    fn authenticate(&mut self, purpose: Purpose, name: UserName, out: &mut Output) {
        match &self.user {
            Some(user) => {
                let told = format!("you are signed in as {user}, signout first");
                self.screen.line(&goim::system(told), out);
            }
            None => self.ask(Asked::CheckName(purpose, name.clone()), Request::CheckName { name }),
        }
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
            (None, Some(group)) => self.ask(Asked::Plain(Verb::Accept), Request::Answer { group, user, yes }),
            (None, None) => self.screen.line(&goim::system(im_proto::Refusal::NothingPending), out),
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

    fn help(&mut self, about: Option<&str>, out: &mut Output) {
        let mut found = match about {
            Some(about) => rows_of(about).collect(),
            None => TABLE.iter().collect::<Vec<_>>(),
        };
        if found.is_empty() {
            let told = format!("there is no command {}", printable(about.unwrap_or_default()));
            self.screen.line(&goim::system(told), out);
            found = rows_of("help").collect();
        }
        for row in found {
            self.screen.line(&format!("  {:<32} {}", row.usage(), row.does), out);
        }
    }
}
