//! What moderators and operators type, and the request that it becomes.

use std::net::IpAddr;

use crate::address::Address;
use crate::limits::AUDIT_MAX;
use crate::moderation::Deed;
use crate::name::{RoomName, UserName};
use crate::remark::Remark;
use crate::request::Request;

use super::{Command, CommandError, Row, Verb};

/// What is to be done, or shown, in a room or group, or in the whole server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described by its row of the table")]
pub enum Moderation {
    Deed { user: UserName, deed: Deed, seconds: Option<u32>, why: Option<Remark> },
    About,
    SetTopic { topic: Option<Remark> },
    LockTopic { on: bool },
    Slow { seconds: u32 },
    Sanctions,
    AddressBans,
    Audit,
    WholeAudit,
    BanAddress { address: IpAddr, on: bool, seconds: Option<u32>, why: Option<Remark> },
    Hatches { closed: bool, why: Option<Remark> },
}

impl Moderation {
    /// The request, about a room or group, if it is about one. Nothing where it is and none is known.
    pub fn request(self, of: Option<RoomName>) -> Option<Request> {
        Some(match self {
            Self::Deed { user, deed, seconds, why } => {
                Request::Moderate { of: of?, user, deed, seconds, why }
            }
            Self::About => Request::About { of: Address::Room(of?) },
            Self::SetTopic { topic } => Request::SetTopic { of: of?, topic },
            Self::LockTopic { on } => Request::LockTopic { of: of?, on },
            Self::Slow { seconds } => Request::SetSlowMode { of: of?, seconds },
            Self::Sanctions => Request::Sanctions { of: Some(of?) },
            Self::AddressBans => Request::Sanctions { of: None },
            Self::Audit => Request::Audit { of: Some(of?), before: None, limit: AUDIT_MAX },
            Self::WholeAudit => Request::Audit { of: None, before: None, limit: AUDIT_MAX },
            Self::BanAddress { address, on, seconds, why } => {
                Request::BanAddress { of: None, address, on, seconds, why }
            }
            Self::Hatches { closed, why } => Request::Hatches { closed, why },
        })
    }
}

pub(super) fn command(row: &Row, rest: &str) -> Result<Command, CommandError> {
    let usage = || CommandError::Usage { verb: row.verb, usage: row.usage() };
    let (of, rest) = match word(rest) {
        (first, after) if first.len() > 1 && first.starts_with('#') && takes_room(row.verb) => {
            let name = RoomName::parse(&first[1..]);
            (Some(name.map_err(|error| CommandError::Name { verb: row.verb, error })?), after)
        }
        _ => (None, rest),
    };
    let what = match (row.verb, rest.to_lowercase().as_str()) {
        (Verb::Topic, "") | (Verb::Slow, "") => Moderation::About,
        (Verb::Topic, "off") => Moderation::SetTopic { topic: None },
        (Verb::Topic, _) => Moderation::SetTopic { topic: remark(rest)? },
        (Verb::TopicLock, "" | "on") => Moderation::LockTopic { on: true },
        (Verb::TopicLock, "off") => Moderation::LockTopic { on: false },
        (Verb::Slow, "off") => Moderation::Slow { seconds: 0 },
        (Verb::Slow, time) => {
            let seconds = time.parse().ok().or_else(|| seconds(time));
            Moderation::Slow { seconds: seconds.ok_or_else(usage)? }
        }
        (Verb::Bans, "server") if of.is_none() => Moderation::AddressBans,
        (Verb::Audit, "server") if of.is_none() => Moderation::WholeAudit,
        (Verb::Bans, "") => Moderation::Sanctions,
        (Verb::Audit, "") => Moderation::Audit,
        (Verb::Hatches, _) => {
            let (word, why) = word(rest);
            let closed = match word.to_lowercase().as_str() {
                "close" => true,
                "open" => false,
                _ => return Err(usage()),
            };
            Moderation::Hatches { closed, why: remark(why)? }
        }
        (Verb::BanAddress | Verb::UnbanAddress, _) => {
            let (address, rest) = word(rest);
            let (seconds, why) = timed(rest);
            let on = row.verb == Verb::BanAddress;
            let address = address.parse().map_err(|_| usage())?;
            Moderation::BanAddress { address, on, seconds, why: remark(why)? }
        }
        (verb, _) => to_somebody(row, deed(verb).ok_or_else(usage)?, rest)?,
    };
    Ok(Command::Moderate { of, what })
}

fn to_somebody(row: &Row, deed: Deed, rest: &str) -> Result<Moderation, CommandError> {
    let (user, rest) = word(rest);
    let user = UserName::parse(user.strip_prefix('@').unwrap_or(user))
        .map_err(|error| CommandError::Name { verb: row.verb, error })?;
    let (seconds, why) = match deed {
        Deed::Ban | Deed::Mute => timed(rest),
        Deed::Kick | Deed::Unban | Deed::Unmute => (None, rest),
    };
    Ok(Moderation::Deed { user, deed, seconds, why: remark(why)? })
}

fn deed(verb: Verb) -> Option<Deed> {
    Some(match verb {
        Verb::Kick => Deed::Kick,
        Verb::Ban => Deed::Ban,
        Verb::Unban => Deed::Unban,
        Verb::Mute => Deed::Mute,
        Verb::Unmute => Deed::Unmute,
        _ => return None,
    })
}

fn takes_room(verb: Verb) -> bool {
    !matches!(verb, Verb::BanAddress | Verb::UnbanAddress | Verb::Hatches)
}

/// The first word, and what follows it.
fn word(rest: &str) -> (&str, &str) {
    let rest = rest.trim();
    let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    (first, after.trim())
}

/// How long, if the first word says so, and what follows.
fn timed(rest: &str) -> (Option<u32>, &str) {
    let (first, after) = word(rest);
    match seconds(first) {
        Some(seconds) => (Some(seconds), after),
        None => (None, rest),
    }
}

/// `30s`, `10m`, `2h`, `7d`, `2w`.
fn seconds(word: &str) -> Option<u32> {
    let unit = match word.bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 60 * 60,
        b'd' => 24 * 60 * 60,
        b'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let count: u32 = word[..word.len() - 1].parse().ok()?;
    count.checked_mul(unit).filter(|seconds| *seconds > 0)
}

/// So many seconds, in words.
pub fn told_seconds(seconds: u64) -> String {
    let units = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second")];
    let fits = |(size, _): &(u64, &str)| seconds >= *size && seconds.is_multiple_of(*size);
    let (size, unit) = units.into_iter().find(fits).unwrap_or((1, "second"));
    let count = seconds / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn remark(raw: &str) -> Result<Option<Remark>, CommandError> {
    if raw.trim().is_empty() { Ok(None) } else { Ok(Some(Remark::parse(raw)?)) }
}

#[cfg(test)]
mod tests {
    use super::super::{At, Line, parse};
    use super::*;

    fn read(line: &str) -> (Option<RoomName>, Moderation) {
        match parse(line, At::Whispers) {
            Ok(Line::Command(Command::Moderate { of, what })) => (of, what),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn times_reasons_and_rooms_are_told_apart() {
        let deed = |deed, seconds, why: &str| Moderation::Deed {
            user: "bob".parse().unwrap(),
            deed,
            seconds,
            why: Remark::parse(why).ok(),
        };
        let minute = 60;
        for (line, of, what) in [
            ("/kick @bob", "", deed(Deed::Kick, None, "")),
            ("/kick bob 10m is no time here", "", deed(Deed::Kick, None, "10m is no time here")),
            ("/ban @bob", "", deed(Deed::Ban, None, "")),
            ("/ban #dev @bob 2h  spam ", "dev", deed(Deed::Ban, Some(120 * minute), "spam")),
            ("/mute bob 7d", "", deed(Deed::Mute, Some(7 * 24 * 60 * minute), "")),
            ("/mute bob for 7d", "", deed(Deed::Mute, None, "for 7d")),
            ("/unmute #dev bob", "dev", deed(Deed::Unmute, None, "")),
            ("/topic", "", Moderation::About),
            ("/topic Off", "", Moderation::SetTopic { topic: None }),
            ("/topic #dev v1 is out", "dev", Moderation::SetTopic { topic: Remark::parse("v1 is out").ok() }),
            ("/topic-lock", "", Moderation::LockTopic { on: true }),
            ("/topic-lock off", "", Moderation::LockTopic { on: false }),
            ("/slow 30", "", Moderation::Slow { seconds: 30 }),
            ("/slow 2m", "", Moderation::Slow { seconds: 120 }),
            ("/slow off", "", Moderation::Slow { seconds: 0 }),
            ("/bans", "", Moderation::Sanctions),
            ("/bans server", "", Moderation::AddressBans),
            ("/audit #dev", "dev", Moderation::Audit),
            ("/audit server", "", Moderation::WholeAudit),
            (
                "/hatches close a flood",
                "",
                Moderation::Hatches { closed: true, why: Remark::parse("a flood").ok() },
            ),
        ] {
            assert_eq!(read(line), (RoomName::parse(of).ok(), what), "{line}");
        }
        let address = "2001:db8::7".parse().unwrap();
        let banned = Moderation::BanAddress { address, on: true, seconds: Some(3600), why: None };
        assert_eq!(read("/ban-address 2001:db8::7 1h").1, banned);
        for line in
            ["/kick", "/ban 7", "/slow fast", "/hatches", "/topic-lock maybe", "/ban-address bob", "/unban"]
        {
            assert!(parse(line, At::Whispers).is_err(), "{line}");
        }
    }

    #[test]
    fn what_is_about_a_room_needs_one() {
        let dev: RoomName = "dev".parse().unwrap();
        assert_eq!(Moderation::Sanctions.request(None), None);
        let asked = Moderation::Sanctions.request(Some(dev.clone()));
        assert_eq!(asked, Some(Request::Sanctions { of: Some(dev) }));
        assert!(Moderation::WholeAudit.request(None).is_some());
    }

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
        let told = [1, 30, 60, 90, 7200, 86_400, 172_800].map(told_seconds);
        assert_eq!(told, ["1 second", "30 seconds", "1 minute", "90 seconds", "2 hours", "1 day", "2 days"]);
    }
}
