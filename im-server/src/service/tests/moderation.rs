//! Keeping order over time: mutes, bans and slow mode by a clock that is moved by hand, addresses, and the audit log.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};

use im_proto::{About, Audited, Deed, Remark, Request, RoomName, SanctionKind, UserName};
use tempfile::TempDir;

use super::*;

static CLOCK: AtomicU64 = AtomicU64::new(1_000_000);

fn clock() -> Timestamp {
    Timestamp(CLOCK.load(Ordering::Relaxed))
}

/// A service whose clock only goes when it is told to; such tests do not run at once.
async fn rig() -> (Rig, tokio::sync::MutexGuard<'static, ()>) {
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let alone = ALONE.lock().await;
    let mut rig = Rig::on(TempDir::new().unwrap());
    rig.service.sources.now = clock;
    (rig, alone)
}

fn wait(seconds: u64) {
    CLOCK.fetch_add(1000 * seconds, Ordering::Relaxed);
}

fn at(last: u8) -> Origin {
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
    Origin { peer: Peer::new(address, false), device: Device::Program("native") }
}

fn dev() -> RoomName {
    "dev".parse().unwrap()
}

fn deed(user: &str, deed: Deed, seconds: Option<u32>) -> Request {
    Request::Moderate {
        of: dev(),
        user: user.parse().unwrap(),
        deed,
        seconds,
        why: Remark::parse("spam").ok(),
    }
}

impl Rig {
    async fn asks(&self, who: &Account, from: Origin, request: Request) -> Result<Reply, Refusal> {
        let caller = Caller { account: who.clone(), _claim: None, token: None };
        self.service.ask(Some(caller), from, request).await.map(|outcome| outcome.reply)
    }

    async fn visitor(&self, name: &str, from: Origin) -> Account {
        let name: UserName = name.parse().unwrap();
        self.service.store.guest(name, from.peer.site(), clock(), None).await.unwrap().0
    }

    async fn rows(&self) -> Vec<Audited> {
        self.service.audit_log(None).await.unwrap().0
    }
}

/// Ann owns #dev, bob is in it.
async fn room(rig: &Rig) -> (Account, Account) {
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.place(&ann, "dev", Kind::Room, Some(Role::Owner)).await;
    rig.place(&bob, "dev", Kind::Room, Some(Role::Member)).await;
    (ann, bob)
}

#[tokio::test]
async fn a_mute_and_a_ban_end_when_their_time_is_over() {
    let (rig, _alone) = rig().await;
    let (ann, bob) = room(&rig).await;
    rig.asks(&ann, HERE, deed("bob", Deed::Mute, Some(60))).await.unwrap();
    assert_eq!(rig.say(&bob, "#dev", 1).await, Err(Refusal::Muted));
    let Ok(Reply::About(about)) = rig.asks(&bob, HERE, Request::About { of: "#dev".parse().unwrap() }).await
    else {
        panic!()
    };
    assert!(about.muted && about.muted_until == Some(Timestamp(clock().0 + 60_000)));
    wait(59);
    assert_eq!(rig.say(&bob, "#dev", 1).await, Err(Refusal::Muted));
    wait(1);
    rig.say(&bob, "#dev", 1).await.unwrap();
    let again = rig.asks(&bob, HERE, Request::About { of: "#dev".parse().unwrap() }).await;
    assert_eq!(again, Ok(Reply::About(About::plain(about.conversation))));

    rig.asks(&ann, HERE, deed("bob", Deed::Ban, Some(60))).await.unwrap();
    let join = || Request::Join { name: dev(), create: false };
    assert_eq!(rig.asks(&bob, HERE, join()).await, Err(Refusal::Banned));
    assert_eq!(rig.say(&bob, "#dev", 2).await, Err(Refusal::Banned));
    wait(60);
    rig.asks(&bob, HERE, join()).await.unwrap();
    rig.say(&bob, "#dev", 2).await.unwrap();
}

#[tokio::test]
async fn slow_mode_holds_for_members_and_for_guests_by_their_address() {
    let (rig, _alone) = rig().await;
    let (ann, bob) = room(&rig).await;
    let slow = |seconds| Request::SetSlowMode { of: dev(), seconds };
    assert_eq!(rig.asks(&bob, HERE, slow(30)).await, Err(Refusal::NotAllowed));
    rig.asks(&ann, HERE, slow(30)).await.unwrap();
    let (neil, buzz, eve) =
        (rig.visitor("neil", at(1)).await, rig.visitor("buzz", at(1)).await, rig.visitor("eve", at(2)).await);
    for (who, message) in [(&ann, 1), (&bob, 2), (&ann, 3), (&neil, 4), (&eve, 5)] {
        rig.say(who, "#dev", message).await.unwrap();
    }
    rig.say(&bob, "#dev", 2).await.unwrap(); // the same message is no other one
    wait(29);
    assert_eq!(rig.say(&bob, "#dev", 6).await, Err(Refusal::SlowMode));
    assert_eq!(rig.say(&buzz, "#dev", 7).await, Err(Refusal::SlowMode), "another name at the same address");
    wait(1);
    rig.say(&bob, "#dev", 6).await.unwrap();
    rig.say(&buzz, "#dev", 7).await.unwrap();
    rig.asks(&ann, HERE, slow(0)).await.unwrap();
    rig.say(&bob, "#dev", 8).await.unwrap();
    rig.say(&bob, "#dev", 9).await.unwrap();
}

#[tokio::test]
async fn a_guest_who_is_banned_is_banned_with_their_address_for_a_day() {
    let (rig, _alone) = rig().await;
    let (ann, _) = room(&rig).await;
    let neil = rig.visitor("neil", at(1)).await;
    rig.say(&neil, "#dev", 1).await.unwrap();
    rig.asks(&ann, HERE, deed("neil", Deed::Ban, None)).await.unwrap();
    let (buzz, eve) = (rig.visitor("buzz", at(1)).await, rig.visitor("eve", at(2)).await);
    let join = || Request::Join { name: dev(), create: false };
    assert_eq!(rig.asks(&buzz, at(1), join()).await, Err(Refusal::Banned));
    assert_eq!(rig.say(&buzz, "#dev", 2).await, Err(Refusal::Banned));
    rig.asks(&eve, at(2), join()).await.unwrap();
    let dan = rig.account("dan").await;
    assert_eq!(rig.asks(&dan, at(1), join()).await, Err(Refusal::Banned), "a newcomer from there");
    rig.asks(&dan, at(2), join()).await.unwrap();
    rig.say(&dan, "#dev", 3).await.unwrap();

    let Ok(Reply::Sanctions { sanctions }) =
        rig.asks(&ann, HERE, Request::Sanctions { of: Some(dev()) }).await
    else {
        panic!()
    };
    assert_eq!(sanctions.len(), 1, "{sanctions:?}");
    assert_eq!((sanctions[0].kind, sanctions[0].address), (SanctionKind::Ban, None), "no address is told");
    wait(24 * 60 * 60);
    rig.asks(&buzz, at(1), join()).await.unwrap();
}

#[tokio::test]
async fn what_is_done_is_audited_with_who_and_from_where() {
    let (rig, _alone) = rig().await;
    let (ann, bob) = room(&rig).await;
    for request in [
        deed("bob", Deed::Mute, Some(60)),
        Request::SetTopic { of: dev(), topic: Remark::parse("tests").ok() },
        deed("bob", Deed::Kick, None),
    ] {
        rig.asks(&ann, at(9), request).await.unwrap();
    }
    assert_eq!(rig.asks(&bob, at(1), deed("ann", Deed::Kick, None)).await, Err(Refusal::NotMember));
    let told = |row: &Audited| {
        let name = |user: &Option<UserName>| user.as_ref().map_or_else(String::new, UserName::to_string);
        format!("{} {} {}", name(&row.by), row.deed, name(&row.user))
    };
    let rows = rig.rows().await;
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["ann kick bob", "ann topic ", "ann mute bob"]);
    assert!(rows.iter().all(|row| row.from == Some(at(9).peer.address) && row.room == Some(dev())));
    let Ok(Reply::Audit { audit, more: false }) =
        rig.asks(&ann, HERE, Request::Audit { of: Some(dev()), before: None, limit: 2 }).await.map(|reply| {
            let Reply::Audit { audit, more } = reply else { panic!() };
            assert!(more);
            Reply::Audit { audit, more: false }
        })
    else {
        panic!()
    };
    assert!(audit.iter().all(|row| row.from.is_none()), "owners are told no addresses");

    rig.service.erase_account("bob".parse().unwrap()).await.unwrap();
    let users: Vec<_> = rig.rows().await.into_iter().filter_map(|row| row.user).collect();
    assert!(users.iter().all(UserName::looks_erased), "{users:?}");
}

#[tokio::test]
async fn only_operators_do_something_to_the_whole_server() {
    let (rig, _alone) = rig().await;
    let (ann, bob) = room(&rig).await;
    let hatches = |closed| Request::Hatches { closed, why: None };
    let ban =
        |on| Request::BanAddress { of: None, address: at(7).peer.address, on, seconds: Some(60), why: None };
    for request in [hatches(true), ban(true), Request::Sanctions { of: None }] {
        assert_eq!(rig.asks(&ann, HERE, request).await, Err(Refusal::NotAllowed));
    }
    rig.service.set_operator("bob".parse().unwrap(), true).await.unwrap();
    let mailbox = rig.hub.connect_from(at(7).peer.site());
    rig.asks(&bob, HERE, ban(true)).await.unwrap();
    assert_eq!(
        mailbox.take().unwrap_or_default().closing,
        Some(Refusal::AddressBanned),
        "who is there from that address goes"
    );
    assert_eq!(rig.asks(&ann, at(7), Request::Time).await, Err(Refusal::AddressBanned));
    assert!(rig.service.is_banned(at(7).peer) && !rig.service.is_banned(at(8).peer));
    assert_eq!(
        rig.asks(
            &bob,
            HERE,
            Request::BanAddress {
                of: None,
                address: Ipv4Addr::LOCALHOST.into(),
                on: true,
                seconds: None,
                why: None
            }
        )
        .await,
        Err(Refusal::NotAllowed),
        "the machine itself"
    );
    // An operator moderates where they are no owner, and nobody's words are read by it.
    rig.place(&ann, "g", Kind::Group, Some(Role::Owner)).await;
    let in_g = |deed| Request::Moderate {
        of: "g".parse().unwrap(),
        user: "ann".parse().unwrap(),
        deed,
        seconds: None,
        why: None,
    };
    rig.asks(&bob, HERE, in_g(Deed::Mute)).await.unwrap();
    let history = Request::History { of: "#g".parse().unwrap(), page: im_proto::Page::Newest, limit: 10 };
    assert_eq!(rig.asks(&bob, HERE, history).await, Err(Refusal::NotMember));

    rig.asks(&bob, HERE, hatches(true)).await.unwrap();
    let guest = rig.service.store.guest("neil".parse().unwrap(), at(1).peer.site(), clock(), None).await;
    assert_eq!(guest.map(|(guest, ..)| guest).map_err(Refusal::from), Err(Refusal::HatchesClosed));
    let mut rig = rig.restart().await;
    rig.service.sources.now = clock;
    rig.service.begin().await.unwrap();
    assert!(rig.service.is_banned(at(7).peer), "also after a restart");
    let account = rig
        .service
        .store
        .create_user("cid".parse().unwrap(), "hash".into(), None, Admission::Open, clock())
        .await;
    assert_eq!(account.map_err(Refusal::from), Err(Refusal::HatchesClosed), "also after a restart");
    wait(61);
    assert!(!rig.service.is_banned(at(7).peer), "its time is over");
    rig.asks(&bob, HERE, hatches(false)).await.unwrap();
    rig.account("cid").await;
}

/// A connection may have been there before, and have no session that could be ended.
#[tokio::test]
async fn a_banned_address_asks_nothing_by_http_either() {
    let (rig, _alone) = rig().await;
    let address = at(7).peer.address;
    rig.service.ban_address(None, None, address, (true, Some(60), None)).await.unwrap();
    let token = im_proto::Token::new([7; 32]);
    for (address, told) in [(7, Refusal::AddressBanned), (8, Refusal::BadToken)] {
        let peer = at(address).peer;
        let (message, text) = (im_proto::MessageId([7; 16]), im_proto::Text::parse("hi").unwrap());
        assert_eq!(rig.service.caller_by_token(&token, peer).await.err(), Some(told));
        assert_eq!(rig.service.post_by_hook(peer, &token, message, text).await.err(), Some(told));
    }
}

#[tokio::test]
async fn guests_who_are_there_go_when_the_hatches_close_and_nobody_else_does() {
    let (rig, _alone) = rig().await;
    let (ann, neil) = (rig.account("ann").await, rig.visitor("neil", at(1)).await);
    rig.service.set_operator("ann".parse().unwrap(), true).await.unwrap();
    let mailboxes = [&ann, &neil].map(|who| {
        let mailbox = rig.hub.connect_from(at(1).peer.site());
        rig.hub.arrive(who.id, &who.author(), None, &mailbox);
        mailbox
    });
    rig.asks(&ann, HERE, Request::Hatches { closed: true, why: None }).await.unwrap();
    let closing = mailboxes.map(|mailbox| mailbox.take().unwrap_or_default().closing);
    assert_eq!(closing, [None, Some(Refusal::HatchesClosed)]);
}

#[tokio::test]
async fn an_owner_whom_an_operator_bans_hands_over() {
    let (rig, _alone) = rig().await;
    let (_, bob) = room(&rig).await;
    let root = rig.account("root").await;
    rig.service.set_operator("root".parse().unwrap(), true).await.unwrap();
    assert_eq!(rig.asks(&bob, HERE, deed("ann", Deed::Ban, None)).await, Err(Refusal::NotAllowed));
    rig.asks(&root, HERE, deed("ann", Deed::Ban, None)).await.unwrap();
    rig.asks(&bob, HERE, Request::LockTopic { of: dev(), on: true }).await.unwrap();
    rig.asks(&bob, HERE, deed("ann", Deed::Unban, None)).await.unwrap();
    assert_eq!(rig.asks(&bob, HERE, deed("ann", Deed::Unban, None)).await, Err(Refusal::NotSanctioned));
}
