//! Who is erased: nothing of theirs is left but places in logs, and nobody becomes them.

use im_proto::{Page, Password, Seq};

use super::retention::whole_log;
use super::*;

fn password(word: &str) -> Password {
    Password::parse(word).unwrap()
}

async fn sign_up(rig: &Rig, name: &str) -> Result<Account, Refusal> {
    let request = Request::SignUp { name: name.parse().unwrap(), password: password("secret") };
    match rig.service.ask(None, HERE, request).await?.session {
        Becomes::SignedIn(caller) => Ok(caller.account),
        other => panic!("{other:?}"),
    }
}

async fn erase(rig: &Rig, name: &str) -> Result<(), Refusal> {
    rig.service.erase_account(name.parse().unwrap()).await
}

fn caller(account: &Account) -> Caller {
    Caller { account: account.clone(), _claim: None, token: None }
}

#[tokio::test]
async fn nothing_of_them_is_left_but_places_in_logs() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.place(&ann, "g", Kind::Group, Some(Role::Owner)).await;
    rig.place(&bob, "g", Kind::Group, Some(Role::Member)).await;
    rig.place(&ann, "alone", Kind::Group, Some(Role::Owner)).await;
    for (who, to, message) in
        [(&ann, "#g", 1), (&bob, "#g", 2), (&ann, "@bob", 3), (&bob, "@ann", 4), (&ann, "@ann", 5)]
    {
        rig.say(who, to, message).await.unwrap();
    }
    let (_, token) = rig.service.make_token(&ann, label("x")).await.unwrap();
    let (_, hook) = rig.service.make_hook(&ann, "@bob".parse().unwrap(), label("x")).await.unwrap();
    rig.service.invite(ann.clone(), "g".parse().unwrap(), "cid".parse().unwrap()).await.unwrap_err();
    let cid = rig.account("cid").await;
    rig.service.invite(ann.clone(), "g".parse().unwrap(), "cid".parse().unwrap()).await.unwrap();
    let before = rig.service.conversations(bob.id).await.unwrap();

    assert_eq!(erase(&rig, "nobody").await, Err(Refusal::NoSuchUser));
    erase(&rig, "ann").await.unwrap();
    assert_eq!(erase(&rig, "ann").await, Err(Refusal::NoSuchUser), "once");
    let rig = rig.restart().await;
    let gone = format!("erased-{}", ann.id.0);
    let wanted = ["tombstone", "bob: 2", "invited", "role", "left"];
    let log = whole_log(&rig, &bob, "#g").await;
    assert_eq!(log.len(), wanted.len());
    for (entry, wanted) in log.iter().zip(wanted) {
        let wanted = if wanted.contains(':') { wanted.to_owned() } else { format!("{gone} {wanted}") };
        assert_eq!(*entry, wanted);
    }
    assert_eq!(
        whole_log(&rig, &bob, &format!("@{gone}")).await,
        [format!("{gone} tombstone"), "bob: 4".into()]
    );
    // Bob owns the group now. What is unread is what it was.
    let after = rig.service.conversations(bob.id).await.unwrap();
    let group =
        |all: &[Conversation]| all.iter().find(|about| about.address.to_string() == "#g").cloned().unwrap();
    assert_eq!((group(&after).role, group(&after).members), (Role::Owner, 1));
    assert_eq!(group(&after).unread, group(&before).unread);
    let direct = after.iter().find(|about| about.kind == Kind::Direct).unwrap();
    assert_eq!((direct.address.to_string(), direct.guest), (format!("@{gone}"), false));

    assert_eq!(rig.service.caller_by_token(&token, Peer::HERE).await.err(), Some(Refusal::BadToken));
    assert_eq!(
        rig.service.post_by_hook(crate::peer::Peer::HERE, &hook, id(9), text("x")).await,
        Err(Refusal::BadToken)
    );
    assert_eq!(rig.service.pending(cid.id).await.unwrap(), Vec::new());
    assert_eq!(rig.service.friends(&bob).await.unwrap(), Vec::new());
    assert!(!rig.service.conversations(ann.id).await.unwrap().iter().any(|about| about.kind != Kind::Direct));
    for to in ["@ann".to_owned(), format!("@{gone}")] {
        assert_eq!(rig.say(&bob, &to, 10).await, Err(Refusal::NoSuchUser), "{to}");
    }
    // A group whose only member is gone frees its name, as it does when they leave.
    rig.service.create(bob.clone(), "alone".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn nobody_gets_the_name_again_nor_one_that_looks_like_it() {
    let rig = Rig::open();
    let neil = sign_up(&rig, "neil").await.unwrap();
    // One that could be taken before there was anybody who was erased.
    let early = UserId(neil.id.0 + 1);
    assert_eq!(sign_up(&rig, &format!("erased-{}", early.0)).await, Err(Refusal::NameTaken));
    erase(&rig, "neil").await.unwrap();
    let rig = rig.restart().await;
    let gone = format!("erased-{}", neil.id.0);
    for name in ["neil", "NEIL", "nei1", &gone, "Erased-99", "eras\u{0435}d-x"] {
        // A look-alike in letters of another script is no name at all.
        let refusal = if name.is_ascii() { Refusal::NameTaken } else { Refusal::NameScripts };
        assert_eq!(sign_up(&rig, name).await, Err(refusal), "{name}");
        let guest = Request::ComeAsGuest { name: Some(name.parse().unwrap()) };
        let came = rig.service.ask(None, HERE, guest).await.map(|_| ());
        assert_eq!(came, Err(refusal), "{name}");
        let bob = rig.guest("bob").await;
        let wait = rig.service.wait_for(bob, name.parse().unwrap()).await;
        assert_eq!(wait, Err(Refusal::NoSuchUser), "{name}");
    }
    sign_up(&rig, "neill").await.unwrap();
}

#[tokio::test]
async fn it_takes_the_password_and_ends_all_sessions() {
    let rig = Rig::open();
    let ann = sign_up(&rig, "ann").await.unwrap();
    let guest = rig.guest("neil").await;
    let mailbox = rig.hub.connect();
    rig.hub.arrive(ann.id, &ann.author(), None, &mailbox);
    let ask = async |who: &Account, word: &str| {
        let request = Request::Erase { password: password(word) };
        rig.service.ask(Some(caller(who)), HERE, request).await
    };
    assert_eq!(ask(&ann, "wrong").await.err(), Some(Refusal::WrongPassword));
    assert_eq!(ask(&guest, "secret").await.err(), Some(Refusal::NeedsAccount));
    assert!(!mailbox.take().unwrap_or_default().revoked);
    let outcome = ask(&ann, "secret").await.unwrap();
    assert!(matches!(outcome, Outcome { reply: Reply::Done, session: Becomes::SignedOut }), "{outcome:?}");
    assert!(mailbox.take().unwrap_or_default().revoked);
    let sign_in = Request::SignIn { name: "ann".parse().unwrap(), password: password("secret") };
    let refused = rig.service.ask(None, HERE, sign_in).await.err();
    assert_eq!(refused, Some(Refusal::WrongPassword));
}

#[tokio::test]
async fn what_they_asked_for_before_and_comes_later_is_refused() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.say(&ann, "@bob", 1).await.unwrap();
    erase(&rig, "ann").await.unwrap();
    let bad = Err(Refusal::BadToken);
    assert_eq!(rig.say(&ann, "@bob", 2).await, bad);
    assert_eq!(rig.say(&ann, "#lobby", 2).await, bad);
    assert_eq!(rig.service.join(ann.clone(), HERE, "dev".parse().unwrap(), true).await, bad);
    assert_eq!(rig.service.create(ann.clone(), "g".parse().unwrap()).await, bad);
    assert_eq!(rig.service.open(ann.clone(), "@bob".parse().unwrap()).await, bad);
    assert_eq!(rig.service.wait_for(ann.clone(), "cid".parse().unwrap()).await, bad);
    assert_eq!(rig.service.make_token(&ann, label("x")).await.err(), Some(Refusal::BadToken));
    assert_eq!(rig.service.add_friend(&ann, bob.id).await.err(), Some(Refusal::BadToken));
    let hook = rig.service.make_hook(&ann, "@bob".parse().unwrap(), label("x")).await;
    assert_eq!(hook.err(), Some(Refusal::BadToken));
}

/// Half of it was done when the server fell over.
#[tokio::test]
async fn what_was_begun_is_ended_by_the_next_start() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    for message in 1..=4_500 {
        let to = "#lobby".parse().unwrap();
        drop(rig.service.post(crate::peer::Peer::HERE, ann.clone(), to, id(message), text("mine"), None));
    }
    rig.say(&bob, "#lobby", 1).await.unwrap();
    rig.service.store.erase(ann.id, false, now(), super::super::group::left).await.unwrap();
    let first = rig.service.store.erase_some(ann.id).await.unwrap();
    assert!(first.more, "it is done in batches");
    let mine = async |rig: &Rig| {
        let mut count = 0;
        let mut after = Seq::ZERO;
        loop {
            let page = rig.service.after(ConversationId(1), after).await.unwrap();
            count += page.events.iter().filter(|e| e.event().body.kind() == "posted").count();
            after = page.events.last().map_or(after, |entry| entry.event().seq);
            if !page.more {
                return count;
            }
        }
    };
    assert_eq!(mine(&rig).await, 4_501 - 1_998, "all of the first batch but two who joined");
    let rig = rig.restart().await;
    let mailbox = rig.hub.connect();
    let _topic = rig.hub.follow(bob.id, ConversationId(1), &mailbox);
    rig.service.clean_up(now()).await.unwrap();
    assert_eq!(mine(&rig).await, 1, "bob's");
    assert_eq!(rig.service.store.half_erased().await.unwrap(), []);
    assert_eq!(mailbox.take().unwrap_or_default().forgotten.len(), 1);
    let newest = rig.service.history(bob, "#lobby".parse().unwrap(), Page::Newest, 1).await.unwrap();
    let Reply::History { events, .. } = newest else { panic!() };
    assert_eq!(events[0].author.name.to_string(), format!("erased-{}", ann.id.0));
}
