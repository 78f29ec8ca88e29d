//! A database that may grow no further: nothing more is acknowledged, nothing that was is lost, and all can be read.

use im_proto::{ConversationId, Page, Refusal, Reply, Request, Seq};

use crate::asks::{
    conversation, conversations, create, enter, events_up_to, follow, log, mark, open, page, posted, resume,
    say, sign_up, text, token, word,
};
use crate::harness::{Native, TestServer};

const LOBBY: ConversationId = ConversationId(1);

fn small() -> TestServer {
    TestServer::with(|config| config.database_bytes_max = 512 * 1024)
}

/// Posts, many at once, until there is no room. The ids of those that were acknowledged, with their seqs, and of some
/// that were refused.
fn fill(native: &mut Native, body: &str) -> (Vec<(u64, Seq)>, Vec<u64>) {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    let mut next = 1;
    while refused.is_empty() {
        let ids = next..next + 64;
        next += 64;
        ids.clone().for_each(|id| {
            native.send(say("#lobby", id, &format!("{id} {body}")));
        });
        for id in ids {
            match native.reply().1 {
                Ok(Reply::Posted { seq, duplicate: false, .. }) => kept.push((id, seq)),
                Err(Refusal::CannotStore) => refused.push(id),
                other => panic!("{other:?}"),
            }
        }
    }
    (kept, refused)
}

#[test]
fn what_is_acknowledged_is_there_and_what_is_refused_is_not() {
    let mut server = small();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let head = conversation(ann.ask(open("#lobby"))).head;
    let mut hears = server.native();
    assert_eq!(word(&hears.ask(resume(&key))), "welcome");
    assert_eq!(hears.ask(follow(&[(LOBBY, head.0)])), Ok(Reply::Done));

    let (kept, refused) = fill(&mut ann, &"x".repeat(900));
    assert!(kept.len() > 100, "{} were kept", kept.len());
    let check = |native: &mut Native| {
        let events = log(native, "#lobby");
        assert!(events.iter().zip(1..).all(|(event, seq)| event.seq.0 == seq), "no hole");
        let said: Vec<_> = events.iter().filter(|event| text(event).is_some()).collect();
        assert_eq!(said.len(), kept.len());
        for (event, (id, seq)) in said.iter().zip(&kept) {
            assert_eq!(event.seq, *seq);
            assert!(text(event).unwrap().starts_with(&format!("{id} ")));
        }
        assert_eq!(conversation(native.ask(open("#lobby"))).head, events.last().unwrap().seq);
    };
    check(&mut ann);
    // Who listens has heard what was kept, and nothing of what was not.
    let last = kept.last().unwrap().1;
    events_up_to(&mut hears, LOBBY, head.0, last.0);
    assert_eq!(hears.ask(Request::Ping), Ok(Reply::Done));
    assert_eq!(hears.events, []);

    // The first answer comes again, and what was refused is refused again: its id is not used up.
    let (id, seq) = kept[kept.len() / 2];
    let again = posted(ann.ask(say("#lobby", id, &format!("{id} {}", "x".repeat(900)))));
    assert_eq!((again.1, again.3), (seq, true));
    assert_eq!(word(&ann.ask(say("#lobby", refused[0], &"y".repeat(60_000)))), "cannot-store");
    check(&mut ann);

    server.restart();
    let mut ann = server.native();
    assert_eq!(word(&ann.ask(resume(&key))), "welcome");
    check(&mut ann);
    assert_eq!(word(&ann.ask(say("#lobby", refused[0], &"y".repeat(60_000)))), "cannot-store");
}

#[test]
fn all_that_writes_is_refused_and_all_that_reads_works() {
    let server = small();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    fill(&mut ann, &"x".repeat(3000));
    // Until there is no room for the smallest thing either.
    let mut id = 1_000_000;
    while word(&ann.ask(say("#lobby", id, "x"))) == "posted" {
        id += 1;
    }
    let before = log(&mut ann, "#lobby");
    let mut refused = 0;
    for request in [
        say("@ann", 2_000_000, &"x".repeat(9000)),
        create("g"),
        enter("r"),
        say("#lobby", id + 1, &"x".repeat(9000)),
    ] {
        match ann.ask(request) {
            Err(Refusal::CannotStore) => refused += 1,
            Ok(_) => {} // it went into what was left of a page
            other => panic!("{other:?}"),
        }
    }
    assert!(refused >= 2);
    assert_eq!(log(&mut ann, "#lobby"), before);
    assert_eq!(page(&mut ann, "#lobby", Page::After(Seq(0)), 2), (vec![1, 2], true));
    assert!(!conversations(&mut ann).is_empty());
    assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
    assert_eq!(word(&ann.ask(Request::Pending)), "pending");
    let marked = ann.ask(mark("#lobby", 1));
    assert!(matches!(marked, Ok(Reply::Done) | Err(Refusal::CannotStore)), "{marked:?}");
    let mut back = server.native();
    assert_eq!(word(&back.ask(resume(&key))), "welcome");
    assert_eq!(log(&mut back, "#lobby"), before);
}

#[test]
fn a_terminal_is_told_in_words() {
    let server = small();
    let mut foo = server.text_user("foo");
    let mut ann = server.native_user("ann");
    let cannot = "[from system] the server cannot store anything now, nothing was saved.\n";
    fill(&mut ann, &"x".repeat(3000));
    foo.send("to group: lobby\n");
    foo.send(&format!("{}\n", "y".repeat(16_000)));
    foo.until(cannot);
    // Nobody new is let in without being kept; and what there is can be read.
    foo.send("/history 1\n");
    let shown = foo.until("\n");
    assert!(shown.contains(" [from group lobby user ann] "), "{shown}");
    let mut again = server.text();
    again.send("signin: foo\nsecret\n");
    again.expect("[from system] enter password:[from system] auth succeed.\n");
}

#[test]
fn who_reads_on_a_terminal_is_not_cut_off_when_marks_cannot_be_kept() {
    let server = small();
    let mut foo = server.text_user("foo");
    let mut ann = server.native_user("ann");
    let (kept, _) = fill(&mut ann, &"x".repeat(3000));
    for (id, _) in &kept {
        foo.expect(&format!("[from group lobby user ann] {id} {}\n", "x".repeat(3000)));
    }
    foo.send("/bye\n");
    assert_eq!(foo.to_end(), "[from system] bye.\n");
}
