//! Stopped and started on the same data: everything is there, and everything goes on.

use im_proto::{Conversation, Event, Pending, Person, Reply, Request, Role, Token};

use crate::asks::{
    People, answer, answer_to, conversations, create, dismiss, enter, events_up_to, follow, invite, join,
    log, mark, open, pending, posted, resume, say, set_role, sign_in, sign_up, token, who, word,
};
use crate::harness::{Native, TestServer};

/// All that somebody can see.
#[derive(Debug, PartialEq)]
struct View {
    conversations: Vec<Conversation>,
    logs: Vec<Vec<Event>>,
    members: Vec<Vec<(String, Role)>>,
    pending: Vec<Pending>,
}

fn view(native: &mut Native) -> View {
    let conversations = conversations(native);
    let logs = conversations.iter().map(|here| log(native, &here.address.to_string())).collect();
    let members = conversations
        .iter()
        .filter_map(|here| here.address.to_string().strip_prefix('#').map(str::to_owned))
        .map(|name| match native.ask(who(&name)) {
            Ok(Reply::People { people, .. }) => {
                let mut people: Vec<_> =
                    people.into_iter().map(|Person { name, role, .. }| (name.to_string(), role)).collect();
                people.sort();
                people
            }
            other => panic!("{other:?}"),
        })
        .collect();
    View { conversations, logs, members, pending: pending(native) }
}

fn back(server: &TestServer, key: &Token) -> Native {
    let mut native = server.native();
    assert_eq!(word(&native.ask(resume(key))), "welcome");
    native
}

#[test]
fn everything_is_there_after_a_restart() {
    let mut server = TestServer::start();
    let names = ["ann", "bob", "cid", "dan"];
    let mut people = People(names.iter().map(|name| (*name, server.native())).collect());
    let keys: Vec<_> = names.iter().map(|name| token(people.of(name).ask(sign_up(name)))).collect();
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("ann", set_role("g", "bob", Role::Admin), "done"),
        ("ann", create("h"), "conversation"),
        ("ann", invite("h", "dan"), "done"), // an invitation that waits
        ("cid", join("g"), "asked"),         // a request that waits
        ("dan", join("g"), "asked"),
        ("bob", answer_to("g", "dan", false), "done"), // a rejection that waits
        ("cid", enter("Räume"), "conversation"),
        ("dan", join("räume"), "conversation"),
        ("cid", open("@ann"), "conversation"), // not a word yet
    ]);
    for i in 0..20 {
        people.ask_all(vec![
            ("ann", say("#g", i, &format!("in g {i}")), "posted"),
            ("bob", say("@ann", i, &format!("to ann {i}\nsecond line \u{1b}[0m")), "posted"),
            ("cid", say("#räume", i, "你好 👋"), "posted"),
        ]);
    }
    people.ask_all(vec![("bob", mark("#g", 10), "done"), ("ann", mark("@bob", 7), "done")]);
    let before: Vec<_> = names.iter().map(|name| view(people.of(name))).collect();
    drop(people);

    for round in 0..2 {
        server.restart();
        for ((name, key), before) in names.iter().zip(&keys).zip(&before) {
            assert_eq!(view(&mut back(&server, key)), *before, "{name} after {round} more");
        }
    }
    let unread = |view: &View, address: &str| {
        view.conversations.iter().find(|here| here.address.to_string() == address).unwrap().unread
    };
    assert_eq!(unread(&before[0], "@bob"), 13);
    assert_eq!(before[3].pending.len(), 2);

    // And it goes on: what waited can be answered, what was rejected dismissed.
    let mut people = People(names.iter().zip(&keys).map(|(name, key)| (*name, back(&server, key))).collect());
    people.ask_all(vec![
        ("ann", answer_to("g", "cid", true), "done"),
        ("cid", open("#g"), "conversation"),
        ("dan", answer("h", true), "conversation"),
        ("dan", dismiss("g"), "done"),
        ("ann", create("g"), "name-taken"),
        ("ann", sign_in("ann", "secret"), "signed-in"),
    ]);
    assert_eq!(pending(people.of("dan")), []);
    let next = posted(people.of("ann").ask(say("#g", 100, "on"))).1;
    assert_eq!(next.0, before[0].logs[position(&before[0], "#g")].len() as u64 + 2);
}

fn position(view: &View, address: &str) -> usize {
    view.conversations.iter().position(|here| here.address.to_string() == address).unwrap()
}

#[test]
fn accounts_and_tokens_outlive_the_server() {
    let mut server = TestServer::start();
    let mut ann = server.native();
    let first = token(ann.ask(sign_up("ann")));
    let mut desk = server.native();
    let second = token(desk.ask(sign_in("ann", "secret")));
    assert_eq!(ann.ask(Request::SignOut), Ok(Reply::Done));
    server.restart();

    let mut stranger = server.native();
    for (request, wanted) in [
        (resume(&first), "bad-token"), // signed out before
        (sign_up("ANN"), "name-taken"),
        (sign_up("аnn"), "look-alike"),
        (sign_in("ann", "guess"), "wrong-password"),
        (resume(&second), "welcome"),
    ] {
        assert_eq!(word(&stranger.ask(request)), wanted);
    }
    assert_eq!(word(&server.native().ask(sign_in("ann", "secret"))), "welcome");
    let mut text = server.text();
    text.send("signin: ann\nsecret\n");
    text.expect("[from system] enter password:[from system] auth succeed.\n");
}

#[test]
fn a_message_id_posts_once_over_restarts_too() {
    let mut server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let first = posted(ann.ask(say("#lobby", 1, "once")));
    // Handed over, and the reply not waited for.
    ann.send(say("#lobby", 2, "perhaps"));
    for _ in 0..2 {
        server.restart();
        let mut ann = back(&server, &key);
        assert_eq!(posted(ann.ask(say("#lobby", 1, "once"))), (first.0, first.1, first.2, true));
        assert_eq!(word(&ann.ask(say("#lobby", 1, "twice"))), "message-id-used");
        posted(ann.ask(say("#lobby", 2, "perhaps")));
        assert_eq!(log(&mut ann, "#lobby").len(), 3);
    }
}

#[test]
fn who_was_connected_resumes_where_they_were() {
    let mut server = TestServer::start();
    let mut ann = server.native();
    let (key, mut bob) = (token(ann.ask(sign_up("ann"))), server.native());
    let bobs = token(bob.ask(sign_up("bob")));
    ann.follow();
    let mut head = 0;
    for i in 0..50 {
        head = posted(bob.ask(say("@ann", i, "x"))).1.0;
    }
    let id = ann.event(|event| event.seq.0 == 50).conversation;
    server.restart();
    let mut bob = back(&server, &bobs);
    for i in 50..60 {
        head = posted(bob.ask(say("@ann", i, "x"))).1.0;
    }
    let mut ann = back(&server, &key);
    assert_eq!(ann.ask(follow(&[(id, 50)])), Ok(Reply::Done));
    events_up_to(&mut ann, id, 50, head);
    head = posted(bob.ask(say("@ann", 60, "live"))).1.0;
    events_up_to(&mut ann, id, head - 1, head);
}

#[test]
fn a_terminal_gets_what_it_has_not_seen_and_not_what_it_has() {
    let mut server = TestServer::start();
    let mut foo = server.text_user("foo");
    let mut bar = server.native();
    let key = token(bar.ask(sign_up("bar")));
    assert_eq!(word(&bar.ask(say("@foo", 1, "seen"))), "posted");
    foo.expect("[from user bar] seen\n");
    server.restart(); // the mark of what was shown is settled on the way
    assert!(foo.to_end().starts_with("[from system] the server is stopping.\n"));
    let mut bar = back(&server, &key);
    assert_eq!(word(&bar.ask(say("@foo", 2, "missed"))), "posted");
    server.restart();
    let mut foo = server.text();
    foo.send("signin: foo\nsecret\n");
    foo.expect("[from system] enter password:[from system] auth succeed.\n[from system] kept for you since ");
    foo.until(".\n");
    foo.expect("[from user bar] missed\n");
    foo.send("/bye\n");
    assert_eq!(foo.to_end(), "[from system] bye.\n");
}
