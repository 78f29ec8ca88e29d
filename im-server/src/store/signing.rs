//! What belongs to an account and is no conversation: where it is signed in, invitations, codes.

use std::net::IpAddr;

use im_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::TokenHash;

/// What a terminal is called among the devices. It keeps no token, so that its session ends with its connection.
pub(crate) const TERMINAL: &str = "terminal";

/// A device that signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewSession {
    pub(crate) token: TokenHash,
    /// What it is.
    pub(crate) device: &'static str,
    pub(crate) address: IpAddr,
}

/// Where somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionInfo {
    /// Its number, which is never another session's.
    pub(crate) id: u64,
    pub(crate) token: TokenHash,
    pub(crate) device: String,
    pub(crate) since: Timestamp,
    pub(crate) seen: Timestamp,
    pub(crate) address: String,
}

/// An invitation, as an operator sees it. Its code is told once, to whoever makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationInfo {
    /// Its number, which is never another's.
    pub id: u64,
    /// So many accounts can still be made with it.
    pub uses: u32,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// On whose word an account is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Its own: anybody may come.
    Open,
    /// An invitation's, of which this is the hash.
    Invited(TokenHash),
    /// An operator's, who adds it on the machine itself.
    Operator,
}

/// A code that was given, and how it is looked at: with what makes codes, the moment, and up to which step codes were used.
/// What comes back is the step of a code that is right.
#[derive(Debug, Clone)]
pub(crate) struct GivenCode {
    /// Its digits, if it has six.
    pub(crate) digits: Option<u32>,
    /// Its hash, as a recovery code.
    pub(crate) recovery: TokenHash,
    pub(crate) step: fn(&[u8], u32, Timestamp, u64) -> Option<u64>,
}
