//! Native frames: nothing panics, the borders of packets do not matter, and what is read can be written and read again.

use std::fmt::Debug;

use bytes::BytesMut;
use im_proto::{ClientFrames, FRAME_BYTES_MAX_STRANGER, Frame, FrameError, Hello, ServerFrames};
use tokio_util::codec::{Decoder, Encoder};

pub fn holds(bytes: &[u8]) {
    if let Some(Ok(hello)) = bytes.get(..Hello::BYTES).map(<[u8; Hello::BYTES]>::try_from)
        && let Ok(hello) = Hello::from_bytes(hello)
    {
        assert_eq!(Hello::from_bytes(hello.to_bytes()).ok().map(Hello::to_bytes), Some(hello.to_bytes()));
    }
    let strangers = || ServerFrames::new(FRAME_BYTES_MAX_STRANGER);
    same(&read(&mut strangers(), bytes), &read_byte_by_byte(&mut strangers(), bytes));
    let (asks, _) = read(&mut ServerFrames::default(), bytes);
    again(&asks, &mut ClientFrames::default(), &mut ServerFrames::default());
    let (said, _) = read(&mut ClientFrames::default(), bytes);
    again(&said, &mut ServerFrames::default(), &mut ClientFrames::default());
}

type Read<T> = (Vec<Frame<T>>, Option<String>);

fn read<T, C: Decoder<Item = Frame<T>, Error = FrameError>>(codec: &mut C, bytes: &[u8]) -> Read<T> {
    let mut stream = BytesMut::from(bytes);
    let mut frames = Vec::new();
    loop {
        match codec.decode(&mut stream) {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error.to_string())),
        }
    }
}

fn read_byte_by_byte<T, C: Decoder<Item = Frame<T>, Error = FrameError>>(
    codec: &mut C,
    bytes: &[u8],
) -> Read<T> {
    let mut stream = BytesMut::new();
    let mut frames = Vec::new();
    for byte in bytes {
        stream.extend_from_slice(&[*byte]);
        match codec.decode(&mut stream) {
            Ok(frame) => frames.extend(frame),
            Err(error) => return (frames, Some(error.to_string())),
        }
    }
    (frames, None)
}

fn same<T: PartialEq + Debug>(whole: &Read<T>, by_bytes: &Read<T>) {
    assert_eq!(whole.0, by_bytes.0, "the borders of packets matter");
    assert_eq!(whole.1, by_bytes.1);
}

fn again<T, W, R>(frames: &[Frame<T>], writer: &mut W, reader: &mut R)
where
    T: PartialEq + Debug,
    W: for<'a> Encoder<&'a T, Error = FrameError>,
    R: Decoder<Item = Frame<T>, Error = FrameError>,
{
    for frame in frames {
        if let Frame::Message(message) = frame {
            let mut written = BytesMut::new();
            writer.encode(message, &mut written).expect("what was read can be written");
            assert_eq!(reader.decode(&mut written).expect("and read").as_ref(), Some(frame));
            assert!(written.is_empty());
        }
    }
}
