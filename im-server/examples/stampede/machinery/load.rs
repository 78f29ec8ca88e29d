//! The load: all clients on one epoll loop on one core. It says what is due, hears what comes, and holds that each receiver
//! gets each message once and in order; a run that loses, doubles or turns round ends with an error.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::mark::{Marks, marked};
use super::plan::{Plan, Work};
use super::speech::{Part, Place, Run, Speech, Spelling, speech};

/// A server that does nothing for so many seconds has lost something.
const PATIENCE_SECONDS: u64 = 20;

const READ_BYTES: usize = 256 * 1024;
const EVENTS: usize = 1024;

/// One client.
struct Client {
    stream: TcpStream,
    speech: Box<dyn Speech>,
    group: usize,
    speaks: bool,
    marks: Marks,
    /// What the socket did not take yet.
    out: Vec<u8>,
    /// The newest message of each sender, by their place in the group.
    newest: Vec<u64>,
    /// Its messages that were not acknowledged yet.
    unacknowledged: VecDeque<u64>,
}

/// Those who hear each other.
struct Group {
    members: Range<usize>,
    /// So many were said, and all up to this one were heard by all.
    said: u64,
    heard: u64,
    /// Those between: how many have still to hear it or to acknowledge it, and when it was due.
    open: VecDeque<(usize, Instant)>,
}

/// What was done in one drive.
#[derive(Debug, Clone, Default)]
pub(super) struct Driven {
    pub(super) messages: u64,
    pub(super) deliveries: u64,
    pub(super) seconds: f64,
    /// From the moment each was due to its last receiver, sorted.
    pub(super) times: Vec<Duration>,
}

pub(super) struct Load {
    run: Run,
    plan: Plan,
    epoll: Epoll,
    clients: Vec<Client>,
    groups: Vec<Group>,
    buffer: Vec<u8>,
    dice: u64,
}

impl Load {
    /// Lets everybody in, one after another or some at once.
    pub(super) fn enter(addr: SocketAddr, spelling: Spelling, plan: &Plan) -> anyhow::Result<Self> {
        let (groups, size) = plan.groups();
        let epoll = Epoll::new(EpollCreateFlags::empty())?;
        let run = Run::new();
        let mut clients = Vec::with_capacity(groups * size);
        let numbers: Vec<usize> = (0..groups * size).collect();
        for together in numbers.chunks(spelling.at_once()) {
            let mut begun = Vec::new();
            for &number in together {
                let (group, speaks) = (number / size, plan.work == Work::Rooms || number % size == 0);
                let place = match plan.work {
                    Work::Direct => Place::With(number ^ 1),
                    Work::Room | Work::Rooms => Place::Room(group),
                };
                let mut speech = speech(spelling, Part { run, number, place, speaks });
                let mut stream = TcpStream::connect(addr)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS)))?;
                speech.begin(&mut stream)?;
                begun.push((number, group, speaks, speech, stream));
            }
            for (number, group, speaks, mut speech, mut stream) in begun {
                speech.enter(&mut stream).with_context(|| format!("client {number}"))?;
                stream.set_nonblocking(true)?;
                epoll.add(stream.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, number as u64))?;
                let (newest, marks, out) = (vec![0; size], Marks::default(), Vec::new());
                let unacknowledged = VecDeque::new();
                clients.push(Client { stream, speech, group, speaks, marks, out, newest, unacknowledged });
            }
        }
        let members = |group| group * size..(group + 1) * size;
        let groups = (0..groups).map(|group| Group {
            members: members(group),
            said: 0,
            heard: 0,
            open: VecDeque::new(),
        });
        let groups = groups.collect();
        Ok(Self { run, plan: plan.clone(), epoll, clients, groups, buffer: vec![0; READ_BYTES], dice: 1 })
    }

    pub(super) fn run(&self) -> Run {
        self.run
    }

    /// Says so many messages in all, and returns when all were heard by all.
    pub(super) fn drive(&mut self, messages: u64) -> anyhow::Result<Driven> {
        let began = Instant::now();
        let mut driven = Driven::default();
        let mut left = messages;
        let mut moved = Instant::now();
        let mut events = vec![EpollEvent::empty(); EVENTS];
        while driven.messages < messages {
            left -= self.say_what_is_due(left, messages, began)?;
            let wait = if self.plan.rate.is_some() { 0_u16 } else { 1000 };
            let ready = self.epoll.wait(&mut events, EpollTimeout::from(wait))?;
            for event in &events[..ready] {
                let me = usize::try_from(event.data())?;
                if event.events().contains(EpollFlags::EPOLLOUT) {
                    self.flush(me)?;
                }
                if event.events().intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP) {
                    self.hear(me, &mut driven)?;
                    moved = Instant::now();
                }
            }
            anyhow::ensure!(
                moved.elapsed() < Duration::from_secs(PATIENCE_SECONDS),
                "lost: {} of {messages} messages were heard by all, then nothing came for {PATIENCE_SECONDS} s",
                driven.messages
            );
        }
        driven.seconds = began.elapsed().as_secs_f64();
        driven.times.sort_unstable();
        Ok(driven)
    }

    fn say_what_is_due(&mut self, left: u64, messages: u64, began: Instant) -> anyhow::Result<u64> {
        let now = Instant::now();
        let due = match self.plan.rate {
            Some(rate) => {
                let by_now = (now.duration_since(began).as_secs_f64() * rate) as u64;
                left.min(by_now.saturating_sub(messages - left))
            }
            None => left,
        };
        let mut said = 0;
        let groups = self.groups.len();
        let first = self.roll(groups); // so that no group is always served first
        for group in (first..groups).chain(0..first) {
            while said < due && self.groups[group].open.len() < self.plan.in_flight {
                let due_at = self.plan.rate.map_or(now, |rate| {
                    began + Duration::from_secs_f64((messages - left + said) as f64 / rate)
                });
                self.say(group, due_at)?;
                said += 1;
            }
        }
        let speakers: Vec<usize> =
            (0..self.clients.len()).filter(|client| !self.clients[*client].out.is_empty()).collect();
        for client in speakers {
            self.flush(client)?;
        }
        Ok(said)
    }

    fn say(&mut self, group: usize, due: Instant) -> anyhow::Result<()> {
        let members = self.groups[group].members.clone();
        let sender = match self.plan.work {
            Work::Rooms => members.start + self.roll(members.len()),
            Work::Room | Work::Direct => members.start,
        };
        let group = &mut self.groups[group];
        group.said += 1;
        let client = &mut self.clients[sender];
        client.speech.post(&marked(sender, group.said, self.plan.bytes), &mut client.out)?;
        let mut missing = members.len() - 1;
        if client.speech.acknowledges() {
            client.unacknowledged.push_back(group.said);
            missing += 1;
        }
        group.open.push_back((missing, due));
        Ok(())
    }

    fn flush(&mut self, me: usize) -> anyhow::Result<()> {
        let client = &mut self.clients[me];
        match client.stream.write(&client.out) {
            Ok(written) => drop(client.out.drain(..written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).with_context(|| format!("client {me}")),
        }
        let wanted = if client.out.is_empty() {
            EpollFlags::EPOLLIN
        } else {
            EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT
        };
        self.epoll.modify(&client.stream, &mut EpollEvent::new(wanted, me as u64))?;
        Ok(())
    }

    fn hear(&mut self, me: usize, driven: &mut Driven) -> anyhow::Result<()> {
        let client = &mut self.clients[me];
        let read = match client.stream.read(&mut self.buffer) {
            Ok(0) => anyhow::bail!("client {me} was sent away"),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("client {me}")),
        };
        let heard = &self.buffer[..read];
        let group = &mut self.groups[client.group];
        let mut wrong = None;
        client.marks.find(heard, |sender, number| {
            if sender == me {
                return; // one's own, where one hears that too
            }
            let newest = sender.checked_sub(group.members.start).and_then(|at| client.newest.get_mut(at));
            match newest {
                Some(newest) if number > *newest => *newest = number,
                _ => wrong = Some((sender, number)),
            }
            driven.deliveries += 1;
            group.met(number, &mut wrong, sender);
        });
        if client.speaks || client.speech.answers() {
            let acknowledged = client.speech.hear(heard, &mut client.out)?;
            for _ in 0..acknowledged {
                let number = client.unacknowledged.pop_front().context("acknowledged what nobody said")?;
                group.met(number, &mut wrong, me);
            }
        }
        if let Some((sender, number)) = wrong {
            anyhow::bail!(
                "client {me} got number {number} of client {sender} twice, or too late, or from nowhere"
            );
        }
        driven.messages += group.close(&mut driven.times);
        Ok(())
    }

    /// Some number below this one.
    fn roll(&mut self, below: usize) -> usize {
        // xorshift: the same in each run
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice % below.max(1) as u64).unwrap_or(0)
    }
}

impl Group {
    /// One more has heard this one, or has acknowledged it.
    fn met(&mut self, number: u64, wrong: &mut Option<(usize, u64)>, sender: usize) {
        let at = number.checked_sub(self.heard + 1).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| self.open.get_mut(at)) {
            Some((missing, _)) if *missing > 0 => *missing -= 1,
            _ => *wrong = Some((sender, number)),
        }
    }

    /// Those at the front that everybody has heard are done with.
    fn close(&mut self, times: &mut Vec<Duration>) -> u64 {
        let before = self.heard;
        while let Some((0, due)) = self.open.front() {
            times.push(due.elapsed());
            self.open.pop_front();
            self.heard += 1;
        }
        self.heard - before
    }
}
