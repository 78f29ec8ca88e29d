//! A committed event and its bytes in each style, encoded once for all who hear it.

use std::sync::OnceLock;

use bytes::Bytes;
use im_proto::{Event, UserName};

/// A way of writing events that is the same for all its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// A native frame.
    Native,
    /// A line of JSON, with the name of the room or group.
    Json,
    /// A server-sent event's data, with the name of the room or group.
    ServerSent,
    /// go-im's lines, ended by LF.
    GoimLf,
    /// go-im's lines, ended by CR LF.
    GoimCrLf,
    /// The lobby's lines, ended by LF.
    LobbyLf,
    /// The lobby's lines, ended by CR LF.
    LobbyCrLf,
    /// MaChat's lines.
    Machat,
}

const STYLES: usize = Style::Machat as usize + 1;

/// The message that an event is about, for those who show it in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quote {
    /// Who said it.
    pub(crate) author: UserName,
    /// How it begins; nothing where it was taken out.
    pub(crate) text: Option<String>,
}

/// One event of the log, on its way to everybody.
#[derive(Debug)]
pub(crate) struct Entry {
    event: Event,
    position: u64,
    quote: Option<Quote>,
    written: [OnceLock<Bytes>; STYLES],
}

impl Entry {
    pub(crate) fn new(event: Event, position: u64, quote: Option<Quote>) -> Self {
        Self { event, position, quote, written: Default::default() }
    }

    pub(crate) fn event(&self) -> &Event {
        &self.event
    }

    /// The message that it answers, or that something was done to.
    pub(crate) fn quote(&self) -> Option<&Quote> {
        self.quote.as_ref()
    }

    /// The number of the event among all events of the server. It grows with each commit.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The event itself, for a reply that is one reader's.
    pub(crate) fn into_event(self) -> Event {
        self.event
    }

    /// The event in one style: written by whoever needs it first, shared by all others.
    pub(crate) fn bytes(&self, style: Style, write: impl FnOnce(&Event) -> Bytes) -> &Bytes {
        self.written[style as usize].get_or_init(|| write(&self.event))
    }
}
