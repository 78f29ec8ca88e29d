//! The simulated network: every connection, what is on its way, and when it arrives. All that ever happens in it happens in
//! one order, which the seed decides.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until};

use super::connection::{Connection, End};
use super::ends::{ClientEnd, ServerEnd};
use super::oracle::Dice;
use super::weather::{Break, KEEPALIVE_MILLISECONDS, Way, Weather};

/// Something that happens to a connection.
#[derive(Debug)]
pub(super) enum Happening {
    /// A dial reaches the server.
    Reaches,
    /// The client hears whether the server took it.
    Answered {
        taken: bool,
    },
    Arrives(Way, Bytes),
    Ends(Way),
    /// One end is told that the connection is no more: the one to which this way leads.
    Resets(Way),
    Breaks,
}

/// What the server does with a connection that reaches it.
pub(super) type Serve = Arc<dyn Fn(ServerEnd) + Send + Sync>;

/// What is to be done when nothing is locked any more.
enum Due {
    Nothing,
    Serve(usize),
    Answer(oneshot::Sender<io::Result<ClientEnd>>, io::Result<ClientEnd>),
}

pub(crate) struct Network {
    state: Mutex<State>,
    sooner: Notify,
}

pub(super) struct State {
    began: Instant,
    dice: Dice,
    pub(super) connections: Vec<Connection>,
    happenings: BTreeMap<(u64, u64), (usize, Happening)>,
    happened: u64,
    calm: bool,
    serve: Option<Serve>,
    /// All that happened, in one number.
    digest: u64,
    pub(super) bytes: u64,
    pub(super) broken: u64,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let state = State {
            began: Instant::now(),
            dice: Dice::of(seed, u64::MAX - 2),
            connections: Vec::new(),
            happenings: BTreeMap::new(),
            happened: 0,
            calm: true,
            serve: None,
            digest: 0xcbf2_9ce4_8422_2325,
            bytes: 0,
            broken: 0,
        };
        Arc::new(Self { state: Mutex::new(state), sooner: Notify::new() })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with what is known; who is to come sooner than anything else wakes the network.
    pub(super) fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let first = state.happenings.first_key_value().map(|(at, _)| *at);
        let done = what(&mut state);
        let is_sooner = state.happenings.first_key_value().map(|(at, _)| *at) != first;
        drop(state);
        if is_sooner {
            self.sooner.notify_one();
        }
        done
    }

    /// A server is there from now on, or none.
    pub(super) fn serve(&self, serve: Option<Serve>) {
        self.with(|state| std::mem::replace(&mut state.serve, serve));
    }

    /// From now on there are storms, or none; what broke stays broken.
    pub(crate) fn be_calm(&self, calm: bool) {
        self.with(|state| {
            state.calm = calm;
            if calm {
                state.connections.iter_mut().for_each(|connection| connection.weather.breaks = None);
            }
        });
    }

    pub(crate) fn digest(&self) -> u64 {
        self.state().digest
    }

    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let state = self.state();
        (state.connections.len() as u64, state.broken, state.bytes)
    }

    /// Dials for somebody.
    pub(crate) async fn dial(self: &Arc<Self>, who: u32) -> io::Result<ClientEnd> {
        let (answer, answered) = oneshot::channel();
        self.with(|state| {
            let weather = if state.calm { Weather::calm() } else { Weather::stormy(&mut state.dice) };
            let at = state.connections.len();
            let arrives = state.now() + weather.delay(Way::ToServer, &mut state.dice);
            if !weather.lost {
                state.plan(arrives, at, Happening::Reaches);
            }
            state.connections.push(Connection::new(who, weather, answer));
        });
        answered.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// The machine of somebody is gone, and says goodbye to nobody.
    pub(crate) fn vanish(&self, who: u32) {
        self.with(|state| {
            for at in 0..state.connections.len() {
                if state.connections[at].who == who {
                    state.connections[at].weather.told.server = false;
                    state.connections[at].weather.told.client = false;
                    state.breaks(at);
                }
            }
        });
    }

    /// Lets happen what happens, until it is dropped.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            let first = self.state().happenings.first_key_value().map(|((at, _), _)| *at);
            let began = self.state().began;
            tokio::select! {
                biased;
                () = self.sooner.notified() => {}
                () = sleep_until(began + Duration::from_millis(first.unwrap_or_default())), if first.is_some() => {
                    self.happen();
                }
            }
        }
    }

    /// The next thing happens, if it is time.
    fn happen(self: &Arc<Self>) {
        let due = {
            let mut state = self.state();
            let now = state.now();
            match state.happenings.first_entry() {
                Some(entry) if entry.key().0 <= now => {
                    let (at, happening) = entry.remove();
                    state.happens(at, happening, self)
                }
                _ => Due::Nothing,
            }
        };
        match due {
            Due::Nothing => {}
            Due::Answer(whom, answer) => drop(whom.send(answer)), // and closes, if nobody waits any more
            Due::Serve(at) => {
                let end = ServerEnd::new(Arc::clone(self), at);
                let serve = self.state().serve.clone();
                if let Some(serve) = serve {
                    serve(end);
                }
            }
        }
    }
}

impl State {
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn plan(&mut self, when: u64, at: usize, happening: Happening) {
        self.happened += 1;
        self.happenings.insert((when, self.happened), (at, happening));
    }

    fn mix(&mut self, bytes: &[u8]) {
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        self.digest = bytes.iter().fold(self.digest, mix);
    }

    /// An end sends bytes.
    pub(super) fn send(&mut self, at: usize, way: Way, bytes: &[u8]) {
        let connection = &mut self.connections[at];
        connection.ways[way as usize].on_its_way += bytes.len();
        if connection.is_broken {
            return; // into nowhere
        }
        let breaks_here = match connection.weather.breaks {
            Some(Break::Bytes(on, after)) if on == way => {
                let left = after.saturating_sub(connection.ways[way as usize].sent);
                usize::try_from(left).ok().filter(|left| *left <= bytes.len())
            }
            _ => None,
        };
        let mut rest = Bytes::copy_from_slice(&bytes[..breaks_here.unwrap_or(bytes.len())]);
        connection.ways[way as usize].sent += bytes.len() as u64;
        while !rest.is_empty() {
            let cut = if self.dice.one_in(3) { 1 + self.dice.index(rest.len()) } else { rest.len() };
            let piece = rest.split_to(cut);
            self.later(at, way, Happening::Arrives(way, piece));
        }
        if breaks_here.is_some() {
            self.breaks(at);
            // All that came before the byte at which it breaks gets there.
            self.connections[at].ways[way as usize].survives = usize::MAX;
        }
    }

    /// An end sends nothing more.
    pub(super) fn end(&mut self, at: usize, way: Way) {
        if !std::mem::replace(&mut self.connections[at].ways[way as usize].ending, true)
            && !self.connections[at].is_broken
        {
            self.later(at, way, Happening::Ends(way));
        }
    }

    /// One end is told that there is nobody at the other one, behind what is on its way to it.
    pub(super) fn reset(&mut self, at: usize, way: Way) {
        if !self.connections[at].is_broken {
            self.later(at, way, Happening::Resets(way));
        }
    }

    /// Bytes of one way arrive in order.
    fn later(&mut self, at: usize, way: Way, happening: Happening) {
        let delay = self.connections[at].weather.delay(way, &mut self.dice);
        let due = (self.now() + delay).max(self.connections[at].ways[way as usize].last_due);
        self.connections[at].ways[way as usize].last_due = due;
        self.plan(due, at, happening);
    }

    /// From now on nothing is taken from either end; of what is on its way some arrives, and late.
    fn breaks(&mut self, at: usize) {
        let now = self.now();
        let connection = &mut self.connections[at];
        if std::mem::replace(&mut connection.is_broken, true) {
            return;
        }
        self.broken += 1;
        let lingers = connection.weather.lingers;
        for way in Way::BOTH {
            let way = &mut connection.ways[way as usize];
            way.survives = self.dice.index(way.on_its_way + 1);
            way.held_until = now + lingers;
        }
        let told = connection.weather.told;
        for (way, told) in [(Way::ToServer, told.server), (Way::ToClient, told.client)] {
            let after = if told { self.dice.below(3_000) } else { KEEPALIVE_MILLISECONDS[way as usize] };
            self.plan(now + after, at, Happening::Resets(way));
        }
    }

    fn happens(&mut self, at: usize, happening: Happening, network: &Arc<Network>) -> Due {
        let now = self.now();
        self.mix(&now.to_le_bytes());
        self.mix(&at.to_le_bytes());
        match happening {
            Happening::Reaches => {
                let taken = self.serve.is_some();
                if taken {
                    self.connections[at].ends[Way::ToServer as usize] = End::There;
                    if let Some(Break::Time(after)) = self.connections[at].weather.breaks {
                        self.plan(now + after, at, Happening::Breaks);
                    }
                }
                self.later(at, Way::ToClient, Happening::Answered { taken });
                return if taken { Due::Serve(at) } else { Due::Nothing };
            }
            Happening::Answered { taken } => {
                let Some(whom) = self.connections[at].answer.take() else { return Due::Nothing };
                if !taken {
                    return Due::Answer(whom, Err(io::ErrorKind::ConnectionRefused.into()));
                }
                self.connections[at].ends[Way::ToClient as usize] = End::There;
                return Due::Answer(whom, Ok(ClientEnd::new(Arc::clone(network), at)));
            }
            Happening::Breaks if self.connections[at].weather.breaks.is_some() => self.breaks(at),
            Happening::Breaks => {}
            Happening::Arrives(way, bytes) => self.arrives(at, way, &bytes),
            Happening::Ends(way) => {
                if !self.is_held(at, way, || Happening::Ends(way)) && !self.connections[at].is_broken {
                    self.mix(b"end");
                    self.connections[at].ways[way as usize].ended = true;
                    self.connections[at].wake(way);
                }
            }
            Happening::Resets(way) => {
                self.mix(b"reset");
                let forgets = self.dice.one_in(2);
                self.connections[at].is_reset(way, forgets);
            }
        }
        Due::Nothing
    }

    fn arrives(&mut self, at: usize, way: Way, bytes: &Bytes) {
        if self.is_held(at, way, || Happening::Arrives(way, bytes.clone())) {
            return;
        }
        let connection = &mut self.connections[at];
        let taken = match connection.is_broken {
            true => bytes.len().min(connection.ways[way as usize].survives),
            false => bytes.len(),
        };
        if connection.is_broken {
            connection.ways[way as usize].survives -= taken;
        }
        match connection.ends[way as usize] {
            End::There => {
                connection.ways[way as usize].on_its_way -= taken;
                connection.ways[way as usize].arrived.extend_from_slice(&bytes[..taken]);
                connection.wake(way);
                self.bytes += taken as u64;
                self.mix(&bytes[..taken]);
            }
            // Nobody is there who would take it.
            _ => self.reset(at, way.back()),
        }
    }

    /// What was on its way when a connection broke may be late.
    fn is_held(&mut self, at: usize, way: Way, again: impl FnOnce() -> Happening) -> bool {
        let until = self.connections[at].ways[way as usize].held_until;
        let held = self.connections[at].is_broken && self.now() < until;
        if held {
            self.plan(until, at, again());
        }
        held
    }
}
