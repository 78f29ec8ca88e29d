//! What it takes to put messages into bytes and to read them again: `cargo bench -p im-proto`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use bytes::BytesMut;
use divan::{Bencher, black_box};
use im_proto::command::{At, parse};
use im_proto::{
    Address, Ask, Author, Body, ClientFrames, ConversationId, Event, FromServer, MessageId, Request, Seq,
    ServerFrames, Text, Timestamp, json_line, printable,
};
use tokio_util::codec::{Decoder, Encoder};

/// As long as most of what people say; and as long as a page of it.
const TEXT_BYTES: [usize; 2] = [64, 4000];

fn main() {
    divan::main();
}

fn text(bytes: usize) -> Text {
    Text::parse(&"word ".repeat(bytes / 5)).unwrap()
}

fn post(bytes: usize) -> Ask {
    let to: Address = "#dev".parse().unwrap();
    Ask {
        tag: 7,
        request: Request::Post { to, message: MessageId([7; 16]), text: text(bytes), reply_to: None },
    }
}

fn event(bytes: usize) -> Event {
    Event {
        conversation: ConversationId(3),
        seq: Seq(12_345),
        at: Timestamp(1_790_000_000_000),
        author: Author { name: "alice".parse().unwrap(), guest: false },
        body: Body::Posted { message: MessageId([7; 16]), text: text(bytes), reply_to: None },
    }
}

#[divan::bench(args = TEXT_BYTES)]
fn a_client_writes_a_post(bencher: Bencher<'_, '_>, bytes: usize) {
    let (ask, mut frame) = (post(bytes), BytesMut::new());
    bencher.bench_local(|| {
        frame.clear();
        ClientFrames::default().encode(black_box(&ask), &mut frame)
    });
}

#[divan::bench(args = TEXT_BYTES)]
fn the_server_reads_a_post(bencher: Bencher<'_, '_>, bytes: usize) {
    let mut frame = BytesMut::new();
    ClientFrames::default().encode(&post(bytes), &mut frame).unwrap();
    bencher
        .with_inputs(|| frame.clone())
        .bench_local_values(|mut frame| ServerFrames::default().decode(&mut frame));
}

#[divan::bench(args = TEXT_BYTES)]
fn the_server_writes_an_event(bencher: Bencher<'_, '_>, bytes: usize) {
    let event = FromServer::Event(event(bytes));
    bencher.bench_local(|| black_box(&event).to_frame());
}

#[divan::bench(args = TEXT_BYTES)]
fn a_client_reads_an_event(bencher: Bencher<'_, '_>, bytes: usize) {
    let frame = FromServer::Event(event(bytes)).to_frame().unwrap();
    bencher
        .with_inputs(|| BytesMut::from(&frame[..]))
        .bench_local_values(|mut frame| ClientFrames::default().decode(&mut frame));
}

#[divan::bench(args = TEXT_BYTES)]
fn an_event_as_a_line_of_json(bencher: Bencher<'_, '_>, bytes: usize) {
    let event = event(bytes);
    bencher.bench_local(|| json_line(black_box(&event)));
}

#[divan::bench(args = TEXT_BYTES)]
fn what_is_said_is_made_printable(bencher: Bencher<'_, '_>, bytes: usize) {
    let text = text(bytes);
    bencher.bench_local(|| printable(black_box(text.as_str())).to_string());
}

#[divan::bench(args = ["hello everyone", "/join dev", "to user: bar", "/history #dev 2026-11-20 14:00"])]
fn a_typed_line_is_understood(line: &str) -> bool {
    parse(black_box(line), At::Whispers).is_ok()
}
