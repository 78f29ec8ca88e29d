//! One's own account by text: asking for passwords and codes, what comes of it, and where one is signed in.

use im_proto::command::Verb;
use im_proto::{Refusal, Reply, Request, SignedIn, UserName, printable};

use super::super::Output;
use super::password::{Asking, Purpose, Step};
use super::wording::moment;
use super::{Asked, Text};

impl Text {
    pub(super) fn authenticate(&mut self, purpose: Purpose, name: UserName, out: &mut Output) {
        match (&self.user, purpose) {
            (Some(user), _) if !self.guest => {
                let told = format!("you are signed in as {user}, signout first");
                self.tell(&told, out);
            }
            _ if self.no_passwords.is_some() => self.tell_why_no_passwords(out),
            (_, Purpose::SignUp) => self.ask(Asked::CheckName(name.clone()), Request::CheckName { name }),
            // Whether there is such a name is not told.
            _ => self.ask_for(purpose, name, Step::Password, out),
        }
    }

    /// Asks for the password of one's own account, and what else it takes.
    pub(super) fn ask_about_oneself(&mut self, purpose: Purpose, out: &mut Output) {
        match self.user.clone() {
            Some(_) if !self.guest && self.no_passwords.is_some() => self.tell_why_no_passwords(out),
            Some(me) if !self.guest => self.ask_for(purpose, me, Step::Password, out),
            _ => self.tell(&Refusal::NeedsAccount.to_string(), out),
        }
    }

    fn tell_why_no_passwords(&mut self, out: &mut Output) {
        if let Some(why) = self.no_passwords {
            self.tell(why, out);
        }
    }

    pub(super) fn ask_for(&mut self, purpose: Purpose, name: UserName, step: Step, out: &mut Output) {
        let (echo, lines, screen) = (self.echo, &mut self.lines, &mut self.screen);
        self.password = Some(Asking::begin((purpose, name, step), echo, lines, screen, out));
    }

    pub(super) fn stop_asking(&mut self, out: &mut Output) {
        if let Some(asking) = self.password.take() {
            asking.end(&mut self.lines, out);
        }
    }

    /// What became of a request for which passwords or codes were asked.
    pub(super) fn authenticated(
        &mut self,
        purpose: Purpose,
        result: Result<Reply, Refusal>,
        out: &mut Output,
    ) {
        match (result, purpose) {
            (Ok(Reply::Welcome { user, .. }), _) => self.welcome(user, false, out),
            (Ok(Reply::CodeSecret { secret, uri }), _) => {
                self.tell("give this to your authenticator, and then type the code that it shows", out);
                self.screen.line(&format!("  {}", secret.expose()), out);
                self.screen.line(&format!("  {}", uri.expose()), out);
                self.ask_next(Step::Code, out);
            }
            (Ok(Reply::RecoveryCodes { codes }), _) => {
                self.stop_asking(out);
                self.tell("codes are asked for from now on. Each of these signs in once, keep them", out);
                codes.iter().for_each(|code| self.screen.line(&format!("  {}", code.expose()), out));
            }
            (Ok(_), Purpose::CodesOff) => self.stop_and_tell("no codes are asked for any more", out),
            (Ok(_), _) => {
                self.stop_and_tell("the password is changed, and all else is signed out", out);
            }
            (Err(Refusal::WrongPassword), Purpose::SignIn) => {
                if let Some(asking) = &mut self.password {
                    asking.ask_again(&mut self.screen, out);
                }
            }
            (Err(Refusal::CodeNeeded), Purpose::SignIn) => self.ask_next(Step::Code, out),
            (Err(refusal @ Refusal::WrongCode), _) => {
                self.tell(&refusal.to_string(), out);
                self.ask_next(Step::Code, out);
            }
            (Err(Refusal::WrongPassword), _) => self.stop_and_tell("the password is wrong", out),
            (Err(refusal), purpose) => {
                self.stop_asking(out);
                self.refused(&Asked::Authenticate(purpose), refusal, out);
            }
        }
    }

    fn ask_next(&mut self, step: Step, out: &mut Output) {
        if let Some(asking) = &mut self.password {
            asking.ask(step, &mut self.screen, out);
        }
    }

    fn stop_and_tell(&mut self, told: &str, out: &mut Output) {
        self.stop_asking(out);
        self.tell(told, out);
    }

    /// Whether a name that signs up is free.
    pub(super) fn checked(&mut self, name: UserName, result: &Result<Reply, Refusal>, out: &mut Output) {
        let refusal = match *result {
            Ok(Reply::Name { taken: true }) => Refusal::NameTaken,
            Ok(_) if name.is_for_guests() => Refusal::NameReserved,
            Ok(_) => return self.ask_for(Purpose::SignUp, name, Step::Password, out),
            Err(Refusal::InvitationNeeded) => {
                self.tell(&Refusal::InvitationNeeded.to_string(), out);
                return self.ask_for(Purpose::SignUp, name, Step::Invitation, out);
            }
            Err(refusal) => refusal,
        };
        self.refused(&Asked::CheckName(name), refusal, out);
    }

    pub(super) fn ask_sessions(&mut self, end: Option<u64>) {
        let request = end.map_or(Request::Sessions, |id| Request::EndSession { id });
        self.ask(Asked::Plain(Verb::Sessions), request);
    }

    /// Where one is signed in.
    pub(super) fn sessions(&mut self, sessions: &[SignedIn], out: &mut Output) {
        for SignedIn { id, device, since, seen, address, online, current } in sessions {
            let device = if device.is_empty() { "device" } else { device };
            let from = if address.is_empty() { String::new() } else { format!(" from {address}") };
            let now = match (current, online) {
                (true, _) => "this one".to_owned(),
                (false, true) => "connected".to_owned(),
                (false, false) => format!("here last {}", moment(*seen)),
            };
            let told = format!("#{id} {device}{from}, since {}, {now}", moment(*since));
            self.tell(&printable(&told).to_string(), out);
        }
    }
}
