//! What stands in the sample: a few rooms and people in the middle of a working day.

use std::collections::BTreeMap;

use im_proto::{
    Address, Author, Body, Conversation, ConversationId, Event, Kind, MessageId, Pending, PendingKind,
    Person, Reaction, Receipts, Role, RoomName, Seq, Text, Timestamp, UserName,
};

use super::{Demo, Sampled};

const MINUTE_MS: u64 = 60_000;
const DAY_MINUTES: u64 = 24 * 60;
/// So many older messages there are in the first room, to scroll through.
const OLDER: u64 = 5000;

const ME: &str = "alice";
const PEOPLE: &[(&str, bool)] = &[
    ("alice", true),
    ("bob", true),
    ("sakura", true),
    ("zoe", true),
    ("neil", false),
    ("olga", false),
    ("pavel", true),
    ("mina", false),
    ("deploy-bot", true),
    ("李雷", false),
];

/// What was said in a room: who, how many minutes ago, and what. A text that begins with `→` and digits is something done
/// to the entry so many before it: `→2 +👍`.
struct Room {
    address: &'static str,
    unread: u64,
    mentions: u64,
    members: u64,
    said: &'static [(&'static str, u64, &'static str)],
}

const ROOMS: &[Room] = &[
    Room {
        address: "#general",
        unread: 3,
        mentions: 1,
        members: 9,
        said: &[
            ("bob", 190, "the v0.3 tag is up: https://hub.example/r/0.3"),
            ("sakura", 188, "I will check the **release notes**."),
            ("alice", 186, "@bob shipped it. _Finally._"),
            ("bob", 186, "→3 +🎉"),
            ("zoe", 185, "→4 +🎉"),
            ("sakura", 185, "→3 +❤️"),
            ("zoe", 121, "> the tag is up\nthen the packages follow in an hour:\n- deb\n- rpm\n- brew"),
            ("pavel", 118, "does it fold joins now? mine showed 40 lines of them"),
            ("bob", 117, "it does. This is all of it:"),
            (
                "bob",
                117,
                "```rust\nfn main() -> Result<()> {\n    let config = Config::load(\"im.toml\")?; // nothing to configure\n    run(config, Durability::Full)\n}\n```",
            ),
            ("alice", 90, "looks good, ~~shipping~~ **shipped**"),
            ("sakura", 88, "明日のリリースノートを書きました 📝"),
            ("bob", 61, "`cargo install im-client` takes 40 s on my old laptop"),
            ("zoe", 12, "@alice can you look at the Japanese notes with sakura?"),
            ("sakura", 10, "いつでもいいよ、急ぎません 😊"),
            ("bob", 4, "and somebody turn the bot down, it posts each build"),
        ],
    },
    Room {
        address: "#ops",
        unread: 2,
        mentions: 1,
        members: 5,
        said: &[
            ("deploy-bot", 75, "build 1881 is **green** in 2 min 40 s"),
            ("pavel", 60, "disk of db-2 is at 81 %"),
            ("alice", 58, "I move the old backups tonight"),
            ("deploy-bot", 20, "build 1882 is **red**: `full_screen::resize_storm`"),
            ("pavel", 18, "@alice yours?"),
        ],
    },
    Room {
        address: "#nihongo",
        unread: 2,
        mentions: 0,
        members: 4,
        said: &[
            ("sakura", 300, "今日の単語:「端末」(たんまつ) = terminal"),
            ("李雷", 280, "中文也是「终端」,很像 👍"),
            ("sakura", 40, "そうですね!"),
            ("李雷", 39, "下次一起学 🀄"),
        ],
    },
    Room {
        address: "#random",
        unread: 0,
        mentions: 0,
        members: 8,
        said: &[("zoe", 400, "the coffee machine speaks HTTP 418 again ☕"), ("alice", 399, "as it should")],
    },
    Room {
        address: "#design",
        unread: 0,
        mentions: 0,
        members: 6,
        said: &[("mina", 2000, "dark theme: the borders are softer now")],
    },
    Room {
        address: "@bob",
        unread: 1,
        mentions: 0,
        members: 2,
        said: &[
            ("alice", 95, "lunch at one?"),
            ("bob", 94, "yes, the usual place"),
            ("alice", 93, "👍"),
            ("bob", 2, "running five minutes late"),
        ],
    },
    Room {
        address: "@sakura",
        unread: 0,
        mentions: 0,
        members: 2,
        said: &[("sakura", 1500, "thank you for yesterday!"), ("alice", 1499, "any time")],
    },
];

const CHAT: &[&str] = &[
    "good morning",
    "who has the keys to the staging box?",
    "it is green again",
    "see you at the stand-up",
    "the docs say otherwise, I fix them",
    "reviewed, two small things",
    "that one is on purpose: see DECISIONS.md",
    "numbers look fine",
];

/// The sample; nothing if a name in it is none.
pub(super) fn demo(now: Timestamp) -> Option<Demo> {
    let mut conversations = BTreeMap::new();
    for (id, room) in (1..).map(ConversationId).zip(ROOMS) {
        conversations.insert(id, sampled(id, room, now)?);
    }
    let mut people = Vec::new();
    for (name, online) in PEOPLE {
        let role = if *name == "bob" { Role::Owner } else { Role::Member };
        people.push(Person { name: name.parse().ok()?, online: *online, role, guest: false });
    }
    let (group, by): (RoomName, UserName) = ("book-club".parse().ok()?, "olga".parse().ok()?);
    let pending = vec![Pending { group, kind: PendingKind::Invitation, by, at: ago(now, 30) }];
    Some(Demo { me: ME.parse().ok()?, conversations, dial: 0, people, pending })
}

fn ago(now: Timestamp, minutes: u64) -> Timestamp {
    Timestamp(now.0.saturating_sub(minutes * MINUTE_MS))
}

/// A room with all that was said in it.
fn sampled(id: ConversationId, room: &Room, now: Timestamp) -> Option<Sampled> {
    let address: Address = room.address.parse().ok()?;
    let is_direct = matches!(address, Address::User(_));
    let mut log = Log { id, events: Vec::new() };
    if id == ConversationId(1) {
        for n in 0..OLDER {
            let (name, _) = PEOPLE[usize::try_from(n * 7 % 5).ok()?];
            let said = CHAT[usize::try_from(n * 5 % 8).ok()?];
            log.say(name, ago(now, 3 * DAY_MINUTES + (OLDER - n) * 11), &format!("{said} ({})", n + 1))?;
        }
    }
    for (name, minutes, text) in room.said {
        log.say(name, ago(now, *minutes), text)?;
    }
    let head = log.events.last()?.seq;
    let about = Conversation {
        id,
        address,
        kind: if is_direct { Kind::Direct } else { Kind::Room },
        role: Role::Member,
        head,
        active: log.events.last()?.at,
        read: Seq(head.0 - room.unread),
        unread: room.unread,
        mentions: room.mentions,
        members: room.members,
        guest: false,
        receipts: is_direct.then_some(Receipts { received: head, read: head }),
        retention_days: None,
    };
    Some(Sampled { about, log: log.events })
}

struct Log {
    id: ConversationId,
    events: Vec<Event>,
}

impl Log {
    fn say(&mut self, name: &str, at: Timestamp, text: &str) -> Option<()> {
        let seq = Seq(u64::try_from(self.events.len()).ok()? + 1);
        let body = match text.strip_prefix('→') {
            Some(done) => {
                let (back, what) = done.split_once(' ')?;
                let of = Seq(seq.0.checked_sub(back.parse().ok()?)?);
                Body::Reacted { of, reaction: Reaction::parse(what.strip_prefix('+')?).ok()? }
            }
            None => {
                let mut message = [0; 16];
                message[..8].copy_from_slice(&self.id.0.to_le_bytes());
                message[8..].copy_from_slice(&seq.0.to_le_bytes());
                Body::Posted { message: MessageId(message), text: Text::parse(text).ok()?, reply_to: None }
            }
        };
        let author = Author { name: name.parse().ok()?, guest: false };
        self.events.push(Event { conversation: self.id, seq, at, author, body });
        Some(())
    }
}
