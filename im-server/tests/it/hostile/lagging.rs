//! Terminals that were stopped while thousands of lines were said: they are told how many were skipped, to the line.

use im_proto::Reply;

use crate::asks::{enter, join, leave, posted, say, sign_in, word};
use crate::harness::{Native, Peer, TestServer};

/// What is said while a terminal is stopped: three times what the system takes in for it, and what it may be behind.
const SAID: u64 = 3000;

fn line(number: u64) -> String {
    format!("no {number:06} {}", "x".repeat(4000))
}

/// The number of a line that was said.
fn number(line: &str) -> Option<u64> {
    line.split_once("no ")?.1.get(..6)?.parse().ok()
}

fn stops(peer: &Peer) {
    socket2::SockRef::from(peer.stream()).set_recv_buffer_size(64 * 1024).unwrap();
}

/// Says these, many at once.
fn say_all(native: &mut Native, to: &str, numbers: std::ops::RangeInclusive<u64>) {
    let numbers: Vec<_> = numbers.collect();
    for some in numbers.chunks(200) {
        for number in some {
            native.send(say(to, *number, &line(*number)));
        }
        for _ in some {
            posted(native.reply().1);
        }
    }
}

/// Reads up to the line that says how many were skipped: how many came before it, each once and in order, and that number.
#[track_caller]
fn up_to_the_skip(peer: &mut Peer) -> (u64, u64) {
    let mut came = 0;
    loop {
        let line = peer.line().expect("it is not sent away");
        if let Some(number) = number(&line) {
            assert_eq!(number, came + 1, "a hole that nobody was told of");
            came = number;
        } else if let Some((skipped, _)) =
            line.split_once(" entries of #lobby were skipped, /history #lobby 200")
        {
            return (came, skipped.rsplit(' ').next().unwrap().parse().unwrap());
        }
    }
}

#[test]
fn terminals_that_were_stopped_are_told_how_many_lines_were_skipped_and_how_to_see_them() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut account = server.text_user("terminal");
    account.send("/time\n");
    account.until(" UTC");
    let mut guest = server.text();
    guest.send("/username neil\n");
    guest.until("neil");
    let mut machat = server.text();
    machat.send("{\"name\": \"Mina\", \"room\":\"lobby\"}hi\n");
    machat.until("Mina:hi\n");
    let mut terminals = [account, guest, machat];
    terminals.iter().for_each(stops);
    say_all(&mut ann, "#lobby", 1..=SAID);
    for (more, terminal) in (0..).zip(&mut terminals) {
        let (came, skipped) = up_to_the_skip(terminal);
        assert_eq!(came + skipped, SAID + more);
        assert!(skipped > 1000, "{skipped}: so few would have been shown");
        // It is live again, and what was named shows the latest of what was skipped.
        posted(ann.ask(say("#lobby", 5000 + more, "and now")));
        while !terminal.line().unwrap().ends_with("and now") {}
        terminal.send("/history #lobby 200\n");
        terminal.until(&line(SAID));
    }
}

#[test]
fn who_was_taken_out_meanwhile_sees_no_more_than_was_said_before() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    let mut terminal = server.text_user("terminal");
    terminal.send("/join r\n");
    terminal.until("join in group r.\n");
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(sign_in("terminal", "secret"))), "welcome");
    stops(&terminal);
    say_all(&mut ann, "#r", 1..=SAID);
    assert_eq!(desk.ask(leave("r")), Ok(Reply::Done));
    say_all(&mut ann, "#r", SAID + 1..=SAID + 100);
    posted(ann.ask(say("@terminal", 9000, "psst")));
    let mut last = 0;
    loop {
        let line = terminal.line().unwrap();
        if line.ends_with("psst") {
            break;
        }
        last = number(&line).unwrap_or(last);
        assert!(last <= SAID, "it hears what is said where it is no longer");
    }
    // Nor later.
    assert_eq!(word(&ann.ask(join("r"))), "already-member");
    say_all(&mut ann, "#r", SAID + 101..=SAID + 101);
    posted(ann.ask(say("@terminal", 9001, "the end")));
    let rest = terminal.until("the end\n");
    assert!(rest.lines().filter_map(number).all(|number| number <= SAID), "{rest}");
}
