//! Tokens for bots, with labels; and who comes with a token.

use im_proto::{Refusal, Token};

use crate::peer::Peer;
use crate::rules;
use crate::store::{Label, TokenHash, TokenInfo};

use super::account::hash_of;
use super::{Account, Caller, Service};

/// When a token was here last is told within so many seconds: it is not written more often.
const SEEN_SECONDS_MIN: u64 = 60;

impl Service {
    /// Who comes with a token that is good. That they were here is remembered now and then.
    pub(crate) async fn caller_by_token(&self, token: &Token, peer: Peer) -> Result<Caller, Refusal> {
        let token = hash_of(token);
        let (account, seen) = self.store.user_by_token(token).await?.ok_or(Refusal::BadToken)?;
        let now = self.now();
        if now.0 >= seen.0 + SEEN_SECONDS_MIN * 1000 {
            self.store.seen(token, peer.address.to_string(), now);
        }
        Ok(Caller { account, _claim: None, token: Some(token) })
    }

    /// Whether the token that somebody came with is good still.
    pub(crate) async fn is_good(&self, token: TokenHash) -> Result<bool, Refusal> {
        Ok(self.store.user_by_token(token).await?.is_some())
    }

    /// The session of a terminal ended with its connection.
    pub(crate) fn forget_terminal(&self, token: TokenHash) {
        self.store.forget_terminal(token);
    }

    /// Makes a token for a bot. It is told this once.
    pub(crate) async fn make_token(&self, me: &Account, label: Label) -> Result<(TokenInfo, Token), Refusal> {
        rules::needs_account(me.guest)?;
        let token = self.new_token();
        let (hash, now) = (hash_of(&token), self.now());
        let made = self.store.make_token(me.id, hash, label, now, rules::may_make_token).await?;
        Ok((made, token))
    }

    /// The tokens of one's bots, oldest first.
    pub(crate) async fn tokens(&self, me: &Account) -> Result<Vec<TokenInfo>, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.tokens(me.id).await?)
    }

    /// Takes the token of a bot back. The sessions that came with it end.
    pub(crate) async fn revoke_token(&self, me: &Account, id: u64) -> Result<(), Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.revoke_token(me.id, id).await?)
    }

    pub(super) fn new_token(&self) -> Token {
        Token::new((self.sources.random)())
    }
}
