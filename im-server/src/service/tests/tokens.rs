//! Tokens of bots: made, listed, taken back, each user's own.

use im_proto::Token;

use crate::rules::TOKENS_MAX;
use crate::store::TokenInfo;

use super::*;

#[tokio::test]
async fn a_bots_token_is_good_until_it_is_taken_back() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    let (made, token) = rig.service.make_token(&ann, label("builds")).await.unwrap();
    let (other, _) = rig.service.make_token(&ann, label("builds")).await.unwrap();
    assert_eq!(rig.service.tokens(&ann).await, Ok(vec![made.clone(), other.clone()]));
    assert_eq!(rig.service.tokens(&bob).await, Ok(Vec::new()));
    assert_eq!(rig.service.caller_by_token(&token, Peer::HERE).await.unwrap().account, ann);

    // A device's token is not among them, and is not taken back by a guess of its number.
    let (device, hash) = (Token::new([7; 32]), super::super::account::hash_of(&Token::new([7; 32])));
    let session = crate::store::NewSession { token: hash, device: "native", address: Peer::HERE.address };
    rig.service.store.sign_in(ann.id, "hash".into(), session, None, now()).await.unwrap();
    assert_eq!(rig.service.tokens(&ann).await.unwrap().len(), 2);
    for id in [0, other.id + 1, other.id + 2, u64::MAX] {
        assert_eq!(rig.service.revoke_token(&ann, id).await, Err(Refusal::NoSuchToken), "{id}");
    }
    assert_eq!(rig.service.revoke_token(&bob, made.id).await, Err(Refusal::NoSuchToken));

    let rig = rig.restart().await;
    assert_eq!(rig.service.tokens(&ann).await, Ok(vec![made.clone(), other.clone()]));
    assert_eq!(rig.service.revoke_token(&ann, made.id).await, Ok(()));
    assert_eq!(rig.service.revoke_token(&ann, made.id).await, Err(Refusal::NoSuchToken));
    assert_eq!(rig.service.caller_by_token(&token, Peer::HERE).await.err(), Some(Refusal::BadToken));
    assert_eq!(rig.service.tokens(&ann).await, Ok(vec![other]));
    assert_eq!(rig.service.caller_by_token(&device, Peer::HERE).await.unwrap().account, ann);
}

#[tokio::test]
async fn tokens_are_few_and_for_accounts_only() {
    let rig = Rig::open();
    let (ann, bob, neil) = (rig.account("ann").await, rig.account("bob").await, rig.guest("neil").await);
    let mut made: Vec<TokenInfo> = Vec::new();
    for _ in 0..TOKENS_MAX {
        made.push(rig.service.make_token(&ann, label("x")).await.unwrap().0);
    }
    let one_more = rig.service.make_token(&ann, label("x")).await.map(|_| ());
    assert_eq!(one_more, Err(Refusal::TooMany));
    assert!(rig.service.make_token(&bob, label("x")).await.is_ok());
    assert_eq!(rig.service.revoke_token(&ann, made[3].id).await, Ok(()));
    let (next, _) = rig.service.make_token(&ann, label("x")).await.unwrap();
    assert!(next.id > made.last().unwrap().id, "no number is used twice");
    assert_eq!(rig.service.make_token(&ann, label("x")).await.map(|_| ()), Err(Refusal::TooMany));

    assert_eq!(rig.service.make_token(&neil, label("x")).await.map(|_| ()), Err(Refusal::NeedsAccount));
    assert_eq!(rig.service.tokens(&neil).await, Err(Refusal::NeedsAccount));
    assert_eq!(rig.service.revoke_token(&neil, next.id).await, Err(Refusal::NeedsAccount));
}

#[tokio::test]
async fn who_came_with_a_token_is_told_when_it_is_taken_back() {
    let rig = Rig::open();
    let (ann, bob) = (rig.account("ann").await, rig.account("bob").await);
    let (made, token) = rig.service.make_token(&ann, label("x")).await.unwrap();
    let (_, other) = rig.service.make_token(&ann, label("y")).await.unwrap();
    let arrive = async |token: &Token, who: &Account| {
        let mailbox = rig.hub.connect();
        let caller = rig.service.caller_by_token(token, Peer::HERE).await.unwrap();
        rig.hub.arrive(who.id, &who.author(), caller.token, &mailbox);
        mailbox
    };
    let (first, second) = (arrive(&token, &ann).await, arrive(&token, &ann).await);
    let third = arrive(&other, &ann).await;
    let terminal = rig.hub.connect();
    rig.hub.arrive(bob.id, &bob.author(), None, &terminal);
    rig.service.revoke_token(&ann, made.id).await.unwrap();
    assert!(first.take().unwrap_or_default().revoked);
    assert!(second.take_closing().unwrap_or_default().revoked, "also of who takes nothing else");
    assert!(!second.take().unwrap_or_default().revoked, "once");
    assert!(!third.take().unwrap_or_default().revoked && !terminal.take().unwrap_or_default().revoked);
}
