//! What is written is what is read, however the network cuts it.

use std::fmt::Debug;

use bincode::{Decode, Encode};
use bytes::BytesMut;
use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::codec::{Decoder, Encoder};

use crate::strategies::{ask, from_server};

/// Writes and reads again. Names are equal in any spelling, so the bytes are compared as well.
fn comes_back<T: Encode + Decode<()> + PartialEq + Debug>(message: &T) {
    let mut codec = FrameCodec::<T, T>::default();
    let mut bytes = BytesMut::new();
    codec.encode(message, &mut bytes).unwrap();
    let written = bytes.clone();
    let Some(Frame::Message(read)) = codec.decode(&mut bytes).unwrap() else {
        panic!("unreadable: {message:?}");
    };
    assert!(bytes.is_empty());
    assert_eq!(&read, message);
    codec.encode(&read, &mut bytes).unwrap();
    assert_eq!(bytes, written);
}

/// All messages in a stream that arrives in pieces of these lengths.
fn read_in_pieces<T: Decode<()>>(mut stream: &[u8], pieces: &[usize]) -> Vec<Frame<T>> {
    let mut codec = FrameCodec::<T, T>::default();
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    let mut lengths = pieces.iter().cycle();
    while !stream.is_empty() {
        let (piece, rest) = stream.split_at(stream.len().min(*lengths.next().unwrap()));
        stream = rest;
        buffer.extend_from_slice(piece);
        while let Some(frame) = codec.decode(&mut buffer).unwrap() {
            frames.push(frame);
        }
    }
    assert!(buffer.is_empty());
    frames
}

fn cut_anywhere<T: Encode + Decode<()> + PartialEq + Debug>(messages: Vec<T>, pieces: &[usize]) {
    let mut stream = BytesMut::new();
    for message in &messages {
        FrameCodec::<T, T>::default().encode(message, &mut stream).unwrap();
    }
    let frames: Vec<_> = messages.into_iter().map(Frame::Message).collect();
    assert_eq!(read_in_pieces(&stream, pieces), frames);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn asks_come_back(ask in ask()) {
        comes_back(&ask);
    }

    #[test]
    fn what_the_server_says_comes_back(said in from_server()) {
        comes_back(&said);
    }

    #[test]
    fn a_frame_for_many_is_the_frame_for_one(said in from_server()) {
        let mut bytes = BytesMut::new();
        ServerFrames::default().encode(&said, &mut bytes).unwrap();
        prop_assert_eq!(said.to_frame().unwrap(), bytes);
    }

    #[test]
    fn streams_of_asks_may_be_cut_anywhere(asks in vec(ask(), 1..5), pieces in vec(1..50_usize, 1..8)) {
        cut_anywhere(asks, &pieces);
    }

    #[test]
    fn streams_from_the_server_may_be_cut_anywhere(
        said in vec(from_server(), 1..5),
        pieces in vec(1..50_usize, 1..8),
    ) {
        cut_anywhere(said, &pieces);
    }
}
