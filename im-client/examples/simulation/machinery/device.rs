//! Somebody at the full-screen client: its real decisions and its real network task, a simulated keyboard, and no screen.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use im_client::app::{Action, App, Input, Start, What, deadline, update};
use im_client::config::Config;
use im_client::terminal::network::{self, Order, Report};
use im_client::unsent::{Queue, UnsentFolder};
use im_proto::{Token, UserName};
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use tempfile::TempDir;
use tokio::sync::mpsc::{self, Receiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::course::{Course, Phase, Simulated, Wrong};
use super::deeds::Deed;
use super::hearing::Hearing;
use super::machine;
use super::oracle::Dice;

/// Most reports of the network that wait, as in the terminal.
const REPORTS_MAX: usize = 1024;
/// More than so many inputs in one moment are a client that runs in circles.
const INPUTS_MAX: u32 = 20_000;
/// Between two deeds of a person, in milliseconds.
const THINKS_MILLISECONDS_MAX: u64 = 4_000;

/// One device.
pub(crate) struct Device {
    pub(super) at: u32,
    pub(super) course: Arc<Course>,
    pub(super) dice: Dice,
    token: Token,
    /// Its disk, which outlives crashes.
    disk: TempDir,
    /// Posts that were said here, are not acknowledged and have not come back.
    pub(super) waiting: BTreeSet<u32>,
    /// Posts that were sent.
    pub(super) sent: BTreeSet<u32>,
    crashes: u64,
    next_deed: Instant,
    /// Somebody looks over its shoulder: what it hears and does is printed.
    watched: bool,
}

/// A client from its start to its end.
pub(super) struct Life {
    pub(super) app: App,
    orders: UnboundedSender<Order>,
    reports: Receiver<Report>,
    network: JoinHandle<()>,
    began: Instant,
    pub(super) hearing: Hearing,
    /// What is unsent, on the disk.
    queue: Option<Queue>,
    /// How many inputs came in this moment.
    inputs: (Instant, u32),
}

/// How a device ends.
pub(crate) struct Ended {
    pub(super) at: u32,
    pub(super) app: App,
    pub(super) crashes: u64,
}

impl Device {
    pub(crate) fn new(
        at: u32,
        token: Token,
        seed: u64,
        course: &Arc<Course>,
        watched: bool,
    ) -> Result<Self, Wrong> {
        let disk = TempDir::new().map_err(|error| Wrong(error.to_string()))?;
        Ok(Self {
            disk,
            at,
            course: Arc::clone(course),
            dice: Dice::of(seed, at.into()),
            token,
            waiting: BTreeSet::new(),
            sent: BTreeSet::new(),
            crashes: 0,
            next_deed: Instant::now(),
            watched,
        })
    }

    /// Lives until it is judged, however often the client crashes.
    pub(crate) async fn live(mut self) -> Result<Ended, Wrong> {
        loop {
            let mut life = self.begin();
            self.take(&mut life, What::Start)?;
            let gone = self.until_it_ends(&mut life).await?;
            if let Some(Gone { silently }) = gone {
                if silently {
                    self.course.network.vanish(self.at);
                }
                life.network.abort();
                let _ = life.network.await; // it was told to end
                self.crashes += 1;
                drop(life.queue);
                self.stay_away().await;
            } else {
                let Life { app, network, .. } = life;
                network.abort();
                return Ok(Ended { at: self.at, app, crashes: self.crashes });
            }
        }
    }

    fn begin(&self) -> Life {
        let (orders, taken) = mpsc::unbounded_channel();
        let (told, reports) = mpsc::channel(REPORTS_MAX);
        let by = Simulated { network: Arc::clone(&self.course.network), who: self.at };
        let app = App::new(Start {
            server: "server".to_owned(),
            user: self.course.names.get(self.at as usize).cloned(),
            token: Some(self.token.clone()),
            password: None,
            zone: TimeZone::UTC,
            size: Size::new(100, 30),
            looks: im_client::app::looks::Looks::default(),
            config: Config::default(),
            first_run: false,
        });
        let network = tokio::spawn(network::run(by, taken, told));
        let began = Instant::now();
        let (hearing, queue, inputs) = (Hearing::default(), None, (began, 0));
        Life { app, orders, reports, network, began, hearing, queue, inputs }
    }

    async fn until_it_ends(&mut self, life: &mut Life) -> Result<Option<Gone>, Wrong> {
        loop {
            let course = Arc::clone(&self.course);
            let (phase, changed) = course.phase();
            if phase == Phase::Judge {
                return Ok(None);
            }
            let due = deadline(&life.app).map(|at| life.began + at);
            tokio::select! {
                biased;
                () = changed => {}
                report = life.reports.recv() => self.hear(life, report)?,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.take(life, What::Deadline)?;
                }
                () = sleep_until(self.next_deed), if phase == Phase::Storm => {
                    let think = self.dice.below(THINKS_MILLISECONDS_MAX);
                    self.next_deed = Instant::now() + Duration::from_millis(think);
                    match self.choose() {
                        Deed::Crash { silently } => return Ok(Some(Gone { silently })),
                        Deed::Freeze(milliseconds) => {
                            self.course.set_settled(self.at, Err(format!("{} sleeps", self.at)));
                            sleep(Duration::from_millis(milliseconds)).await;
                        }
                        deed => self.do_it(life, &deed)?,
                    }
                }
            }
            self.course.set_settled(self.at, self.settled(life));
        }
    }

    /// Nobody starts the client again for a while.
    async fn stay_away(&mut self) {
        self.course.set_settled(self.at, Err("crashed".to_owned()));
        let until = Instant::now() + Duration::from_millis(self.dice.below(15_000));
        let (phase, changed) = self.course.phase();
        if phase == Phase::Storm {
            tokio::select! {
                biased;
                () = changed => {}
                () = sleep_until(until) => {}
            }
        }
    }

    fn hear(&mut self, life: &mut Life, report: Option<Report>) -> Result<(), Wrong> {
        let what = match report {
            Some(Report::Up(dial)) => What::Up(dial),
            Some(Report::Heard(dial, said)) => {
                self.note_heard(life, dial, &said)?;
                What::Heard(dial, said)
            }
            Some(Report::Secured(dial, secured)) => What::Secured(dial, secured),
            Some(Report::Down(dial, why)) => What::Down(dial, why),
            Some(Report::Untrusted(dial, why)) => What::Untrusted(dial, why),
            Some(Report::Painted(painted)) => What::Painted(painted),
            None => return Err(self.wrong("its network task has ended")),
        };
        self.take(life, what)
    }

    pub(super) fn take(&mut self, life: &mut Life, what: What) -> Result<(), Wrong> {
        let throws = [self.dice.throw(), self.dice.throw()];
        let dice = std::array::from_fn(|at| throws[at / 8].to_le_bytes()[at % 8]);
        self.take_with(life, dice, what)
    }

    /// Lets the client decide, and does what it says.
    #[allow(clippy::print_stderr, reason = "for whoever looks over its shoulder")]
    pub(super) fn take_with(&mut self, life: &mut Life, dice: [u8; 16], what: What) -> Result<(), Wrong> {
        let now = Instant::now();
        life.inputs = if life.inputs.0 == now { (now, life.inputs.1 + 1) } else { (now, 0) };
        if life.inputs.1 > INPUTS_MAX {
            return Err(self.wrong(&format!("runs in circles: {what:?}")));
        }
        if self.watched {
            eprintln!("{} {what:?}", machine::now().0);
        }
        let input = Input { now: now - life.began, wall: machine::now(), dice, what };
        let mut told = Vec::new();
        for action in update(&mut life.app, input) {
            if self.watched {
                eprintln!("    {action:?}");
            }
            match action {
                Action::Dial { dial, to } => {
                    life.hearing.dials(dial);
                    let _ = life.orders.send(Order::Dial { dial, to }); // the task lives as long as this
                }
                Action::HangUp => {
                    let _ = life.orders.send(Order::HangUp);
                }
                Action::Send(ask) => {
                    self.note_asked(life, &ask)?;
                    let _ = life.orders.send(Order::Send(ask));
                }
                Action::Recall { server, user } => told.push(self.recall(life, &server, &user)?),
                Action::Keep(changes) => match &mut life.queue {
                    Some(queue) => queue.keep(&changes).map_err(|error| self.wrong(&error.to_string()))?,
                    None => return Err(self.wrong("keeps what nobody can have said")),
                },
                Action::Title(_) | Action::Notify(_) => {} // there is no window
                action => return Err(self.wrong(&format!("nobody wanted {action:?}"))),
            }
        }
        told.into_iter().try_for_each(|what| self.take(life, what))
    }

    /// Brings what was left unsent by the client before this one.
    fn recall(&self, life: &mut Life, server: &str, user: &UserName) -> Result<What, Wrong> {
        life.queue = None; // it may be the same one that is opened again
        let folder = UnsentFolder::in_folder(self.disk.path().to_owned());
        let (queue, left) = folder.open(server, user).map_err(|error| self.wrong(&error.to_string()))?;
        life.queue = Some(queue);
        Ok(What::Recalled(left.unsent))
    }

    /// Nothing waits here, else what does.
    fn settled(&self, life: &Life) -> Result<(), String> {
        let app = &life.app;
        let missing: Vec<_> = self.waiting.iter().collect();
        if !app.link.is_online() {
            Err(format!("{} {} is {:?}", self.at, self.name(), app.link))
        } else if !missing.is_empty() {
            Err(format!("{} {} waits for an answer to the posts {missing:?}", self.at, self.name()))
        } else if app.outbox.waiting() > 0 || app.composer().lines().iter().any(|line| !line.is_empty()) {
            Err(format!("{} {} has something to say: {:?}", self.at, self.name(), app.outbox))
        } else if app.talk().is_none_or(|talk| !talk.log.is_up_to_head()) {
            Err(format!("{} {} does not have all that it shows", self.at, self.name()))
        } else {
            Ok(())
        }
    }

    pub(super) fn name(&self) -> String {
        self.course.names.get(self.at as usize).map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn wrong(&self, what: &str) -> Wrong {
        Wrong(format!("{} on device {}: {what}", self.name(), self.at))
    }
}

/// A client has crashed; its machine, too, if it says goodbye to nobody.
struct Gone {
    silently: bool,
}
