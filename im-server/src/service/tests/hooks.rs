//! Webhooks: they post as their maker, where and while their maker may.

use im_proto::{Token, UserName};

use crate::peer::Peer;
use crate::rules::HOOKS_MAX;

use super::*;

async fn hook(rig: &Rig, who: &Account, to: &str) -> (crate::store::HookInfo, Token) {
    rig.service.make_hook(who, to.parse().unwrap(), label("x")).await.unwrap()
}

async fn refused(rig: &Rig, who: &Account, to: &str) -> Option<Refusal> {
    rig.service.make_hook(who, to.parse().unwrap(), label("x")).await.err()
}

async fn post(rig: &Rig, hook: &Token, message: u64) -> Result<(u64, bool, bool), Refusal> {
    match rig.service.post_by_hook(Peer::HERE, hook, id(message), text(&format!("by hook {message}"))).await?
    {
        Reply::Posted { seq, duplicate, kept, .. } => Ok((seq.0, duplicate, kept)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_hook_posts_as_its_maker_and_once() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    rig.place(&ann, "Dev", Kind::Room, Some(Role::Member)).await;
    rig.place(&bob, "dev", Kind::Room, Some(Role::Member)).await;
    let (info, token) = hook(&rig, &ann, "#dev").await;
    assert_eq!(info.conversation.to_string(), "#Dev");
    assert_eq!(rig.service.hooks(&ann).await, Ok(vec![info.clone()]));
    assert_eq!(rig.service.hooks(&bob).await, Ok(Vec::new()));

    assert_eq!(post(&rig, &token, 1).await, Ok((1, false, false)));
    assert_eq!(post(&rig, &token, 1).await, Ok((1, true, false)));
    let again = rig.service.post_by_hook(Peer::HERE, &token, id(1), text("something else")).await;
    assert_eq!(again, Err(Refusal::MessageIdUsed));
    assert_eq!(post(&rig, &token, 2).await, Ok((2, false, false)));
    assert_eq!(rig.log(&bob, "#dev").await, ["ann: by hook 1", "ann: by hook 2"]);
    // Nobody has read anything by it, not even its maker.
    for who in [&ann, &bob] {
        let here = rig.service.conversations(who.id).await.unwrap();
        let here = here.iter().find(|here| here.address.to_string() == "#Dev").unwrap();
        assert_eq!((here.read.0, here.unread), (0, 2));
    }
    // A hook's token signs nobody in, and a bot's token posts by no hook.
    assert_eq!(rig.service.caller_by_token(&token, Peer::HERE).await.err(), Some(Refusal::BadToken));
    let (_, bot) = rig.service.make_token(&ann, label("x")).await.unwrap();
    assert_eq!(post(&rig, &bot, 3).await, Err(Refusal::BadToken));

    let rig = rig.restart().await;
    assert_eq!(post(&rig, &token, 3).await, Ok((3, false, false)));
    for id in [0, info.id + 1, u64::MAX] {
        assert_eq!(rig.service.drop_hook(&ann, id).await, Err(Refusal::NoSuchToken));
    }
    assert_eq!(rig.service.drop_hook(&bob, info.id).await, Err(Refusal::NoSuchToken));
    assert_eq!(rig.service.drop_hook(&ann, info.id).await, Ok(()));
    assert_eq!(rig.service.drop_hook(&ann, info.id).await, Err(Refusal::NoSuchToken));
    assert_eq!(post(&rig, &token, 4).await, Err(Refusal::BadToken));
    assert_eq!(rig.log(&bob, "#dev").await.len(), 3);
}

#[tokio::test]
async fn a_hook_may_what_its_maker_may_now() {
    let rig = Rig::open();
    let (ann, bob, neil) = (rig.account("ann").await, rig.account("bob").await, rig.guest("neil").await);
    rig.place(&ann, "g", Kind::Group, Some(Role::Owner)).await;
    rig.place(&ann, "r", Kind::Room, Some(Role::Member)).await;
    assert_eq!(refused(&rig, &bob, "#g").await, Some(Refusal::NotMember));
    assert_eq!(refused(&rig, &bob, "#r").await, Some(Refusal::NotMember));
    assert_eq!(refused(&rig, &bob, "#none").await, Some(Refusal::NoSuchRoom));
    assert_eq!(refused(&rig, &bob, "@none").await, Some(Refusal::NoSuchUser));
    assert_eq!(refused(&rig, &neil, "#lobby").await, Some(Refusal::NeedsAccount));
    // A guest's name is somebody else's tomorrow, whether they are here or awaited now.
    assert_eq!(refused(&rig, &ann, "@neil").await, Some(Refusal::NoSuchUser));
    rig.service.wait_for(ann.clone(), "neil".parse::<UserName>().unwrap()).await.unwrap();
    assert_eq!(refused(&rig, &ann, "@neil").await, Some(Refusal::NoSuchUser));

    let (_, in_room) = hook(&rig, &ann, "#r").await;
    rig.place(&ann, "r", Kind::Room, None).await;
    assert_eq!(post(&rig, &in_room, 1).await, Err(Refusal::NotMember));
    rig.place(&ann, "r", Kind::Room, Some(Role::Member)).await;
    assert_eq!(post(&rig, &in_room, 1).await, Ok((1, false, false)));

    // The group goes with its last member, and another has its name: the hook posts into neither.
    let (info, in_group) = hook(&rig, &ann, "#g").await;
    assert_eq!(post(&rig, &in_group, 2).await, Ok((1, false, false)));
    rig.service.leave(ann.clone(), "g".parse().unwrap()).await.unwrap();
    rig.service.create(ann.clone(), "g".parse().unwrap()).await.unwrap();
    assert_eq!(post(&rig, &in_group, 3).await, Err(Refusal::NotMember));
    assert_eq!(rig.log(&ann, "#g").await, Vec::<String>::new());
    assert_eq!(rig.service.hooks(&ann).await.unwrap().last(), Some(&info), "it is there to be dropped");
}

#[tokio::test]
async fn a_hook_posts_to_one_person_and_to_oneself() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("Bob").await);
    let (info, to_bob) = hook(&rig, &ann, "@bob").await;
    assert_eq!(info.conversation.to_string(), "@Bob");
    assert_eq!(post(&rig, &to_bob, 1).await, Ok((1, false, true)), "kept: bob is away");
    rig.hub.arrive(bob.id, &bob.author(), None, &rig.hub.connect());
    assert_eq!(post(&rig, &to_bob, 2).await, Ok((2, false, false)));
    let (from_bob, own) = (hook(&rig, &bob, "@ann").await.1, hook(&rig, &ann, "@ann").await.1);
    assert_eq!(post(&rig, &from_bob, 1).await, Ok((3, false, true)));
    assert_eq!(rig.log(&bob, "@ann").await, ["ann: by hook 1", "ann: by hook 2", "Bob: by hook 1"]);
    assert_eq!(post(&rig, &own, 3).await, Ok((1, false, true)));
    assert_eq!(rig.log(&ann, "@ann").await, ["ann: by hook 3"]);
    // Ann's own id for the same message in another conversation.
    assert_eq!(post(&rig, &own, 1).await, Err(Refusal::MessageIdUsed));
}

#[tokio::test]
async fn hooks_are_few() {
    let rig = Rig::open();
    let ann = rig.account("ann").await;
    let mut last = 0;
    for _ in 0..HOOKS_MAX {
        last = hook(&rig, &ann, "#lobby").await.0.id;
    }
    assert_eq!(refused(&rig, &ann, "#lobby").await, Some(Refusal::TooMany));
    assert_eq!(refused(&rig, &ann, "@ann").await, Some(Refusal::TooMany));
    assert_eq!(rig.service.drop_hook(&ann, last).await, Ok(()));
    assert!(hook(&rig, &ann, "#lobby").await.0.id > last, "no number is used twice");
    // What was refused has made nothing.
    assert_eq!(rig.service.conversations(ann.id).await.unwrap().len(), 1);
}
