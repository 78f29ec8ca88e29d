//! A simulated person at a terminal: a guest in the lobby's manner, or somebody with an account in go-im's. What they type
//! has no id and is never repeated; of what they see, the order is checked, and that nothing comes twice.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::watch;

use super::course::{Course, Phase};
use super::dice::Dice;
use super::ledger::Target;
use super::violation::Violation;
use super::words::PostName;

/// Most lines at once.
const LINES_MAX: u64 = 8;
/// Between lines so many posts of all are acknowledged, or so many milliseconds pass.
const PAUSE_POSTS_MAX: u64 = 400;
const PAUSE_MILLISECONDS_MAX: u64 = 1_500;
/// One pause in so many is without reading; after one in so many the person hangs up.
const REST_ONE_IN: u64 = 8;
const HANG_UP_ONE_IN: u64 = 12;
/// Whoever was let in is told so within so many seconds; else they come again.
const GREETED_SECONDS_MAX: u64 = 20;

pub(crate) struct Typist {
    at: u32,
    guest: bool,
    course: Arc<Course>,
    dice: Dice,
    phases: watch::Receiver<Phase>,
    session: u32,
    has_account: bool,
}

/// What is seen in one session: the newest post of each author, in each place.
#[derive(Default)]
struct Seen(HashMap<(String, u32, u32), u32>);

impl Typist {
    pub(crate) fn new(at: u32, guest: bool, course: &Arc<Course>) -> Self {
        let dice = Dice::of(course.plan.seed, at.into());
        let phases = course.phases();
        Self { at, guest, course: Arc::clone(course), dice, phases, session: 0, has_account: false }
    }

    pub(crate) async fn live(mut self) -> Result<(), Violation> {
        while self.course.phase() == Phase::Torture {
            if let Ok(stream) = TcpStream::connect(self.course.native).await {
                self.course.reconnects.fetch_add(1, Relaxed);
                self.session += 1;
                match self.sit_down(stream).await {
                    Ok(violated) => violated?,
                    Err(_gone) => {}
                }
            }
            let milliseconds = self.dice.below(PAUSE_MILLISECONDS_MAX / 4);
            self.pause(PAUSE_POSTS_MAX, milliseconds).await;
        }
        Ok(())
    }

    async fn pause(&mut self, posts_max: u64, milliseconds: u64) {
        let posts = self.course.acknowledged() + self.dice.below(posts_max);
        tokio::select! {
            () = self.course.acknowledges(posts, Duration::from_millis(milliseconds)) => {}
            _ = self.phases.changed() => {}
        }
    }

    /// One session: types, looks, and hangs up. An error of the connection ends it as well.
    async fn sit_down(&mut self, stream: TcpStream) -> io::Result<Result<(), Violation>> {
        stream.set_nodelay(true)?;
        let (reads, mut writes) = stream.into_split();
        let mut reads = BufReader::new(reads);
        let mut seen = Seen::default();
        let target = self.introduce(&mut reads, &mut writes).await?;
        let mut line = Vec::new();
        loop {
            writes.write_all(self.lines(target).as_bytes()).await?;
            let milliseconds = self.dice.below(PAUSE_MILLISECONDS_MAX);
            if self.dice.one_in(REST_ONE_IN) {
                self.pause(PAUSE_POSTS_MAX, milliseconds).await;
            }
            let posts = self.course.acknowledged() + self.dice.below(PAUSE_POSTS_MAX);
            let course = Arc::clone(&self.course);
            let pause = course.acknowledges(posts, Duration::from_millis(milliseconds));
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    _ = self.phases.changed() => break,
                    read = reads.read_until(b'\n', &mut line) => {
                        if read? == 0 {
                            return Ok(Ok(())); // the server is gone
                        }
                        if let Err(violation) = self.look(&line, &mut seen) {
                            return Ok(Err(violation));
                        }
                        line.clear();
                    }
                }
            }
            if self.course.phase() != Phase::Torture || self.dice.one_in(HANG_UP_ONE_IN) {
                return Ok(Ok(()));
            }
        }
    }

    /// Comes in, and says where what is typed goes.
    async fn introduce(
        &mut self,
        reads: &mut BufReader<OwnedReadHalf>,
        writes: &mut (impl AsyncWriteExt + Unpin),
    ) -> io::Result<Target> {
        let at = self.at;
        if self.guest {
            writes.write_all(format!("/username guest{at}\n").as_bytes()).await?;
            return Ok(Target::Named(0));
        }
        let hello = match self.has_account {
            true => format!("signin: typist{at}\nsecret\n"),
            false => format!("signup: typist{at}\nsecret\nsecret\n"),
        };
        writes.write_all(hello.as_bytes()).await?;
        let greeted = async {
            loop {
                let mut line = Vec::new();
                if reads.read_until(b'\n', &mut line).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let line = String::from_utf8_lossy(&line);
                for told in ["auth succeed", "already exists"] {
                    if line.contains(told) {
                        self.has_account = true;
                        return if told == "auth succeed" {
                            Ok(())
                        } else {
                            Err(io::Error::other("once more"))
                        };
                    }
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(GREETED_SECONDS_MAX), greeted).await??;
        let room = 1 + u32::try_from(self.dice.below(self.course.plan.rooms.into())).unwrap_or(0);
        let name = self.course.room(room).map_err(io::Error::other)?;
        // A room that is not there yet is not made: its founder does that, who never leaves.
        writes.write_all(format!("join group: {name}\nto group: {name}\n").as_bytes()).await?;
        Ok(Target::Named(room))
    }

    /// Some lines, each a post.
    fn lines(&mut self, target: Target) -> String {
        let (user, session, seed) = (self.at, self.session, self.course.plan.seed);
        let count = self.dice.between(1, LINES_MAX);
        let mut ledger = self.course.ledger();
        (0..count)
            .map(|_| PostName { user, session, number: ledger.sent(user, target, true) }.text(seed) + "\n")
            .collect()
    }

    /// A line that came.
    fn look(&self, line: &[u8], seen: &mut Seen) -> Result<(), Violation> {
        self.course.hears();
        let line = String::from_utf8_lossy(line);
        let Some((before, name)) = PostName::find(&line) else { return Ok(()) };
        if before.ends_with('"') {
            return Ok(()); // somebody reacted to it
        }
        let mut ledger = self.course.ledger();
        ledger.show(name)?;
        // Where it was said and by whom, without a question that may stand before it.
        let place = before.rfind('[').map_or(before, |at| &before[at..]);
        let last = seen.0.insert((place.to_owned(), name.user, name.session), name.number);
        if let Some(last) = last.filter(|last| *last >= name.number) {
            ledger.show_late(format!("typist {}", self.at), name, PostName { number: last, ..name });
        }
        Ok(())
    }
}
