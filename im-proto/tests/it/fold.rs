//! Folding a log: whoever takes it in whatever order reads the same messages.

use im_proto::fold::{EARLY_EVENTS_MAX, Message, Messages};
use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn author(who: usize) -> Author {
    Author { name: ["foo", "bar", "zoe"][who % 3].parse().unwrap(), guest: who % 3 == 2 }
}

fn text(raw: &str) -> Text {
    Text::parse(raw).unwrap()
}

/// A log as it was heard live: what each step does to which of the messages before it.
fn log() -> impl Strategy<Value = Vec<Event>> {
    let step = (0..6_u8, 0..3_usize, any::<Index>(), select(vec!["+1", "🎉"]));
    vec(step, 1..40).prop_map(|steps| {
        let mut log: Vec<Event> = Vec::new();
        let (mut live, mut said) = (Vec::new(), Vec::new());
        for (did, who, which, reaction) in steps {
            let seq = Seq(log.len() as u64 + 1);
            let reaction = Reaction::parse(reaction).unwrap();
            let body = if did < 2 || live.is_empty() {
                let reply_to = (!said.is_empty() && did == 1).then(|| *which.get(&said));
                live.push(seq);
                said.push(seq);
                Body::Posted { message: MessageId([0; 16]), text: text(&format!("said {seq}")), reply_to }
            } else {
                let of = *which.get(&live);
                match did {
                    2 => Body::Edited { of, text: text(&format!("edited {seq}")) },
                    3 => Body::Reacted { of, reaction },
                    4 => Body::Unreacted { of, reaction },
                    _ => {
                        live.retain(|seq| *seq != of);
                        Body::Deleted { of }
                    }
                }
            };
            log.push(Event {
                conversation: ConversationId(1),
                seq,
                at: Timestamp(seq.0),
                author: author(who),
                body,
            });
        }
        log
    })
}

/// The same log as it is read later: what was taken out is tombstones.
fn as_kept(log: &[Event]) -> Vec<Event> {
    let gone: Vec<Seq> = log
        .iter()
        .filter_map(|event| match event.body {
            Body::Deleted { of } => Some(of),
            _ => None,
        })
        .collect();
    let kept = |event: &Event| match event.body {
        Body::Posted { .. } if gone.contains(&event.seq) => Body::Tombstone { of: None },
        Body::Edited { of, .. } if gone.contains(&of) => Body::Tombstone { of: Some(of) },
        _ => event.body.clone(),
    };
    log.iter().map(|event| Event { body: kept(event), ..event.clone() }).collect()
}

fn folded<'a>(events: impl IntoIterator<Item = &'a Event>) -> Messages {
    let mut messages = Messages::default();
    events.into_iter().for_each(|event| {
        messages.take(event);
    });
    messages
}

fn read(messages: &Messages) -> Vec<(Seq, Message)> {
    messages.iter().map(|(seq, message)| (seq, message.clone())).collect()
}

proptest! {
    #[test]
    fn live_and_replayed_read_the_same_in_any_order(
        (log, shuffled) in log().prop_flat_map(|log| {
            let twice: Vec<Event> = as_kept(&log).into_iter().chain(log.clone()).collect();
            (Just(log), Just(twice).prop_shuffle())
        })
    ) {
        let live = read(&folded(&log));
        prop_assert_eq!(&live, &read(&folded(&as_kept(&log))));
        prop_assert_eq!(&live, &read(&folded(&shuffled)));
        let gone = log.iter().filter(|event| matches!(event.body, Body::Deleted { .. })).count();
        prop_assert_eq!(live.iter().filter(|(_, message)| message.is_tombstone()).count(), gone);
    }

    #[test]
    fn whoever_came_in_the_middle_reads_the_same_of_what_they_have(log in log(), from in any::<Index>()) {
        let from = Seq(from.index(log.len()) as u64 + 1);
        let whole = folded(&log);
        let mut late = folded(log.iter().filter(|event| event.seq >= from));
        let tail: Vec<_> = read(&whole).into_iter().filter(|(seq, _)| *seq >= from).collect();
        prop_assert_eq!(&tail, &read(&late));
        // Then the pages before come.
        log.iter().filter(|event| event.seq < from).for_each(|event| { late.take(event); });
        prop_assert_eq!(read(&whole), read(&late));
        late.forget_before(from);
        prop_assert_eq!(tail, read(&late));
    }
}

#[test]
fn what_each_step_does_is_what_is_read() {
    let event = |seq, who, body| Event {
        conversation: ConversationId(1),
        seq: Seq(seq),
        at: Timestamp(seq),
        author: author(who),
        body,
    };
    let (of, plus) = (Seq(1), Reaction::parse("+1").unwrap());
    let mut messages = Messages::default();
    let said = Body::Posted { message: MessageId([1; 16]), text: text("how you doing"), reply_to: None };
    assert_eq!(messages.take(&event(1, 0, said)), Some(of));
    assert_eq!(messages.take(&event(2, 0, Body::Edited { of, text: text("how are you") })), Some(of));
    for who in [1, 2] {
        messages.take(&event(2 + who, who as usize, Body::Reacted { of, reaction: plus.clone() }));
    }
    let read = messages.get(of).unwrap();
    assert_eq!((read.text.as_ref(), read.edited), (Some(&text("how are you")), Some(Seq(2))));
    assert_eq!(read.reactions(), [(&plus, vec![&author(1), &author(2)])]);
    messages.take(&event(5, 1, Body::Unreacted { of, reaction: plus.clone() }));
    assert_eq!(messages.get(of).unwrap().reactions(), [(&plus, vec![&author(2)])]);
    messages.take(&event(6, 0, Body::Deleted { of }));
    assert!(messages.get(of).unwrap().is_tombstone());
    assert_eq!(messages.take(&event(7, 0, Body::Left)), None);
}

#[test]
fn events_about_messages_that_are_not_there_are_bounded() {
    let edit = |seq: u64| Event {
        conversation: ConversationId(1),
        seq: Seq(seq),
        at: Timestamp(0),
        author: author(0),
        body: Body::Edited { of: Seq(seq - 1_000_000), text: text("new") },
    };
    let most = EARLY_EVENTS_MAX as u64;
    let mut messages = Messages::default();
    (1..=most + 1).for_each(|seq| {
        messages.take(&edit(1_000_000 + seq));
    });
    for (seq, edited) in [(1, None), (2, Some(Seq(1_000_002)))] {
        let said = Body::Posted { message: MessageId([0; 16]), text: text("old"), reply_to: None };
        messages.take(&Event { seq: Seq(seq), body: said, ..edit(1_000_001) });
        assert_eq!(messages.get(Seq(seq)).unwrap().edited, edited);
    }
}
