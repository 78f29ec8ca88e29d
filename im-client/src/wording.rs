//! What happened, in one English sentence, and who did it: the message list and the headless commands say it alike.

use im_proto::fold::Message;
use im_proto::{Author, Body, UserName};

/// What stands in the place of a message that was taken out.
pub const GONE: &str = "message deleted";
/// What is told behind a message that says something else than it did.
pub const EDITED: &str = "(edited)";
/// Most kinds of reactions that are shown of one message.
const REACTIONS_SHOWN_MAX: usize = 20;

/// Stands before the name of everybody who has no account. No name holds it, so nobody can put it on or leave it off.
const GUEST: &str = "~";

/// Who somebody is, as people see it: `bob` has an account, `~neil` is a guest.
pub fn name(who: &Author) -> String {
    let mark = if who.guest { GUEST } else { "" };
    format!("{mark}{}", who.name)
}

/// How a guest is shown of whom only the name is told.
pub fn guest(name: &UserName) -> String {
    format!("{GUEST}{name}")
}

/// `[+1 2]`, `[👍 1]`: the reactions that stand, the first to be given first.
pub fn reactions(message: &Message) -> Vec<String> {
    let standing = message.reactions();
    let more = standing.len().saturating_sub(REACTIONS_SHOWN_MAX);
    let shown = standing.iter().take(REACTIONS_SHOWN_MAX);
    let shown = shown.map(|(reaction, whose)| format!("[{reaction} {}]", whose.len()));
    shown.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

/// What somebody did, other than saying something, which needs no words of ours.
pub fn sentence(author: &Author, body: &Body) -> Option<String> {
    let author = name(author);
    Some(match body {
        Body::Posted { .. } | Body::Edited { .. } | Body::Tombstone { .. } => return None,
        Body::Deleted { of } => format!("{author} deleted #{of}"),
        Body::Reacted { of, reaction } => format!("{author} reacted {reaction} to #{of}"),
        Body::Unreacted { of, reaction } => format!("{author} took {reaction} back from #{of}"),
        Body::Created => format!("{author} made this"),
        Body::Joined { by: None } => format!("{author} joined"),
        // They invited, or said yes to who asked: the event does not tell which.
        Body::Joined { by: Some(by) } => format!("{author} joined through {by}"),
        Body::Left => format!("{author} left"),
        Body::Invited { user } => format!("{author} invited {user}"),
        Body::Asked => format!("{author} asks to be let in"),
        Body::InvitationDeclined { by } => format!("{author} declined the invitation of {by}"),
        Body::RequestDeclined { user } => format!("{author} did not let {user} in"),
        Body::RoleSet { user, role } => format!("{author} made {user} {}", role.word()),
        moderated => return moderated.moderation(&author),
    })
}
