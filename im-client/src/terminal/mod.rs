//! The full screen: one task that owns the terminal. It takes all that is ready, lets [`app`](crate::app) decide, and
//! draws once. When nothing happens it sleeps.

pub mod cells;
pub mod disk;
mod editor;
mod errands;
pub mod ground;
pub mod network;
pub mod notify;
mod outside;
mod painting;
pub mod plain;
pub mod screen;
pub mod signals;
pub mod tty;
pub mod watch;

use std::future::{pending, poll_fn};
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use im_proto::Timestamp;
use ratatui::layout::Size;
use tokio::sync::mpsc::{self, Receiver, WeakSender};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until, timeout};

use crate::app::{Action, App, Input, Start, What, deadline, update};
use crate::demo::Demo;
use crate::exit::Failure;
use crate::secure::Dialer;
use crate::terminal::disk::Disk;
use crate::terminal::editor::Written;
use crate::terminal::ground::Asking;
use crate::terminal::network::Report;
use crate::terminal::outside::Outside;
use crate::terminal::screen::Screen;
use crate::terminal::signals::{Signals, Told};
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
pub async fn run(
    start: Start,
    disk: Disk,
    demo: Option<Demo>,
    config: Option<PathBuf>,
    dialer: Dialer,
) -> Result<(), Failure> {
    // Before any thread begins: they inherit it.
    signals::hold_stops(true).map_err(Failure::io("signals"))?;
    let mut signals = Signals::new().map_err(Failure::io("signals"))?;
    let watch = Watch::new(config);
    let mut screen = Screen::enter()?;
    let (orders, taken) = mpsc::unbounded_channel();
    let (told, mut reports) = mpsc::channel(REPORTS_MAX);
    // Only the network's task holds on to it: when that has ended there are no more reports.
    let weak = told.downgrade();
    let network = tokio::spawn(network::run(dialer, taken, told));
    let size = screen::size().map_err(Failure::io("the terminal"))?;
    let app = App::new(Start { size, ..start });
    screen.terminal.backend_mut().links = app.links.clone();
    let mut desk = Desk {
        app,
        screen,
        asking: Asking::default(),
        told: weak,
        events: Some(EventStream::new()),
        lent: None,
        outside: Outside::new(disk, orders, demo),
        watch,
        started: Instant::now(),
        drawn: None,
        resized: None,
        has_quit: false,
    };
    let ended = desk.work(&mut reports, &mut signals).await;
    // Whatever ends it, what is half written is not lost.
    let noted = desk.take(What::Ending);
    desk.part(network).await;
    ended.and(noted)
}

/// What belongs to the terminal's task.
struct Desk {
    app: App,
    screen: Screen,
    asking: Asking,
    /// Reports come this way.
    told: WeakSender<Report>,
    /// What the terminal tells; nothing while another program has it.
    events: Option<EventStream>,
    /// Another program has the terminal, and this is what it leaves to be told.
    lent: Option<JoinHandle<What>>,
    outside: Outside,
    watch: Watch,
    started: Instant,
    drawn: Option<Instant>,
    /// The terminal has this size since the last frame; it may have had others in between.
    resized: Option<Size>,
    has_quit: bool,
}

impl Desk {
    async fn work(&mut self, reports: &mut Receiver<Report>, signals: &mut Signals) -> Result<(), Failure> {
        self.take(What::Start)?;
        self.draw()?;
        if self.app.looks.would_ask(self.app.config.theme) {
            tty::tell(self.asking.ask(Instant::now())).map_err(Failure::io("the terminal"))?;
        }
        while !self.has_quit {
            let due = deadline(&self.app).map(|at| self.started + at);
            let urgent = tokio::select! {
                biased;
                told = signals.next() => self.take_signal(told)?,
                event = next(&mut self.events) => self.take_event(event)?,
                left = returned(&mut self.lent) => self.take_back(left)?,
                report = reports.recv() => self.take_report(report)?,
                () = self.watch.changed() => self.read_config()?,
                told = self.outside.done() => {
                    self.take(told)?;
                    true
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.take(What::Deadline)?;
                    false
                }
            };
            let urgent = self.take_all(urgent, reports).await?;
            self.draw_in_time(urgent, reports).await?;
        }
        Ok(())
    }

    /// Takes what else is ready; tells whether somebody waits to see what a key did.
    async fn take_all(&mut self, mut urgent: bool, reports: &mut Receiver<Report>) -> Result<bool, Failure> {
        for _ in 0..INPUTS_MAX {
            if let Poll::Ready(event) = look(&mut self.events).await {
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
                event = next(&mut self.events) => urgent |= self.take_event(event)?,
                report = reports.recv() => {
                    self.take_report(report)?;
                }
                () = sleep_until(due) => break,
            }
            urgent = self.take_all(urgent, reports).await?;
        }
        self.draw()
    }

    fn take_signal(&mut self, told: Told) -> Result<bool, Failure> {
        const INTERRUPT: u8 = 2;
        match told {
            // Ctrl-C is for the program that has the terminal.
            Told::End(INTERRUPT) if self.lent.is_some() => {}
            Told::End(signal) => return Err(Failure::Signal(signal)),
            Told::Stop if self.lent.is_some() => signals::stop().map_err(Failure::io("signals"))?,
            Told::Resumed if self.lent.is_some() => {}
            Told::Stop => {
                self.screen.leave();
                signals::stop().map_err(Failure::io("signals"))?;
                self.enter_again()?;
            }
            // Who stopped us did not ask: the terminal may be in any state.
            Told::Resumed => {
                self.screen.leave();
                self.enter_again()?;
            }
        }
        Ok(true)
    }

    fn take_event(&mut self, event: Option<io::Result<Event>>) -> Result<bool, Failure> {
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(error)) => return Err(Failure::io("the terminal")(error)),
            None => return Err(Failure::Failed("the terminal is gone".to_owned())),
        };
        if event == Event::FocusGained {
            self.read_config()?;
        }
        if event == Event::FocusGained
            && self.app.looks.would_ask(self.app.config.theme)
            && let Some(question) = self.asking.ask_again(Instant::now())
        {
            tty::tell(question).map_err(Failure::io("the terminal"))?;
        }
        let (events, ground) = self.asking.take(event, Instant::now());
        if let Some(ground) = ground {
            self.take(What::Ground(ground))?;
        }
        for event in events {
            self.take_one(event)?;
        }
        Ok(true)
    }

    fn take_one(&mut self, event: Event) -> Result<(), Failure> {
        let what = match event {
            Event::Key(key) => What::Key(key),
            Event::Mouse(mouse) => What::Mouse(mouse),
            Event::Paste(text) => What::Paste(text),
            Event::Resize(width, height) => {
                let size = screen::known(Size::new(width, height));
                self.resized = Some(size);
                What::Resize(size)
            }
            Event::FocusGained => What::Focus(true),
            Event::FocusLost => What::Focus(false),
        };
        self.take(what)
    }

    /// Takes the configuration if it is another; tells that nobody waits to see it.
    fn read_config(&mut self) -> Result<bool, Failure> {
        if let Some(read) = self.watch.read() {
            self.take(What::Configured(read))?;
        }
        Ok(false)
    }

    fn take_report(&mut self, report: Option<Report>) -> Result<bool, Failure> {
        let Some(report) = report else {
            return Err(Failure::Failed("the connection's task has ended".to_owned()));
        };
        self.take(report.what())?;
        Ok(false)
    }

    fn take(&mut self, what: What) -> Result<(), Failure> {
        let input = input(self.started, what)?;
        for action in update(&mut self.app, input) {
            for what in self.act(action)? {
                self.take(what)?;
            }
        }
        Ok(())
    }

    /// Does something about the world; what is to be told about that.
    fn act(&mut self, action: Action) -> Result<Vec<What>, Failure> {
        match action {
            Action::Quit => self.has_quit = true,
            Action::Suspend => signals::ask_to_stop().map_err(Failure::io("signals"))?,
            Action::Compose(_) if !self.outside.may_write() => {
                return Ok(vec![What::Trouble(
                    "the demo writes no files, not even for an editor".to_owned(),
                )]);
            }
            Action::Compose(text) => {
                return match Written::of(&text) {
                    Ok(written) => {
                        let mut editor = written.editor();
                        self.hand_over(&mut editor, move |ended| written.told(ended))
                    }
                    Err(error) => Ok(vec![What::Trouble(format!("no file for the editor: {error}"))]),
                };
            }
            Action::Notify(note) => {
                let config = &self.app.config.notify;
                if let Some(way) = notify::here(config.by, config.bell) {
                    self.show_outside(&notify::bytes(way, &note))?;
                }
            }
            Action::Title(title) => self.show_outside(&notify::title(&title))?,
            action => return Ok(self.outside.act(action)),
        }
        Ok(Vec::new())
    }

    /// Not while another program has the terminal.
    fn show_outside(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self.lent {
            Some(_) => Ok(()),
            None => tty::tell(bytes).map_err(Failure::io("the terminal")),
        }
    }

    fn enter_again(&mut self) -> Result<(), Failure> {
        let size = self.screen.enter_again().map_err(Failure::io("the terminal"))?;
        screen::capture_mouse(self.app.config.mouse).map_err(Failure::io("the terminal"))?;
        self.take(What::Resize(size))?;
        self.draw()
    }

    /// Lends the terminal to a program. When that has ended, the terminal is taken back, and `left` says what is to be
    /// told. Until then nothing is drawn, and nobody types; the server is heard.
    fn hand_over(
        &mut self,
        program: &mut Command,
        left: impl FnOnce(io::Result<ExitStatus>) -> What + Send + 'static,
    ) -> Result<Vec<What>, Failure> {
        self.events = None;
        // Waits until whoever read the terminal for us has let go of it.
        let _ = crossterm::event::poll(Duration::ZERO);
        self.screen.leave();
        signals::hold_stops(false).map_err(Failure::io("signals"))?;
        let begun = program.spawn();
        signals::hold_stops(true).map_err(Failure::io("signals"))?;
        match begun {
            Ok(mut child) => self.lent = Some(spawn_blocking(move || left(child.wait()))),
            Err(error) => {
                self.take_back(left(Err(error)))?;
            }
        }
        Ok(Vec::new())
    }

    fn take_back(&mut self, left: What) -> Result<bool, Failure> {
        self.lent = None;
        self.events = Some(EventStream::new());
        self.enter_again()?;
        self.take(left)?;
        Ok(true)
    }

    fn draw(&mut self) -> Result<(), Failure> {
        if self.lent.is_some() {
            return Ok(());
        }
        if let Some(size) = self.resized.take() {
            self.screen.resize(size).map_err(Failure::io("the terminal"))?;
        }
        let (app, theme) = (&self.app, Theme::of(&self.app.config, &self.app.looks));
        self.screen.terminal.draw(|frame| view(app, &theme, frame)).map_err(Failure::io("the terminal"))?;
        self.drawn = Some(Instant::now());
        let wanted = self.app.paints.take_wanted();
        if let Some(told) = self.told.upgrade().filter(|_| !wanted.is_empty()) {
            painting::begin(wanted, told);
        }
        Ok(())
    }

    /// Gives the terminal back at once; what was said last still goes out.
    async fn part(self, network: JoinHandle<()>) {
        drop((self.screen, self.outside));
        // Late or broken, there is nothing more to be done about it.
        let _ = timeout(Duration::from_millis(PARTING_MS_MAX), network).await;
    }
}

/// What the terminal tells next.
async fn next(events: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    match events {
        Some(events) => events.next().await,
        None => pending().await,
    }
}

/// What the terminal has ready. The stream keeps only the first waker that it is polled with: that has to be this
/// task's, or nobody would wake for the next key.
async fn look(events: &mut Option<EventStream>) -> Poll<Option<io::Result<Event>>> {
    match events {
        Some(events) => poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await,
        None => Poll::Pending,
    }
}

/// What is to be told when the program that has the terminal is done with it.
async fn returned(lent: &mut Option<JoinHandle<What>>) -> What {
    match lent {
        Some(left) => left.await.unwrap_or_else(|error| What::Trouble(error.to_string())),
        None => pending().await,
    }
}

/// An input of now.
fn input(started: Instant, what: What) -> Result<Input, Failure> {
    let mut dice = [0; 16];
    getrandom::fill(&mut dice).map_err(|error| Failure::Failed(format!("no random bits: {error}")))?;
    Ok(Input { now: started.elapsed(), wall: wall(), dice, what })
}

/// What time it is, by the calendar.
pub fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
