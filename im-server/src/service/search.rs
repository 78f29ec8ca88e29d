//! Finding what was said: by words, or because it mentions somebody.

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
        match self.store.search(me, search, self.allow(rules::may_read)).await.map_err(Refusal::from) {
            Ok(FoundPage { found, more }) => Ok(Reply::Found { found, more }),
            // Two people who have not spoken yet have said nothing.
            Err(Refusal::NotMember) if direct => Ok(Reply::Found { found: Vec::new(), more: false }),
            Err(refusal) => Err(refusal),
        }
    }

    /// The messages that mention somebody. Of guests nobody keeps who was meant.
    pub(super) async fn mentions(
        &self,
        me: Account,
        before: Option<u64>,
        limit: u16,
    ) -> Result<Reply, Refusal> {
        rules::needs_account(me.guest)?;
        let FoundPage { found, more } =
            self.store.mentions(me, before, limit, self.allow(rules::may_read)).await?;
        Ok(Reply::Found { found, more })
    }
}
