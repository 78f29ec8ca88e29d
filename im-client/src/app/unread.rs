//! What somebody has read and wants to read again: kept unread on this device, beside the mark of the server, which only
//! grows. It counts in the badges and draws its line until it is read once more.

use im_proto::{Address, Seq};

use super::Talk;
use super::notes::KeptUnread;

/// A place from which on somebody wants to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) after: Seq,
    /// So many posts of what was read.
    pub(super) posts: u64,
    /// Somebody has turned away since: the next look at the end reads it.
    pub(super) left: bool,
}

impl Talk {
    /// So many posts are unread here: for everybody, or on this device only.
    pub fn unread(&self) -> u64 {
        self.about.unread + self.kept_posts()
    }

    /// So many of those were read once, and are to be read again.
    pub fn kept_posts(&self) -> u64 {
        self.kept.map_or(0, |kept| kept.posts)
    }

    pub(super) fn keep_unread(&mut self, after: Seq, posts: u64, left: bool) {
        self.kept = Some(Kept { after, posts, left });
    }

    /// What is to be noted down of it.
    pub(super) fn kept_unread(&self) -> Option<KeptUnread> {
        let Kept { after, posts, .. } = self.kept?;
        let of: Address = self.about.address.clone();
        Some(KeptUnread { of, after, posts })
    }

    /// After which event something is unread.
    pub(super) fn read_up_to(&self) -> Seq {
        self.kept.map_or(self.about.read, |kept| kept.after.min(self.about.read))
    }

    /// It was kept until somebody comes back: the next look at the end reads it.
    pub(super) fn is_kept_until_now(&self) -> bool {
        self.kept.is_some_and(|kept| kept.left)
    }
}
