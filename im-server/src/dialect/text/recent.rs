//! Which message of each conversation is the newest, and which the newest of one's own: what `/edit` and `/react` mean
//! where they name none. Known from what was shown.

use std::collections::BTreeMap;

use im_proto::{Address, Seq};

/// Most conversations of which it is known.
const CONVERSATIONS_MAX: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Recent(BTreeMap<Address, Newest>);

#[derive(Debug, Default)]
struct Newest {
    any: Option<Seq>,
    own: Option<Seq>,
}

impl Recent {
    /// Somebody has said something.
    pub(super) fn said(&mut self, place: &Address, seq: Seq, own: bool) {
        let newest = match self.0.get_mut(place) {
            Some(newest) => newest,
            None => {
                if self.0.len() == CONVERSATIONS_MAX {
                    self.0.pop_first();
                }
                self.0.entry(place.clone()).or_default()
            }
        };
        newest.any = newest.any.max(Some(seq));
        if own {
            newest.own = newest.own.max(Some(seq));
        }
    }

    /// A message was taken out. Which one is the newest now is not known.
    pub(super) fn gone(&mut self, place: &Address, seq: Seq) {
        if let Some(newest) = self.0.get_mut(place) {
            newest.any = newest.any.filter(|any| *any != seq);
            newest.own = newest.own.filter(|own| *own != seq);
        }
    }

    pub(super) fn newest(&self, place: &Address) -> Option<Seq> {
        self.0.get(place)?.any
    }

    pub(super) fn own(&self, place: &Address) -> Option<Seq> {
        self.0.get(place)?.own
    }

    /// Somebody else sits here now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
