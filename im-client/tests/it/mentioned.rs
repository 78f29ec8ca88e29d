//! How often one is mentioned is what the server says, whichever of its words comes first.

use im_proto::{Conversation, Notice, Seq};

use crate::rig::{BOB, DEV, Rig, conversation, posted};

fn told(head: u64, read: u64, mentions: u64) -> Notice {
    Notice::Mentions { conversation: DEV, head: Seq(head), read: Seq(read), mentions }
}

fn behind(head: u64, read: u64, mentions: u64) -> Conversation {
    Conversation { read: Seq(read), unread: head - read, mentions, ..conversation(DEV, "#dev", head) }
}

fn mentions(rig: &Rig) -> u64 {
    rig.app.conversations.get(DEV).unwrap().about.mentions
}

#[test]
fn what_is_of_a_newer_log_or_mark_holds() {
    let mut rig = Rig::online(80, 24, vec![conversation(BOB, "@bob", 3), behind(10, 4, 2)]);
    rig.enter("/dm bob");
    assert_eq!(mentions(&rig), 2);
    rig.notice(told(11, 4, 3));
    assert_eq!(mentions(&rig), 3);
    // What was looked up a moment before comes later; and is nothing new.
    rig.notice(Notice::Conversation(behind(10, 4, 2)));
    rig.notice(told(9, 4, 1));
    assert_eq!(mentions(&rig), 3);
    rig.notice(told(11, 8, 1));
    rig.notice(told(11, 4, 3));
    assert_eq!(mentions(&rig), 1);
    // An edit or a deletion is an event, too; what is too old goes without one.
    rig.notice(told(12, 8, 2));
    rig.notice(told(12, 8, 0));
    assert_eq!(mentions(&rig), 0);
    rig.notice(told(13, 8, 1));
    // Who speaks has read.
    rig.event(posted(DEV, 14, "alice", "from another device"));
    rig.notice(told(13, 8, 1));
    assert_eq!(mentions(&rig), 0);
    // A new connection begins anew: the server may have lost a mark that was on its way.
    rig.down();
    rig.pass(std::time::Duration::from_secs(60));
    rig.sign_in(vec![conversation(BOB, "@bob", 3), behind(14, 8, 1)]);
    assert_eq!(mentions(&rig), 1);
}
