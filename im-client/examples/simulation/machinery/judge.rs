//! The end: the logs as the server has them, against the books, and against what each client shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use im_client::app::App;
use im_proto::{Conversation, Event, Page, Reply, Request, Seq, Token};

use super::before::{Line, WORDS};
use super::course::{Course, Wrong};
use super::device::Ended;
use super::oracle::Verdict;

/// What there is in the end, in numbers.
pub(super) struct Judged {
    pub(super) posts: u64,
    pub(super) events: u64,
}

/// Reads all back and judges it.
pub(super) async fn judge(course: &Arc<Course>, ended: &[Ended], tokens: &[Token]) -> Result<Judged, Wrong> {
    let mut views = BTreeMap::new();
    for device in ended {
        let mut line = sign_in(course, tokens, device.at).await?;
        let Reply::Conversations { conversations } = line.ask(Request::Conversations).await? else {
            return Err(Wrong("no conversations".to_owned()));
        };
        course.ledger().view(device.at, conversations.clone());
        views.insert(device.at, conversations);
    }
    let ledger = std::mem::take(&mut *course.ledger());
    let mut verdict = Verdict::new(WORDS, &course.names, ledger);
    let mut logs = BTreeMap::new();
    for (id, readers) in verdict.readers() {
        let Some((user, conversation)) = readers.first() else {
            return Err(Wrong(format!("nobody is left who may read {id}")));
        };
        let mut line = sign_in(course, tokens, *user).await?;
        let log = read(&mut line, conversation, &mut verdict).await?;
        verdict.complete(id)?;
        logs.insert(id, log);
    }
    for device in ended {
        if let Some(view) = views.get(&device.at) {
            shows_the_log(&device.app, view, &logs)
                .map_err(|what| Wrong(format!("device {} shows {what}", device.at)))?;
        }
    }
    let events = logs.values().map(|log| log.len() as u64).sum();
    Ok(Judged { posts: verdict.end()?, events })
}

/// The database, when nobody has it open any more.
pub(super) fn check(folder: &Path) -> Result<(), Wrong> {
    let report = im_server::check(folder).map_err(|error| Wrong(error.to_string()))?;
    if report.ok { Ok(()) } else { Err(Wrong(report.to_string())) }
}

async fn sign_in(course: &Arc<Course>, tokens: &[Token], at: u32) -> Result<Line, Wrong> {
    let token = tokens.get(at as usize).cloned().ok_or_else(|| Wrong("no token".to_owned()))?;
    let mut line = Line::dial(&course.network, at).await?;
    line.ask(Request::Resume { token }).await?;
    Ok(line)
}

async fn read(
    line: &mut Line,
    conversation: &Conversation,
    verdict: &mut Verdict<'_>,
) -> Result<Vec<Event>, Wrong> {
    let id = conversation.id.0;
    let mut log = Vec::new();
    loop {
        let (of, page) = (conversation.address.clone(), Page::After(Seq(verdict.head(id))));
        let limit = im_proto::PAGE_EVENTS_MAX;
        let Reply::History { events, more, .. } = line.ask(Request::History { of, page, limit }).await?
        else {
            return Err(Wrong(format!("no page of {id}")));
        };
        events.iter().try_for_each(|event| verdict.read(id, event))?;
        log.extend(events);
        if !more {
            return Ok(log);
        }
    }
}

/// A client has a stretch of each log that is the log, up to its head where one looks, and counts as the server does.
fn shows_the_log(app: &App, view: &[Conversation], logs: &BTreeMap<u64, Vec<Event>>) -> Result<(), String> {
    let told: Vec<_> = view.iter().map(|about| about.id).collect();
    if let Some(talk) = app.conversations.all().find(|talk| !told.contains(&talk.about.id)) {
        return Err(format!("{}, in which it is not", talk.about.address));
    }
    for about in view {
        let Some(talk) = app.conversations.get(about.id) else {
            return Err(format!("nothing of {}", about.address));
        };
        let log = logs.get(&about.id.0).map(Vec::as_slice).unwrap_or_default();
        if talk.log.head() != about.head {
            return Err(format!(
                "{} up to {}, and its head is {}",
                about.address,
                talk.log.head().0,
                about.head.0
            ));
        }
        let first = talk.log.first().map_or(0, |seq| seq.0.saturating_sub(1));
        let stretch = log.iter().skip(usize::try_from(first).unwrap_or(usize::MAX));
        let mut entries = talk.log.entries().map(|entry| &entry.event);
        if let Some((shown, is)) = entries.by_ref().zip(stretch).find(|(shown, is)| shown != is) {
            return Err(format!("{shown:?} where the log of {} has {is:?}", about.address));
        }
        if app.open == Some(about.id) && talk.log.last() != Some(about.head) {
            return Err(format!("{} up to {:?} of {}", about.address, talk.log.last(), about.head.0));
        }
        if (talk.about.read, talk.about.unread) != (about.read, about.unread) {
            let (read, unread) = (talk.about.read.0, talk.about.unread);
            let (really, count) = (about.read.0, about.unread);
            let of = &about.address;
            return Err(format!("{unread} unread after {read} in {of}: it is {count} after {really}"));
        }
    }
    Ok(())
}
