//! What a frame may cost: whatever it says, decoding it never takes more memory than the stated bounds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use bytes::{BufMut, BytesMut};
use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::codec::{Decoder, Encoder};

use crate::hostile::{framed, payloads, varint};

/// At one moment, decoding one frame holds at most this many bytes beside the frame itself.
const HELD_BYTES_MAX: usize = 6 * FRAME_BYTES_MAX;

/// From first to last, decoding one frame asks for at most this many bytes.
const ASKED_BYTES_MAX: usize = 16 * FRAME_BYTES_MAX;

/// Counts what each thread takes from the system's allocator.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn count(taken: usize, given_back: usize) {
    // A thread that ends has no counters any more, and nobody who reads them.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + taken as isize - given_back as isize);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + taken));
}

#[allow(
    unsafe_code,
    reason = "an allocator cannot be written without; every call goes to the system's as it is"
)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, layout.size());
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The old and the new may both be held while it moves.
        count(size, 0);
        count(0, layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some work holds at most, and what it asks for in all, in bytes.
fn cost<T>(work: impl FnOnce() -> T) -> (T, usize, usize) {
    let before = HELD.get();
    PEAK.set(before);
    ASKED.set(0);
    let done = work();
    let (peak, asked) = (PEAK.get(), ASKED.get());
    (done, usize::try_from(peak - before).unwrap(), asked)
}

/// Decodes a payload as both sides would, within the bounds, and tells how much it held.
fn within_bounds(payload: &[u8]) -> usize {
    let held_max = |held: usize, asked: usize| {
        let start = &payload[..payload.len().min(40)];
        assert!(held <= HELD_BYTES_MAX, "held {held} bytes: {start:?}");
        assert!(asked <= ASKED_BYTES_MAX, "asked for {asked} bytes: {start:?}");
        held
    };
    let mut frame = framed(payload);
    let (_, held, asked) = cost(|| ServerFrames::default().decode(&mut frame).unwrap().unwrap());
    let by_server = held_max(held, asked);
    let mut frame = framed(payload);
    let (_, held, asked) = cost(|| ClientFrames::default().decode(&mut frame).unwrap().unwrap());
    by_server.max(held_max(held, asked))
}

/// Lengths that a liar gives: about each width, about the limit, and far beyond.
const LIES: [u64; 10] = [
    0xff,
    0xffff,
    FRAME_BYTES_MAX as u64 / 96,
    FRAME_BYTES_MAX as u64 - 8,
    FRAME_BYTES_MAX as u64,
    1 << 20,
    1 << 32,
    1 << 46,
    1 << 60,
    u64::MAX,
];

#[test]
fn an_announced_frame_reserves_nothing() {
    for announced in [1, FRAME_BYTES_MAX as u32, FRAME_BYTES_MAX as u32 + 1, u32::MAX] {
        let mut stream = BytesMut::with_capacity(64);
        stream.put_u32(announced);
        let (_, _, asked) = cost(|| ServerFrames::default().decode(&mut stream).is_ok());
        assert_eq!((asked, stream.capacity()), (0, 64));
    }
}

#[test]
fn a_lie_about_a_length_costs_little_wherever_it_stands() {
    for (_, payload) in payloads() {
        for at in 0..payload.len() {
            for lie in LIES {
                within_bounds(&[&payload[..at], &varint(lie), &payload[at + 1..]].concat());
            }
        }
    }
}

/// One small element, again and again, until the frame is full.
fn full_of(before: &[u8], element: &[u8], count: Option<usize>) -> Vec<u8> {
    let fits = (FRAME_BYTES_MAX - before.len() - 16) / element.len();
    let count = count.unwrap_or(fits);
    [before, &varint(count as u64), &element.repeat(fits)].concat()
}

/// A name as it is spelled on the wire.
fn name(raw: &str) -> Vec<u8> {
    [&[raw.len() as u8][..], raw.as_bytes()].concat()
}

#[test]
fn the_densest_frames_stay_within_the_bounds() {
    // As they are; in capitals, so that the key is held beside the name; and growing when they are folded.
    let names = [
        "a",
        "A",
        "\u{391}",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "\u{130}\u{130}\u{130}",
        "\u{130}\u{fb01}\u{fb01}\u{fb01}\u{fb01}\u{fb01}\u{fb01}\u{fb01}",
    ];
    within_bounds(&full_of(&[1, 7], &[7, 1], Some(FRAME_BYTES_MAX / 16 - 1)));
    for raw in names {
        let name = &name(raw)[..];
        let conversation = [&[7, 1], name, &[1, 0, 1, 1, 1, 1, 1]].concat();
        let left = [&[7, 1, 1], name, &[0, 3]].concat();
        let joined = [&[7, 1, 1], name, &[1, 2, 1], name].concat();
        let posted = [&[7, 1, 1], name, &[0, 1], &[0; 16], &[1, b'x']].concat();
        let person = [name, &[1, 0, 1]].concat();
        let pending = [name, &[0], name, &[1]].concat();
        let lists: [(&[u8], &[u8], usize); 7] = [
            (&[0, 9, 0, 3], &conversation, size_of::<Conversation>()),
            (&[0, 9, 0, 7, 7], &left, size_of::<Event>()),
            (&[0, 9, 0, 7, 7], &joined, size_of::<Event>()),
            (&[0, 9, 0, 7, 7], &posted, size_of::<Event>()),
            (&[0, 9, 0, 8], &person, size_of::<Person>()),
            (&[0, 9, 0, 9], &pending, size_of::<Pending>()),
            (&[2, 1], &pending, size_of::<Pending>()),
        ];
        for (before, element, size) in lists {
            within_bounds(&full_of(before, element, None));
            for most in [FRAME_BYTES_MAX / size - 1, FRAME_BYTES_MAX / 160] {
                let held = within_bounds(&full_of(before, element, Some(most)));
                assert!(held > most * size, "{before:?} {raw}: read as something else");
            }
        }
    }
    let text = vec![b'x'; TEXT_BYTES_MAX];
    within_bounds(&[&[5, 15, 1, 1, b'a'][..], &[0; 16], &varint(text.len() as u64), &text].concat());
    for characters in [9, 341, 66_667] {
        let name = "\u{fdfa}".repeat(characters);
        within_bounds(&[&[5, 1], &varint(name.len() as u64)[..], name.as_bytes()].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn full_frames_of_anything_stay_within_the_bounds(
        start in vec(prop_oneof![0..12_u8, 0xfa..=0xff_u8, any::<u8>()], 0..24),
        lie in proptest::sample::select(&LIES[..]),
        filling in vec(prop_oneof![0..3_u8, any::<u8>()], 1..12),
    ) {
        let mut payload = [start, varint(lie)].concat();
        let rest = FRAME_BYTES_MAX - payload.len();
        payload.extend(filling.iter().cycle().take(rest));
        within_bounds(&payload);
    }
}

/// Writes a message of the largest size that the limits allow, and reads it again.
fn fits(message: &FromServer) {
    let mut bytes = BytesMut::new();
    ServerFrames::default().encode(message, &mut bytes).unwrap();
    let read = ClientFrames::default().decode(&mut bytes).unwrap().unwrap();
    assert!(matches!(read, Frame::Message(_)), "what a server may say, a client can read");
}

#[test]
fn the_fullest_answers_that_the_limits_allow_fit_a_frame() {
    let longest = "\u{20000}".repeat(NAME_CHARS_MAX);
    let user = UserName::parse(&longest).unwrap();
    let group = RoomName::parse(&longest).unwrap();
    let big = u64::MAX;
    let reply = |reply| FromServer::Reply { tag: u32::MAX, result: Ok(reply) };

    let conversation = Conversation {
        id: ConversationId(big),
        address: Address::Room(group.clone()),
        kind: Kind::Room,
        role: Role::Owner,
        head: Seq(big),
        active: Timestamp(big),
        read: Seq(big),
        unread: big,
        members: big,
        guest: true,
        receipts: Some(Receipts { received: Seq(big), read: Seq(big) }),
        retention_days: Some(u16::MAX),
        mentions: big,
    };
    fits(&reply(Reply::Conversations { conversations: vec![conversation; CONVERSATIONS_MAX] }));

    let pending = Pending { group, kind: PendingKind::Request, by: user.clone(), at: Timestamp(big) };
    fits(&reply(Reply::Pending { pending: vec![pending; PENDING_MAX] }));

    let person = Person { name: user.clone(), online: true, role: Role::Owner, guest: true };
    fits(&reply(Reply::People { people: vec![person; PEOPLE_MAX], online: big, total: big }));

    let text = |bytes: usize| Text::parse(&"x".repeat(bytes)).unwrap();
    let event = |bytes: usize| Event {
        conversation: ConversationId(big),
        seq: Seq(big),
        at: Timestamp(big),
        author: Author { name: user.clone(), guest: true },
        body: Body::Posted { message: MessageId([255; 16]), text: text(bytes), reply_to: Some(Seq(big)) },
    };
    let most = usize::from(PAGE_EVENTS_MAX);
    let mut events = vec![event(PAGE_BYTES_MAX / (most - 1)); most - 1];
    events.push(event(TEXT_BYTES_MAX));
    // The newest edit of the last one is as long, and all have as many reactions as there may be.
    let mut amendments = vec![event(REACTION_BYTES_MAX); AMENDMENTS_MAX - 1];
    amendments.push(event(TEXT_BYTES_MAX));
    fits(&reply(Reply::History { conversation: ConversationId(big), events, more: true, amendments }));

    let found = Found { address: Address::User(user.clone()), position: big, event: event(1) };
    let mut found = vec![found; usize::from(FOUND_MAX) - 3];
    found.extend(
        [event(TEXT_BYTES_MAX), event(TEXT_BYTES_MAX), event(TEXT_BYTES_MAX)]
            .map(|event| Found { event, ..found[0].clone() }),
    );
    fits(&reply(Reply::Found { found, more: true }));
}
