//! Who may ask what: every request, in every kind of conversation, by whoever may come, asked of a real service. What comes of it
//! stands in `tests/authorisation.txt`, so that a change of a rule is seen as a change of that table.
//!
//! `IM_BLESS=1` writes the table anew. A request that is not in it does not compile.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use im_proto::{Address, Deed, Kind, MessageId, Page, Password, Reaction, RoomName, Token, UserName, Words};
use tempfile::TempDir;

use super::*;

const TABLE: &str = include_str!("../../../tests/authorisation.txt");

/// All requests by name. The match has no wildcard.
macro_rules! requests {
    ($($pattern:pat => $name:literal,)*) => {
        const NAMES: &[&str] = &[$($name),*];
        fn name_of(request: &Request) -> &'static str {
            match request { $($pattern => $name,)* }
        }
    };
}

requests! {
    Request::Ping => "ping",
    Request::CheckName { .. } => "check-name",
    Request::SignUp { .. } => "sign-up",
    Request::SignIn { .. } => "sign-in",
    Request::Resume { .. } => "resume",
    Request::SignOut => "sign-out",
    Request::Conversations => "conversations",
    Request::Follow { .. } => "follow",
    Request::Open { .. } => "open",
    Request::Create { .. } => "create",
    Request::Join { .. } => "join",
    Request::Invite { .. } => "invite",
    Request::Answer { .. } => "answer",
    Request::Leave { .. } => "leave",
    Request::SetRole { .. } => "set-role",
    Request::Post { .. } => "post",
    Request::History { .. } => "history",
    Request::Mark { .. } => "mark",
    Request::Who { .. } => "who",
    Request::Pending => "pending",
    Request::Dismiss { .. } => "dismiss",
    Request::ComeAsGuest { .. } => "come-as-guest",
    Request::Rename { .. } => "rename",
    Request::Await { .. } => "await",
    Request::Time => "time",
    Request::Edit { .. } => "edit",
    Request::Delete { .. } => "delete",
    Request::React { .. } => "react",
    Request::Search { .. } => "search",
    Request::Received { .. } => "received",
    Request::SetRetention { .. } => "set-retention",
    Request::Erase { .. } => "erase",
    Request::Mentions { .. } => "mentions",
    Request::Typing { .. } => "typing",
    Request::Moderate { .. } => "moderate",
    Request::SetTopic { .. } => "set-topic",
    Request::LockTopic { .. } => "lock-topic",
    Request::SetSlowMode { .. } => "set-slow-mode",
    Request::Sanctions { .. } => "sanctions",
    Request::About { .. } => "about",
    Request::Audit { .. } => "audit",
    Request::BanAddress { .. } => "ban-address",
    Request::Hatches { .. } => "hatches",
    Request::SignUpInvited { .. } => "sign-up-invited",
    Request::SignInWithCode { .. } => "sign-in-with-code",
    Request::ChangePassword { .. } => "change-password",
    Request::Sessions => "sessions",
    Request::EndSession { .. } => "end-session",
    Request::SetUpCodes { .. } => "set-up-codes",
    Request::ConfirmCodes { .. } => "confirm-codes",
    Request::EndCodes { .. } => "end-codes",
}

/// Who asks, seen from the conversation that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Owner,
    Admin,
    Member,
    Muted,
    Left,
    Banned,
    Stranger,
    Operator,
    Guest,
    BannedGuest,
    SignedOut,
}

const EVERYBODY: [Who; 11] = [
    Who::Owner,
    Who::Admin,
    Who::Member,
    Who::Muted,
    Who::Left,
    Who::Banned,
    Who::Stranger,
    Who::Operator,
    Who::Guest,
    Who::BannedGuest,
    Who::SignedOut,
];

/// These have nothing to do with it, and get nothing in a group but what is said of them in the table.
const OUTSIDERS: [Who; 6] =
    [Who::Left, Who::Banned, Who::Stranger, Who::Guest, Who::BannedGuest, Who::SignedOut];

/// A conversation with an owner and a member, and somebody who asks.
struct Scene {
    me: Option<Account>,
    room: RoomName,
    address: Address,
    member: UserName,
    /// Somebody who is in nothing.
    other: UserName,
    /// A message of the member, and one of one's own, if one could say anything.
    theirs: Seq,
    mine: Seq,
}

fn name(prefix: &str, number: usize) -> UserName {
    format!("{prefix}{number}").parse().unwrap()
}

impl Rig {
    async fn scene(&self, number: usize, kind: Kind, who: Who) -> Scene {
        let room: RoomName = format!("c{number}").parse().unwrap();
        let address = match kind {
            Kind::Direct => Address::User(name("member", number)),
            _ => Address::Room(room.clone()),
        };
        let owner = self.account(name("owner", number).as_str()).await;
        let member = self.account(name("member", number).as_str()).await;
        let other = self.account(name("other", number).as_str()).await;
        let is_guest = matches!(who, Who::Guest | Who::BannedGuest);
        let site = Peer::new([10, 1, (number >> 8) as u8, number as u8].into(), false).site();
        let mut me = match who {
            Who::SignedOut => None,
            _ if is_guest => {
                Some(self.service.store.guest(name("me", number), site, now(), None).await.unwrap().0)
            }
            _ => Some(self.account(name("me", number).as_str()).await),
        };
        let (mut theirs, mut mine) = (Seq(1), Seq(1));
        if kind == Kind::Direct {
            if let (Who::Member, Some(me)) = (who, &me) {
                mine = self.said(me, &address, number).await;
                theirs = self.said(&member, &Address::User(me.name.clone()), number).await;
            }
        } else {
            self.place(&owner, room.as_str(), kind, Some(Role::Owner)).await;
            self.place(&member, room.as_str(), kind, Some(Role::Member)).await;
            theirs = self.said(&member, &address, number).await;
            let role = match who {
                Who::Owner => Some(Role::Owner),
                Who::Admin => Some(Role::Admin),
                Who::Member | Who::Muted | Who::Left | Who::Banned => Some(Role::Member),
                _ => None,
            };
            if let (Some(me), Some(role)) = (&me, role) {
                self.place(me, room.as_str(), kind, Some(role)).await;
                mine = self.said(me, &address, number).await;
            }
            let deed = match who {
                Who::Muted => Some(Deed::Mute),
                Who::Banned => Some(Deed::Ban),
                Who::BannedGuest => Some(Deed::Ban),
                _ => None,
            };
            if let (Some(deed), Some(user)) = (deed, me.as_ref().map(|me| me.name.clone())) {
                let request = Request::Moderate { of: room.clone(), user, deed, seconds: None, why: None };
                self.service.moderate(owner, HERE, request).await.unwrap();
            }
            if let (Who::Left, Some(me)) = (who, me.clone()) {
                self.service.leave(me, room.clone()).await.unwrap();
            }
        }
        if who == Who::Operator {
            self.service.set_operator(name("me", number), true).await.unwrap();
        }
        if let Some(me) = &mut me {
            me.guest = is_guest;
        }
        Scene { me, room, address, member: member.name, other: other.name, theirs, mine }
    }

    async fn said(&self, who: &Account, to: &Address, number: usize) -> Seq {
        let text = text(&format!("word{number}"));
        let message = MessageId((u128::from(who.id.0) << 64).to_be_bytes());
        let posted =
            self.service.post(HERE.peer, who.clone(), to.clone(), message, text, None).unwrap().await;
        let Ok(Reply::Posted { seq, .. }) = posted else { panic!("{posted:?}") };
        seq
    }

    /// Posts and following are the session's to ask.
    async fn outcome(&self, me: Option<Account>, request: Request) -> &'static str {
        let caller = me.map(|account| Caller { account, _claim: None, token: None });
        let result = match (request, caller) {
            (Request::Post { .. } | Request::Follow { .. }, None) => Err(Refusal::NotSignedIn),
            (Request::Post { to, message, text, reply_to }, Some(caller)) => {
                match self.service.post(HERE.peer, caller.account, to, message, text, reply_to) {
                    Ok(receipt) => receipt.await.map(drop),
                    Err(refusal) => Err(refusal),
                }
            }
            (Request::Follow { .. }, Some(caller)) => {
                self.service.followed(caller.account.id, Since::Now).await.map(drop).map_err(Refusal::from)
            }
            (request, caller) => self.service.ask(caller, HERE, request).await.map(drop),
        };
        result.map_or_else(Refusal::code, |()| "ok")
    }
}

/// What is asked about a conversation.
fn about(scene: &Scene, kind: Kind) -> Vec<(&'static str, Request)> {
    let Scene { room, address, member, other, theirs, mine, .. } = scene;
    let (of, seq) = (address.clone(), *theirs);
    let message = MessageId([7; 16]);
    let mut all = vec![
        ("", Request::Open { address: of.clone() }),
        ("", Request::Post { to: of.clone(), message, text: text("hello"), reply_to: None }),
        ("", Request::History { of: of.clone(), page: Page::Newest, limit: 10 }),
        ("", Request::Mark { of: of.clone(), read: Seq(1) }),
        ("their own", Request::Edit { of: of.clone(), seq: *mine, text: text("better") }),
        ("another's", Request::Edit { of: of.clone(), seq, text: text("worse") }),
        ("their own", Request::Delete { of: of.clone(), seq: *mine }),
        ("another's", Request::Delete { of: of.clone(), seq }),
        ("", Request::React { of: of.clone(), seq, reaction: Reaction::parse("+1").unwrap(), on: true }),
        (
            "",
            Request::Search {
                words: Words::parse("word*").unwrap(),
                of: Some(of.clone()),
                before: None,
                limit: 9,
            },
        ),
        ("", Request::Typing { of: of.clone() }),
        ("", Request::About { of }),
    ];
    if kind == Kind::Direct {
        all.push(("", Request::Await { user: member.clone() }));
        return all;
    }
    let (of, group, user) = (room.clone(), room.clone(), member.clone());
    all.extend([
        ("", Request::Join { name: room.clone(), create: false }),
        ("", Request::Leave { name: room.clone() }),
        ("", Request::Create { group: room.clone() }),
        ("", Request::Who { of: Some(room.clone()) }),
        ("", Request::Invite { group: group.clone(), user: other.clone() }),
        ("", Request::Answer { group: group.clone(), user: None, yes: true }),
        ("another", Request::Answer { group: group.clone(), user: Some(other.clone()), yes: true }),
        ("", Request::Dismiss { group: group.clone() }),
        ("", Request::SetRole { group, user: user.clone(), role: Role::Admin }),
        ("", Request::SetRetention { of: of.clone(), days: Some(30) }),
        ("", Request::SetTopic { of: of.clone(), topic: None }),
        ("", Request::LockTopic { of: of.clone(), on: true }),
        ("", Request::SetSlowMode { of: of.clone(), seconds: 30 }),
        ("", Request::Sanctions { of: Some(of.clone()) }),
        ("", Request::Audit { of: Some(of.clone()), before: None, limit: 9 }),
        (
            "",
            Request::BanAddress {
                of: Some(of.clone()),
                address: [192, 0, 2, 1].into(),
                on: true,
                seconds: None,
                why: None,
            },
        ),
    ]);
    let words = ["kick", "ban", "unban", "mute", "unmute"];
    all.extend(Deed::ALL.into_iter().zip(words).map(|(deed, word)| {
        (word, Request::Moderate { of: of.clone(), user: user.clone(), deed, seconds: None, why: None })
    }));
    all
}

/// What is asked of the whole server.
fn of_all(scene: &Scene) -> Vec<(&'static str, Request)> {
    let password = || Password::parse("secret").unwrap();
    let code = || im_proto::Secret::parse("123456").unwrap();
    let free: UserName = format!("free-{}", scene.room.as_str()).parse().unwrap();
    vec![
        ("", Request::Ping),
        ("", Request::Time),
        ("", Request::CheckName { name: scene.member.clone() }),
        ("", Request::SignUp { name: free.clone(), password: password() }),
        ("", Request::SignUpInvited { name: free.clone(), password: password(), invitation: code() }),
        ("a guest's name", Request::SignIn { name: free.clone(), password: password() }),
        (
            "a guest's name",
            Request::SignInWithCode { name: free.clone(), password: password(), code: code() },
        ),
        ("", Request::Resume { token: Token::new([9; 32]) }),
        ("", Request::SignOut),
        ("", Request::Conversations),
        ("", Request::Follow { after: Vec::new() }),
        ("", Request::Who { of: None }),
        ("", Request::Pending),
        ("", Request::ComeAsGuest { name: None }),
        ("", Request::Rename { name: free }),
        (
            "everywhere",
            Request::Search { words: Words::parse("word*").unwrap(), of: None, before: None, limit: 9 },
        ),
        ("", Request::Received { upto: Vec::new() }),
        ("", Request::Mentions { before: None, limit: 9 }),
        ("", Request::Erase { password: password() }),
        ("", Request::ChangePassword { old: password(), new: password() }),
        ("", Request::Sessions),
        ("another's", Request::EndSession { id: 1 }),
        ("", Request::SetUpCodes { password: password() }),
        ("", Request::ConfirmCodes { code: code() }),
        ("", Request::EndCodes { password: password(), code: code() }),
        ("the server", Request::Sanctions { of: None }),
        ("the server", Request::Audit { of: None, before: None, limit: 9 }),
        (
            "the server",
            Request::BanAddress {
                of: None,
                address: [192, 0, 2, 2].into(),
                on: true,
                seconds: None,
                why: None,
            },
        ),
        ("", Request::Hatches { closed: false, why: None }),
    ]
}

/// Whom a column is about, where it is about anybody.
fn columns(kind: Option<Kind>) -> Vec<Who> {
    match kind {
        Some(Kind::Direct) => vec![Who::Member, Who::Stranger, Who::Operator, Who::Guest, Who::SignedOut],
        Some(Kind::Group) => EVERYBODY.into_iter().filter(|who| *who != Who::BannedGuest).collect(),
        Some(Kind::Room) => EVERYBODY.to_vec(),
        None => vec![Who::Stranger, Who::Operator, Who::Guest, Who::SignedOut],
    }
}

#[tokio::test]
async fn every_request_of_everybody_comes_to_what_the_table_says() {
    let rig = Rig::on(TempDir::new().unwrap());
    let (mut written, mut number, mut asked) = (String::new(), 0, BTreeSet::new());
    for (title, kind) in [
        ("room", Some(Kind::Room)),
        ("group", Some(Kind::Group)),
        ("direct", Some(Kind::Direct)),
        ("server", None),
    ] {
        let columns = columns(kind);
        write!(written, "{title:<26}").unwrap();
        columns.iter().for_each(|who| write!(written, " {:<19}", format!("{who:?}")).unwrap());
        written = format!("{}\n", written.trim_end());
        let requests = |scene: &Scene| kind.map_or_else(|| of_all(scene), |kind| about(scene, kind));
        number += 1;
        let rows = requests(&rig.scene(number, kind.unwrap_or(Kind::Room), Who::Stranger).await).len();
        for row in 0..rows {
            let mut line = String::new();
            for who in &columns {
                number += 1;
                let scene = rig.scene(number, kind.unwrap_or(Kind::Room), *who).await;
                let (detail, request) = requests(&scene).swap_remove(row);
                let name = name_of(&request);
                asked.insert(name);
                if line.is_empty() {
                    let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
                    write!(line, "{:<26}", format!("{name}{detail}")).unwrap();
                }
                let outcome = rig.outcome(scene.me, request).await;
                write!(line, " {outcome:<19}").unwrap();
                let harmless = ["join", "create", "leave", "dismiss"].contains(&name);
                assert!(
                    kind != Some(Kind::Group) || !OUTSIDERS.contains(who) || outcome != "ok" || harmless,
                    "{name} by {who:?} in a group"
                );
            }
            writeln!(written, "{}", line.trim_end()).unwrap();
        }
        written.push('\n');
    }
    assert_eq!(asked, NAMES.iter().copied().collect(), "a request has no row");
    if std::env::var_os("IM_BLESS").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/authorisation.txt");
        std::fs::write(file, written).unwrap();
        return;
    }
    for (wanted, now) in TABLE.lines().zip(written.lines()) {
        assert_eq!(now, wanted, "who may do what has changed");
    }
    assert_eq!(written, TABLE);
}
