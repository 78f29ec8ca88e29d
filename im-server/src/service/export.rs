//! All that is kept about a user, for them to take along.

use im_proto::Refusal;

use crate::rules;
use crate::store::{Next, Piece};

use super::{Account, Service};

impl Service {
    /// The next piece of what is kept about somebody. The first is asked for by [`Next::default`].
    pub(crate) async fn export(&self, me: &Account, next: Next) -> Result<Piece, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.export(me.id, next).await?)
    }
}
