//! Generated values of every type that crosses the wire.

use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::samples::ALL_REFUSALS;

/// Numbers about the places where their spelling on the wire grows.
pub(crate) fn number() -> impl Strategy<Value = u64> {
    let edges = vec![0, 250, 251, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, u64::MAX];
    prop_oneof![0..300_u64, select(edges), any::<u64>()]
}

pub(crate) fn tag() -> impl Strategy<Value = u32> {
    number().prop_map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

const NAME: &str = "[a-zA-Z][a-zA-Z0-9_.-]{0,31}";
const NAME_OF_ANY_SCRIPT: &str = "\\p{L}[\\p{L}\\p{M}\\p{N}_.-]{0,12}";

pub(crate) fn user_name() -> impl Strategy<Value = UserName> {
    prop_oneof![4 => NAME, 4 => NAME_OF_ANY_SCRIPT, 1 => "[Aa]nonymous[0-9]{1,3}"]
        .prop_filter_map("no name", |raw| UserName::parse(&raw).ok())
}

pub(crate) fn room_name() -> impl Strategy<Value = RoomName> {
    prop_oneof![NAME, NAME_OF_ANY_SCRIPT, Just("3d".to_owned())]
        .prop_filter_map("no name", |raw| RoomName::parse(&raw).ok())
}

fn text() -> impl Strategy<Value = Text> {
    let said = prop_oneof!["\\PC{1,60}", "(?s).{1,60}", any::<String>()];
    said.prop_filter_map("blank", |raw| Text::parse(&raw).ok())
}

/// A text of any length up to the limit.
fn long_text() -> impl Strategy<Value = Text> {
    (1..=TEXT_BYTES_MAX).prop_map(|n| Text::parse(&"x".repeat(n)).unwrap())
}

fn password() -> impl Strategy<Value = Password> {
    "(?s).{1,80}".prop_map(|raw| Password::parse(&raw).unwrap())
}

fn secret() -> impl Strategy<Value = Secret> {
    "[!-~]{1,256}".prop_map(|secret| Secret::parse(&secret).unwrap())
}

fn signed_in() -> impl Strategy<Value = SignedIn> {
    (number(), "[a-z]{0,8}", timestamp(), timestamp(), "[0-9a-f:.]{0,39}", any::<[bool; 2]>()).prop_map(
        |(id, device, since, seen, address, [online, current])| SignedIn {
            id,
            device,
            since,
            seen,
            address,
            online,
            current,
        },
    )
}

fn token() -> impl Strategy<Value = Token> {
    any::<[u8; 32]>().prop_map(Token::new)
}

fn address() -> impl Strategy<Value = Address> {
    prop_oneof![user_name().prop_map(Address::User), room_name().prop_map(Address::Room)]
}

fn seq() -> impl Strategy<Value = Seq> {
    number().prop_map(Seq)
}

fn maybe_seq() -> impl Strategy<Value = Option<Seq>> {
    proptest::option::of(seq())
}

fn reaction() -> impl Strategy<Value = Reaction> {
    prop_oneof![select(vec!["+1", "👍🏽", "❤️", "👨‍👩‍👧‍👦"]).prop_map(str::to_owned), "\\PC{1,10}"]
        .prop_filter_map("no reaction", |raw| Reaction::parse(&raw).ok())
}

fn words() -> impl Strategy<Value = Words> {
    "(?s).{1,60}".prop_filter_map("blank", |raw| Words::parse(&raw).ok())
}

fn remark() -> impl Strategy<Value = Option<Remark>> {
    proptest::option::of("\\PC{1,60}").prop_map(|raw| raw.and_then(|raw| Remark::parse(&raw).ok()))
}

fn seconds() -> impl Strategy<Value = Option<u32>> {
    proptest::option::of(any::<u32>())
}

fn ip() -> impl Strategy<Value = std::net::IpAddr> {
    any::<std::net::IpAddr>()
}

fn maybe_time() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of(timestamp())
}

fn about() -> impl Strategy<Value = About> {
    (conversation_id(), remark(), any::<[bool; 2]>(), any::<u32>(), maybe_time()).prop_map(
        |(conversation, topic, [topic_locked, muted], slow_seconds, muted_until)| About {
            conversation,
            topic,
            topic_locked,
            slow_seconds,
            muted,
            muted_until,
        },
    )
}

fn sanction() -> impl Strategy<Value = Sanction> {
    let kind = select(vec![SanctionKind::Ban, SanctionKind::Mute]);
    let users = (proptest::option::of(user_name()), proptest::option::of(user_name()), any::<bool>());
    (kind, users, proptest::option::of(ip()), timestamp(), maybe_time(), remark()).prop_map(
        |(kind, (user, by, is_guest), address, at, until, why)| Sanction {
            kind,
            user,
            is_guest,
            address,
            by,
            at,
            until,
            why,
        },
    )
}

fn audited() -> impl Strategy<Value = Audited> {
    let users = (proptest::option::of(user_name()), proptest::option::of(user_name()));
    let room = proptest::option::of(room_name());
    (number(), timestamp(), users, proptest::option::of(ip()), "[a-z-]{1,20}", room, maybe_time(), remark())
        .prop_map(|(position, at, (by, user), from, deed, room, until, why)| Audited {
            position,
            at,
            by,
            from,
            deed,
            user,
            room,
            until,
            why,
        })
}

fn moderation() -> impl Strategy<Value = Request> {
    use Request as R;
    let room = || proptest::option::of(room_name());
    prop_oneof![
        (room_name(), user_name(), select(&Deed::ALL[..]), seconds(), remark())
            .prop_map(|(of, user, deed, seconds, why)| R::Moderate { of, user, deed, seconds, why }),
        (room_name(), remark()).prop_map(|(of, topic)| R::SetTopic { of, topic }),
        (room_name(), any::<bool>()).prop_map(|(of, on)| R::LockTopic { of, on }),
        (room_name(), any::<u32>()).prop_map(|(of, seconds)| R::SetSlowMode { of, seconds }),
        room().prop_map(|of| R::Sanctions { of }),
        address().prop_map(|of| R::About { of }),
        (room(), proptest::option::of(number()), any::<u16>()).prop_map(|(of, before, limit)| R::Audit {
            of,
            before,
            limit
        }),
        (room(), ip(), any::<bool>(), seconds(), remark())
            .prop_map(|(of, address, on, seconds, why)| R::BanAddress { of, address, on, seconds, why }),
        (any::<bool>(), remark()).prop_map(|(closed, why)| R::Hatches { closed, why }),
    ]
}

fn moderated() -> impl Strategy<Value = Body> {
    prop_oneof![
        remark().prop_map(|topic| Body::TopicSet { topic }),
        any::<bool>().prop_map(|on| Body::TopicLocked { on }),
        any::<u32>().prop_map(|seconds| Body::SlowMode { seconds }),
        (author(), remark()).prop_map(|(Author { name: user, guest: is_guest }, why)| Body::Kicked {
            user,
            is_guest,
            why
        }),
        (author(), maybe_time(), remark()).prop_map(
            |(Author { name: user, guest: is_guest }, until, why)| {
                Body::Banned { user, is_guest, until, why }
            }
        ),
        author().prop_map(|Author { name: user, guest: is_guest }| Body::Unbanned { user, is_guest }),
        (author(), maybe_time(), remark()).prop_map(
            |(Author { name: user, guest: is_guest }, until, why)| {
                Body::Muted { user, is_guest, until, why }
            }
        ),
        author().prop_map(|Author { name: user, guest: is_guest }| Body::Unmuted { user, is_guest }),
    ]
}

fn receipts() -> impl Strategy<Value = Receipts> {
    (seq(), seq()).prop_map(|(received, read)| Receipts { received, read })
}

fn conversation_id() -> impl Strategy<Value = ConversationId> {
    number().prop_map(ConversationId)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    number().prop_map(Timestamp)
}

fn message_id() -> impl Strategy<Value = MessageId> {
    any::<[u8; 16]>().prop_map(MessageId)
}

fn role() -> impl Strategy<Value = Role> {
    select(&Role::ALL[..])
}

fn refusal() -> impl Strategy<Value = Refusal> {
    select(&ALL_REFUSALS[..])
}

fn page() -> impl Strategy<Value = Page> {
    prop_oneof![
        Just(Page::Newest),
        seq().prop_map(Page::Before),
        seq().prop_map(Page::After),
        timestamp().prop_map(Page::Around),
    ]
}

pub(crate) fn ask() -> impl Strategy<Value = Ask> {
    (tag(), request()).prop_map(|(tag, request)| Ask { tag, request })
}

fn request() -> impl Strategy<Value = Request> {
    use Request as R;
    let said = prop_oneof![9 => text().boxed(), 1 => long_text().boxed()];
    let maybe_user = || proptest::option::of(user_name());
    prop_oneof![
        select(vec![R::Ping, R::SignOut, R::Conversations, R::Pending, R::Time]),
        user_name().prop_map(|name| R::CheckName { name }),
        (user_name(), password()).prop_map(|(name, password)| R::SignUp { name, password }),
        (user_name(), password()).prop_map(|(name, password)| R::SignIn { name, password }),
        token().prop_map(|token| R::Resume { token }),
        vec((conversation_id(), seq()), 0..40).prop_map(|after| R::Follow { after }),
        address().prop_map(|address| R::Open { address }),
        room_name().prop_map(|group| R::Create { group }),
        (room_name(), any::<bool>()).prop_map(|(name, create)| R::Join { name, create }),
        (room_name(), user_name()).prop_map(|(group, user)| R::Invite { group, user }),
        (room_name(), maybe_user(), any::<bool>()).prop_map(|(group, user, yes)| R::Answer {
            group,
            user,
            yes
        }),
        room_name().prop_map(|name| R::Leave { name }),
        (room_name(), user_name(), role()).prop_map(|(group, user, role)| R::SetRole { group, user, role }),
        (address(), message_id(), said, maybe_seq()).prop_map(|(to, message, text, reply_to)| R::Post {
            to,
            message,
            text,
            reply_to
        }),
        (address(), page(), any::<u16>()).prop_map(|(of, page, limit)| R::History { of, page, limit }),
        (address(), seq()).prop_map(|(of, read)| R::Mark { of, read }),
        proptest::option::of(room_name()).prop_map(|of| R::Who { of }),
        room_name().prop_map(|group| R::Dismiss { group }),
        maybe_user().prop_map(|name| R::ComeAsGuest { name }),
        user_name().prop_map(|name| R::Rename { name }),
        user_name().prop_map(|user| R::Await { user }),
        (address(), seq(), text()).prop_map(|(of, seq, text)| R::Edit { of, seq, text }),
        (address(), seq()).prop_map(|(of, seq)| R::Delete { of, seq }),
        (address(), seq(), reaction(), any::<bool>()).prop_map(|(of, seq, reaction, on)| R::React {
            of,
            seq,
            reaction,
            on
        }),
        (words(), proptest::option::of(address()), proptest::option::of(number()), any::<u16>())
            .prop_map(|(words, of, before, limit)| R::Search { words, of, before, limit }),
        vec((conversation_id(), seq()), 0..40).prop_map(|upto| R::Received { upto }),
        (room_name(), proptest::option::of(any::<u16>())).prop_map(|(of, days)| R::SetRetention { of, days }),
        password().prop_map(|password| R::Erase { password }),
        (proptest::option::of(number()), any::<u16>())
            .prop_map(|(before, limit)| R::Mentions { before, limit }),
        address().prop_map(|of| R::Typing { of }),
        moderation(),
        Just(R::Sessions),
        number().prop_map(|id| R::EndSession { id }),
        (user_name(), password(), secret()).prop_map(|(name, password, invitation)| R::SignUpInvited {
            name,
            password,
            invitation
        }),
        (user_name(), password(), secret()).prop_map(|(name, password, code)| R::SignInWithCode {
            name,
            password,
            code
        }),
        (password(), password()).prop_map(|(old, new)| R::ChangePassword { old, new }),
        password().prop_map(|password| R::SetUpCodes { password }),
        secret().prop_map(|code| R::ConfirmCodes { code }),
        (password(), secret()).prop_map(|(password, code)| R::EndCodes { password, code }),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        select(vec![Body::Created, Body::Left, Body::Asked]),
        (message_id(), text(), maybe_seq()).prop_map(|(message, text, reply_to)| Body::Posted {
            message,
            text,
            reply_to
        }),
        proptest::option::of(user_name()).prop_map(|by| Body::Joined { by }),
        user_name().prop_map(|user| Body::Invited { user }),
        user_name().prop_map(|by| Body::InvitationDeclined { by }),
        user_name().prop_map(|user| Body::RequestDeclined { user }),
        (user_name(), role()).prop_map(|(user, role)| Body::RoleSet { user, role }),
        (seq(), text()).prop_map(|(of, text)| Body::Edited { of, text }),
        seq().prop_map(|of| Body::Deleted { of }),
        (seq(), reaction()).prop_map(|(of, reaction)| Body::Reacted { of, reaction }),
        (seq(), reaction()).prop_map(|(of, reaction)| Body::Unreacted { of, reaction }),
        maybe_seq().prop_map(|of| Body::Tombstone { of }),
        moderated(),
    ]
}

fn author() -> impl Strategy<Value = Author> {
    (user_name(), any::<bool>()).prop_map(|(name, guest)| Author { name, guest })
}

fn event() -> impl Strategy<Value = Event> {
    (conversation_id(), seq(), timestamp(), author(), body())
        .prop_map(|(conversation, seq, at, author, body)| Event { conversation, seq, at, author, body })
}

fn conversation() -> impl Strategy<Value = Conversation> {
    let kind = select(vec![Kind::Direct, Kind::Group, Kind::Room]);
    let numbers = (number(), number(), number(), any::<bool>());
    let more = (proptest::option::of(receipts()), proptest::option::of(any::<u16>()), number());
    (conversation_id(), address(), kind, role(), seq(), seq(), numbers, more).prop_map(
        |(
            id,
            address,
            kind,
            role,
            head,
            read,
            (active, unread, members, guest),
            (receipts, retention_days, mentions),
        )| {
            let active = Timestamp(active);
            Conversation {
                id,
                address,
                kind,
                role,
                head,
                active,
                read,
                unread,
                members,
                guest,
                receipts,
                retention_days,
                mentions,
            }
        },
    )
}

fn found() -> impl Strategy<Value = Found> {
    (address(), number(), event()).prop_map(|(address, position, event)| Found { address, position, event })
}

fn person() -> impl Strategy<Value = Person> {
    (user_name(), any::<[bool; 2]>(), role()).prop_map(|(name, [online, guest], role)| Person {
        name,
        online,
        role,
        guest,
    })
}

fn pending() -> impl Strategy<Value = Pending> {
    let kind = select(vec![PendingKind::Invitation, PendingKind::Request, PendingKind::Rejection]);
    (room_name(), kind, user_name(), timestamp()).prop_map(|(group, kind, by, at)| Pending {
        group,
        kind,
        by,
        at,
    })
}

fn reply() -> impl Strategy<Value = Reply> {
    use Reply as R;
    prop_oneof![
        select(vec![R::Done, R::Asked, R::Name { taken: true }, R::Name { taken: false }]),
        (user_name(), proptest::option::of(token())).prop_map(|(user, token)| R::Welcome { user, token }),
        vec(conversation(), 0..6).prop_map(|conversations| R::Conversations { conversations }),
        conversation().prop_map(R::Conversation),
        (conversation_id(), seq(), timestamp(), any::<[bool; 2]>()).prop_map(
            |(conversation, seq, at, [duplicate, kept])| R::Posted { conversation, seq, at, duplicate, kept }
        ),
        (conversation_id(), vec(event(), 0..8), any::<bool>(), vec(event(), 0..4)).prop_map(
            |(conversation, events, more, amendments)| R::History { conversation, events, more, amendments }
        ),
        (vec(found(), 0..6), any::<bool>()).prop_map(|(found, more)| R::Found { found, more }),
        (vec(person(), 0..8), number(), number()).prop_map(|(people, online, total)| R::People {
            people,
            online,
            total
        }),
        vec(pending(), 0..6).prop_map(|pending| R::Pending { pending }),
        timestamp().prop_map(|at| R::Time { at }),
        vec(sanction(), 0..6).prop_map(|sanctions| R::Sanctions { sanctions }),
        about().prop_map(R::About),
        (vec(audited(), 0..6), any::<bool>()).prop_map(|(audit, more)| R::Audit { audit, more }),
        vec(signed_in(), 0..6).prop_map(|sessions| R::Sessions { sessions }),
        (secret(), secret()).prop_map(|(secret, uri)| R::CodeSecret { secret, uri }),
        vec(secret(), 0..10).prop_map(|codes| R::RecoveryCodes { codes }),
    ]
}

fn notice() -> impl Strategy<Value = Notice> {
    use Notice as N;
    prop_oneof![
        Just(N::PresenceStale),
        conversation().prop_map(N::Conversation),
        vec(pending(), 0..6).prop_map(|pending| N::Pending { pending }),
        (conversation_id(), seq(), number()).prop_map(|(conversation, read, unread)| N::Mark {
            conversation,
            read,
            unread
        }),
        (author(), any::<bool>()).prop_map(|(user, online)| N::Presence { user, online }),
        (user_name(), user_name()).prop_map(|(from, to)| N::Renamed { from, to }),
        refusal().prop_map(N::Closing),
        (conversation_id(), receipts())
            .prop_map(|(conversation, receipts)| N::Receipts { conversation, receipts }),
        conversation_id().prop_map(|conversation| N::Forgotten { conversation }),
        (conversation_id(), seq(), seq(), number()).prop_map(|(conversation, head, read, mentions)| {
            N::Mentions { conversation, head, read, mentions }
        }),
        (conversation_id(), author()).prop_map(|(conversation, user)| N::Typing { conversation, user }),
        any::<u32>().prop_map(|after_milliseconds| N::ComeBack { after_milliseconds }),
        about().prop_map(N::About),
    ]
}

pub(crate) fn from_server() -> impl Strategy<Value = FromServer> {
    let refused = (tag(), refusal()).prop_map(|(tag, no)| FromServer::Reply { tag, result: Err(no) });
    prop_oneof![
        // Boxed: in one piece they are too large for the stack of a test.
        (tag(), reply().boxed()).prop_map(|(tag, reply)| FromServer::Reply { tag, result: Ok(reply) }),
        refused,
        event().prop_map(FromServer::Event),
        notice().boxed().prop_map(FromServer::Notice),
    ]
}
