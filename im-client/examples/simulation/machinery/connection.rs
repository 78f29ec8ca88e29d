//! One simulated connection: its two ways, and what each end knows of it.

use std::io;
use std::task::Waker;

use bytes::BytesMut;
use tokio::sync::oneshot;

use super::ends::ClientEnd;
use super::weather::{Way, Weather};

/// One end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Not yet.
    Coming,
    There,
    /// It was told that there is no connection any more.
    Reset,
    Closed,
}

/// The bytes that go one way.
#[derive(Debug, Default)]
pub(super) struct OneWay {
    /// So many were ever sent.
    pub(super) sent: u64,
    /// So many are on their way, or lost.
    pub(super) on_its_way: usize,
    /// What arrived and was not read.
    pub(super) arrived: BytesMut,
    pub(super) last_due: u64,
    /// The sending end has said all; the receiving end knows.
    pub(super) ending: bool,
    pub(super) ended: bool,
    /// Once it is broken: so many bytes still get there, and not before that moment.
    pub(super) survives: usize,
    pub(super) held_until: u64,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

pub(super) struct Connection {
    pub(super) who: u32,
    pub(super) weather: Weather,
    pub(super) answer: Option<oneshot::Sender<io::Result<ClientEnd>>>,
    /// Each way, and the end to which it leads.
    pub(super) ways: [OneWay; 2],
    pub(super) ends: [End; 2],
    pub(super) is_broken: bool,
}

impl Connection {
    pub(super) fn new(who: u32, weather: Weather, answer: oneshot::Sender<io::Result<ClientEnd>>) -> Self {
        let (ways, ends) = (Default::default(), [End::Coming; 2]);
        Self { who, weather, answer: Some(answer), ways, ends, is_broken: false }
    }

    /// Something changed at the end to which a way leads.
    pub(super) fn wake(&mut self, way: Way) {
        let reader = self.ways[way as usize].reader.take();
        let writer = self.ways[way.back() as usize].writer.take();
        reader.into_iter().chain(writer).for_each(Waker::wake);
    }

    /// The end to which a way leads hears that there is no connection. What it has not read may be gone, too.
    pub(super) fn is_reset(&mut self, way: Way, forgets: bool) {
        if self.ends[way as usize] == End::There {
            self.ends[way as usize] = End::Reset;
            if forgets {
                self.ways[way as usize].arrived.clear();
            }
            self.wake(way);
        }
    }

    /// How many bytes may be sent now.
    pub(super) fn room(&self, way: Way) -> usize {
        let way = &self.ways[way as usize];
        self.weather.window.saturating_sub(way.on_its_way + way.arrived.len())
    }

    /// Whether the end to which a way leads may read: bytes, the end, or an error.
    pub(super) fn is_readable(&self, way: Way) -> bool {
        let to = &self.ways[way as usize];
        !to.arrived.is_empty() || to.ended || self.ends[way as usize] != End::There
    }

    /// Reads at the end to which a way leads. Nothing: not now.
    pub(super) fn read(&mut self, way: Way, buffer: &mut [u8]) -> Option<io::Result<usize>> {
        let is_there = self.ends[way as usize] == End::There;
        let to = &mut self.ways[way as usize];
        if to.arrived.is_empty() {
            return match (is_there, to.ended) {
                (false, _) => Some(Err(io::ErrorKind::ConnectionReset.into())),
                (true, true) => Some(Ok(0)),
                (true, false) => None,
            };
        }
        let read = to.arrived.len().min(buffer.len());
        buffer[..read].copy_from_slice(&to.arrived.split_to(read));
        to.writer.take().into_iter().for_each(Waker::wake);
        Some(Ok(read))
    }
}
