//! The requests that are under way, and what each was for: a reply only names a tag.

use std::collections::BTreeMap;
use std::time::Duration;

use im_proto::{Address, Ask, ConversationId, MessageId, Page, Request, RoomName, Seq, Text, UserName};

use super::search::Which;
use super::sought::Goal;

/// What a request was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To see whether the server is there, and how far away; asked at that moment.
    Ping(Duration),
    /// To sign in with a password, from the sign-in screen.
    SignIn,
    /// To sign in with a token.
    Resume,
    /// To know what one is in, after signing in.
    Conversations,
    /// To know what waits for an answer.
    Pending,
    /// To know who is online.
    Online,
    /// To know who is in the open conversation.
    Members(RoomName),
    /// To show who is somewhere, because somebody wants to see it.
    Who(Option<RoomName>),
    /// A page of a log.
    Page(ConversationId, Page),
    /// To say something.
    Post(MessageId),
    /// To open a conversation once it is there.
    Enter(RoomName),
    /// The same with a person or with what one is in.
    Open,
    /// To leave.
    Leave(ConversationId),
    /// To sign out.
    SignOut,
    /// To do something about one's own account, for which the box has asked.
    Account,
    /// To know where one is signed in.
    Sessions,
    /// To know the server's time.
    Time,
    /// To know, perhaps after saying it, for how long what is said somewhere is kept.
    Retention(Address),
    /// To know what holds in a room, who is kept out of it, or what its moderators did.
    Order(RoomName),
    /// The same of the whole server.
    OrderOfServer,
    /// Something of which only success is told, in these words.
    Tell(String),
    /// To say yes or no about a group.
    Answer {
        /// Which group.
        group: RoomName,
        /// Whose request it was; none for an invitation.
        user: Option<UserName>,
        /// What was said.
        yes: bool,
    },
    /// To say in other words what was said.
    Edit {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        seq: Seq,
        /// The other words.
        text: Text,
    },
    /// To do something about a message, which shows by itself.
    Amend,
    /// To tell what this device has.
    Received,
    /// Something that is well if it works and no matter if not.
    Hint,
    /// To find what was said.
    Search(Which),
    /// To go to what mentions one in a conversation.
    MentionsHere(ConversationId),
    /// To open a conversation at a place.
    OpenAt(Goal),
}

/// What is under way on this connection.
#[derive(Debug, Default)]
pub(super) struct Asked {
    last: u32,
    purposes: BTreeMap<u32, Purpose>,
}

impl Asked {
    /// Gives a request its tag.
    pub(super) fn ask(&mut self, request: Request, purpose: Purpose) -> Ask {
        // 0 names the reply to what could not be read.
        self.last = self.last.checked_add(1).unwrap_or(1);
        self.purposes.insert(self.last, purpose);
        Ask { tag: self.last, request }
    }

    /// What the request with this tag was for.
    pub(super) fn answered(&mut self, tag: u32) -> Option<Purpose> {
        self.purposes.remove(&tag)
    }

    /// So many posts are under way.
    pub(super) fn posts(&self) -> usize {
        self.purposes.values().filter(|purpose| matches!(purpose, Purpose::Post(_))).count()
    }

    /// Whether something is under way for this purpose.
    pub(super) fn is_under_way(&self, purpose: &Purpose) -> bool {
        self.purposes.values().any(|other| other == purpose)
    }

    /// The edits that are under way, oldest first.
    pub(super) fn edits(&self) -> Vec<(ConversationId, Seq, Text)> {
        let edits = self.purposes.values().filter_map(|purpose| match purpose {
            Purpose::Edit { conversation, seq, text } => Some((*conversation, *seq, text.clone())),
            _ => None,
        });
        edits.collect()
    }

    /// Something was not answered yet.
    pub(super) fn is_any(&self) -> bool {
        !self.purposes.is_empty()
    }

    /// Nothing will be answered any more.
    pub(super) fn clear(&mut self) {
        self.purposes.clear();
    }
}
