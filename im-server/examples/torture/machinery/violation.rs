//! What must never happen, each in words that say where.

use im_proto::{Refusal, UserName};

/// A broken promise. `(user, number)` names a post: the how-manyth of which simulated user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("post {number} of user {user} was acknowledged as {conversation}:{seq} and is not there")]
    Lost { user: u32, number: u32, conversation: u64, seq: u64 },
    #[error("post {number} of user {user} is in the logs twice, the second time as {conversation}:{seq}")]
    Twice { user: u32, number: u32, conversation: u64, seq: u64 },
    #[error(
        "post {number} of user {user} was acknowledged as {first:?} and is, or was told again as, {then:?}"
    )]
    Moved { user: u32, number: u32, first: (u64, u64), then: (u64, u64) },
    #[error("post {number} of user {user}, never sent before, was called a duplicate")]
    NoDuplicate { user: u32, number: u32 },
    #[error("post {number} of user {user}, acknowledged before, was not called a duplicate")]
    NotCalledDuplicate { user: u32, number: u32 },
    #[error("post {number} of user {user} was refused and is there nevertheless")]
    RefusedYetSaid { user: u32, number: u32 },
    #[error("post {number} of user {user} was shown to somebody and is not there")]
    TakenBack { user: u32, number: u32 },
    #[error("post {number} of user {user} is not what was said, or not where: {what}")]
    Altered { user: u32, number: u32, what: String },
    #[error("{conversation}:{seq} is a post that nobody sent: {what}")]
    NobodysPost { conversation: u64, seq: u64, what: String },
    #[error("the log of {conversation} has {found} where {wanted} comes next")]
    LogHole { conversation: u64, wanted: u64, found: u64 },
    #[error("{conversation}:{seq} is one event for one reader and another for another one")]
    TwoTruths { conversation: u64, seq: u64 },
    #[error("{conversation}:{seq} was seen and is not in the log")]
    SeenAndGone { conversation: u64, seq: u64 },
    #[error("{conversation}:{seq} came before the event before it")]
    TimeWentBack { conversation: u64, seq: u64 },
    #[error("in {conversation} post {later} of user {user} stands before their post {earlier}")]
    Order { conversation: u64, user: u32, earlier: u32, later: u32 },
    #[error("{reader} was sent {conversation}:{seq} after {last} already")]
    CopyTwice { reader: UserName, conversation: u64, seq: u64, last: u64 },
    #[error("{reader} was sent {conversation}:{seq} right after {last}")]
    CopyHole { reader: UserName, conversation: u64, seq: u64, last: u64 },
    #[error("{reader} has {conversation} up to {last}, and its head is {head}")]
    CopyEnd { reader: UserName, conversation: u64, last: u64, head: u64 },
    #[error("{reader} was shown {what} after {last}, or twice")]
    ShownOutOfOrder { reader: String, what: String, last: String },
    #[error("{reader} is told {told} unread posts in {conversation} after {read}, and there are {counted}")]
    Unread { reader: UserName, conversation: u64, read: u64, told: u64, counted: u64 },
    #[error("{reader} had read {conversation} up to {marked}, and the mark is at {read}")]
    MarkFell { reader: UserName, conversation: u64, marked: u64, read: u64 },
    #[error("{reader} is told that the head of {conversation} is {told}, and it is {head}")]
    Head { reader: UserName, conversation: u64, told: u64, head: u64 },
    #[error(
        "{reader}: by its log {conversation} has {members} members, {reader} in it: {inside}; told: {told:?}"
    )]
    Membership { reader: UserName, conversation: u64, members: u64, inside: bool, told: Option<u64> },
    #[error("{conversation}:{seq} was taken out, and nobody wanted that")]
    TakenOutByNobody { conversation: u64, seq: u64 },
    #[error("{conversation}:{seq} says what nobody did, or did again: {what}")]
    AmendedByNobody { conversation: u64, seq: u64, what: String },
    #[error("what user {user} did was acknowledged and is not there, or not all of it: {what}")]
    AmendLost { user: u32, what: String },
    #[error("{reader} got a reply under the tag {tag}, and {wanted:?} was the next")]
    Reply { reader: UserName, tag: u32, wanted: Option<u32> },
    #[error("{reader}: {what} was refused: {refusal}")]
    Refused { reader: UserName, what: String, refusal: Refusal },
    #[error("{reader}: {what} was answered by something else: {answer}")]
    Answer { reader: UserName, what: String, answer: String },
    #[error("{reader} cannot read what the server says: {what}")]
    Unreadable { reader: UserName, what: String },
    #[error("the server ended by itself: {0}")]
    ServerEnded(String),
    #[error("the server was told to stop and did not end well: {0}")]
    NoOrderlyEnd(String),
    #[error("nothing has moved for {seconds} s: {what}")]
    Stuck { seconds: u64, what: String },
    #[error("the torture itself cannot go on: {0}")]
    Torture(String),
}
