//! The table of typed commands: their words, what they take, and what they do. The help text is this table.

/// What a command is about, whatever word it was called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Verb {
    SignUp,
    SignIn,
    SignOut,
    ToUser,
    ToGroup,
    Message,
    Say,
    Join,
    JoinGroup,
    Create,
    Invite,
    Accept,
    Reject,
    Leave,
    Role,
    Who,
    History,
    Retention,
    Edit,
    Delete,
    Reply,
    React,
    Unreact,
    Search,
    Mentions,
    Kick,
    Ban,
    Unban,
    Mute,
    Unmute,
    Bans,
    Slow,
    Topic,
    TopicLock,
    Audit,
    BanAddress,
    UnbanAddress,
    Hatches,
    Rename,
    Password,
    Sessions,
    Codes,
    Everybody,
    Stop,
    Time,
    Help,
    Quit,
}

/// One row: a command, its words and its help.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is about.
    pub verb: Verb,
    /// Its words, the one to show first. A word that ends in a colon is written go-im's way: `create group: g1`.
    pub words: &'static [&'static str],
    /// What it takes; in brackets what may be left out.
    pub takes: &'static str,
    /// What it does.
    pub does: &'static str,
}

impl Row {
    /// How it is called, as in `/invite GROUP USER`.
    pub fn usage(&self) -> String {
        let word = self.words[0];
        if self.takes.is_empty() { word.to_owned() } else { format!("{word} {}", self.takes) }
    }
}

const fn row(verb: Verb, words: &'static [&'static str], takes: &'static str, does: &'static str) -> Row {
    Row { verb, words, takes, does }
}

/// All commands. A verb may have two rows, one of them in go-im's colon form.
pub static TABLE: &[Row] = &[
    row(Verb::Message, &["/msg"], "USER TEXT", "say one thing to somebody"),
    row(
        Verb::ToUser,
        &["/dm", "/talk", "/start"],
        "USER",
        "talk to somebody: what you type from now on goes to them",
    ),
    row(
        Verb::Join,
        &["/join"],
        "NAME",
        "enter a room (it is made if need be), or ask to be let into a group",
    ),
    row(Verb::Create, &["/create"], "GROUP", "make a group, which is yours"),
    row(Verb::Invite, &["/invite"], "GROUP USER", "invite somebody into your group"),
    row(
        Verb::Accept,
        &["/accept"],
        "[GROUP] [USER]",
        "say yes to an invitation, or to somebody who asks to be let in",
    ),
    row(Verb::Reject, &["/reject"], "[GROUP] [USER]", "say no to it"),
    row(Verb::Leave, &["/leave"], "[NAME]", "leave a room or group"),
    row(Verb::Role, &["/role"], "GROUP USER ROLE", "make a member owner, admin or member"),
    row(
        Verb::Who,
        &["/who", "/list", "/online", "/users"],
        "[NAME]",
        "who is online, here or in a room or group",
    ),
    row(
        Verb::History,
        &["/history"],
        "[@USER or #ROOM] [NUMBER] [DATE] [TIME]",
        "what was said; around a moment (UTC): 2026-11-20 14:00",
    ),
    row(Verb::Search, &["/search"], "WORDS", "find what was said, by words; the beginning of one: hel*"),
    row(Verb::Mentions, &["/mentions"], "", "who said @ and your name, in rooms and groups"),
    row(Verb::Retention, &["/retention"], "[DAYS or off]", "for how many days what is said here is kept"),
    row(
        Verb::Reply,
        &["/reply"],
        "[#N] TEXT",
        "answer the newest message, or the one that /history shows as #N",
    ),
    row(Verb::React, &["/react"], "[#N] REACTION", "react to it, with an emoji or a short word"),
    row(Verb::Unreact, &["/unreact"], "[#N] REACTION", "take a reaction back"),
    row(Verb::Edit, &["/edit"], "[#N] TEXT", "say in other words what you said last, or said as #N"),
    row(Verb::Delete, &["/delete"], "[#N]", "take it out for everybody"),
    row(Verb::Topic, &["/topic"], "[#ROOM] [TEXT or off]", "what a room or group is about"),
    row(Verb::TopicLock, &["/topic-lock"], "[#ROOM] [on or off]", "let only owners and admins set the topic"),
    row(Verb::Kick, &["/kick"], "[#ROOM] USER [WHY]", "put somebody out, who may come back"),
    row(
        Verb::Ban,
        &["/ban"],
        "[#ROOM] USER [TIME] [WHY]",
        "put somebody out, who may not; for 10m, 2h, 7d or ever",
    ),
    row(Verb::Unban, &["/unban"], "[#ROOM] USER", "let them come back"),
    row(
        Verb::Mute,
        &["/mute"],
        "[#ROOM] USER [TIME] [WHY]",
        "let somebody say nothing, for 10m, 2h, 7d or ever",
    ),
    row(Verb::Unmute, &["/unmute"], "[#ROOM] USER", "let them speak again"),
    row(Verb::Bans, &["/bans"], "[#ROOM or server]", "who is banned or muted"),
    row(Verb::Slow, &["/slow"], "[#ROOM] [TIME or off]", "let each member post once in 30s, 2m, 1h"),
    row(Verb::Audit, &["/audit"], "[#ROOM or server]", "what moderators did"),
    row(
        Verb::BanAddress,
        &["/ban-address"],
        "ADDRESS [TIME] [WHY]",
        "let nobody in from there, as an operator",
    ),
    row(Verb::UnbanAddress, &["/unban-address"], "ADDRESS", "let them in again"),
    row(Verb::Hatches, &["/hatches"], "close or open [WHY]", "no new accounts and no guests, as an operator"),
    row(Verb::Rename, &["/username", "/nick"], "NAME", "take another name, as a guest"),
    row(Verb::Password, &["/password"], "", "change your password; whatever else is signed in is signed out"),
    row(Verb::Sessions, &["/sessions"], "[end NUMBER]", "where you are signed in, or sign out there"),
    row(
        Verb::Codes,
        &["/codes"],
        "[on or off]",
        "ask for a code besides the password when you sign in, or no more",
    ),
    row(Verb::Everybody, &["/all"], "TEXT", "say one thing to everybody, in the lobby"),
    row(Verb::Stop, &["/stop"], "", "talk to whom you talked to before"),
    row(Verb::Time, &["/time"], "", "what time it is"),
    row(Verb::Say, &["/say"], "TEXT", "say something that begins like a command"),
    row(Verb::SignUp, &["/signup"], "NAME", "make an account"),
    row(Verb::SignIn, &["/signin"], "NAME", "sign in"),
    row(Verb::SignOut, &["/signout"], "", "sign out"),
    row(Verb::Help, &["/help", "/commands", "/?"], "[COMMAND]", "show this, or one command"),
    row(Verb::Quit, &["/quit", "/bye", "/exit"], "", "end"),
    row(Verb::SignUp, &["signup:"], "NAME", "make an account"),
    row(Verb::SignIn, &["signin:"], "NAME", "sign in"),
    row(Verb::SignOut, &["signout"], "", "sign out"),
    row(Verb::ToUser, &["to user:"], "USER", "talk to somebody: what you type from now on goes to them"),
    row(Verb::ToGroup, &["to group:"], "GROUP", "the same with a group or room"),
    row(Verb::Create, &["create group:"], "GROUP", "make a group, which is yours"),
    row(Verb::JoinGroup, &["join group:"], "GROUP", "enter a room, or ask to be let into a group"),
    row(Verb::Invite, &["invite group:"], "GROUP USER", "invite somebody into your group"),
];

/// The rows that a word calls: `invite`, `/invite`, `invite group:`.
pub fn rows_of(word: &str) -> impl Iterator<Item = &'static Row> {
    let bare = |word: &str| word.trim_start_matches('/').trim_end_matches(':').to_lowercase();
    let wanted = bare(word);
    let longer = format!("{wanted} ");
    let calls = move |word: &&str| bare(word) == wanted || word.starts_with(&longer);
    TABLE.iter().filter(move |row| row.words.iter().any(&calls))
}
