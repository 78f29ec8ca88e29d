//! `history`: what was said, oldest first, a page at a time however much is asked for.

use std::collections::BTreeMap;

use im_proto::{Address, Event, PAGE_EVENTS_MAX, Page, Reply, Request, Seq, Timestamp};

use jiff::tz::TimeZone;

use super::output::{self, Manner};
use super::session::{Session, signed_in};
use crate::app::amended::about;
use crate::cli::{Common, Export, History};
use crate::exit::Failure;
use crate::tokens::Tokens;

pub(super) async fn run(common: &Common, tokens: &Tokens, history: History) -> Result<(), Failure> {
    let manner = Manner::of(history.json);
    print(common, tokens, history, manner).await
}

/// All of it, from the first entry on.
pub(super) async fn export(common: &Common, tokens: &Tokens, export: Export) -> Result<(), Failure> {
    let manner = if export.json { Manner::Json } else { Manner::Markdown(TimeZone::system()) };
    if !export.json {
        output::say(&format!("# {}", export.of))?;
    }
    let all = History { of: export.of, limit: u64::MAX, before: None, around: None, json: export.json };
    print(common, tokens, all, manner).await
}

async fn print(common: &Common, tokens: &Tokens, history: History, manner: Manner) -> Result<(), Failure> {
    let signed_in = signed_in(common, tokens)?;
    let mut session = Session::resume(common, &signed_in).await?;
    let opening = match (history.around, history.before) {
        (Some(moment), _) => Page::Around(moment),
        (None, Some(before)) => Page::Before(before),
        (None, None) => Page::Newest,
    };
    let limit = u16::try_from(history.limit).unwrap_or(PAGE_EVENTS_MAX).min(PAGE_EVENTS_MAX);
    let got = page(&mut session, &history.of, opening, limit).await?;
    let (Some(first), Some(newest)) = (got.events.first(), got.events.last()) else {
        return Ok(());
    };
    // Numbers have no hole: where to begin and where to end is known without reading the rest.
    let is_whole = u64::try_from(got.events.len()).is_ok_and(|count| count >= history.limit);
    let (begins, last) = match opening {
        Page::Around(_) => (first.seq, Seq(first.seq.0.saturating_add(history.limit) - 1)),
        _ if is_whole || !got.more => (first.seq, newest.seq),
        _ => (Seq(newest.seq.0.saturating_sub(history.limit) + 1), newest.seq),
    };
    let mut done = Seq(begins.0 - 1);
    let mut printer = Printer { manner, of: history.of, first: None, last, later: BTreeMap::new() };
    if begins == first.seq {
        done = newest.seq;
        printer.print(got)?;
    }
    while done < last {
        let mut got = page(&mut session, &printer.of, Page::After(done), PAGE_EVENTS_MAX).await?;
        // What came after the last one is news, but what it did to those before is not.
        let beyond = got.events.iter().position(|event| event.seq > last).unwrap_or(got.events.len());
        got.amendments.extend(got.events.split_off(beyond));
        done = match got.events.last() {
            Some(event) => event.seq,
            None => break,
        };
        printer.print(got)?;
    }
    printer.end()
}

/// A page, and what happened after it to its messages.
struct Got {
    events: Vec<Event>,
    more: bool,
    amendments: Vec<Event>,
}

struct Printer {
    manner: Manner,
    of: Address,
    /// The oldest event that was printed.
    first: Option<Seq>,
    /// The newest event that is asked for.
    last: Seq,
    /// What happened after that to messages that are asked for, each once.
    later: BTreeMap<Seq, Event>,
}

impl Printer {
    fn print(&mut self, got: Got) -> Result<(), Failure> {
        let lines = self.manner.page(&self.of, &got.events, &got.amendments);
        let first = *self.first.get_or_insert(got.events.first().map_or(self.last, |event| event.seq));
        let shown = first..=self.last;
        let later = got
            .amendments
            .into_iter()
            .filter(|event| event.seq > self.last && about(event).is_some_and(|of| shown.contains(&of)));
        self.later.extend(later.map(|event| (event.seq, event)));
        lines.iter().try_for_each(|line| output::say(line))
    }

    /// For programs, the amendments are events as any other, after all that was asked for.
    fn end(self) -> Result<(), Failure> {
        if !matches!(self.manner, Manner::Json) {
            return Ok(());
        }
        self.later.values().try_for_each(|event| output::say(&self.manner.line(&self.of, event)))
    }
}

/// Right before the first entry since a moment; nothing if there is none.
pub(super) async fn before_moment(
    session: &mut Session,
    of: &Address,
    moment: Timestamp,
) -> Result<Option<Seq>, Failure> {
    let got = page(session, of, Page::Around(moment), 2).await?;
    let first = got.events.iter().find(|event| event.at >= moment).map(|event| Seq(event.seq.0 - 1));
    // A page that was cut short ends before it.
    let cut = got.events.last().filter(|_| got.more).map(|event| event.seq);
    Ok(first.or(cut))
}

async fn page(session: &mut Session, of: &Address, page: Page, limit: u16) -> Result<Got, Failure> {
    let of = of.clone();
    match session.ask(Request::History { of, page, limit }).await?? {
        Reply::History { events, more, amendments, .. } => Ok(Got { events, more, amendments }),
        _ => Err(Failure::Failed("the server gave another answer than a page".to_owned())),
    }
}
