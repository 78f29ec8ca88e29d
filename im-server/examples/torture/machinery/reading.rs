//! Reads all logs back, page by page, when nothing happens any more.

use std::collections::HashMap;

use im_proto::{Conversation, FromServer, Reply, Request, Token};

use super::course::Course;
use super::person::page_after;
use super::verdict::Verdict;
use super::violation::Violation;
use super::wire::{Spelling, Wire};

/// Reads each conversation as one of those who are in it.
pub(crate) async fn read_all(
    course: &Course,
    tokens: &HashMap<u32, Token>,
    verdict: &mut Verdict<'_>,
) -> Result<u64, Violation> {
    let readers = verdict.readers();
    for (id, readers) in &readers {
        let Some((token, conversation)) =
            readers.iter().find_map(|(user, conversation)| Some((tokens.get(user)?, conversation)))
        else {
            return Err(Violation::Torture(format!("nobody is left who may read {id}")));
        };
        read(course, token, conversation, verdict).await?;
        verdict.complete(*id)?;
    }
    Ok(readers.len() as u64)
}

async fn read(
    course: &Course,
    token: &Token,
    conversation: &Conversation,
    verdict: &mut Verdict<'_>,
) -> Result<(), Violation> {
    let dialled = Wire::dial(course.native, Spelling::Native).await;
    let mut wire = dialled.map_err(|error| Violation::Torture(error.to_string()))?;
    ask(&mut wire, Request::Resume { token: token.clone() }).await?;
    let id = conversation.id.0;
    loop {
        let page = page_after(conversation.address.clone(), verdict.head(id));
        match ask(&mut wire, page).await? {
            Reply::History { conversation, events, more, .. } if conversation.0 == id => {
                course.moves();
                events.iter().try_for_each(|event| verdict.read(id, event))?;
                if !more {
                    return Ok(());
                }
            }
            other => return Err(Violation::Torture(format!("no page of {id}: {other:?}"))),
        }
    }
}

async fn ask(wire: &mut Wire, request: Request) -> Result<Reply, Violation> {
    let torture = |error: std::io::Error| Violation::Torture(error.to_string());
    wire.put(&im_proto::Ask { tag: 1, request }).map_err(torture)?;
    loop {
        match wire.take().map_err(Violation::Torture)? {
            Some(FromServer::Reply { result: Ok(reply), .. }) => return Ok(reply),
            Some(FromServer::Reply { result: Err(refusal), .. }) => {
                return Err(Violation::Torture(format!("a page of a log was refused: {refusal}")));
            }
            Some(_) => {}
            None => wire.moved(true).await.map_err(torture)?,
        }
    }
}
