//! Looking at what was said: a page of a log, and what was found by its words.

use im_proto::command::Verb;
use im_proto::{Address, Body, Found, Page, Request, Timestamp, Words};

use super::super::Output;
use super::shown::prefixed;
use super::wording::moment;
use super::{Asked, Text};

/// How many lines of history are shown where no number is given.
const HISTORY_DEFAULT: u16 = 20;

/// How many messages are shown that were searched for.
const FOUND_SHOWN: u16 = 20;

impl Text {
    pub(super) fn ask_history(
        &mut self,
        of: Option<Address>,
        limit: Option<u16>,
        around: Option<Timestamp>,
        out: &mut Output,
    ) {
        let Some(of) = of.or_else(|| self.target.clone()) else { return self.help(Some("history"), out) };
        let (limit, page) = (limit.unwrap_or(HISTORY_DEFAULT), around.map_or(Page::Newest, Page::Around));
        self.ask(Asked::History(of.clone()), Request::History { of, page, limit });
    }

    /// In all of one's conversations. A guest is in none that is kept: it is the one they talk in.
    pub(super) fn ask_search(&mut self, words: Words) {
        let of = self.guest.then(|| self.target.clone().unwrap_or_else(Self::lobby));
        let search = Request::Search { words, of, before: None, limit: FOUND_SHOWN };
        self.ask(Asked::Plain(Verb::Search), search);
    }

    pub(super) fn ask_mentions(&mut self) {
        self.ask(Asked::Plain(Verb::Mentions), Request::Mentions { before: None, limit: FOUND_SHOWN });
    }

    /// The newest last, as in history.
    pub(super) fn found(&mut self, found: &[Found], more: bool, out: &mut Output) {
        if found.is_empty() {
            return self.tell("nothing was found", out);
        }
        if more {
            self.tell(&format!("the newest {} are", found.len()), out);
        }
        for Found { address, event, .. } in found.iter().rev() {
            let Body::Posted { text, .. } = &event.body else { continue };
            let prefix = format!("({}) {address} {}: ", moment(event.at), event.author);
            self.screen.lines(&prefixed(&prefix, text.as_str(), self.screen.eol()).into(), out);
        }
    }
}
