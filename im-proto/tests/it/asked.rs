//! A sample, or a few, of every request and of what stands inside requests only.

use im_proto::*;

use crate::samples::{Message, Sample, address_name, deed_name, page_name, request_name, role_name};
use crate::values::{
    AT, bob, dev, line, message_id, password, reaction, remark, room, secret, text, token, user, words,
};

fn ask(tag: u32, detail: &str, request: Request) -> Sample {
    let name = request_name(&request);
    line(name, detail, Message::Ask(Ask { tag, request }))
}

pub(crate) fn requests() -> Vec<Sample> {
    use Request as R;
    let (name, group, of) = (user("ann"), room("dev"), dev());
    let many = vec![(ConversationId(7), Seq(300)), (ConversationId(70_000), Seq::ZERO)];
    vec![
        ask(9, "", R::Ping),
        ask(251, "tag-251", R::Ping),
        ask(70_000, "tag-70000", R::Ping),
        ask(9, "", R::CheckName { name: user("Zoë") }),
        ask(9, "", R::SignUp { name: name.clone(), password: password() }),
        ask(9, "", R::SignIn { name, password: password() }),
        ask(9, "", R::Resume { token: token() }),
        ask(9, "", R::SignOut),
        ask(9, "", R::Conversations),
        ask(9, "", R::Follow { after: many }),
        ask(9, "from-marks", R::Follow { after: Vec::new() }),
        ask(9, "", R::Open { address: bob() }),
        ask(9, "", R::Create { group: group.clone() }),
        ask(9, "", R::Join { name: group.clone(), create: false }),
        ask(9, "create", R::Join { name: room("3d-printing"), create: true }),
        ask(9, "", R::Invite { group: group.clone(), user: user("bob") }),
        ask(9, "", R::Answer { group: group.clone(), user: None, yes: true }),
        ask(9, "asker", R::Answer { group: group.clone(), user: Some(user("bob")), yes: false }),
        ask(9, "", R::Leave { name: group.clone() }),
        ask(9, "", R::SetRole { group: group.clone(), user: user("bob"), role: Role::Admin }),
        ask(9, "", R::Post { to: of.clone(), message: message_id(), text: text("hi"), reply_to: None }),
        ask(
            9,
            "answer",
            R::Post { to: bob(), message: message_id(), text: text("hi"), reply_to: Some(Seq(300)) },
        ),
        ask(
            9,
            "long",
            R::Post { to: bob(), message: message_id(), text: text(&"你好\n".repeat(40)), reply_to: None },
        ),
        ask(9, "", R::History { of: of.clone(), page: Page::Newest, limit: PAGE_EVENTS_MAX }),
        ask(9, "", R::Mark { of, read: Seq(300) }),
        ask(9, "", R::Who { of: Some(group.clone()) }),
        ask(9, "everybody", R::Who { of: None }),
        ask(9, "", R::Pending),
        ask(9, "", R::Dismiss { group }),
        ask(9, "", R::ComeAsGuest { name: Some(user("neil")) }),
        ask(9, "anonymous", R::ComeAsGuest { name: None }),
        ask(9, "", R::Rename { name: user("neil") }),
        ask(9, "", R::Await { user: user("marie") }),
        ask(9, "", R::Time),
        ask(9, "", R::Edit { of: dev(), seq: Seq(300), text: text("ho") }),
        ask(9, "", R::Delete { of: bob(), seq: Seq(300) }),
        ask(9, "", R::React { of: dev(), seq: Seq(300), reaction: reaction("👍🏽"), on: true }),
        ask(
            9,
            "",
            R::Search { words: words("new sho*"), of: Some(dev()), before: Some(70_000), limit: FOUND_MAX },
        ),
        ask(9, "everywhere", R::Search { words: words("hi"), of: None, before: None, limit: 20 }),
        ask(9, "", R::Received { upto: vec![(ConversationId(7), Seq(300))] }),
        ask(9, "", R::SetRetention { of: room("dev"), days: Some(90) }),
        ask(9, "as-the-server", R::SetRetention { of: room("dev"), days: None }),
        ask(9, "", R::Erase { password: password() }),
        ask(9, "", R::Mentions { before: Some(70_000), limit: FOUND_MAX }),
        ask(9, "", R::Typing { of: bob() }),
        ask(9, "", R::SignUpInvited { name: user("ann"), password: password(), invitation: secret() }),
        ask(9, "", R::SignInWithCode { name: user("ann"), password: password(), code: secret() }),
        ask(9, "", R::ChangePassword { old: password(), new: password() }),
        ask(9, "", R::Sessions),
        ask(9, "", R::EndSession { id: 70_000 }),
        ask(9, "", R::SetUpCodes { password: password() }),
        ask(9, "", R::ConfirmCodes { code: secret() }),
        ask(9, "", R::EndCodes { password: password(), code: secret() }),
    ]
    .into_iter()
    .chain(moderation())
    .collect()
}

fn moderation() -> Vec<Sample> {
    use Request as R;
    let (of, address) = (room("dev"), "192.0.2.7".parse().unwrap());
    let (user, why, seconds) = (user("bob"), remark("spam"), Some(3600));
    vec![
        ask(9, "", R::Moderate { of: of.clone(), user, deed: Deed::Ban, seconds, why: why.clone() }),
        ask(9, "", R::SetTopic { of: of.clone(), topic: remark("v0.3 on Friday") }),
        ask(9, "away", R::SetTopic { of: of.clone(), topic: None }),
        ask(9, "", R::LockTopic { of: of.clone(), on: true }),
        ask(9, "", R::SetSlowMode { of: of.clone(), seconds: 30 }),
        ask(9, "", R::Sanctions { of: Some(of.clone()) }),
        ask(9, "", R::About { of: dev() }),
        ask(9, "", R::Audit { of: Some(of), before: Some(70_000), limit: AUDIT_MAX }),
        ask(9, "", R::BanAddress { of: None, address, on: true, seconds, why: why.clone() }),
        ask(9, "", R::Hatches { closed: true, why }),
    ]
}

/// The enums that stand inside requests and nowhere alone.
pub(crate) fn parts_of_requests() -> Vec<Sample> {
    let asked = |name, request| line(name, "", Message::Ask(Ask { tag: 9, request }));
    let mut all = Vec::new();
    for role in Role::ALL {
        let (group, user) = (room("dev"), user("bob"));
        all.push(asked(role_name(&role), Request::SetRole { group, user, role }));
    }
    for page in [Page::Newest, Page::Before(Seq(300)), Page::After(Seq(250)), Page::Around(AT)] {
        let request = Request::History { of: dev(), page, limit: 251 };
        all.push(asked(page_name(&page), request));
    }
    for deed in Deed::ALL {
        let (of, user) = (room("dev"), user("bob"));
        all.push(asked(deed_name(&deed), Request::Moderate { of, user, deed, seconds: None, why: None }));
    }
    for address in [bob(), dev()] {
        all.push(asked(address_name(&address), Request::Open { address }));
    }
    all
}
