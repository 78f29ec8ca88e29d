//! The grammar of what people type, in telnet and in the full-screen client: commands, text, and what is neither.
//!
//! A line that begins like a command is never taken for text: a mistyped command must not be said to others.

mod amending;
mod looking;
mod moderating;
mod own;
mod table;

use crate::address::Address;
use crate::event::Role;
use crate::id::{Seq, Timestamp};
use crate::name::{NameError, RoomName, UserName};
use crate::reaction::{Reaction, ReactionError};
use crate::remark::RemarkError;
use crate::text::{Text, TextError};
use crate::words::{Words, WordsError};

pub use moderating::{Moderation, told_seconds};
pub use table::{Row, TABLE, Verb, rows_of};

/// What `@bob hello` at the start of a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A whisper to bob, as in the lobby by telnet.
    Whispers,
    /// Text that mentions bob, as in the full-screen client.
    Mentions,
}

/// What one typed line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Nothing but blanks.
    Blank,
    /// Something to say.
    Text(Text),
    /// Something to do.
    Command(Command),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Command {
    SignUp { name: UserName },
    SignIn { name: UserName },
    SignOut,
    ToUser { user: UserName },
    ToGroup { group: RoomName },
    Message { to: UserName, text: Text },
    Join { name: RoomName, create: bool },
    Create { group: RoomName },
    Invite { group: RoomName, user: UserName },
    Answer { yes: bool, group: Option<RoomName>, user: Option<UserName> },
    Leave { name: Option<RoomName> },
    Role { group: RoomName, user: UserName, role: Role },
    Who { of: Option<RoomName> },
    History { of: Option<Address>, limit: Option<u16>, around: Option<Timestamp> },
    Search { words: Words },
    Mentions,
    Retention { days: Option<u16> },
    Edit { seq: Option<Seq>, text: Text },
    Delete { seq: Option<Seq> },
    Reply { seq: Option<Seq>, text: Text },
    React { seq: Option<Seq>, reaction: Reaction, on: bool },
    Moderate { of: Option<RoomName>, what: Moderation },
    Rename { name: UserName },
    Password,
    Sessions { end: Option<u64> },
    Codes { on: Option<bool> },
    Everybody { text: Text },
    Stop,
    Time,
    Help { about: Option<String> },
    Quit,
}

/// Why a line is neither text nor a command. Nothing is done and nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No such command.
    #[error("there is no command {word}{}", nearest.map(|n| format!(", did you mean {n}?")).unwrap_or_default())]
    Unknown {
        /// The word that was typed.
        word: String,
        /// The command that is spelled most like it.
        nearest: Option<&'static str>,
    },
    /// The command takes something else.
    #[error("it goes like this: {usage}")]
    Usage {
        /// Which command.
        verb: Verb,
        /// How it goes.
        usage: String,
    },
    /// A name that is none.
    #[error("{error}")]
    Name {
        /// In which command.
        verb: Verb,
        /// What is wrong with it.
        error: NameError,
    },
    /// A text that cannot be said.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Something that is no reaction.
    #[error(transparent)]
    Reaction(#[from] ReactionError),
    /// Nothing to search for, or too much.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// No topic, and no reason.
    #[error(transparent)]
    Remark(#[from] RemarkError),
}

/// Reads one typed line, without its line end.
pub fn parse(line: &str, at: At) -> Result<Line, CommandError> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Line::Blank);
    }
    if let Some(rest) = line.strip_prefix('\\') {
        return Ok(Line::Text(Text::parse(rest)?));
    }
    if let Some(rest) = line.strip_prefix('/') {
        return if rest.starts_with('/') { Ok(Line::Text(Text::parse(rest)?)) } else { slash(line) };
    }
    if at == At::Whispers
        && let Some(rest) = line.strip_prefix('@')
    {
        let (to, text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return message(&WHISPER, to, text).map(Line::Command);
    }
    if let Some((row, rest)) = colon(line) {
        return command(row, rest).map(Line::Command);
    }
    Ok(Line::Text(Text::parse(line)?))
}

static WHISPER: Row =
    Row { verb: Verb::Message, words: &["@USER"], takes: "TEXT", does: "say one thing to somebody" };

fn slash(line: &str) -> Result<Line, CommandError> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let lower = word.to_lowercase();
    let Some(row) = TABLE.iter().find(|row| row.words.contains(&lower.as_str())) else {
        return Err(CommandError::Unknown { word: word.to_owned(), nearest: nearest(&lower) });
    };
    if row.verb == Verb::Say {
        return Ok(Line::Text(Text::parse(rest)?));
    }
    command(row, rest.trim()).map(Line::Command)
}

/// Finds go-im's forms: `create group: g1` in any case and with any blanks about the colon; and without the colon
/// where the whole line has just that shape, so that `to user bar` does not say "to user bar" to whoever is next.
fn colon(line: &str) -> Option<(&'static Row, &str)> {
    TABLE.iter().filter(|row| !row.words[0].starts_with('/')).find_map(|row| {
        let word = row.words[0].trim_end_matches(':');
        let rest = after_words(line, word)?;
        if row.takes.is_empty() {
            return rest.trim().is_empty().then_some((row, ""));
        }
        if let Some(rest) = rest.trim_start().strip_prefix(':') {
            return Some((row, rest.trim()));
        }
        let arguments = rest.split_whitespace().count();
        let as_many = arguments == row.takes.split_whitespace().count();
        let set_off = rest.starts_with(char::is_whitespace);
        (set_off && as_many && command(row, rest.trim()).is_ok()).then_some((row, rest.trim()))
    })
}

/// What follows some words at the start of a line, compared without case and whatever blanks are between them.
fn after_words<'a>(line: &'a str, words: &str) -> Option<&'a str> {
    let mut rest = line;
    for (i, word) in words.split(' ').enumerate() {
        if i > 0 {
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
        }
        let (head, tail) = rest.split_at_checked(word.len())?;
        if !head.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = tail;
    }
    Some(rest)
}

fn command(row: &'static Row, rest: &str) -> Result<Command, CommandError> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let usage = || CommandError::Usage { verb: row.verb, usage: row.usage() };
    let user = |raw: &str| match UserName::parse(raw.strip_prefix('@').unwrap_or(raw)) {
        Ok(name) => Ok(name),
        Err(error) => Err(CommandError::Name { verb: row.verb, error }),
    };
    let room = |raw: &str| match RoomName::parse(raw.strip_prefix('#').unwrap_or(raw)) {
        Ok(name) => Ok(name),
        Err(error) => Err(CommandError::Name { verb: row.verb, error }),
    };
    // One name is the whole rest, so that `signup: two words` is told that a name has no blanks.
    let rest_room = || room(rest);
    let rest_user = || user(rest);
    Ok(match row.verb {
        Verb::SignUp => Command::SignUp { name: rest_user()? },
        Verb::SignIn => Command::SignIn { name: rest_user()? },
        Verb::SignOut => Command::SignOut,
        Verb::ToUser => Command::ToUser { user: rest_user()? },
        Verb::ToGroup => Command::ToGroup { group: rest_room()? },
        Verb::Message => {
            let (to, text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            message(row, to, text)?
        }
        Verb::Join => Command::Join { name: rest_room()?, create: true },
        Verb::JoinGroup => Command::Join { name: rest_room()?, create: false },
        Verb::Create => Command::Create { group: rest_room()? },
        Verb::Invite => match words[..] {
            [group, invited] => Command::Invite { group: room(group)?, user: user(invited)? },
            _ => return Err(usage()),
        },
        Verb::Accept | Verb::Reject => {
            let (group, asker) = match words[..] {
                [] => (None, None),
                [group] => (Some(room(group)?), None),
                [group, asker] => (Some(room(group)?), Some(user(asker)?)),
                _ => return Err(usage()),
            };
            Command::Answer { yes: row.verb == Verb::Accept, group, user: asker }
        }
        Verb::Leave => Command::Leave { name: optional(rest, room)? },
        Verb::Role => match words[..] {
            [group, member, role] => Command::Role {
                group: room(group)?,
                user: user(member)?,
                role: role.parse().map_err(|()| usage())?,
            },
            _ => return Err(usage()),
        },
        Verb::Who => Command::Who { of: optional(rest, room)? },
        Verb::History => looking::history(&words).ok_or_else(usage)?,
        Verb::Search => Command::Search { words: Words::parse(rest)? },
        Verb::Mentions => Command::Mentions,
        Verb::Retention => looking::retention(&words).ok_or_else(usage)?,
        Verb::Edit | Verb::Delete | Verb::Reply | Verb::React | Verb::Unreact => {
            amending::command(row, rest)?
        }
        Verb::Rename => Command::Rename { name: rest_user()? },
        Verb::Password => Command::Password,
        Verb::Sessions => own::sessions(&words).ok_or_else(usage)?,
        Verb::Codes => own::codes(&words).ok_or_else(usage)?,
        Verb::Everybody => Command::Everybody { text: Text::parse(rest)? },
        Verb::Stop => Command::Stop,
        Verb::Time => Command::Time,
        Verb::Help => Command::Help { about: (!rest.is_empty()).then(|| rest.to_owned()) },
        Verb::Quit => Command::Quit,
        // Those who keep order; and `/say`, which was read before.
        _ => moderating::command(row, rest)?,
    })
}

fn optional<T>(
    raw: &str,
    parse: impl Fn(&str) -> Result<T, CommandError>,
) -> Result<Option<T>, CommandError> {
    if raw.is_empty() { Ok(None) } else { parse(raw).map(Some) }
}

fn message(row: &Row, to: &str, text: &str) -> Result<Command, CommandError> {
    if to.is_empty() || text.trim().is_empty() {
        return Err(CommandError::Usage { verb: row.verb, usage: row.usage() });
    }
    let to = UserName::parse(to.strip_prefix('@').unwrap_or(to))
        .map_err(|error| CommandError::Name { verb: row.verb, error })?;
    Ok(Command::Message { to, text: Text::parse(text.trim_start())? })
}

/// The command that is spelled most like a word, if any is near.
fn nearest(word: &str) -> Option<&'static str> {
    const FAR: usize = 3;
    TABLE
        .iter()
        .flat_map(|row| row.words)
        .filter(|known| known.starts_with('/'))
        .map(|known| (strsim::damerau_levenshtein(word, known), *known))
        .filter(|(distance, known)| *distance < FAR && *distance < known.len() - 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserName {
        name.parse().unwrap()
    }
    fn room(name: &str) -> RoomName {
        name.parse().unwrap()
    }
    fn text(said: &str) -> Line {
        Line::Text(Text::parse(said).unwrap())
    }
    fn reaction(raw: &str) -> Reaction {
        Reaction::parse(raw).unwrap()
    }
    fn told(line: &str) -> Line {
        parse(line, At::Whispers).unwrap()
    }

    #[test]
    fn every_spelling_of_a_command_is_that_command() {
        let cases = [
            ("signup: foo", Command::SignUp { name: user("foo") }),
            ("signup:foo\r", Command::SignUp { name: user("foo") }),
            ("SignUp : foo", Command::SignUp { name: user("foo") }),
            ("signup foo", Command::SignUp { name: user("foo") }),
            ("/signin foo", Command::SignIn { name: user("foo") }),
            ("signout", Command::SignOut),
            ("to user: bar", Command::ToUser { user: user("bar") }),
            ("to user bar", Command::ToUser { user: user("bar") }),
            ("to  group:g1", Command::ToGroup { group: room("g1") }),
            ("/DM @bar", Command::ToUser { user: user("bar") }),
            ("/talk bar", Command::ToUser { user: user("bar") }),
            ("create group: g1", Command::Create { group: room("g1") }),
            ("join group: g1", Command::Join { name: room("g1"), create: false }),
            ("/join #g1", Command::Join { name: room("g1"), create: true }),
            ("invite group: g1 bar", Command::Invite { group: room("g1"), user: user("bar") }),
            ("/invite g1 bar", Command::Invite { group: room("g1"), user: user("bar") }),
            ("/accept", Command::Answer { yes: true, group: None, user: None }),
            (
                "/reject g1 bar",
                Command::Answer { yes: false, group: Some(room("g1")), user: Some(user("bar")) },
            ),
            ("/leave", Command::Leave { name: None }),
            ("/role g1 bar Admin", Command::Role { group: room("g1"), user: user("bar"), role: Role::Admin }),
            ("/history", Command::History { of: None, limit: None, around: None }),
            (
                "/history @bar 5",
                Command::History { of: Some("@bar".parse().unwrap()), limit: Some(5), around: None },
            ),
            ("/search a \"b* -c", Command::Search { words: Words::parse("a \"b* -c").unwrap() }),
            ("/mentions", Command::Mentions),
            ("@bar hi  there", Command::Message { to: user("bar"), text: Text::parse("hi  there").unwrap() }),
            ("/msg bar hi", Command::Message { to: user("bar"), text: Text::parse("hi").unwrap() }),
            ("/retention", Command::Retention { days: None }),
            ("/retention 30", Command::Retention { days: Some(30) }),
            ("/retention Off", Command::Retention { days: Some(0) }),
            (
                "/edit #12 hi  you",
                Command::Edit { seq: Some(Seq(12)), text: Text::parse("hi  you").unwrap() },
            ),
            ("/edit 12 men", Command::Edit { seq: None, text: Text::parse("12 men").unwrap() }),
            ("/reply #dev is it", Command::Reply { seq: None, text: Text::parse("#dev is it").unwrap() }),
            ("/delete", Command::Delete { seq: None }),
            ("/delete 12", Command::Delete { seq: Some(Seq(12)) }),
            ("/react +1", Command::React { seq: None, reaction: reaction("+1"), on: true }),
            ("/unreact #7 🎉", Command::React { seq: Some(Seq(7)), reaction: reaction("🎉"), on: false }),
            ("/username neil", Command::Rename { name: user("neil") }),
            ("/all hi", Command::Everybody { text: Text::parse("hi").unwrap() }),
            ("/stop", Command::Stop),
            ("/TIME", Command::Time),
            ("/?", Command::Help { about: None }),
            ("/BYE", Command::Quit),
            ("  /msg bar hi", Command::Message { to: user("bar"), text: Text::parse("hi").unwrap() }),
        ];
        for (line, command) in cases {
            assert_eq!(told(line), Line::Command(command), "{line:?}");
        }
    }

    #[test]
    fn text_that_only_looks_like_a_command_is_text() {
        for said in [
            "close the door please",
            "signout everybody",
            "restore: what was it",
            "to user or not to user",
            "join group therapy today",
            "create group",
            "to userland: hi",
            "Y",
            "QUIT",
            "{\"name\":1}",
            "你好",
        ] {
            assert_eq!(told(said), text(said));
        }
        assert_eq!(told("//help me"), text("/help me"));
        assert_eq!(told("\\signout"), text("signout"));
        assert_eq!(told("/say /quit"), text("/quit"));
        assert_eq!(told("  "), Line::Blank);
        assert_eq!(parse("@bob shipped it", At::Mentions).unwrap(), text("@bob shipped it"));
    }

    #[test]
    fn a_mistyped_command_is_never_text() {
        let unknown = parse("/jion dev", At::Whispers).unwrap_err();
        assert_eq!(unknown, CommandError::Unknown { word: "/jion".into(), nearest: Some("/join") });
        assert_eq!(unknown.to_string(), "there is no command /jion, did you mean /join?");
        assert_eq!(
            parse("/xyzzy", At::Whispers).unwrap_err(),
            CommandError::Unknown { word: "/xyzzy".into(), nearest: None }
        );
        for line in [
            "invite group: g1",
            "invite group:",
            "/invite g1",
            "@bar",
            "@",
            "/msg bar",
            "/say",
            "/role g1 bar king",
            "/retention 70000",
            "/retention -1",
            "/retention 1 2",
            "/retention for ever",
            "/edit #12",
            "/reply",
            "/delete it",
            "/delete #1 #2",
            "/react #1",
            "/react",
            "/react #1 two words",
        ] {
            parse(line, At::Whispers).unwrap_err();
        }
        for (line, verb) in [
            ("signup:", Verb::SignUp),
            ("signup: two words", Verb::SignUp),
            ("to user: 1bad", Verb::ToUser),
            ("create group: a/b", Verb::Create),
            ("join group:", Verb::JoinGroup),
        ] {
            assert!(
                matches!(parse(line, At::Whispers), Err(CommandError::Name { verb: v, .. }) if v == verb),
                "{line}"
            );
        }
    }

    #[test]
    fn the_help_table_is_what_the_parser_takes() {
        for row in TABLE {
            for word in row.words {
                // What stands in brackets may be left out, and of what is chosen from the first is taken.
                let needed = row.takes.split(['[', ']']).step_by(2).collect::<String>();
                let needed = needed.split(" or ").next().unwrap_or_default();
                let argument = |taken| match taken {
                    "ROLE" => "admin",
                    "ADDRESS" => "192.0.2.7",
                    "close" => "close",
                    _ => "abc",
                };
                let arguments: Vec<&str> = needed.split_whitespace().map(argument).collect();
                let line = format!("{word} {}", arguments.join(" "));
                parse(&line, At::Whispers).unwrap_or_else(|error| panic!("{line:?}: {error}"));
            }
            assert!(rows_of(row.words[0]).any(|found| found.words == row.words));
        }
    }
}
