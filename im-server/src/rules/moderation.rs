//! Who may keep whom from what. An admin acts on members and guests, an owner on admins and owners too, an operator of the
//! server as an owner everywhere, without being a member. Nobody acts on themselves.

use im_proto::{Deed, Refusal, Role, Timestamp};

/// Most who are kept out or silent in one room or group, and most addresses that are kept out of one place.
pub(crate) const SANCTIONS_MAX: u64 = 1000;

/// Most addresses that are kept out of the server.
pub(crate) const ADDRESS_BANS_MAX: u64 = 10_000;

/// What holds for a guest, and so for their address, ends after so many seconds, where nobody says when: a day.
const GUEST_SECONDS: u32 = 24 * 60 * 60;

/// Nothing holds for an address for more seconds than this: a year.
const ADDRESS_SECONDS_MAX: u32 = 365 * 24 * 60 * 60;

/// Slow mode goes up to so many seconds: a day.
pub(crate) const SLOW_SECONDS_MAX: u32 = 24 * 60 * 60;

/// What somebody may do as a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Power {
    pub(crate) role: Option<Role>,
    pub(crate) operator: bool,
}

/// Whom a deed is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "they are facts, and any of them may hold beside any other")]
pub(crate) struct Target {
    pub(crate) role: Option<Role>,
    pub(crate) myself: bool,
    /// A guest who is in that room now.
    pub(crate) visits: bool,
    pub(crate) banned: bool,
    pub(crate) muted: bool,
}

/// Owners, admins and operators moderate.
pub(crate) fn may_moderate(power: Power) -> Result<(), Refusal> {
    match power {
        Power { operator: true, .. } | Power { role: Some(Role::Admin | Role::Owner), .. } => Ok(()),
        Power { role: Some(Role::Member), .. } => Err(Refusal::NotAllowed),
        Power { role: None, .. } => Err(Refusal::NotMember),
    }
}

/// Who may do what to whom.
pub(crate) fn may_act_on(power: Power, target: Target, deed: Deed, sanctions: u64) -> Result<(), Refusal> {
    may_moderate(power)?;
    let lifts = matches!(deed, Deed::Unban | Deed::Unmute);
    if target.myself && !(lifts && power.operator) {
        return Err(Refusal::NotAllowed);
    }
    let is_owner = power.operator || power.role == Some(Role::Owner);
    if target.role >= Some(Role::Admin) && !is_owner {
        return Err(Refusal::NotAllowed);
    }
    match deed {
        Deed::Kick if target.role.is_none() && !target.visits => Err(Refusal::TheyAreNotMember),
        Deed::Unban if !target.banned => Err(Refusal::NotSanctioned),
        Deed::Unmute if !target.muted => Err(Refusal::NotSanctioned),
        Deed::Ban | Deed::Mute if sanctions >= SANCTIONS_MAX => Err(Refusal::TooMany),
        _ => Ok(()),
    }
}

/// Members say what it is about, unless that is locked.
pub(crate) fn may_set_topic(power: Power, muted: bool, locked: bool) -> Result<(), Refusal> {
    match may_moderate(power) {
        Err(Refusal::NotAllowed) if muted => Err(Refusal::Muted),
        Err(Refusal::NotAllowed) if locked => Err(Refusal::TopicLocked),
        Err(Refusal::NotAllowed) => Ok(()),
        decided => decided,
    }
}

/// What concerns the whole server is for operators.
pub(crate) fn needs_operator(operator: bool) -> Result<(), Refusal> {
    if operator { Ok(()) } else { Err(Refusal::NotAllowed) }
}

pub(crate) fn may_ban_address(count: u64) -> Result<(), Refusal> {
    if count < ADDRESS_BANS_MAX { Ok(()) } else { Err(Refusal::TooMany) }
}

/// Until when something holds: for an account for ever, where nobody says how long.
pub(crate) fn holds_until(guest: bool, seconds: Option<u32>, now: Timestamp) -> Option<Timestamp> {
    let seconds = match (guest, seconds) {
        (false, None) => return None,
        (false, Some(seconds)) => seconds,
        (true, seconds) => seconds.unwrap_or(GUEST_SECONDS).min(ADDRESS_SECONDS_MAX),
    };
    Some(Timestamp(now.0 + 1000 * u64::from(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Admin, Member, Owner};

    const NOBODY: Target = Target { role: None, myself: false, visits: false, banned: false, muted: false };

    fn power(role: impl Into<Option<Role>>) -> Power {
        Power { role: role.into(), operator: false }
    }

    #[test]
    fn the_table_of_who_acts_on_whom() {
        let operator = Power { role: None, operator: true };
        for (power, theirs, outcome) in [
            (power(None), Some(Member), Err(Refusal::NotMember)),
            (power(Member), Some(Member), Err(Refusal::NotAllowed)),
            (power(Admin), Some(Member), Ok(())),
            (power(Admin), Some(Admin), Err(Refusal::NotAllowed)),
            (power(Admin), Some(Owner), Err(Refusal::NotAllowed)),
            (power(Owner), Some(Admin), Ok(())),
            (power(Owner), Some(Owner), Ok(())),
            (operator, Some(Owner), Ok(())),
            (power(Owner), None, Err(Refusal::TheyAreNotMember)),
        ] {
            let target = Target { role: theirs, ..NOBODY };
            assert_eq!(may_act_on(power, target, Deed::Kick, 0), outcome, "{power:?} {theirs:?}");
            let myself = Target { myself: true, ..target };
            may_act_on(power, myself, Deed::Kick, 0).unwrap_err();
        }
    }

    #[test]
    fn the_table_of_deeds() {
        let target = |banned, muted, visits| Target { banned, muted, visits, ..NOBODY };
        for (deed, target, sanctions, outcome) in [
            (Deed::Kick, target(false, false, true), 0, Ok(())),
            (Deed::Ban, NOBODY, SANCTIONS_MAX - 1, Ok(())),
            (Deed::Ban, NOBODY, SANCTIONS_MAX, Err(Refusal::TooMany)),
            (Deed::Mute, NOBODY, SANCTIONS_MAX, Err(Refusal::TooMany)),
            (Deed::Unban, target(true, false, false), SANCTIONS_MAX, Ok(())),
            (Deed::Unban, target(false, true, false), 0, Err(Refusal::NotSanctioned)),
            (Deed::Unmute, target(false, true, false), 0, Ok(())),
            (Deed::Unmute, target(true, false, false), 0, Err(Refusal::NotSanctioned)),
        ] {
            assert_eq!(may_act_on(power(Owner), target, deed, sanctions), outcome, "{deed:?} {target:?}");
        }
        let operator = Power { role: None, operator: true };
        let myself = Target { myself: true, banned: true, ..NOBODY };
        assert_eq!(may_act_on(operator, myself, Deed::Unban, 0), Ok(()), "an operator comes back");
    }

    #[test]
    fn the_table_of_topics() {
        for (role, muted, locked, outcome) in [
            (None, false, false, Err(Refusal::NotMember)),
            (Some(Member), false, false, Ok(())),
            (Some(Member), false, true, Err(Refusal::TopicLocked)),
            (Some(Member), true, true, Err(Refusal::Muted)),
            (Some(Admin), true, true, Ok(())),
        ] {
            assert_eq!(may_set_topic(power(role), muted, locked), outcome, "{role:?}");
        }
    }

    #[test]
    fn what_holds_for_an_address_ends() {
        let now = Timestamp(5000);
        assert_eq!(holds_until(false, None, now), None);
        assert_eq!(
            holds_until(false, Some(u32::MAX), now),
            Some(Timestamp(5000 + 1000 * u64::from(u32::MAX)))
        );
        assert_eq!(holds_until(true, None, now), Some(Timestamp(86_405_000)));
        let year = Timestamp(5000 + 1000 * u64::from(ADDRESS_SECONDS_MAX));
        assert_eq!(holds_until(true, Some(u32::MAX), now), Some(year));
    }
}
