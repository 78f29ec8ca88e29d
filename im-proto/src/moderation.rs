//! What moderators do to people in rooms and groups, and what is known of it.

use std::net::IpAddr;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::command::told_seconds;
use crate::event::{Author, Body, Event};
use crate::id::{ConversationId, Timestamp};
use crate::name::{RoomName, UserName};
use crate::remark::Remark;

/// Something that is done to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// They are out, and may come back.
    Kick,
    /// They are out, and may neither come back, read nor be invited.
    Ban,
    /// They may come back.
    Unban,
    /// They may not say anything.
    Mute,
    /// They may say something.
    Unmute,
}

impl Deed {
    /// All deeds.
    pub const ALL: [Self; 5] = [Self::Kick, Self::Ban, Self::Unban, Self::Mute, Self::Unmute];
}

/// What holds in a conversation besides who is in it, as one of those sees it who are.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct About {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Remark>,
    /// Only owners and admins say what it is about.
    #[serde(default)]
    pub topic_locked: bool,
    /// Members post once in so many seconds; 0 is as often as they like.
    #[serde(default)]
    pub slow_seconds: u32,
    /// One may not say anything there.
    #[serde(default)]
    pub muted: bool,
    /// Until then; nothing is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
}

impl About {
    /// A conversation about which there is nothing to tell.
    pub fn plain(conversation: ConversationId) -> Self {
        let (topic, muted_until) = (None, None);
        Self { conversation, topic, topic_locked: false, slow_seconds: 0, muted: false, muted_until }
    }

    /// Whether there is nothing to tell.
    pub fn is_plain(&self) -> bool {
        *self == Self::plain(self.conversation)
    }

    /// Takes what happened in that conversation, as it is for this person. Whether anything is otherwise now.
    pub fn take(&mut self, event: &Event, me: Option<&Author>) -> bool {
        let before = self.clone();
        let about_me =
            |user: &UserName, guest: bool| me.is_some_and(|me| me.name == *user && me.guest == guest);
        match &event.body {
            Body::TopicSet { topic } => self.topic.clone_from(topic),
            Body::TopicLocked { on } => self.topic_locked = *on,
            Body::SlowMode { seconds } => self.slow_seconds = *seconds,
            Body::Muted { user, is_guest, until, .. } if about_me(user, *is_guest) => {
                (self.muted, self.muted_until) = (true, *until);
            }
            Body::Unmuted { user, is_guest } if about_me(user, *is_guest) => {
                (self.muted, self.muted_until) = (false, None);
            }
            _ => {}
        }
        *self != before
    }
}

impl Body {
    /// What a moderator of this name did, in words, but for where.
    pub fn moderation(&self, author: &str) -> Option<String> {
        let because = |why: &Option<Remark>| told_why(why.as_ref());
        Some(match self {
            Self::TopicSet { topic: Some(topic) } => format!("{author} set the topic: {topic}"),
            Self::TopicSet { topic: None } => format!("{author} took the topic away"),
            Self::TopicLocked { on: true } => format!("{author} lets only owners and admins set the topic"),
            Self::TopicLocked { on: false } => format!("{author} lets everybody set the topic"),
            Self::SlowMode { seconds: 0 } => format!("{author} ended slow mode"),
            Self::SlowMode { seconds } => {
                format!("{author} set slow mode: one message in {} each", told_seconds((*seconds).into()))
            }
            Self::Kicked { user, why, .. } => format!("{author} put {user} out{}", because(why)),
            Self::Banned { user, until, why, .. } => {
                format!("{author} banned {user}{}{}", told_until(*until), because(why))
            }
            Self::Unbanned { user, .. } => format!("{author} lets {user} come back"),
            Self::Muted { user, until, why, .. } => {
                format!("{author} muted {user}{}{}", told_until(*until), because(why))
            }
            Self::Unmuted { user, .. } => format!("{author} lets {user} speak again"),
            _ => return None,
        })
    }
}

impl About {
    /// All of it in words, a line each; `of` names the conversation.
    pub fn lines(&self, of: &str) -> Vec<String> {
        let mut lines = vec![match &self.topic {
            Some(topic) => format!("the topic of {of}: {topic}"),
            None => format!("{of} has no topic"),
        }];
        if self.topic_locked {
            lines.push("only owners and admins set the topic".into());
        }
        if self.slow_seconds > 0 {
            lines.push(format!("slow mode: one message in {} each", told_seconds(self.slow_seconds.into())));
        }
        if self.muted {
            lines.push(format!("you are muted{}", told_until(self.muted_until)));
        }
        lines
    }
}

impl Sanction {
    /// In words, on one line.
    pub fn line(&self) -> String {
        let whom = match (&self.user, self.address) {
            (Some(user), Some(address)) => format!("{user}, at {address}"),
            (Some(user), None) => user.to_string(),
            (None, address) => address.map_or_else(String::new, |address| address.to_string()),
        };
        let is = match self.kind {
            SanctionKind::Ban => "banned",
            SanctionKind::Mute => "muted",
        };
        let by = self.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        format!("{whom} is {is}{by}{}{}", told_until(self.until), told_why(self.why.as_ref()))
    }
}

impl Audited {
    /// In words, on one line.
    pub fn line(&self) -> String {
        let Self { by, from, deed, user, room, .. } = self;
        let by = by.as_ref().map_or_else(|| "the machine".to_owned(), UserName::to_string);
        let from = from.map_or_else(String::new, |from| format!(" at {from}"));
        let user = user.as_ref().map_or_else(String::new, |user| format!(" {user}"));
        let room = room.as_ref().map_or_else(String::new, |room| format!(" in #{room}"));
        let (until, why) = (told_until(self.until), told_why(self.why.as_ref()));
        format!("({}) {by}{from}: {deed}{user}{room}{until}{why}", told_moment(self.at))
    }
}

fn told_until(until: Option<Timestamp>) -> String {
    until.map_or_else(String::new, |until| format!(" until {}", told_moment(until)))
}

fn told_why(why: Option<&Remark>) -> String {
    why.map_or_else(String::new, |why| format!(" ({why})"))
}

fn told_moment(at: Timestamp) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(|| "?".into(), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// What a sanction keeps somebody from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SanctionKind {
    /// From being there.
    Ban,
    /// From saying anything.
    Mute,
}

/// Somebody, or an address, that is kept out or silent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Sanction {
    /// What they are kept from.
    pub kind: SanctionKind,
    /// Who; nothing where it is an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// They have no account.
    #[serde(default)]
    pub is_guest: bool,
    /// The address; told to operators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Who did it; nothing where it was done on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserName>,
    /// When.
    pub at: Timestamp,
    /// Until when; nothing is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Remark>,
}

/// One row of the audit log: who did what to whom, where and why. No row is ever changed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Audited {
    /// Which row: they are numbered in the order in which it was done.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it; nothing where it was done on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserName>,
    /// From which address; told to operators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
    /// What, in a stable word or two: `ban`, `close-hatches`.
    pub deed: String,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// Where; nothing where it was the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, or what exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Remark>,
}
