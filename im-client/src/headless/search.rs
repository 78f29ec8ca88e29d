//! `search`: messages by their words, newest first, a page at a time however many are asked for.

use im_proto::{FOUND_MAX, Found, Reply, Request};

use super::output::{self, Manner};
use super::session::{Session, signed_in};
use crate::cli::{Common, Search};
use crate::exit::Failure;
use crate::tokens::Tokens;

pub(super) async fn run(common: &Common, tokens: &Tokens, search: Search) -> Result<(), Failure> {
    let words = search.words().map_err(|error| Failure::Usage(error.to_string()))?;
    let signed_in = signed_in(common, tokens)?;
    let mut session = Session::resume(common, &signed_in).await?;
    let manner = Manner::of(search.json);
    let (mut left, mut before) = (search.limit, None);
    while left > 0 {
        let limit = u16::try_from(left).unwrap_or(FOUND_MAX).min(FOUND_MAX);
        let request = Request::Search { words: words.clone(), of: search.of.clone(), before, limit };
        let Reply::Found { found, more } = session.ask(request).await?? else {
            return Err(Failure::Failed("the server gave another answer than what was found".to_owned()));
        };
        for Found { address, event, .. } in &found {
            output::say(&manner.line(address, event))?;
        }
        left = left.saturating_sub(u64::try_from(found.len()).unwrap_or(u64::MAX));
        before = match found.last() {
            Some(last) if more => Some(last.position),
            _ => return Ok(()),
        };
    }
    Ok(())
}
