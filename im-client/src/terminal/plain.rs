//! Without a screen: what happens is printed line by line, and what is typed is taken line by line, as the terminal itself
//! lets one edit it. The same client as on the screen decides what it means.

use std::io::{self, BufRead, IsTerminal, Read};
use std::thread;
use std::time::Duration;

use im_proto::printable;
use ratatui::layout::Size;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, sleep_until, timeout};

use super::disk::Disk;
use super::network::{self, Report};
use super::outside::Outside;
use super::{PARTING_MS_MAX, REPORTS_MAX, input};
use crate::app::{Action, App, Overlay, Screen, Start, What, deadline, update};
use crate::demo::Demo;
use crate::exit::Failure;
use crate::headless::output;
use crate::secure::Dialer;
use crate::view::plain::{Narrator, is_answered};

/// A page of this height is asked for at once.
const SIZE: Size = Size { width: 80, height: 24 };
/// The longest line that is read, in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// Most lines that were read and are not yet done.
const LINES_MAX: usize = 16;
/// How long the end of the input waits for answers to what it said last, in milliseconds.
const LAST_ANSWERS_MS_MAX: u64 = 10_000;

/// Runs until there is nothing more to read, or somebody quits.
pub async fn run(start: Start, disk: Disk, demo: Option<Demo>, dialer: Dialer) -> Result<(), Failure> {
    if start.token.is_none() && (start.password.is_none() || start.user.is_none()) {
        return Err(Failure::NotSignedIn { server: start.server, name: start.user });
    }
    let (orders, taken) = mpsc::unbounded_channel();
    let (told, mut reports) = mpsc::channel(REPORTS_MAX);
    let network = tokio::spawn(network::run(dialer, taken, told));
    let is_piped = !io::stdin().is_terminal();
    let mut talk = PlainTalk {
        app: App::new(Start { size: SIZE, ..start }),
        narrator: Narrator::new(!is_piped),
        is_piped,
        outside: Outside::new(disk, orders, demo),
        started: Instant::now(),
        ended: None,
        has_quit: false,
    };
    let ended = talk.work(&mut reports, &mut lines()).await;
    let noted = talk.take(What::Ending);
    drop(talk);
    // Late or broken, there is nothing more to be done about it.
    let _ = timeout(Duration::from_millis(PARTING_MS_MAX), network).await;
    ended.and(noted)
}

struct PlainTalk {
    app: App,
    narrator: Narrator,
    /// What is read is typed by nobody.
    is_piped: bool,
    outside: Outside,
    started: Instant,
    /// There is nothing more to read, since then.
    ended: Option<Instant>,
    has_quit: bool,
}

impl PlainTalk {
    async fn work(
        &mut self,
        reports: &mut Receiver<Report>,
        lines: &mut Receiver<String>,
    ) -> Result<(), Failure> {
        self.take(What::Start)?;
        while !self.has_quit && !self.is_done() {
            let end = self.ended.map(|at| at + Duration::from_millis(LAST_ANSWERS_MS_MAX));
            let due = deadline(&self.app).map(|at| self.started + at);
            let due = due.into_iter().chain(end).min();
            tokio::select! {
                biased;
                report = reports.recv() => match report {
                    Some(report) => self.take(report.what())?,
                    None => return Err(Failure::Failed("the connection's task has ended".to_owned())),
                },
                told = self.outside.done() => self.take(told)?,
                line = lines.recv(), if self.ended.is_none() && self.is_ready() => match line {
                    Some(line) => self.take(What::Line(line))?,
                    None => self.ended = Some(Instant::now()),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.take(What::Deadline)?,
            }
        }
        Ok(())
    }

    /// What is typed has somewhere to go, or waits for the connection. What the line before it asked for is there: who joins a
    /// room means the next line for it. And what does not come from a terminal does not quit on the heels of what it says.
    fn is_ready(&self) -> bool {
        let is_told = matches!(self.app.overlay, None | Some(Overlay::Quit));
        let is_under_way = self.app.is_asking() || (self.is_piped && self.app.outbox.waiting() > 0);
        is_told && (self.app.link.is_waiting() || (self.app.open.is_some() && !is_under_way))
    }

    /// Nothing more comes, and all that came was answered, or will be another time.
    fn is_done(&self) -> bool {
        let Some(ended) = self.ended else {
            return false;
        };
        let is_late = ended.elapsed() >= Duration::from_millis(LAST_ANSWERS_MS_MAX);
        let is_answered = self.app.outbox.waiting() == 0 && self.is_ready();
        is_late || is_answered || self.app.link.is_waiting()
    }

    fn take(&mut self, what: What) -> Result<(), Failure> {
        let input = input(self.started, what)?;
        for action in update(&mut self.app, input) {
            if action == Action::Quit {
                self.has_quit = true;
            }
            for what in self.outside.act(action) {
                self.take(what)?;
            }
        }
        if let Screen::SignIn(form) = &self.app.screen
            && let Some(error) = &form.error
        {
            return Err(Failure::Failed(printable(error).to_string()));
        }
        for line in self.narrator.lines(&self.app) {
            output::say(&line)?;
        }
        if is_answered(&self.app) {
            self.take(What::Answered)?;
        }
        Ok(())
    }
}

/// What is typed, a line at a time, read by a thread of its own: a terminal cannot be waited for in another way.
fn lines() -> Receiver<String> {
    let (tell, told) = mpsc::channel(LINES_MAX);
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            // What cannot be read is the end, too.
            let read = input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).unwrap_or(0);
            let text = String::from_utf8_lossy(&line);
            if read == 0 || tell.blocking_send(text.trim_end_matches(['\r', '\n']).to_owned()).is_err() {
                return;
            }
        }
    });
    told
}
