//! What the service's replies look like in a text session, and what they make it do next.

use im_proto::command::Verb;
use im_proto::{Address, Event, Kind, Pending, PendingKind, Refusal, Reply, Request, UserName};

use super::super::Output;
use super::password::{Asking, Purpose};
use super::{Asked, Text, goim};

impl Text {
    pub(super) fn answer(&mut self, asked: Asked, result: Result<Reply, Refusal>, out: &mut Output) {
        match (asked, result) {
            (Asked::CheckName(purpose, name), Ok(Reply::Name { taken })) => {
                self.checked(purpose, name, taken, out);
            }
            (Asked::Authenticate(_), Ok(Reply::Welcome { user, .. })) => self.welcome(user, out),
            (Asked::Authenticate(_), Err(Refusal::WrongPassword)) => Asking::ask_again(&mut self.screen, out),
            (Asked::Authenticate(purpose), Err(refusal)) => {
                self.stop_asking(out);
                let verb = if purpose == Purpose::SignUp { Verb::SignUp } else { Verb::SignIn };
                self.screen.line(&goim::refusal(verb, refusal), out);
            }
            (Asked::SignOut, Ok(_)) => {
                self.user = None;
                self.target = None;
                self.questions.set(Vec::new(), &mut self.screen, out);
                self.screen.line(&goim::system("signout succeed"), out);
            }
            (Asked::Pending, Ok(Reply::Pending(pending))) => self.pending(pending, out),
            (Asked::Follow | Asked::Pending | Asked::Dismiss(_) | Asked::Before, _) => {}
            (Asked::Join { name, talk }, Ok(Reply::Conversation(joined))) => {
                // In a group everybody hears of it by its event.
                if joined.kind == Kind::Room
                    && let Some(user) = &self.user
                {
                    let told = format!("{user} join in group {name}");
                    self.screen.line(&goim::system(told), out);
                }
                if talk {
                    self.target = Some(Address::Room(name));
                }
            }
            (Asked::Leave(name), Ok(_)) => {
                if self.target == Some(Address::Room(name.clone())) {
                    self.target = None;
                }
                self.screen.line(&goim::system(format_args!("you left {name}")), out);
            }
            (Asked::History(of), Ok(Reply::History { events, .. })) => self.history(&of, &events, out),
            (Asked::Who, Ok(Reply::People { people, online, .. })) => {
                let names: Vec<_> = people.iter().filter(|p| p.online).map(|p| p.name.as_str()).collect();
                let told = format!("[from system] online: {} ({online})", names.join(", "));
                self.screen.line(&told, out);
            }
            (Asked::Plain(_), Ok(Reply::Posted { kept: true, .. })) => {
                goim::OFFLINE.iter().for_each(|line| self.screen.line(line, out));
            }
            (Asked::Plain(Verb::Create), Ok(_)) => {
                self.screen.line(&goim::system("group create succeed"), out);
            }
            (asked, Err(refusal)) => self.screen.line(&goim::refusal(asked.verb(), refusal), out),
            (_, Ok(_)) => {}
        }
    }

    fn checked(&mut self, purpose: Purpose, name: UserName, taken: bool, out: &mut Output) {
        match (purpose, taken) {
            (Purpose::SignUp, true) => {
                self.screen.line(&goim::refusal(Verb::SignUp, Refusal::NameTaken), out)
            }
            (Purpose::SignIn, false) => {
                self.screen.line(&goim::refusal(Verb::SignIn, Refusal::NoSuchUser), out)
            }
            _ => {
                let (echo, lines, screen) = (self.echo, &mut self.lines, &mut self.screen);
                self.password = Some(Asking::begin(purpose, name, echo, lines, screen, out));
            }
        }
    }

    fn welcome(&mut self, user: UserName, out: &mut Output) {
        self.stop_asking(out);
        self.screen.line(&goim::system("auth succeed"), out);
        self.user = Some(user);
        self.ask(Asked::Follow, Request::Follow { after: Vec::new() });
        self.ask(Asked::Pending, Request::Pending);
    }

    fn stop_asking(&mut self, out: &mut Output) {
        if let Some(asking) = self.password.take() {
            asking.end(&mut self.lines, out);
        }
    }

    /// All that waits for this user. Rejections are told and done with; the rest are questions.
    pub(super) fn pending(&mut self, pending: Vec<Pending>, out: &mut Output) {
        for Pending { group, by, .. } in pending.iter().filter(|p| p.kind == PendingKind::Rejection) {
            let dismiss = Asked::Dismiss(group.clone());
            // A second notice may come before the first is dismissed.
            if !self.asked.contains(&dismiss) && !self.next.iter().any(|(asked, _)| *asked == dismiss) {
                self.screen.line(&goim::rejected(by, group), out);
                self.ask(dismiss, Request::Dismiss { group: group.clone() });
            }
        }
        self.questions.set(pending, &mut self.screen, out);
    }

    fn history(&mut self, of: &Address, events: &[Event], out: &mut Output) {
        let kind = match of {
            Address::User(_) => Kind::Direct,
            Address::Room(_) => Kind::Group,
        };
        let eol = self.screen.eol();
        let lines: String = events.iter().map(|event| goim::past(event, of, kind, eol)).collect();
        if lines.is_empty() {
            self.screen.line(&goim::system(format_args!("nothing was said in {of} yet")), out);
        } else {
            self.screen.lines(lines.into(), out);
        }
    }
}

impl Asked {
    fn verb(&self) -> Verb {
        match self {
            Self::CheckName(Purpose::SignUp, _) | Self::Authenticate(Purpose::SignUp) => Verb::SignUp,
            Self::CheckName(..) | Self::Authenticate(_) => Verb::SignIn,
            Self::SignOut => Verb::SignOut,
            Self::Join { talk: true, .. } => Verb::Join,
            Self::Join { .. } => Verb::JoinGroup,
            Self::Leave(_) => Verb::Leave,
            Self::History(_) => Verb::History,
            Self::Follow | Self::Pending | Self::Dismiss(_) | Self::Who | Self::Before => Verb::Who,
            Self::Plain(verb) => *verb,
        }
    }
}
