//! The page's own fold, held against im_proto's: the same events in the same order read the same.

use im_proto::fold::Messages;
use im_proto::{Author, Body, ConversationId, Event, MessageId, Reaction, Seq, Text, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::Driver;
use crate::harness::TestServer;

/// So many logs are folded by both.
const LOGS: usize = 300;

/// The messages of a log have these numbers.
const MESSAGES: std::ops::RangeInclusive<u64> = 1..=4;

/// What the page makes of each log: what each event changed, and how each message reads.
const FOLDED: &str = "
    const [logs, done] = arguments;
    import('/fold.js').then(({ Fold }) => done(logs.map((events) => {
        const fold = new Fold();
        const changed = events.map((event) => fold.take(event));
        const reads = [1, 2, 3, 4].map((seq) => {
            const message = fold.get(seq);
            if (!message) return null;
            const { from, guest, text, edited, replyTo } = message;
            const reactions = fold.reactions(seq).map(({ reaction, whose }) =>
                [reaction, whose.map(({ from, guest }) => [from, guest])]);
            return [from, guest, text, edited, replyTo, reactions];
        });
        return [changed, reads];
    })));";

fn author() -> impl Strategy<Value = Author> {
    (0..2usize, any::<bool>())
        .prop_map(|(name, guest)| Author { name: ["ann", "bob"][name].parse().unwrap(), guest })
}

/// Messages say what their number is; all else is about one of them.
fn event() -> impl Strategy<Value = Event> {
    (author(), MESSAGES, 5..40u64, 0..8u8).prop_map(|(author, of, seq, kind)| {
        let message = MessageId(u128::from(of).to_be_bytes());
        let text = Text::parse(&format!("{kind} {seq}")).unwrap();
        let reaction = Reaction::parse(["+1", "👍"][usize::from(seq % 2 == 0)]).unwrap();
        let reply_to = (of > 2).then_some(Seq(1));
        let (seq, of) = (Seq(if kind < 3 { of } else { seq }), Seq(of));
        let body = match kind {
            0 | 1 => Body::Posted { message, text, reply_to },
            2 => Body::Tombstone { of: None },
            3 => Body::Edited { of, text },
            4 => Body::Deleted { of },
            5 => Body::Unreacted { of, reaction },
            6 => Body::Reacted { of, reaction },
            _ => Body::Tombstone { of: Some(of) },
        };
        Event { conversation: ConversationId(1), seq, at: Timestamp(1), author, body }
    })
}

/// The same as the page does.
fn folded(events: &[Event]) -> Value {
    let mut messages = Messages::default();
    let changed: Vec<u64> =
        events.iter().map(|event| messages.take(event).map_or(0, |changed| changed.0)).collect();
    let reads = MESSAGES.map(|seq| {
        let Some(message) = messages.get(Seq(seq)) else { return Value::Null };
        let reactions: Vec<Value> = message
            .reactions()
            .into_iter()
            .map(|(reaction, whose)| {
                let whose: Vec<_> = whose.iter().map(|who| json!([who.name, who.guest])).collect();
                json!([reaction.as_str(), whose])
            })
            .collect();
        let (edited, reply_to) =
            (message.edited.map_or(0, |seq| seq.0), message.reply_to.map_or(0, |seq| seq.0));
        let text = message.text.as_ref().map(Text::as_str);
        json!([message.author.name, message.author.guest, text, edited, reply_to, reactions])
    });
    json!([changed, reads.collect::<Vec<_>>()])
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn the_page_folds_a_log_as_the_protocol_says() {
    let mut runner = TestRunner::deterministic();
    let some = proptest::collection::vec(event(), 1..30);
    let mut logs: Vec<Vec<Event>> =
        (0..LOGS).map(|_| some.new_tree(&mut runner).unwrap().current()).collect();
    // One in which more is said of a message before it is there than anybody remembers.
    let early = (0..300).map(|seq| {
        let mut event = logs[0][0].clone();
        event.seq = Seq(100 + seq);
        let reaction = Reaction::parse(&format!("r{}", seq % 20)).unwrap();
        event.body = if seq % 3 == 0 {
            Body::Unreacted { of: Seq(1), reaction }
        } else {
            Body::Reacted { of: Seq(1), reaction }
        };
        event
    });
    let mut long: Vec<Event> = early.collect();
    let said =
        Body::Posted { message: MessageId::default(), text: Text::parse("x").unwrap(), reply_to: None };
    long.push(Event { seq: Seq(1), body: said, ..long[0].clone() });
    logs.push(long);

    let server = TestServer::start();
    let driver = Driver::start();
    let browser = driver.browser();
    browser.opens(server.addr());
    let given = serde_json::to_value(&logs).unwrap();
    let shown = browser.client(async |client| client.execute_async(FOLDED, vec![given]).await);
    for (events, page) in logs.iter().zip(shown.as_array().unwrap()) {
        assert_eq!(*page, folded(events), "{events:#?}");
    }
    assert_eq!(shown.as_array().unwrap().len(), LOGS + 1);
}

/// What is held and may be otherwise by now is read anew: what was taken back meanwhile is gone, what happened while the page
/// was on its way is not.
const READ_ANEW: &str = "
    const [done] = arguments;
    import('/log.js').then(({ Log }) => {
        const said = (seq, text) => ({ seq, from: 'ann', kind: 'posted', text });
        const reacted = (seq, reaction) => ({ seq, from: 'bob', kind: 'reacted', of: 1, reaction });
        const log = new Log();
        log.newest({ events: [said(1, 'one'), said(2, 'two')], more: false, amendments: [reacted(3, '+1')] }, 0);
        const before = log.messages.reactions(1).map(({ reaction }) => reaction);
        log.isStale = true;
        log.loads();
        log.hear(reacted(7, '👀'));
        const gone = { seq: 2, from: 'ann', kind: 'tombstone' };
        log.around({ events: [said(1, 'one'), gone], more: true, amendments: [] }, 0);
        const after = log.messages.reactions(1).map(({ reaction }) => reaction);
        done([before, after, log.messages.get(2).text, [...log.takeChanged()].sort(), log.isStale]);
    });";

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_log_that_is_read_anew_is_what_the_server_has() {
    let server = TestServer::start();
    let driver = Driver::start();
    let browser = driver.browser();
    browser.opens(server.addr());
    let seen = browser.client(async |client| client.execute_async(READ_ANEW, Vec::new()).await);
    assert_eq!(seen, json!([["+1"], ["👀"], null, [1, 2], false]));
}
