//! What the service's replies look like in a text session, and what they make it do next.

use im_proto::command::Verb;
use im_proto::{
    Address, Conversation, Kind, Pending, PendingKind, Refusal, Reply, Request, RoomName, UserName,
};

use super::super::Output;
use super::line::Typed;
use super::password::Purpose;
use super::shown::prefixed;
use super::wording::{Manner, Refused, moment};
use super::{Asked, Text};

impl Text {
    pub(super) fn answer(&mut self, asked: Asked, result: Result<Reply, Refusal>, out: &mut Output) {
        match (asked, result) {
            (Asked::CheckName(name), result) => self.checked(name, &result, out),
            (Asked::Authenticate(purpose), result) => self.authenticated(purpose, result, out),
            (Asked::ComeAsGuest(_), Ok(Reply::Welcome { user, .. })) => {
                self.welcome(user, true, out);
                let line = self.once_a_guest.take();
                line.into_iter().for_each(|line| self.typed.push_front(Typed::Line(line)));
            }
            (Asked::ComeAsGuest(name), Err(refusal)) => self.no_guest(name.as_ref(), refusal, out),
            (Asked::Rename(_), Ok(Reply::Welcome { user, .. })) => self.renamed(&user, out),
            (Asked::Rename(name), Err(refusal)) => self.not_renamed(&name, refusal, out),
            (Asked::SignOut, Ok(_)) => self.signed_out(out),
            (Asked::Pending, Ok(Reply::Pending { pending })) => self.pending(pending, out),
            (Asked::Join { name, talk }, Ok(Reply::Conversation(joined))) => {
                self.joined(name, talk, &joined, out);
            }
            (Asked::Join { name, .. }, result @ (Ok(Reply::Asked) | Err(_))) if self.is_first_room(&name) => {
                let why = result.err().unwrap_or(Refusal::NeedsAccount);
                self.turn_away(&format!("error: {name}: {why}"), out);
            }
            (Asked::Leave(name), Ok(_)) => {
                if self.target == Some(Address::Room(name.clone())) {
                    self.talk_to_before();
                }
                self.tell(&format!("you left {name}"), out);
            }
            (Asked::History(of), Ok(Reply::History { events, amendments, .. })) => {
                self.history(&of, &events, &amendments, out);
            }
            (Asked::Plain(Verb::Mentions), Ok(Reply::Found { found, .. })) if found.is_empty() => {
                self.tell("nobody has mentioned you", out);
            }
            (_, Ok(Reply::Found { found, more })) => self.found(&found, more, out),
            (Asked::Retention(of), Ok(Reply::Conversation(about))) => {
                let told = kept_for(&of, about.retention_days);
                self.tell(&told, out);
            }
            (Asked::Who, Ok(Reply::People { people, online, .. })) => {
                let names: Vec<_> = people.iter().filter(|p| p.online).map(|p| p.name.as_str()).collect();
                let lines = self.words().online(&names, online);
                lines.iter().for_each(|line| self.screen.line(line, out));
            }
            (Asked::About(of, asked), Ok(Reply::About(about))) => self.about(&of, &about, asked, out),
            (Asked::About(_, false), Err(_)) => {} // gone again
            (Asked::Moderate(of), Ok(reply)) => self.moderated(of.as_ref(), &reply, out),
            (_, Ok(Reply::Sessions { sessions })) => self.sessions(&sessions, out),
            (Asked::Plain(Verb::Sessions), Ok(_)) => self.tell("it is signed out", out),
            (Asked::Time, Ok(Reply::Time { at: now })) => self.tell(&moment(now), out),
            (Asked::Say { to: Address::User(to), whisper }, Ok(Reply::Posted { kept, .. })) => {
                self.whispered(&to, whisper.as_ref(), kept, out);
            }
            (Asked::Plain(Verb::Create), Ok(_)) => self.tell("group create succeed", out),
            (Asked::Follow(Some(user)), Ok(_)) => self.welcomed(&user, out),
            (Asked::Dismiss(_) | Asked::Before, _) | (_, Ok(_)) => {}
            (asked, Err(refusal)) => self.refused(&asked, refusal, out),
        }
    }

    pub(super) fn refused(&mut self, asked: &Asked, refusal: Refusal, out: &mut Output) {
        if refusal == Refusal::TooOften {
            // Once is enough for somebody who pastes a page.
            self.too_often = self.too_often.map(|more| more.saturating_add(1));
            if self.too_often.is_some() {
                return;
            }
            self.too_often = Some(0);
        }
        let (verb, about) = (asked.verb(), asked.about());
        let told = self.words().refused(&Refused { verb, about, refusal });
        self.screen.line(&told, out);
    }

    /// Lines are taken again.
    pub(super) fn taken_again(&mut self, out: &mut Output) {
        if let Some(more @ 1..) = self.too_often.take() {
            self.tell(&format!("{more} more lines came too fast and were not taken"), out);
        }
    }

    /// Somebody is somebody now: what happens in their conversations is theirs to hear.
    pub(super) fn welcome(&mut self, user: UserName, guest: bool, out: &mut Output) {
        self.stop_asking(out);
        self.user = Some(user.clone());
        self.guest = guest;
        // Told when it is true that one hears: what is said after that was not kept.
        self.ask(Asked::Follow(Some(user)), Request::Follow { after: Vec::new() });
        if !guest {
            self.ask(Asked::Pending, Request::Pending);
        }
        if let Some(user) = self.await_at_first.clone() {
            self.ask(Asked::Await(user.clone()), Request::Await { user });
        }
        if let Some(room) = self.enter_at_first.clone() {
            self.ask(
                Asked::Join { name: room.clone(), talk: false },
                Request::Join { name: room, create: true },
            );
        }
        if self.manner == Manner::Lobby {
            if guest {
                let (name, create) = (RoomName::lobby(), false);
                self.ask(Asked::Join { name: name.clone(), talk: false }, Request::Join { name, create });
            }
            self.target = Some(Self::lobby());
        }
    }

    fn welcomed(&mut self, user: &UserName, out: &mut Output) {
        // On nmmh/chat's own port the banner says all.
        match self.words().usage().filter(|_| self.guest && self.lobby_port) {
            Some(banner) => banner.iter().for_each(|line| self.screen.line(line, out)),
            None => {
                if let Some(welcome) = self.words().welcome(user, self.guest) {
                    self.screen.line(&welcome, out);
                }
            }
        }
    }

    /// Guests are not let in, or not by that name. Who came only to be one is sent away.
    fn no_guest(&mut self, name: Option<&UserName>, refusal: Refusal, out: &mut Output) {
        self.once_a_guest = None;
        let told = match (refusal, name) {
            (Refusal::NoGuests, _) => {
                self.guests_refused = true;
                format!("{refusal}: signup: NAME")
            }
            (Refusal::NameTaken | Refusal::LookAlike, Some(name)) => format!("{name}: {refusal}"),
            _ => refusal.to_string(),
        };
        match self.manner {
            Manner::Machat | Manner::Tinychat => self.turn_away(&format!("error: {told}"), out),
            Manner::Goim | Manner::Lobby => self.tell(&told, out),
        }
    }

    fn renamed(&mut self, user: &UserName, out: &mut Output) {
        if let Some(from) = self.user.replace(user.clone())
            && let Some(line) = self.words().renamed(&from, user, true)
        {
            self.screen.line(&line, out);
        }
        // What waits for somebody of the new name.
        self.ask(Asked::Follow(None), Request::Follow { after: Vec::new() });
    }

    fn not_renamed(&mut self, name: &UserName, refusal: Refusal, out: &mut Output) {
        let me = self.user.as_ref().map_or("", UserName::as_str);
        let told = match refusal {
            Refusal::NotAllowed => "an account keeps its name".to_owned(),
            _ => format!("{me} failed to change username to \"{name}\""),
        };
        self.tell(&told, out);
    }

    fn signed_out(&mut self, out: &mut Output) {
        self.user = None;
        self.guest = false;
        self.target = None;
        self.targets_before.clear();
        self.recent.clear();
        self.questions.set(Vec::new(), &mut self.screen, out);
        let line = self.words().signed_out();
        self.screen.line(&line, out);
    }

    fn joined(&mut self, name: RoomName, talk: bool, joined: &Conversation, out: &mut Output) {
        // In a group everybody hears of it by its event; the lobby is where one is.
        if joined.kind == Kind::Room
            && name != RoomName::lobby()
            && let Some(user) = &self.user
            && let Some(line) = self.words().entered(user, &name)
        {
            self.screen.line(&line, out);
        }
        if talk {
            self.ask(Asked::About(name.clone(), false), Request::About { of: Address::Room(name.clone()) });
            self.talk_to(Address::Room(name));
        }
    }

    /// Whether it is the room that the first line named.
    fn is_first_room(&self, name: &RoomName) -> bool {
        self.manner == Manner::Machat && self.enter_at_first.as_ref() == Some(name)
    }

    fn whispered(&mut self, to: &UserName, whisper: Option<&im_proto::Text>, kept: bool, out: &mut Output) {
        let words = self.words();
        if let (Some(text), Some(me)) = (whisper, &self.user)
            && let Some(prefix) = words.whispered(me, to)
        {
            let lines = prefixed(&prefix, text.as_str(), self.screen.eol());
            self.screen.lines(&lines.into(), out);
        }
        if kept {
            words.kept(to).iter().for_each(|line| self.screen.line(line, out));
        }
    }

    /// All that waits for this user. Rejections are told and done with; the rest are questions.
    pub(super) fn pending(&mut self, pending: Vec<Pending>, out: &mut Output) {
        for Pending { group, by, .. } in pending.iter().filter(|p| p.kind == PendingKind::Rejection) {
            let dismiss = Asked::Dismiss(group.clone());
            // A second notice may come before the first is dismissed.
            if !self.asked.contains(&dismiss) && !self.next.iter().any(|(asked, _)| *asked == dismiss) {
                let line = self.words().rejected(by, group);
                self.screen.line(&line, out);
                self.ask(dismiss, Request::Dismiss { group: group.clone() });
            }
        }
        self.questions.set(pending, &mut self.screen, out);
    }
}

/// For how long what is said somewhere is kept.
fn kept_for(of: &Address, days: Option<u16>) -> String {
    match days {
        Some(1) => format!("what is said in {of} is kept for 1 day"),
        Some(days) => format!("what is said in {of} is kept for {days} days"),
        None => format!("what is said in {of} is kept for ever"),
    }
}

impl Asked {
    fn verb(&self) -> Verb {
        match self {
            Self::CheckName(_) | Self::Authenticate(Purpose::SignUp) => Verb::SignUp,
            Self::Authenticate(Purpose::SignIn) | Self::ComeAsGuest(_) => Verb::SignIn,
            Self::Authenticate(Purpose::ChangePassword) => Verb::Password,
            Self::Authenticate(Purpose::CodesOn | Purpose::CodesOff) => Verb::Codes,
            Self::Rename(_) => Verb::Rename,
            Self::SignOut => Verb::SignOut,
            Self::Join { talk: true, .. } => Verb::Join,
            Self::Join { .. } => Verb::JoinGroup,
            Self::Leave(_) => Verb::Leave,
            Self::History(_) => Verb::History,
            Self::Follow(_) | Self::Pending | Self::Dismiss(_) | Self::Who | Self::Before => Verb::Who,
            Self::Retention(_) => Verb::Retention,
            Self::About(..) | Self::Moderate(_) => Verb::Topic,
            Self::Time => Verb::Time,
            Self::Await(_) | Self::Say { to: Address::User(_), whisper: None } => Verb::ToUser,
            Self::Say { to: Address::User(_), whisper: Some(_) } => Verb::Message,
            Self::Say { to: Address::Room(_), .. } => Verb::ToGroup,
            Self::Plain(verb) => *verb,
        }
    }

    /// The name that it was about.
    fn about(&self) -> Option<&str> {
        match self {
            Self::Say { to: Address::User(name), .. }
            | Self::Await(name)
            | Self::Rename(name)
            | Self::CheckName(name) => Some(name.as_str()),
            Self::Say { to: Address::Room(name), .. } | Self::Leave(name) | Self::Join { name, .. } => {
                Some(name.as_str())
            }
            _ => None,
        }
    }
}
