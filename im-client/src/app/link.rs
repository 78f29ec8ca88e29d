//! How it is with the server: dialling, waiting to dial again, signing in, being there. All of it is decided here; the
//! task that dials only does as it is told.

use std::time::Duration;

use im_proto::{Request, Seq, Token, UserName};

use super::asked::Purpose;
use super::{Action, App, Unsent, UnsentState};
use crate::patience::{Beat, Heartbeat, redial_wait};
use crate::secure::{NO_PASSWORD, Secured};

/// How it is with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing is wanted of it.
    #[default]
    Idle,
    /// The connection is gone; the next attempt comes.
    Waiting {
        /// Which attempt.
        attempt: u32,
        /// When.
        until: Duration,
    },
    /// It is being dialled.
    Dialing {
        /// Which attempt.
        attempt: u32,
    },
    /// It is there, and signs us in.
    SigningIn {
        /// Which attempt.
        attempt: u32,
        /// It is alive.
        heartbeat: Heartbeat,
    },
    /// All is well.
    Online {
        /// It is alive.
        heartbeat: Heartbeat,
        /// How long a question and its answer take.
        rtt: Option<Duration>,
    },
}

impl Link {
    /// Requests are answered.
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online { .. })
    }

    /// It could not be made, or is gone, and is tried again later.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }

    fn heartbeat_mut(&mut self) -> Option<&mut Heartbeat> {
        match self {
            Self::SigningIn { heartbeat, .. } | Self::Online { heartbeat, .. } => Some(heartbeat),
            _ => None,
        }
    }

    /// When something is due: a sign of life, the next attempt, or its countdown on the screen.
    pub(super) fn deadline(&self, now: Duration) -> Option<Duration> {
        match self {
            Self::Idle | Self::Dialing { .. } => None,
            Self::Waiting { until, .. } => {
                let left = until.saturating_sub(now);
                // The next moment at which fewer whole seconds are left.
                let second = Duration::from_nanos(u64::from(left.subsec_nanos()).max(1));
                Some((now + second).min(*until).max(now))
            }
            Self::SigningIn { heartbeat, .. } | Self::Online { heartbeat, .. } => Some(heartbeat.deadline()),
        }
    }
}

impl App {
    /// Makes a request for a purpose.
    pub(super) fn ask(&mut self, request: Request, purpose: Purpose) -> Action {
        Action::Send(self.asked.ask(request, purpose))
    }

    /// Dials.
    pub(super) fn dial(&mut self, attempt: u32) -> Vec<Action> {
        self.link = Link::Dialing { attempt };
        self.dials += 1;
        vec![Action::Dial { dial: self.dials, to: self.server.clone() }]
    }

    /// There is about to be a connection, and how safe it is.
    pub(super) fn secured(&mut self, secured: Secured) -> Vec<Action> {
        self.safety = secured.safety;
        if let Some(news) = secured.news {
            self.toasts.tell(news, self.now);
        }
        Vec::new()
    }

    /// There is a connection.
    pub(super) fn up(&mut self) -> Vec<Action> {
        let Link::Dialing { attempt } = self.link else {
            return Vec::new();
        };
        if let Some(actions) = self.server_is_there() {
            return actions;
        }
        let resumes = self.token.is_some() && self.is_chatting();
        if !resumes && !self.safety.takes_password() {
            return self.sign_in_failed(Some(NO_PASSWORD.to_owned()));
        }
        self.link = Link::SigningIn { attempt, heartbeat: Heartbeat::new(self.now) };
        self.ask_to_sign_in().into_iter().collect()
    }

    /// Whoever answers is not to be trusted. That is said each time, however often it is tried.
    pub(super) fn untrusted(&mut self, why: String, dice: u64) -> Vec<Action> {
        if self.is_chatting() {
            self.toasts.complain(why.clone(), self.now);
        }
        self.down(why, dice)
    }

    /// There is none any more, or none could be made.
    pub(super) fn down(&mut self, why: String, dice: u64) -> Vec<Action> {
        if !self.is_chatting() {
            return self.sign_in_failed(Some(why));
        }
        let attempt = match self.link {
            Link::Dialing { attempt } | Link::SigningIn { attempt, .. } => attempt + 1,
            Link::Online { .. } => {
                self.toasts.complain(why, self.now);
                1
            }
            Link::Idle | Link::Waiting { .. } => return Vec::new(),
        };
        self.link_lost();
        let wait = self.come_back.take().unwrap_or_else(|| redial_wait(attempt, dice));
        self.link = Link::Waiting { attempt, until: self.now + wait };
        Vec::new()
    }

    /// Nothing that was asked will be answered.
    pub(super) fn link_lost(&mut self) {
        self.give_back_edits();
        self.asked.clear();
        self.is_following = false;
        self.left_read.clear();
        self.typing.forget();
        self.outbox.requeue();
        self.pause = super::pause::Pause::default();
        self.searches_lost();
        for talk in self.conversations.all_mut() {
            talk.log.loading = false;
            talk.log.refused = false;
            talk.log.outdated = false;
            talk.log.early = 0;
            talk.told_received = Seq::ZERO;
        }
    }

    /// The server was heard.
    pub(super) fn heard(&mut self) {
        let now = self.now;
        if let Some(heartbeat) = self.link.heartbeat_mut() {
            heartbeat.heard(now);
        }
    }

    /// A deadline of the link may have come.
    pub(super) fn link_deadline(&mut self, dice: u64) -> Vec<Action> {
        let now = self.now;
        match &mut self.link {
            Link::Waiting { attempt, until } if *until <= now => {
                let attempt = *attempt;
                self.dial(attempt)
            }
            Link::SigningIn { heartbeat, .. } | Link::Online { heartbeat, .. } => match heartbeat.beat(now) {
                Beat::Wait => Vec::new(),
                Beat::Ask => {
                    heartbeat.asked(now);
                    vec![self.ask(Request::Ping, Purpose::Ping(now))]
                }
                Beat::Dead => {
                    let mut actions = vec![Action::HangUp];
                    actions.extend(self.down("the server does not answer any more".to_owned(), dice));
                    actions
                }
            },
            _ => Vec::new(),
        }
    }

    /// The server knows who one is.
    pub(super) fn welcomed(&mut self, user: UserName, token: Option<Token>) -> Vec<Action> {
        let Link::SigningIn { heartbeat, .. } = self.link else {
            return Vec::new();
        };
        let mut actions = self.recall(&user);
        if let Some(token) = token {
            actions.push(Action::KeepToken {
                server: self.server.clone(),
                user: user.clone(),
                token: token.clone(),
            });
            self.token = Some(token);
        }
        self.me = Some(user);
        if matches!(&self.screen, super::Screen::SignIn(form) if form.first_step.is_some()) {
            self.overlay = Some(super::Overlay::FirstLook(super::first::FirstLook::default()));
        }
        self.screen = super::Screen::Chat;
        self.link = Link::Online { heartbeat, rtt: None };
        self.is_following = false;
        self.people.forget();
        actions.push(self.ask(Request::Ping, Purpose::Ping(self.now)));
        actions.push(self.ask(Request::Conversations, Purpose::Conversations));
        actions.push(self.ask(Request::Pending, Purpose::Pending));
        actions.push(self.ask(Request::Who { of: None }, Purpose::Online));
        actions
    }

    /// The time that a question and its answer took.
    pub(super) fn measured(&mut self, asked: Duration) {
        let now = self.now;
        if let Link::Online { rtt, .. } = &mut self.link {
            *rtt = Some(now.saturating_sub(asked));
        }
    }

    /// Sends what waits, as much as may be on its way at once, in order.
    pub(super) fn send_unsent(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.is_following || !self.pause.is_over(self.now) {
            return actions;
        }
        while self.asked.posts() < self.pause.on_their_way_max()
            && let Some(unsent) = self.outbox.send_next()
        {
            debug_assert_ne!(unsent.state, UnsentState::Queued);
            let Unsent { to, message, text, reply_to, .. } = unsent;
            actions.push(self.ask(Request::Post { to, message, text, reply_to }, Purpose::Post(message)));
        }
        actions
    }
}
