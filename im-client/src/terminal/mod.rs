//! The full screen: one task that owns the terminal. It takes all that is ready, lets [`app`](crate::app) decide, and
//! draws once. When nothing happens it sleeps.

pub mod cells;
pub mod disk;
mod errands;
pub mod network;
pub mod screen;
pub mod watch;

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use im_proto::Timestamp;
use ratatui::layout::Size;
use tokio::sync::mpsc::{self, Receiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use crate::app::{Action, App, Input, Start, What, deadline, update};
use crate::connection::Tcp;
use crate::exit::Failure;
use crate::terminal::disk::Disk;
use crate::terminal::errands::Errands;
use crate::terminal::network::{Order, Report};
use crate::terminal::screen::Screen;
use crate::terminal::watch::Watch;
use crate::view::theme::Theme;
use crate::view::view;

/// Between two frames that nobody pressed a key for, in milliseconds.
const FRAME_MS_MIN: u64 = 16;
/// Most inputs that are taken before a frame is drawn.
const INPUTS_MAX: usize = 1024;
/// Most reports of the network that wait.
const REPORTS_MAX: usize = 1024;
/// How long the end waits for what is still to be sent, in milliseconds.
const PARTING_MS_MAX: u64 = 1000;

/// Runs the full screen until somebody quits.
pub async fn run(start: Start, disk: Disk, watch: Watch) -> Result<(), Failure> {
    let mut ends = Ends::new().map_err(Failure::io("signals"))?;
    let mut screen = Screen::enter()?;
    let (orders, taken) = mpsc::unbounded_channel();
    let (told, mut reports) = mpsc::channel(REPORTS_MAX);
    let network = tokio::spawn(network::run(Tcp, taken, told));
    let size = screen.terminal.size().map_err(Failure::io("the terminal"))?;
    let app = App::new(Start { size, ..start });
    screen.terminal.backend_mut().links = app.links.clone();
    let mut desk = Desk {
        app,
        screen,
        disk,
        watch,
        errands: Errands::new(),
        orders,
        started: Instant::now(),
        drawn: None,
        has_quit: false,
    };
    let ended = desk.work(&mut reports, &mut ends).await;
    // Whatever ends it, what is half written is not lost.
    let noted = desk.take(What::Ending);
    desk.part(network).await;
    ended.and(noted)
}

/// What belongs to the terminal's task.
struct Desk {
    app: App,
    screen: Screen,
    disk: Disk,
    watch: Watch,
    errands: Errands,
    orders: UnboundedSender<Order>,
    started: Instant,
    drawn: Option<Instant>,
    has_quit: bool,
}

impl Desk {
    async fn work(&mut self, reports: &mut Receiver<Report>, ends: &mut Ends) -> Result<(), Failure> {
        let mut events = EventStream::new();
        self.take(What::Start)?;
        self.draw()?;
        while !self.has_quit {
            let due = deadline(&self.app).map(|at| self.started + at);
            let urgent = tokio::select! {
                biased;
                signal = ends.next() => return Err(Failure::Signal(signal)),
                event = events.next() => self.take_event(event)?,
                report = reports.recv() => self.take_report(report)?,
                () = self.watch.changed() => self.read_config()?,
                told = self.errands.done() => {
                    self.take(told)?;
                    true
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.take(What::Deadline)?;
                    false
                }
            };
            let urgent = self.take_all(urgent, &mut events, reports).await?;
            self.draw_in_time(urgent, &mut events, reports).await?;
        }
        Ok(())
    }

    /// Takes what else is ready; tells whether somebody waits to see what a key did.
    async fn take_all(
        &mut self,
        mut urgent: bool,
        events: &mut EventStream,
        reports: &mut Receiver<Report>,
    ) -> Result<bool, Failure> {
        for _ in 0..INPUTS_MAX {
            if let Poll::Ready(event) = look(events).await {
                urgent |= self.take_event(event)?;
            } else if let Ok(report) = reports.try_recv() {
                self.take_report(Some(report))?;
            } else {
                break;
            }
            if self.has_quit {
                break;
            }
        }
        Ok(urgent)
    }

    /// Draws at once after a key. Floods are drawn a frame at a time, and a key in the midst of one still at once.
    async fn draw_in_time(
        &mut self,
        mut urgent: bool,
        events: &mut EventStream,
        reports: &mut Receiver<Report>,
    ) -> Result<(), Failure> {
        let due = self.drawn.map(|at| at + Duration::from_millis(FRAME_MS_MIN));
        while let Some(due) = due
            && !urgent
            && !self.has_quit
            && Instant::now() < due
        {
            tokio::select! {
                biased;
                event = events.next() => urgent |= self.take_event(event)?,
                report = reports.recv() => {
                    self.take_report(report)?;
                }
                () = sleep_until(due) => break,
            }
            urgent = self.take_all(urgent, events, reports).await?;
        }
        self.draw()
    }

    fn take_event(&mut self, event: Option<std::io::Result<Event>>) -> Result<bool, Failure> {
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(error)) => return Err(Failure::io("the terminal")(error)),
            None => return Err(Failure::Failed("the terminal is gone".to_owned())),
        };
        if event == Event::FocusGained {
            self.read_config()?;
        }
        self.take(match event {
            Event::Key(key) => What::Key(key),
            Event::Mouse(mouse) => What::Mouse(mouse),
            Event::Paste(text) => What::Paste(text),
            Event::Resize(width, height) => What::Resize(Size::new(width, height)),
            Event::FocusGained => What::Focus(true),
            Event::FocusLost => What::Focus(false),
        })?;
        Ok(true)
    }

    /// Takes the configuration if it is another; tells that nobody waits to see it.
    fn read_config(&mut self) -> Result<bool, Failure> {
        if let Some(read) = self.watch.read() {
            self.take(What::Configured(read))?;
        }
        Ok(false)
    }

    fn take_report(&mut self, report: Option<Report>) -> Result<bool, Failure> {
        let what = match report {
            Some(Report::Up(dial)) => What::Up(dial),
            Some(Report::Heard(dial, said)) => What::Heard(dial, said),
            Some(Report::Down(dial, why)) => What::Down(dial, why),
            None => return Err(Failure::Failed("the connection's task has ended".to_owned())),
        };
        self.take(what)?;
        Ok(false)
    }

    fn take(&mut self, what: What) -> Result<(), Failure> {
        let mut dice = [0; 16];
        getrandom::fill(&mut dice).map_err(|error| Failure::Failed(format!("no random bits: {error}")))?;
        let input = Input { now: self.started.elapsed(), wall: wall(), dice, what };
        for action in update(&mut self.app, input) {
            for what in self.act(action) {
                self.take(what)?;
            }
        }
        Ok(())
    }

    /// Does something about the world; what is to be told about that.
    fn act(&mut self, action: Action) -> Vec<What> {
        // The task takes orders as long as there is somebody to give them.
        let order = |order| {
            let _ = self.orders.send(order);
        };
        match action {
            Action::Dial { dial, to } => order(Order::Dial { dial, to }),
            Action::HangUp => order(Order::HangUp),
            Action::Send(ask) => order(Order::Send(ask)),
            Action::Quit => self.has_quit = true,
            Action::KeepToken { server, user, token } => {
                return self.disk.keep_token(&server, user, token).into_iter().collect();
            }
            Action::ForgetToken { server, user } => {
                return self.disk.forget_token(&server, &user).into_iter().collect();
            }
            Action::Recall { server, user } => return self.disk.recall(&server, &user),
            Action::Keep(changes) => return self.disk.keep(&changes).into_iter().collect(),
            Action::PutAway => self.disk.put_away(),
            Action::CaptureMouse(on) => {
                let done = screen::capture_mouse(on).err();
                return done.map(|error| What::Trouble(format!("the mouse: {error}"))).into_iter().collect();
            }
            Action::Copy(text) => return self.errands.copy(text).into_iter().collect(),
            Action::OpenLink(link) => return self.errands.open(link).into_iter().collect(),
            Action::KeepNotes(notes) => return self.disk.keep_notes(&notes).into_iter().collect(),
        }
        Vec::new()
    }

    fn draw(&mut self) -> Result<(), Failure> {
        let (app, theme) = (&self.app, Theme::of(&self.app.config, &self.app.looks));
        self.screen.terminal.draw(|frame| view(app, &theme, frame)).map_err(Failure::io("the terminal"))?;
        self.drawn = Some(Instant::now());
        Ok(())
    }

    /// Gives the terminal back at once; what was said last still goes out.
    async fn part(self, network: JoinHandle<()>) {
        drop((self.screen, self.orders));
        // Late or broken, there is nothing more to be done about it.
        let _ = timeout(Duration::from_millis(PARTING_MS_MAX), network).await;
    }
}

/// What the terminal has ready. The stream keeps only the first waker that it is polled with: that has to be this
/// task's, or nobody would wake for the next key.
async fn look(events: &mut EventStream) -> Poll<Option<std::io::Result<Event>>> {
    poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await
}

fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The signals that end the program in good order.
struct Ends {
    #[cfg(unix)]
    signals: [(u8, tokio::signal::unix::Signal); 3],
}

#[cfg(unix)]
impl Ends {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [
                (15, signal(SignalKind::terminate())?),
                (1, signal(SignalKind::hangup())?),
                (2, signal(SignalKind::interrupt())?),
            ],
        })
    }

    /// The number of the signal that came. May be dropped and called again.
    async fn next(&mut self) -> u8 {
        let [terminate, hangup, interrupt] = &mut self.signals;
        tokio::select! {
            _ = terminate.1.recv() => terminate.0,
            _ = hangup.1.recv() => hangup.0,
            _ = interrupt.1.recv() => interrupt.0,
        }
    }
}

#[cfg(not(unix))]
impl Ends {
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> u8 {
        std::future::pending().await
    }
}
