//! What happened, in one English sentence: the message list and the headless commands say it alike.

use im_proto::{Body, UserName};

/// What somebody did, other than saying something, which needs no words of ours.
pub fn sentence(author: &UserName, body: &Body) -> Option<String> {
    Some(match body {
        Body::Posted { .. } => return None,
        Body::Created => format!("{author} made this"),
        Body::Joined { by: None } => format!("{author} joined"),
        Body::Joined { by: Some(by) } => format!("{author} joined, let in by {by}"),
        Body::Left => format!("{author} left"),
        Body::Invited { user } => format!("{author} invited {user}"),
        Body::Asked => format!("{author} asks to be let in"),
        Body::InvitationDeclined { by } => format!("{author} declined the invitation of {by}"),
        Body::RequestDeclined { user } => format!("{author} did not let {user} in"),
        Body::RoleSet { user, role } => format!("{author} made {user} {}", role.word()),
    })
}
