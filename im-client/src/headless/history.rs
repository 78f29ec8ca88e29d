//! `history`: what was said, oldest first, a page at a time however much is asked for.

use im_proto::{Address, Event, PAGE_EVENTS_MAX, Page, Reply, Request, Seq, Timestamp};

use super::output::{self, Manner};
use super::session::{Session, signed_in};
use crate::cli::{Common, History};
use crate::exit::Failure;
use crate::tokens::Tokens;

pub(super) async fn run(common: &Common, tokens: &Tokens, history: History) -> Result<(), Failure> {
    let signed_in = signed_in(common, tokens)?;
    let mut session = Session::resume(common, &signed_in).await?;
    let manner = Manner::of(history.json);
    if let Some(moment) = history.around {
        return around(&mut session, &manner, &history, moment).await;
    }
    let newest = match history.before {
        Some(before) => Page::Before(before),
        None => Page::Newest,
    };
    let limit = u16::try_from(history.limit).unwrap_or(PAGE_EVENTS_MAX).min(PAGE_EVENTS_MAX);
    let (events, more) = page(&mut session, &history.of, newest, limit).await?;
    let Some(last) = events.last().map(|event| event.seq) else {
        return Ok(());
    };
    let is_all = !more || u64::try_from(events.len()).is_ok_and(|count| count >= history.limit);
    if is_all {
        return print(&manner, &history.of, &events);
    }
    // Numbers have no hole: where to begin is known without reading backwards.
    let mut done = Seq(last.0.saturating_sub(history.limit));
    while done < last {
        let (mut events, _) = page(&mut session, &history.of, Page::After(done), PAGE_EVENTS_MAX).await?;
        events.retain(|event| event.seq <= last);
        done = match events.last() {
            Some(event) => event.seq,
            None => return Ok(()),
        };
        print(&manner, &history.of, &events)?;
    }
    Ok(())
}

/// The page around a moment, and what comes after it as far as more is asked for.
async fn around(
    session: &mut Session,
    manner: &Manner,
    history: &History,
    moment: Timestamp,
) -> Result<(), Failure> {
    let (mut left, mut next) = (history.limit, Page::Around(moment));
    while left > 0 {
        let limit = u16::try_from(left).unwrap_or(PAGE_EVENTS_MAX).min(PAGE_EVENTS_MAX);
        let (events, more) = page(session, &history.of, next, limit).await?;
        print(manner, &history.of, &events)?;
        left = left.saturating_sub(u64::try_from(events.len()).unwrap_or(u64::MAX));
        next = match events.last() {
            Some(last) if more => Page::After(last.seq),
            _ => return Ok(()),
        };
    }
    Ok(())
}

async fn page(
    session: &mut Session,
    of: &Address,
    page: Page,
    limit: u16,
) -> Result<(Vec<Event>, bool), Failure> {
    let of = of.clone();
    match session.ask(Request::History { of, page, limit }).await?? {
        Reply::History { events, more, .. } => Ok((events, more)),
        _ => Err(Failure::Failed("the server gave another answer than a page".to_owned())),
    }
}

fn print(manner: &Manner, of: &Address, events: &[Event]) -> Result<(), Failure> {
    events.iter().try_for_each(|event| output::say(&manner.line(of, event)))
}
