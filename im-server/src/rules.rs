//! Who may do what. Pure: asked inside the transaction that acts, with what that transaction sees.

use im_proto::{Kind, PendingKind, Refusal, Role};

use crate::footing::Footing;

mod moderation;

pub(crate) use moderation::*;

/// Members read, and so do guests in rooms. Who is kept out is no member, and no guest there.
pub(crate) fn may_read(footing: &Footing) -> Result<(), Refusal> {
    match (footing.banned, footing.kind, footing.guest, footing.role) {
        (true, ..) => Err(Refusal::Banned),
        (_, _, _, Some(_)) | (_, Kind::Room, true, None) => Ok(()),
        (_, _, _, None) => Err(Refusal::NotMember),
    }
}

/// Whoever reads does something about what is said, but for those who are muted.
pub(crate) fn may_post(footing: &Footing) -> Result<(), Refusal> {
    may_read(footing)?;
    if footing.muted { Err(Refusal::Muted) } else { Ok(()) }
}

/// The same, and slow mode holds, but for those who have set it.
pub(crate) fn may_say(footing: &Footing) -> Result<(), Refusal> {
    may_post(footing)?;
    if footing.early && footing.role < Some(Role::Admin) && !footing.operator {
        return Err(Refusal::SlowMode);
    }
    Ok(())
}

/// What is taken out is taken out by those who read; of rooms and groups by operators too.
pub(crate) fn may_reach(footing: &Footing) -> Result<(), Refusal> {
    if footing.operator { Ok(()) } else { may_read(footing) }
}

/// Most posts that are kept for a guest who is away, from one person.
pub(crate) const KEPT_FOR_GUEST_MAX: u64 = 100;

/// What is said to a guest who is away is kept only if they are awaited: anybody may come by that name.
pub(crate) fn may_keep(awaited: bool, waiting: u64) -> Result<(), Refusal> {
    match (awaited, waiting) {
        (false, _) => Err(Refusal::NoSuchUser),
        (true, KEPT_FOR_GUEST_MAX..) => Err(Refusal::KeptFull),
        (true, _) => Ok(()),
    }
}

/// Most edits of one message.
pub(crate) const EDITS_MAX: u64 = 1000;

/// Most reactions of one person that stand on one message.
pub(crate) const REACTIONS_MAX: u64 = 20;

/// Most reactions of one person to one message, with those that were taken back.
pub(crate) const REACTIONS_MADE_MAX: u64 = 200;

/// Authors edit. A guest's name is somebody else's tomorrow.
pub(crate) fn may_edit(guest: bool, mine: bool, edits: u64) -> Result<(), Refusal> {
    needs_account(guest)?;
    if !mine {
        return Err(Refusal::NotAllowed);
    }
    one_more(edits, EDITS_MAX)
}

/// Authors take out what is theirs; owners, admins and operators anything.
pub(crate) fn may_delete(footing: &Footing, mine: bool) -> Result<(), Refusal> {
    needs_account(footing.guest)?;
    match footing.role {
        Some(Role::Admin | Role::Owner) => Ok(()),
        _ if mine || footing.operator => Ok(()),
        _ => Err(Refusal::NotAllowed),
    }
}

/// Whoever may post reacts, as long as it stays legible.
pub(crate) fn may_react(standing: u64, made: u64) -> Result<(), Refusal> {
    one_more(standing, REACTIONS_MAX)?;
    one_more(made, REACTIONS_MADE_MAX)
}

/// Most tokens for bots that one user has.
pub(crate) const TOKENS_MAX: u64 = 100;

/// Most webhooks that one user has.
pub(crate) const HOOKS_MAX: u64 = 100;

/// Most invitations that can be used at the same time.
pub(crate) const INVITATIONS_MAX: u64 = 1000;

pub(crate) fn may_invite_somebody(count: u64) -> Result<(), Refusal> {
    one_more(count, INVITATIONS_MAX)
}

/// Most friends on one list.
pub(crate) const FRIENDS_MAX: u64 = 1000;

/// What outlives a connection needs somebody whose it is.
pub(crate) fn needs_account(guest: bool) -> Result<(), Refusal> {
    if guest { Err(Refusal::NeedsAccount) } else { Ok(()) }
}

pub(crate) fn may_make_token(count: u64) -> Result<(), Refusal> {
    one_more(count, TOKENS_MAX)
}

pub(crate) fn may_add_friend(count: u64) -> Result<(), Refusal> {
    one_more(count, FRIENDS_MAX)
}

/// A webhook posts where its maker posts; but not to guests, whose name is the next one's.
pub(crate) fn may_make_hook(footing: &Footing, to_guest: bool, count: u64) -> Result<(), Refusal> {
    if to_guest {
        return Err(Refusal::NoSuchUser);
    }
    may_post(footing)?;
    one_more(count, HOOKS_MAX)
}

fn one_more(count: u64, most: u64) -> Result<(), Refusal> {
    if count < most { Ok(()) } else { Err(Refusal::TooMany) }
}

/// Rooms are open to guests, but for those who are kept out; groups are not.
pub(crate) fn may_visit(kind: Kind, banned: bool) -> Result<(), Refusal> {
    match kind {
        Kind::Room if banned => Err(Refusal::Banned),
        Kind::Room => Ok(()),
        Kind::Group | Kind::Direct => Err(Refusal::NeedsAccount),
    }
}

/// How a room or group takes somebody who wants in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// They are in already.
    In,
    /// The door is open to them.
    Open,
    /// Somebody has to say yes.
    Ask,
}

/// Rooms are open to all; groups to those who are invited, and others ask, once at a time. Who is kept out does neither.
pub(crate) fn may_enter(
    kind: Kind,
    role: Option<Role>,
    banned: bool,
    pending: Option<PendingKind>,
) -> Result<Entry, Refusal> {
    if role.is_some() {
        return Ok(Entry::In);
    }
    if banned {
        return Err(Refusal::Banned);
    }
    match (kind, pending) {
        (Kind::Room, _) | (Kind::Group, Some(PendingKind::Invitation)) => Ok(Entry::Open),
        (Kind::Group, Some(PendingKind::Request)) => Err(Refusal::AlreadyAsked),
        (Kind::Group, Some(PendingKind::Rejection) | None) => Ok(Entry::Ask),
        (Kind::Direct, _) => Err(Refusal::NoSuchRoom),
    }
}

/// What an invitation comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invitation {
    /// It waits for their answer.
    Wait,
    /// They had asked to be let in: they are.
    LetIn,
}

/// Owners and admins invite into groups, but nobody who is kept out.
pub(crate) fn may_invite(
    kind: Kind,
    mine: Option<Role>,
    theirs: Option<Role>,
    they_are_banned: bool,
    their_pending: Option<PendingKind>,
) -> Result<Invitation, Refusal> {
    if kind != Kind::Group {
        return Err(Refusal::OpenRoom);
    }
    answers_for_group(mine)?;
    if theirs.is_some() {
        return Err(Refusal::AlreadyMember);
    }
    if they_are_banned {
        return Err(Refusal::TheyAreBanned);
    }
    match their_pending {
        Some(PendingKind::Request) => Ok(Invitation::LetIn),
        Some(PendingKind::Invitation) => Err(Refusal::AlreadyAsked),
        Some(PendingKind::Rejection) | None => Ok(Invitation::Wait),
    }
}

/// Owners and admins answer those who ask to be let in.
pub(crate) fn may_answer_request(
    mine: Option<Role>,
    their_pending: Option<PendingKind>,
) -> Result<(), Refusal> {
    answers_for_group(mine)?;
    match their_pending {
        Some(PendingKind::Request) => Ok(()),
        _ => Err(Refusal::NothingPending),
    }
}

/// Whoever is invited answers the invitation.
pub(crate) fn may_answer_invitation(my_pending: Option<PendingKind>) -> Result<(), Refusal> {
    match my_pending {
        Some(PendingKind::Invitation) => Ok(()),
        _ => Err(Refusal::NothingPending),
    }
}

/// Owners give and take roles, and a group keeps an owner.
pub(crate) fn may_set_role(
    mine: Option<Role>,
    theirs: Option<Role>,
    wanted: Role,
    owners: u64,
) -> Result<(), Refusal> {
    match mine {
        None => return Err(Refusal::NotMember),
        Some(Role::Owner) => {}
        Some(_) => return Err(Refusal::NotAllowed),
    }
    match theirs {
        None => Err(Refusal::TheyAreNotMember),
        Some(Role::Owner) if wanted != Role::Owner && owners <= 1 => Err(Refusal::NotAllowed),
        Some(_) => Ok(()),
    }
}

/// Owners say how long what is said is kept.
pub(crate) fn may_set_retention(mine: Option<Role>) -> Result<(), Refusal> {
    match mine {
        None => Err(Refusal::NotMember),
        Some(Role::Owner) => Ok(()),
        Some(Role::Member | Role::Admin) => Err(Refusal::NotAllowed),
    }
}

/// Whether someone has to become owner when this member leaves.
pub(crate) fn needs_heir(role: Role, owners: u64) -> bool {
    role == Role::Owner && owners <= 1
}

fn answers_for_group(mine: Option<Role>) -> Result<(), Refusal> {
    match mine {
        None => Err(Refusal::NotMember),
        Some(Role::Member) => Err(Refusal::NotAllowed),
        Some(Role::Admin | Role::Owner) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PendingKind::{Invitation as Invited, Rejection as Rejected, Request as Asked};
    use Role::{Admin, Member, Owner};

    #[test]
    fn the_table_of_reading_and_keeping() {
        for (kind, guest, role, may) in [
            (Kind::Room, false, None, Err(Refusal::NotMember)),
            (Kind::Room, true, None, Ok(())),
            (Kind::Group, true, None, Err(Refusal::NotMember)),
            (Kind::Group, false, Some(Member), Ok(())),
            (Kind::Direct, true, Some(Member), Ok(())),
            (Kind::Direct, false, None, Err(Refusal::NotMember)),
        ] {
            assert_eq!(may_post(&Footing::new(kind, guest, role)), may, "{kind:?} {guest} {role:?}");
        }
        assert_eq!(may_keep(false, 0), Err(Refusal::NoSuchUser));
        assert_eq!(may_keep(true, KEPT_FOR_GUEST_MAX - 1), Ok(()));
        assert_eq!(may_keep(true, KEPT_FOR_GUEST_MAX), Err(Refusal::KeptFull));
        assert_eq!(may_visit(Kind::Group, false), Err(Refusal::NeedsAccount));
        assert_eq!(may_visit(Kind::Room, true), Err(Refusal::Banned));
    }

    #[test]
    fn the_table_of_what_is_done_to_messages() {
        for (guest, role, mine, edits, deletes) in [
            (true, None, false, Err(Refusal::NeedsAccount), Err(Refusal::NeedsAccount)),
            (false, Some(Member), true, Ok(()), Ok(())),
            (false, Some(Member), false, Err(Refusal::NotAllowed), Err(Refusal::NotAllowed)),
            (false, Some(Admin), false, Err(Refusal::NotAllowed), Ok(())),
            (false, Some(Owner), false, Err(Refusal::NotAllowed), Ok(())),
        ] {
            assert_eq!(
                (may_edit(guest, mine, 0), may_delete(&Footing::new(Kind::Room, guest, role), mine)),
                (edits, deletes)
            );
        }
        assert_eq!(may_edit(false, true, EDITS_MAX - 1), Ok(()));
        assert_eq!(may_edit(false, true, EDITS_MAX), Err(Refusal::TooMany));
        assert_eq!(may_react(REACTIONS_MAX - 1, REACTIONS_MADE_MAX - 1), Ok(()));
        assert_eq!(may_react(REACTIONS_MAX, 0), Err(Refusal::TooMany));
        assert_eq!(may_react(0, REACTIONS_MADE_MAX), Err(Refusal::TooMany));
    }

    #[test]
    fn the_table_of_entry() {
        for (kind, role, pending, entry) in [
            (Kind::Room, None, None, Ok(Entry::Open)),
            (Kind::Room, Some(Member), None, Ok(Entry::In)),
            (Kind::Group, None, None, Ok(Entry::Ask)),
            (Kind::Group, None, Some(Rejected), Ok(Entry::Ask)),
            (Kind::Group, None, Some(Asked), Err(Refusal::AlreadyAsked)),
            (Kind::Group, None, Some(Invited), Ok(Entry::Open)),
            (Kind::Group, Some(Owner), None, Ok(Entry::In)),
        ] {
            assert_eq!(may_enter(kind, role, false, pending), entry, "{kind:?} {role:?} {pending:?}");
            let banned = if role.is_some() { entry } else { Err(Refusal::Banned) };
            assert_eq!(may_enter(kind, role, true, pending), banned, "{kind:?} {role:?} {pending:?}");
        }
    }

    #[test]
    fn the_table_of_invitations() {
        for (kind, mine, theirs, pending, outcome) in [
            (Kind::Room, Some(Owner), None, None, Err(Refusal::OpenRoom)),
            (Kind::Group, None, None, None, Err(Refusal::NotMember)),
            (Kind::Group, Some(Member), None, None, Err(Refusal::NotAllowed)),
            (Kind::Group, Some(Admin), None, None, Ok(Invitation::Wait)),
            (Kind::Group, Some(Owner), Some(Owner), None, Err(Refusal::AlreadyMember)),
            (Kind::Group, Some(Owner), None, Some(Asked), Ok(Invitation::LetIn)),
            (Kind::Group, Some(Owner), None, Some(Invited), Err(Refusal::AlreadyAsked)),
            (Kind::Group, Some(Owner), None, Some(Rejected), Ok(Invitation::Wait)),
        ] {
            assert_eq!(
                may_invite(kind, mine, theirs, false, pending),
                outcome,
                "{kind:?} {mine:?} {theirs:?} {pending:?}"
            );
        }
        let banned = may_invite(Kind::Group, Some(Owner), None, true, None);
        assert_eq!(banned, Err(Refusal::TheyAreBanned));
        assert_eq!(may_answer_request(Some(Admin), Some(Asked)), Ok(()));
        assert_eq!(may_answer_request(Some(Member), Some(Asked)), Err(Refusal::NotAllowed));
        assert_eq!(may_answer_request(Some(Owner), Some(Invited)), Err(Refusal::NothingPending));
        assert_eq!(may_answer_invitation(Some(Invited)), Ok(()));
        assert_eq!(may_answer_invitation(Some(Asked)), Err(Refusal::NothingPending));
    }

    #[test]
    fn the_table_of_roles() {
        for (mine, theirs, wanted, owners, outcome) in [
            (Some(Owner), Some(Member), Admin, 1, Ok(())),
            (Some(Owner), Some(Owner), Member, 1, Err(Refusal::NotAllowed)),
            (Some(Owner), Some(Owner), Member, 2, Ok(())),
            (Some(Admin), Some(Member), Admin, 1, Err(Refusal::NotAllowed)),
            (Some(Owner), None, Admin, 1, Err(Refusal::TheyAreNotMember)),
            (None, Some(Member), Admin, 1, Err(Refusal::NotMember)),
        ] {
            assert_eq!(may_set_role(mine, theirs, wanted, owners), outcome);
        }
    }
}
