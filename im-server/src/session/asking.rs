//! Requests on their way. Posts overtake nothing and many may be on their way; anything else waits until all before it
//! is answered, and all after it waits for it: a session is answered in the order in which it asked.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::future::BoxFuture;
use im_proto::{Ask, MessageId, Refusal, Request};
use tokio::time::Instant;

use crate::service::{Caller, Followed, Origin, Outcome, PostReceipt, Service, Since};

/// Most posts of one session on their way to the disk.
const PIPELINE_MAX: usize = 64;

/// After a post that came too soon the next ones of the session do, too, until so many milliseconds passed without one: what was
/// sent together stays in its order.
const PAUSE_MILLISECONDS: u64 = 1000;

/// What a request came to.
pub(super) enum Answer {
    /// What became of anything else.
    Reply { tag: u32, result: Result<Outcome, Refusal> },
    /// The session follows these conversations from now on.
    Follow { tag: u32, result: Result<Followed, Refusal> },
    /// What became of a post.
    Post { tag: u32, message: MessageId, result: Result<Outcome, Refusal> },
}

enum OnItsWay {
    Post { tag: u32, message: MessageId, receipt: Result<PostReceipt, Refusal> },
    Refused { tag: u32, refusal: Refusal },
    Follow(BoxFuture<'static, Answer>),
    SignOut(BoxFuture<'static, Answer>),
    Other(BoxFuture<'static, Answer>),
}

/// The requests of one session that are not answered yet, oldest first.
pub(super) struct Asking {
    origin: Origin,
    on_their_way: VecDeque<OnItsWay>,
    /// Waits for those before it.
    held: Option<Ask>,
    /// Until then no post is taken, after one that came too soon.
    posts_again: Option<Instant>,
}

impl Asking {
    pub(super) fn new(origin: Origin) -> Self {
        Self { origin, on_their_way: VecDeque::new(), held: None, posts_again: None }
    }

    /// Where the peer is, and what.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    pub(super) fn is_empty(&self) -> bool {
        self.on_their_way.is_empty() && self.held.is_none()
    }

    /// Whether another request may be taken from the peer.
    pub(super) fn has_room(&self) -> bool {
        let only_posts = !matches!(
            self.on_their_way.back(),
            Some(OnItsWay::Follow(_) | OnItsWay::SignOut(_) | OnItsWay::Other(_))
        );
        self.held.is_none() && only_posts && self.on_their_way.len() < PIPELINE_MAX
    }

    /// Whether what the session is to follow is being looked up.
    pub(super) fn is_about_to_follow(&self) -> bool {
        matches!(self.on_their_way.back(), Some(OnItsWay::Follow(_)))
    }

    /// Whether the session is about to speak for nobody.
    pub(super) fn is_about_to_sign_out(&self) -> bool {
        matches!(self.on_their_way.back(), Some(OnItsWay::SignOut(_)))
    }

    /// Starts a request, or holds it back. The id of a post that was handed over is returned.
    pub(super) fn start(
        &mut self,
        ask: Ask,
        caller: Option<&Caller>,
        service: &Arc<Service>,
    ) -> Option<MessageId> {
        let Ask { tag, request } = ask;
        let signs_out = matches!(request, Request::SignOut | Request::Erase { .. });
        let other: BoxFuture<'static, Answer> = match request {
            Request::Post { to, message, text, reply_to } => {
                let receipt = match caller {
                    Some(_) if self.posts_again.is_some_and(|again| Instant::now() < again) => {
                        Err(Refusal::TooOften)
                    }
                    Some(caller) => {
                        service.post(self.origin.peer, caller.account.clone(), to, message, text, reply_to)
                    }
                    None => Err(Refusal::NotSignedIn),
                };
                // What was sent right behind it would overtake it.
                self.posts_again = matches!(receipt, Err(Refusal::TooOften))
                    .then(|| Instant::now() + Duration::from_millis(PAUSE_MILLISECONDS));
                let handed_over = receipt.is_ok().then_some(message);
                self.on_their_way.push_back(OnItsWay::Post { tag, message, receipt });
                return handed_over;
            }
            request if !self.on_their_way.is_empty() => {
                self.held = Some(Ask { tag, request });
                return None;
            }
            request if !is_free(&request) && !self.may_ask(caller, service) => {
                self.refuse(tag, Refusal::TooOften);
                return None;
            }
            Request::Follow { after } => {
                self.follow(tag, Since::Has(after.into_iter().collect()), caller, service);
                return None;
            }
            request => {
                let (service, caller, origin) = (Arc::clone(service), caller.cloned(), self.origin);
                Box::pin(
                    async move { Answer::Reply { tag, result: service.ask(caller, origin, request).await } },
                )
            }
        };
        self.on_their_way.push_back(if signs_out {
            OnItsWay::SignOut(other)
        } else {
            OnItsWay::Other(other)
        });
        None
    }

    fn may_ask(&self, caller: Option<&Caller>, service: &Service) -> bool {
        service.may_ask(self.origin.peer, caller.map(|caller| &caller.account)).is_ok()
    }

    /// Looks up what the session is to follow. Nothing must be on its way.
    pub(super) fn follow(&mut self, tag: u32, since: Since, caller: Option<&Caller>, service: &Arc<Service>) {
        let (service, user) = (Arc::clone(service), caller.map(|caller| caller.account.id));
        let follow = Box::pin(async move {
            let result = match user {
                Some(user) => service.followed(user, since).await.map_err(Refusal::from),
                None => Err(Refusal::NotSignedIn),
            };
            Answer::Follow { tag, result }
        });
        self.on_their_way.push_back(OnItsWay::Follow(follow));
    }

    /// Refuses what is no request, when those before it are answered.
    pub(super) fn refuse(&mut self, tag: u32, refusal: Refusal) {
        self.on_their_way.push_back(OnItsWay::Refused { tag, refusal });
    }

    /// A request that was held back and may start now.
    pub(super) fn unhold(&mut self) -> Option<Ask> {
        if self.on_their_way.is_empty() { self.held.take() } else { None }
    }

    /// The next answer; never, if nothing is on its way. Cancel-safe.
    pub(super) async fn next(&mut self) -> Answer {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Answer> {
        let answer = match self.on_their_way.front_mut() {
            None => return Poll::Pending,
            Some(OnItsWay::Refused { tag, refusal }) => Answer::Reply { tag: *tag, result: Err(*refusal) },
            Some(OnItsWay::Follow(other) | OnItsWay::SignOut(other) | OnItsWay::Other(other)) => {
                ready!(other.as_mut().poll(context))
            }
            Some(OnItsWay::Post { tag, message, receipt }) => {
                let posted = match receipt {
                    Ok(receipt) => ready!(Pin::new(receipt).poll(context)),
                    Err(refusal) => Err(*refusal),
                };
                let (tag, message) = (*tag, *message);
                let result = posted.map(Outcome::from);
                Answer::Post { tag, message, result }
            }
        };
        self.on_their_way.pop_front();
        if self.on_their_way.is_empty() {
            self.on_their_way = VecDeque::new(); // an idle session owns no queue
        }
        Poll::Ready(answer)
    }
}

/// Signs of life cost nothing, and who leaves is not held back.
fn is_free(request: &Request) -> bool {
    matches!(request, Request::Ping | Request::SignOut)
}
