//! How long things are kept, and having oneself taken out, by native frames.

use im_proto::{Notice, Refusal, Reply, Request};

use crate::asks::{People, enter, parsed, password, say, sign_in, word};
use crate::harness::TestServer;

fn keep(of: &str, days: Option<u16>) -> Request {
    Request::SetRetention { of: parsed(of), days }
}

#[test]
fn who_is_there_is_told_for_how_long_things_are_kept() {
    let server = TestServer::with(|config| config.retention_days = 100);
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![("ann", enter("dev"), "conversation"), ("bob", enter("dev"), "conversation")]);
    people.of("bob").follow();
    for (days, wanted) in [(Some(30), 30), (Some(365), 100), (None, 100), (Some(1), 1), (Some(0), 100)] {
        let Ok(Reply::Conversation(about)) = people.of("ann").ask(keep("dev", days)) else { panic!() };
        assert_eq!(about.retention_days, Some(wanted), "the shorter time holds");
        let told = |notice: &Notice| match notice {
            Notice::Conversation(about) => {
                about.address == parsed("#dev") && about.retention_days == Some(wanted)
            }
            _ => false,
        };
        people.of("bob").notice(told);
    }
    people.ask_all(vec![
        ("bob", keep("dev", Some(1)), "not-allowed"),
        ("ann", keep("lobby", Some(1)), "not-allowed"),
    ]);
    assert_eq!(word(&people.of("ann").ask(keep("nowhere", None))), "no-such-room");
}

#[test]
fn who_takes_themself_out_is_signed_out_and_may_come_again_as_somebody_else() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    let mut other = server.native();
    other.ask(sign_in("ann", "secret")).unwrap();
    let erase = |word: &str| Request::Erase { password: password(word) };
    let ann = people.of("ann");
    ann.follow();
    ann.ask(say("@bob", 1, "hi")).unwrap();
    assert_eq!(word(&ann.ask(erase("wrong"))), "wrong-password");
    assert_eq!(word(&ann.ask(Request::Conversations)), "conversations");
    // What was said before is written before.
    for message in 2..40 {
        ann.send(say("@bob", message, "hi"));
    }
    let tag = ann.send(erase("secret"));
    let answers: Vec<_> = (2..=40).map(|_| ann.reply()).collect();
    assert_eq!((answers[38].0, word(&answers[38].1)), (tag, "done"));
    assert!(answers[..38].iter().all(|(_, answer)| word(answer) == "posted"));
    assert_eq!(word(&ann.ask(say("@bob", 50, "hi"))), "not-signed-in");
    assert_eq!(word(&ann.sign_up("ann")), "name-taken");
    assert_eq!(word(&ann.sign_up("cid")), "welcome");
    // Her other session has ended.
    other.notice(|notice| *notice == Notice::Closing(Refusal::BadToken));
    assert_eq!(other.next(), None);
    assert_eq!(word(&people.of("bob").ask(say("@ann", 1, "are you there"))), "no-such-user");
}
