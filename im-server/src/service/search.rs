//! Finding what was said.

use im_proto::{Address, Refusal, Reply};

use crate::rules;
use crate::store::{FoundPage, Search};

use super::{Account, Service};

impl Service {
    /// Guests are in nothing that the store knows of: they name the room that they search.
    pub(super) async fn search(&self, me: Account, search: Search) -> Result<Reply, Refusal> {
        if search.of.is_none() {
            rules::needs_account(me.guest)?;
        }
        let direct = matches!(search.of, Some(Address::User(_)));
        match self.store.search(me, search, rules::may_read).await.map_err(Refusal::from) {
            Ok(FoundPage { found, more }) => Ok(Reply::Found { found, more }),
            // Two people who have not spoken yet have said nothing.
            Err(Refusal::NotMember) if direct => Ok(Reply::Found { found: Vec::new(), more: false }),
            Err(refusal) => Err(refusal),
        }
    }
}
